import type { Finding } from "../finding/finding.ts";
import type { Diagnosis, FeatureAudit, Suspect } from "../incident/diagnosis.ts";
import type { Incident, TimelineEntry } from "../incident/incident.ts";
import { type Instant, isoOf } from "../instant.ts";
import { percent, wholeNumber } from "../monitor/wording.ts";
import type { Fact, Message } from "./message.ts";
import { nextStepOf, runbooksOf } from "./next-step.ts";
import { type NotificationKind, notificationKinds } from "./notification.ts";

/** Everything a message about an incident is made of. */
export interface IncidentScene {
  readonly incident: Incident;
  /** The findings of the incident that still stand. */
  readonly findings: readonly Finding[];
  readonly timeline: readonly TimelineEntry[];
}

/** What stands in a message beside the incident. */
interface Occasion {
  /** Address of the incident's page. */
  readonly page: string;
  /** Where one press acknowledges. */
  readonly acknowledge: string | undefined;
  /** Why this recipient and now. */
  readonly reason: string | undefined;
}

const mostFeatures = 5;
const mostValues = 8;

/**
 * The one page for one problem: what is wrong in a sentence, since when, which slice, which features, the most likely
 * cause with its probability, what Homeostat did about it, what to do next, links. Pure.
 */
export function incidentMessage(kind: NotificationKind, scene: IncidentScene, occasion: Occasion): Message {
  const { incident } = scene;
  const { word, act } = notificationKinds[kind];
  const isOpen = act === "raise" || act === "update";
  return {
    title: incident.title,
    headline: `Incident ${incident.number} ${word}: ${incident.title}`,
    sentence: sentenceOf(kind, scene),
    facts: [...factsOf(scene), ...(occasion.reason === undefined ? [] : [{ label: "Why you", text: occasion.reason }])],
    next: act === "resolve" ? undefined : nextStepOf(scene),
    links: [
      { label: `Incident ${incident.number}`, href: occasion.page },
      ...(isOpen && occasion.acknowledge !== undefined ? [{ label: "Acknowledge", href: occasion.acknowledge }] : []),
      ...(act === "resolve" ? [] : runbooksOf(scene.findings)),
    ],
  };
}

function sentenceOf(kind: NotificationKind, { incident, timeline, findings }: IncidentScene): string {
  const what = incident.diagnosis?.sentence ?? findings[0]?.sentence ?? incident.title;
  const act = notificationKinds[kind].act;
  if (act !== "acknowledge" && act !== "resolve") return closed(what);
  const word = act === "acknowledge" ? "acknowledged" : "resolved";
  const entry = timeline.filter((one) => one.kind === word).at(-1);
  return `${closed(entry === undefined ? capital(word) : capital(entry.text))} It was about: ${closed(what)}`;
}

function factsOf(scene: IncidentScene): readonly Fact[] {
  const { incident } = scene;
  const { diagnosis } = incident;
  return [
    { label: "Since", text: `${minuteOf(incident.since)} (event time); opened ${minuteOf(incident.openedAt)}` },
    {
      label: "System",
      text: `${incident.system}, layer ${incident.layer}, ${incident.severity}, owner ${incident.owner}`,
    },
    { label: "Where", text: whereOf(scene) },
    { label: "Features", text: featuresOf(diagnosis, scene.findings) },
    { label: "Evidence", text: evidenceOf(incident) },
    { label: "Most likely cause", text: causeOf(diagnosis) },
    { label: "What Homeostat did", text: actionsOf(scene) },
  ];
}

function whereOf({ incident: { diagnosis }, findings }: IncidentScene): string {
  const slice = diagnosis?.slice;
  if (slice !== undefined) {
    const where = slice.segment === undefined ? "all rows" : `${slice.segment.name} in ${listed(slice.values)}`;
    return `${where}: ${wholeNumber(slice.rows)} rows, ${percent(slice.share)} of all`;
  }
  const segments = [
    ...new Set(findings.flatMap(({ segment }) => (segment === undefined ? [] : [`${segment.name}=${segment.value}`]))),
  ];
  const known = diagnosis === undefined ? "by the findings" : "by the findings; the diagnosis found no slice";
  return `${segments.length === 0 ? "all rows" : listed(segments)}, ${known}`;
}

function featuresOf(diagnosis: Diagnosis | undefined, findings: readonly Finding[]): string {
  const moved = diagnosis?.features.filter(isMaterial).slice(0, mostFeatures) ?? [];
  if (moved.length > 0)
    return moved
      .map(
        ({ feature, psi, expectedByChance }) =>
          `${feature} PSI ${psi.toFixed(2)} (chance ${expectedByChance.toFixed(3)})`,
      )
      .join(", ");
  const named = [...new Set(findings.flatMap(({ feature }) => (feature === undefined ? [] : [feature])))];
  if (named.length > 0) return `${listed(named)}, by their findings`;
  return diagnosis === undefined ? "not known yet" : "none moved beyond chance and ordinary variation";
}

/** Moderate drift by the usual reading of PSI, chance taken off. */
const materialPsi = 0.1;
const isMaterial = ({ psiDebiased }: FeatureAudit): boolean => psiDebiased >= materialPsi;

/** Metric and size of the slice, in the diagnosis' own words: what the title does not say. */
function evidenceOf({ diagnosis }: Incident): string {
  const [asked, ...others] = diagnosis?.steps.filter(({ step }) => step === 1 || step === 3) ?? [];
  if (asked !== undefined && [asked, ...others].every(({ status }) => status === "not-checked"))
    return "nothing was compared with normal: there is no baseline yet";
  const told = diagnosis?.steps.filter(({ step, status }) => (step === 1 || step === 3) && status === "done") ?? [];
  return told.length === 0 ? "the diagnosis has found no more yet" : told.map(({ verdict }) => verdict).join("; ");
}

function causeOf(diagnosis: Diagnosis | undefined): string {
  if (diagnosis === undefined) return "not known yet: the diagnosis has not finished";
  const { namedCause, suspects } = diagnosis;
  if (namedCause?.change !== undefined)
    return `${changeText(namedCause)}, probability ${percent(namedCause.posterior)}`;
  const none = suspects.find(({ change }) => change === undefined);
  const nearest = suspects.find(({ change }) => change !== undefined);
  if (nearest === undefined) return "no logged change explains it";
  const share = none === undefined ? "" : ` (probability that none of them did it: ${percent(none.posterior)})`;
  return `no logged change explains it well enough to be named${share}; the nearest is ${changeText(nearest)}, ${percent(nearest.posterior)}`;
}

function changeText({ change }: Suspect): string {
  return change === undefined
    ? "none of the logged changes"
    : `"${change.title}" on ${change.component}, ${minuteOf(change.time)}`;
}

function actionsOf({ timeline, incident }: IncidentScene): string {
  const acted = timeline.filter(({ kind }) => kind === "action").map(({ text }) => text);
  if (acted.length > 0) return acted.join("; ");
  const diagnosed = incident.diagnosis === undefined ? "the diagnosis has not finished" : "it diagnosed the incident";
  return `${diagnosed}; predictions are answered as before, nothing was changed by itself`;
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, mostValues).join(", ");
  return values.length > mostValues ? `${shown} and ${values.length - mostValues} more` : shown;
}

/** `2001-02-10 00:00 UTC`. */
function minuteOf(instant: Instant): string {
  return `${isoOf(instant).slice(0, 16).replace("T", " ")} UTC`;
}

const closed = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
