import { Fault, reasonOf } from "../../domain/fault.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { ChannelFactory, DeliveryStore, Notification } from "../../domain/notification/notification.ts";
import type { System } from "../../domain/system/system.ts";

export interface NotifyPorts {
  readonly incidents: IncidentStore;
  readonly deliveries: DeliveryStore;
  readonly channels: ChannelFactory;
  readonly clock: Clock;
  /** Base address of the page, for links. */
  readonly pageUrl: string;
}

/**
 * Tells every channel of a system about an incident. The id is stable, so a channel that was reached is not told again
 * when the job runs once more, and receivers can drop what they have seen.
 * @throws Fault `notification-failed` when a channel did not take it and trying again can help.
 */
export async function notifyIncident(
  ports: NotifyPorts,
  system: System,
  number: number,
  kind: Notification["kind"],
): Promise<void> {
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return;
  const at = ports.clock.now();
  const notification: Notification = {
    id: `${kind}-${number}`,
    kind,
    incident: number,
    system: system.name,
    severity: incident.severity,
    owner: incident.owner,
    title: incident.title,
    text: evidenceOf(incident),
    link: `${ports.pageUrl}/incidents/${number}`,
    at,
  };
  const failures: Fault[] = [];
  for (const declaration of system.notify) {
    const channel = ports.channels.create(declaration);
    if (await ports.deliveries.wasSent(notification.id, channel.name)) continue;
    const failed = await tell(ports, channel.name, notification, () => channel.send(notification, at));
    if (failed?.retryable === true) failures.push(failed);
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}

async function tell(
  ports: NotifyPorts,
  channel: string,
  notification: Notification,
  send: () => Promise<{ readonly detail: string }>,
): Promise<Fault | undefined> {
  const delivery = { notificationId: notification.id, incident: notification.incident, channel, at: ports.clock.now() };
  try {
    const sent = await send();
    await ports.deliveries.record({ ...delivery, state: "sent", detail: sent.detail });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    await ports.deliveries.record({
      ...delivery,
      state: thrown.retryable ? "retrying" : "failed",
      detail: reasonOf(thrown),
    });
    return thrown;
  }
}

/** Metric and size of the slice, in the diagnosis' own words: what the title does not say. */
function evidenceOf({ diagnosis }: Incident): string {
  const [asked, ...others] = diagnosis?.steps.filter(({ step }) => step === 1 || step === 3) ?? [];
  if (asked !== undefined && [asked, ...others].every(({ status }) => status === "not-checked"))
    return "nothing was compared with normal: there is no baseline yet";
  const told = diagnosis?.steps.filter(({ step, status }) => (step === 1 || step === 3) && status === "done") ?? [];
  return told.length === 0 ? "the diagnosis has found no more yet" : told.map(({ verdict }) => verdict).join("; ");
}
