import type { Instant } from "../instant.ts";
import { type IncidentScene, incidentMessage } from "./incident-message.ts";
import type { Notification, NotificationKind } from "./notification.ts";

/** What to say, beside the incident itself. */
interface NotificationOccasion {
  /** Stable over retries of the same message. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly at: Instant;
  /** Base address of the page, for links. */
  readonly pageUrl: string;
  readonly recipient?: string | undefined;
  readonly reason?: string | undefined;
  /** Acknowledges after one confirmation, without signing in; signed, once, expiring. */
  readonly acknowledgeLink?: string | undefined;
}

/** The message about an incident, the same for every channel. Pure. */
export function incidentNotification(scene: IncidentScene, occasion: NotificationOccasion): Notification {
  const { incident } = scene;
  const { pageUrl, acknowledgeLink, ...own } = occasion;
  return {
    ...own,
    about: `incident-${incident.number}`,
    incident: incident.number,
    system: incident.system,
    severity: incident.severity,
    owner: incident.owner,
    since: incident.openedAt,
    message: incidentMessage(own.kind, scene, {
      page: `${pageUrl}/incidents/${incident.number}`,
      acknowledge: acknowledgeLink,
      reason: own.reason,
    }),
  };
}
