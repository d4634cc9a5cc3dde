import type { IncidentStore } from "../../domain/incident/incident.ts";
import { hourMs } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import { incidentNotification } from "../../domain/notification/incident-notification.ts";
import type { LinkSigner } from "../../domain/oncall/act-link.ts";
import type { Page } from "../../domain/oncall/escalation.ts";
import { type SendPorts, sendNotification } from "./send-notification.ts";

export interface PagePorts extends SendPorts {
  readonly incidents: IncidentStore;
  readonly jobs: Pick<JobQueue, "send">;
  readonly links: LinkSigner;
  /** Base address of the page, for links. */
  readonly pageUrl: string;
}

/** How long the link in a message acknowledges. */
const linkLastsMs = 24 * hourMs;

/**
 * Sends one page. What was sent is not sent again; what asks for an answer is not sent when somebody answered meanwhile.
 * A page that will never get through makes the escalation go on at once.
 * @throws Fault `notification-failed` when it was not taken and trying again can help.
 */
export async function sendPage(ports: PagePorts, number: number, page: Page): Promise<void> {
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return;
  const raises = page.kind === "incident.opened" || page.kind === "incident.escalated";
  if (raises && incident.state !== "open") return;
  const at = ports.clock.now();
  const link = { id: page.id, incident: number, recipient: recipientOf(page), expiresAt: at + linkLastsMs };
  const notification = incidentNotification(incident, {
    id: page.id,
    kind: page.kind,
    at,
    pageUrl: ports.pageUrl,
    recipient: page.person,
    reason: page.reason,
    acknowledgeLink: raises ? `${ports.pageUrl}/act#token=${ports.links.sign(link)}` : undefined,
  });
  const sent = await sendNotification(ports, page.declaration, notification);
  if (sent.kind !== "failed") return;
  if (sent.fault.retryable) throw sent.fault;
  await ports.jobs.send("escalate", { incident: number }, { singleton: `incident-${number}` });
}

const recipientOf = ({ person, declaration }: Page): string => person ?? `a reader of ${declaration.channel}`;
