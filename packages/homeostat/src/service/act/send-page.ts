import type { IncidentStore } from "../../domain/incident/incident.ts";
import { hourMs } from "../../domain/instant.ts";
import { targetWords } from "../../domain/notification/channel-declaration.ts";
import { incidentNotification } from "../../domain/notification/incident-notification.ts";
import type { LinkSigner } from "../../domain/oncall/act-link.ts";
import type { Page } from "../../domain/oncall/escalation.ts";
import { incidentScene, type ScenePorts } from "./incident-scene.ts";
import { type QueuePorts, queueNotification } from "./queue-notification.ts";

export interface PagePorts extends QueuePorts, ScenePorts {
  readonly incidents: IncidentStore;
  readonly links: LinkSigner;
  /** Base address of the page, for links. */
  readonly pageUrl: string;
}

/** How long the link in a message acknowledges. */
const linkLastsMs = 24 * hourMs;

/**
 * Makes the message of one page and puts it into the outbox, once: the same page is one message. What asks for an answer is
 * not made when somebody answered meanwhile. Delivering it is the outbox's business.
 */
export async function sendPage(ports: PagePorts, number: number, page: Page): Promise<void> {
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return;
  const raises = page.kind === "incident.opened" || page.kind === "incident.escalated";
  if (raises && incident.state !== "open") return;
  const at = ports.clock.now();
  const link = { id: page.id, incident: number, recipient: recipientOf(page), expiresAt: at + linkLastsMs };
  const notification = incidentNotification(await incidentScene(ports, incident), {
    id: page.id,
    kind: page.kind,
    at,
    pageUrl: ports.pageUrl,
    recipient: page.person,
    reason: page.reason,
    acknowledgeLink: raises ? `${ports.pageUrl}/act#token=${ports.links.sign(link)}` : undefined,
  });
  await queueNotification(ports, page.declaration, notification);
}

const recipientOf = ({ person, declaration }: Page): string => person ?? `a reader of ${targetWords(declaration)}`;
