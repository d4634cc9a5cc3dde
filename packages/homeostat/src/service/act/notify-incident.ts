import type { Fault } from "../../domain/fault.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import { incidentNotification } from "../../domain/notification/incident-notification.ts";
import type { NotificationKind } from "../../domain/notification/notification.ts";
import type { System } from "../../domain/system/system.ts";
import { type SendPorts, sendNotification } from "./send-notification.ts";

export interface NotifyPorts extends SendPorts {
  readonly incidents: IncidentStore;
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
  kind: NotificationKind,
): Promise<void> {
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return;
  const at = ports.clock.now();
  const notification = incidentNotification(incident, { id: `${kind}-${number}`, kind, at, pageUrl: ports.pageUrl });
  const failures: Fault[] = [];
  for (const declaration of system.notify) {
    const sent = await sendNotification(ports, declaration, notification);
    if (sent.kind === "failed" && sent.fault.retryable) failures.push(sent.fault);
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}
