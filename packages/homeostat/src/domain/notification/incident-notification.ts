import type { Incident } from "../incident/incident.ts";
import type { Instant } from "../instant.ts";
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
  readonly acknowledgeLink?: string | undefined;
}

/** The message about an incident, the same for every channel. Pure. */
export function incidentNotification(incident: Incident, occasion: NotificationOccasion): Notification {
  const { pageUrl, ...own } = occasion;
  return {
    ...own,
    incident: incident.number,
    system: incident.system,
    severity: incident.severity,
    owner: incident.owner,
    title: incident.title,
    text: evidenceOf(incident),
    link: `${pageUrl}/incidents/${incident.number}`,
  };
}

/** Metric and size of the slice, in the diagnosis' own words: what the title does not say. */
function evidenceOf({ diagnosis }: Incident): string {
  const [asked, ...others] = diagnosis?.steps.filter(({ step }) => step === 1 || step === 3) ?? [];
  if (asked !== undefined && [asked, ...others].every(({ status }) => status === "not-checked"))
    return "nothing was compared with normal: there is no baseline yet";
  const told = diagnosis?.steps.filter(({ step, status }) => (step === 1 || step === 3) && status === "done") ?? [];
  return told.length === 0 ? "the diagnosis has found no more yet" : told.map(({ verdict }) => verdict).join("; ");
}
