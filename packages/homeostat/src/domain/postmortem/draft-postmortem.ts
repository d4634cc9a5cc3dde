import { durationWords } from "../duration-words.ts";
import type { SliceEvidence } from "../incident/diagnosis.ts";
import type { Incident, TimelineEntry } from "../incident/incident.ts";
import { type Instant, isoOf } from "../instant.ts";
import { actionLine } from "./actions-in.ts";
import { draftActions } from "./draft-actions.ts";
import { plainMarkdown, sentenceMarkdown, tableMarkdown } from "./markdown-text.ts";
import type { IncidentImpact, PostmortemFacts } from "./postmortem-facts.ts";

const minutes = (instant: Instant): string => `${isoOf(instant).slice(0, 16).replace("T", " ")} UTC`;
const count = (value: number): string => value.toLocaleString("en-US");
const bullets = (lines: readonly string[], none: string): string =>
  lines.length === 0 ? none : lines.map((line) => `- ${line}`).join("\n");

/**
 * Drafts a postmortem from what is known: a person adds what no log holds. What is not known is said to be so. Texts of
 * users are put in as they are, without meaning anything in Markdown. Pure.
 */
export function draftPostmortem(facts: PostmortemFacts): string {
  const { incident } = facts;
  const actions = draftActions(facts).map(actionLine);
  return `${[
    `# Postmortem of incident ${incident.number}`,
    `> Drafted from the timeline and the diagnosis. Correct it, add what no log holds, then publish it with \`homeostat postmortem publish ${incident.number}\`.`,
    `## What happened\n\n${sentenceMarkdown(incident.diagnosis?.sentence ?? incident.title)}.\n\n${whoAndWhen(facts)}`,
    `## Impact\n\n${impactText(facts)}`,
    `## Detection\n\n${detectionText(facts)}`,
    `## Cause\n\n${causeText(incident)}`,
    `## What worked\n\n${bullets(whatWorked(facts), "Nothing of it is in the log.")}`,
    `## What did not work\n\n${bullets(whatDidNot(facts), "Nothing of it is in the log.")}`,
    `## Actions\n\n${actions.length === 0 ? "None were proposed." : actions.join("\n")}`,
    `## Similar incidents\n\n${bullets(
      facts.similar.map(
        (one) => `Incident ${one.incident}, ${sentenceMarkdown(one.title)}: ${plainMarkdown(one.shared.join(", "))}`,
      ),
      "None among the past ones.",
    )}`,
    `## Timeline\n\n${timelineText(facts.timeline)}`,
  ].join("\n\n")}\n`;
}

function whoAndWhen({ incident, system }: PostmortemFacts): string {
  const over = incident.resolvedAt === undefined ? "not resolved yet" : `resolved ${minutes(incident.resolvedAt)}`;
  return tableMarkdown(
    ["System", "Severity", "Layer", "Owner", "Opened", "Over"],
    [[system.name, incident.severity, incident.layer, incident.owner, minutes(incident.openedAt), over]],
  );
}

function sliceText(slice: SliceEvidence | undefined): string | undefined {
  if (slice?.segment === undefined) return undefined;
  const shown = slice.values.slice(0, 10).join(", ");
  return `${slice.segment.name} ${shown}${slice.values.length > 10 ? ` and ${slice.values.length - 10} more` : ""}`;
}

function impactText({ incident, impact }: PostmortemFacts): string {
  const slice = sliceText(incident.diagnosis?.slice);
  const from = minutes(impact.from);
  const to = minutes(impact.to);
  const all =
    impact.predictions === undefined
      ? "How many predictions were made meanwhile is not known."
      : `${count(impact.predictions)} predictions were made meanwhile.`;
  const hit =
    slice === undefined
      ? "The trouble was not confined to one slice."
      : impact.slicePredictions === undefined
        ? `Those of ${plainMarkdown(slice)} were hit; how many they are is not known.`
        : `${count(impact.slicePredictions)} of them were of ${plainMarkdown(slice)} and were hit.`;
  return [
    `From ${from} to ${to} in event time, as far as the findings reach. ${all} ${hit}`,
    ...businessText(impact),
  ].join("\n\n");
}

function businessText({ business }: IncidentImpact): readonly string[] {
  if (business.length === 0) return ["In business units: not known. No business outcome came for these predictions."];
  const rows = business.map(({ name, unit, outcomes, mean, outcomesBefore, meanBefore }) => [
    plainMarkdown(name),
    count(outcomes),
    `${amount(mean)} ${plainMarkdown(unit)}`,
    meanBefore === undefined ? "none came" : `${amount(meanBefore)} ${plainMarkdown(unit)} (${count(outcomesBefore)})`,
    meanBefore === undefined ? "not known" : `${amount((mean - meanBefore) * outcomes)} ${plainMarkdown(unit)}`,
  ]);
  const head = ["Business outcome", "Came", "Mean", "Mean before", "Difference in all"];
  return [
    tableMarkdown(head, rows),
    "Before is the stretch of the same length just before it began. The difference is no proof: other things change, too.",
  ];
}

const amount = (value: number): string => value.toLocaleString("en-US", { maximumSignificantDigits: 4 });

function detectionText({ incident, findings, timeline }: PostmortemFacts): string {
  const lag = incident.detectedAtEventTime - incident.since;
  const first = timeline.find(({ kind }) => kind === "opened");
  const acknowledged = timeline.find(({ kind }) => kind === "acknowledged");
  const kinds = [...new Set(findings.map(({ monitor }) => monitor.replaceAll("-", " ")))];
  const by = kinds.length === 0 ? "A finding that was withdrawn since" : `The monitor ${kinds.join(", ")}`;
  return [
    `It began at ${minutes(incident.since)} and was detected at ${minutes(incident.detectedAtEventTime)}: time to detect ${durationWords(lag)} of event time.`,
    `${by} found it${first === undefined ? "" : `: ${sentenceMarkdown(first.text)}`}.`,
    acknowledged === undefined
      ? "Nobody acknowledged it."
      : `It was acknowledged after ${durationWords(acknowledged.at - incident.openedAt)} by ${plainMarkdown(acknowledged.actor ?? "somebody")}.`,
  ].join(" ");
}

function causeText({ diagnosis, linkedCause }: Incident): string {
  const said =
    linkedCause === undefined
      ? []
      : [
          `**Said by ${plainMarkdown(linkedCause.by)}:** ${plainMarkdown(linkedCause.title)} (${plainMarkdown(linkedCause.component)}).${linkedCause.note === "" || linkedCause.note === linkedCause.title ? "" : ` ${plainMarkdown(linkedCause.note)}.`}`,
        ];
  if (diagnosis === undefined) return [...said, "The diagnosis has not run."].join("\n\n");
  const named = diagnosis.namedCause?.change;
  const verdict =
    named === undefined
      ? "The diagnosis named none of the logged changes."
      : `The diagnosis named: ${plainMarkdown(named.title)} (${plainMarkdown(named.component)}, ${minutes(named.time)}), probability ${(diagnosis.namedCause?.posterior ?? 0).toFixed(2)}.`;
  const rows = diagnosis.suspects
    .slice(0, 5)
    .map(({ change, posterior, why }) => [
      posterior.toFixed(2),
      change === undefined
        ? "none of the logged changes"
        : `${plainMarkdown(change.title)} (${plainMarkdown(change.component)})`,
      sentenceMarkdown(why.join("; ")),
    ]);
  const table = rows.length === 0 ? [] : [tableMarkdown(["Probability", "Change", "Why"], rows)];
  return [...said, verdict, ...table].join("\n\n");
}

/** Longer than this nobody waited for on purpose. */
const promptMs = 30 * 60_000;

function acknowledgedAfter({ incident, timeline }: PostmortemFacts): number | undefined {
  const entry = timeline.find(({ kind }) => kind === "acknowledged");
  return entry === undefined ? undefined : entry.at - incident.openedAt;
}

/** Runs that changed nothing; the second part could not be done. */
const undoneDeed = /: (waits|rejected|not done|a dry run|cannot be done|failed)/;
const failedDeed = /: (cannot be done|failed)/;

function whatWorked(facts: PostmortemFacts): readonly string[] {
  const { incident, deliveries, timeline } = facts;
  const { diagnosis } = incident;
  const sent = new Set(deliveries.filter(({ state }) => state === "sent").map(({ channel }) => channel));
  const waited = acknowledgedAfter(facts);
  return [
    ...(diagnosis === undefined ? [] : [`The diagnosis ran by itself in ${durationWords(diagnosis.tookMs)}.`]),
    ...(diagnosis?.slice?.segment === undefined
      ? []
      : ["It named the slice, which the number over all rows would have hidden."]),
    ...(diagnosis?.namedCause?.change === undefined ? [] : ["The change that caused it was in the change log."]),
    ...(sent.size === 0 ? [] : [`Messages reached ${plainMarkdown([...sent].join(", "))}.`]),
    ...(waited !== undefined && waited <= promptMs ? [`It was acknowledged after ${durationWords(waited)}.`] : []),
    ...timeline
      .filter(({ kind, text }) => kind === "action" && !undoneDeed.test(text))
      .map(({ text }) => `${sentenceMarkdown(text)}.`),
  ];
}

function whatDidNot(facts: PostmortemFacts): readonly string[] {
  const { incident, deliveries, system } = facts;
  const { diagnosis, linkedCause } = incident;
  const lag = incident.detectedAtEventTime - incident.since;
  const failed = new Set(deliveries.filter(({ state }) => state === "failed").map(({ channel }) => channel));
  const waited = acknowledgedAfter(facts);
  const named = diagnosis?.namedCause?.change;
  const undone = diagnosis?.steps.filter(({ status }) => status !== "done") ?? [];
  return [
    ...(lag > system.windows.lengthMs
      ? [`It took ${durationWords(lag)} of event time to detect it: more than one window.`]
      : []),
    ...(diagnosis !== undefined && named === undefined ? ["No logged change explained it."] : []),
    ...(linkedCause !== undefined && named !== undefined && linkedCause.change !== named.id
      ? ["The diagnosis named another cause than people found."]
      : []),
    ...(failed.size === 0 ? [] : [`Messages did not reach ${plainMarkdown([...failed].join(", "))}.`]),
    ...(waited === undefined ? ["Nobody acknowledged it."] : []),
    ...(waited !== undefined && waited > promptMs ? [`It was acknowledged only after ${durationWords(waited)}.`] : []),
    ...(incident.falseAlarm === undefined
      ? []
      : [`It was a false alarm: ${plainMarkdown(incident.falseAlarm.reason)}.`]),
    ...facts.timeline
      .filter(({ kind, text }) => kind === "action" && failedDeed.test(text))
      .map(({ text }) => `${sentenceMarkdown(text)}.`),
    ...undone.map(
      ({ step, title, status, verdict }) =>
        `Step ${step} of the diagnosis (${plainMarkdown(title)}): ${status.replaceAll("-", " ")}${verdict === "" ? "" : `, ${sentenceMarkdown(verdict)}`}.`,
    ),
  ];
}

function timelineText(timeline: readonly TimelineEntry[]): string {
  const rows = timeline.map(({ at, kind, text, actor }) => [
    minutes(at),
    kind.replaceAll("-", " "),
    sentenceMarkdown(text),
    plainMarkdown(actor ?? ""),
  ]);
  return tableMarkdown(["When", "What", "In words", "Who"], rows);
}
