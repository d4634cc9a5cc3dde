import { failureModeOf } from "../coverage/failure-mode.ts";
import { durationWords } from "../duration-words.ts";
import { type Instant, isoOf } from "../instant.ts";
import type { Estimate } from "../model/model-store.ts";
import { plainMarkdown, sentenceMarkdown, tableMarkdown } from "../postmortem/markdown-text.ts";
import type { LagQuantile } from "../prediction/label-lag.ts";
import { nextSteps } from "./next-steps.ts";
import type { PerformanceTrend, ReviewFacts } from "./review-facts.ts";

const minutes = (instant: Instant): string => `${isoOf(instant).slice(0, 16).replace("T", " ")} UTC`;
const count = (value: number): string => value.toLocaleString("en-US");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const amount = (value: number): string => value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
const between = (estimate: Estimate): string =>
  `${amount(estimate.value)} (${amount(estimate.low)} to ${amount(estimate.high)})`;

/** The month in one sentence. Pure. */
export function reviewHeadline({ system, month, windows, incidents }: ReviewFacts): string {
  const said = (windows.verdicts.healthy ?? 0) + (windows.verdicts.warning ?? 0) + (windows.verdicts.critical ?? 0);
  if (windows.total === 0) return `${system.name} in ${month.name}: no predictions came; nothing can be said`;
  const false_ = incidents.filter(({ incident }) => incident.falseAlarm !== undefined).length;
  const told =
    incidents.length === 0
      ? "no incident"
      : `${incidents.length} ${incidents.length === 1 ? "incident" : "incidents"}${false_ === 0 ? "" : ` (${false_} false)`}`;
  const judged =
    said === 0
      ? `none of ${windows.total} windows could be judged: not enough data`
      : `${windows.verdicts.healthy ?? 0} of ${said} judged windows healthy`;
  return `${system.name} in ${month.name}: ${judged}, ${told}`;
}

/** The whole review as Markdown. What is not known is said to be so; texts of users mean nothing in Markdown. Pure. */
export function writeReview(facts: ReviewFacts): string {
  const { system, month, zone } = facts;
  const steps = nextSteps(facts);
  return `${[
    `# Health review of ${plainMarkdown(system.name)}, ${month.name}`,
    `${plainMarkdown(reviewHeadline(facts))}. From ${minutes(month.from)} to ${minutes(month.to)} in event time (a month in ${zone}), written ${minutes(facts.now)}.`,
    `## What to do next\n\n${steps.map((step) => `- ${step}`).join("\n")}`,
    `## What was watched\n\n${watchedText(facts)}`,
    `## Windows\n\n${windowsText(facts)}`,
    `## Incidents\n\n${incidentsText(facts)}`,
    `## False pages\n\n${falseText(facts)}`,
    `## Performance\n\n${performanceText(facts.performance)}`,
    `## Drift\n\n${driftText(facts)}`,
    `## Labels\n\n${labelsText(facts)}`,
    `## Objectives\n\n${objectivesText(facts)}`,
    `## Changes and releases\n\n${changesText(facts)}`,
    `## Actions by rule\n\n${actionsText(facts)}`,
    `## Open actions of postmortems\n\n${openText(facts)}`,
    `## Rows kept\n\n${keptText(facts)}`,
  ].join("\n\n")}\n`;
}

function watchedText({ coverage }: ReviewFacts): string {
  const watched = coverage.filter(({ watch }) => watch.kind === "watched").map(({ mode }) => failureModeOf(mode).title);
  const rest = coverage.flatMap(({ mode, watch }) =>
    watch.kind === "watched"
      ? []
      : [[failureModeOf(mode).title, watch.kind.replaceAll("-", " "), sentenceMarkdown(watch.why)]],
  );
  const first = `As things stand now, ${watched.length} of ${coverage.length} ways of going wrong are watched${watched.length === 0 ? "" : `: ${watched.join("; ")}`}.`;
  return rest.length === 0 ? first : `${first}\n\n${tableMarkdown(["What goes wrong", "State", "Why"], rest)}`;
}

function windowsText({ windows }: ReviewFacts): string {
  if (windows.total === 0) return "Not enough data: no window of this month has rows.";
  const verdicts = Object.entries(windows.verdicts).map(([state, number]) => [
    state.replaceAll("-", " "),
    count(number ?? 0),
  ]);
  const rows = windows.unevaluated === 0 ? verdicts : [...verdicts, ["not evaluated yet", count(windows.unevaluated)]];
  return `${count(windows.rows)} predictions in ${count(windows.total)} windows; ${count(windows.restated)} were counted again because rows or outcomes came late.\n\n${tableMarkdown(["Verdict", "Windows"], rows)}`;
}

function incidentsText({ incidents }: ReviewFacts): string {
  if (incidents.length === 0) return "None.";
  const rows = incidents.map(({ incident, timeline }) => {
    const acknowledged = timeline.find(({ kind }) => kind === "acknowledged");
    const cause = incident.linkedCause ?? incident.diagnosis?.namedCause?.change;
    return [
      String(incident.number),
      sentenceMarkdown(incident.title),
      incident.severity,
      durationWords(Math.max(0, incident.detectedAtEventTime - incident.since)),
      acknowledged === undefined ? "nobody did" : durationWords(acknowledged.at - incident.openedAt),
      incident.resolvedAt === undefined ? "open" : durationWords(incident.resolvedAt - incident.openedAt),
      incident.falseAlarm === undefined
        ? cause === undefined
          ? "not known"
          : `${plainMarkdown(cause.title)} (${plainMarkdown(cause.component)})`
        : `false alarm: ${plainMarkdown(incident.falseAlarm.reason)}`,
    ];
  });
  return `Time to detect is in event time, the others from the moment it opened.\n\n${tableMarkdown(["N", "What", "Severity", "To detect", "To acknowledge", "To resolve", "Cause"], rows)}`;
}

function falseText({ incidents, pagesAccepted }: ReviewFacts): string {
  const marked = incidents.filter(({ incident }) => incident.falseAlarm !== undefined).length;
  const verdict = marked > pagesAccepted ? "over the budget" : "within the budget";
  return `${marked} marked as false, ${pagesAccepted} accepted in a month: ${verdict}. Only incidents that somebody marked (\`homeostat false-alarm N\`) are counted.`;
}

function performanceText(performance: readonly PerformanceTrend[]): string {
  if (performance.length === 0) return "Not enough data: no window of this month has labels enough to say.";
  const rows = performance.map((one) => [
    plainMarkdown(one.segment),
    one.metric,
    between(one.first),
    between(one.last),
    one.baseline === undefined ? "none" : between(one.baseline),
    count(one.windows),
  ]);
  return `First and last window of the month in which it could be said, with 95 % intervals; the segments that lost most against the baseline first.\n\n${tableMarkdown(["Segment", "Metric", "First", "Last", "Baseline", "Windows"], rows)}`;
}

function driftText({ drift }: ReviewFacts): string {
  if (drift.length === 0) return "Not enough data: no feature was compared with the baseline.";
  const rows = drift.map((one) => [
    plainMarkdown(one.feature),
    plainMarkdown(one.segment),
    amount(one.worst) + (one.worstLow === undefined ? "" : ` (at least ${amount(one.worstLow)})`),
    minutes(one.worstAt),
    `${one.warnings} / ${one.criticals} of ${one.windows}`,
  ]);
  return `Debiased PSI, worst first; 0.1 is a warning, 0.25 an incident when it is significant and lasts.\n\n${tableMarkdown(["Feature", "Segment", "Worst", "When", "Warnings / criticals"], rows)}`;
}

function labelsText({ labels }: ReviewFacts): string {
  if (labels.rows === 0) return "Not enough data: no predictions came.";
  const share = `${count(labels.labelled)} of ${count(labels.rows)} predictions have a label (${percent(labels.labelled / labels.rows)}).`;
  if (labels.lag === undefined) return share;
  return `${share} Half come within ${lagWords(labels.lag.median)}, nine of ten within ${lagWords(labels.lag.p90)}.`;
}

function lagWords(quantile: LagQuantile): string {
  if (quantile.kind === "reached") return durationWords(quantile.byMs);
  return quantile.kind === "no-rows" ? "a time that is not known" : "a time that none has reached yet";
}

function objectivesText({ objectives }: ReviewFacts): string {
  if (objectives.length === 0) return "None are declared.";
  const rows = objectives.map((one) => [
    plainMarkdown(one.name),
    one.state.replaceAll("-", " "),
    percent(one.target),
    one.value === undefined ? "not enough data" : percent(one.value),
    one.budgetLeft === undefined ? "not known" : percent(one.budgetLeft),
  ]);
  return tableMarkdown(["Objective", "State", "Target", "Good", "Budget left"], rows);
}

const mostChanges = 30;

function changesText({ changes, releases, live, month }: ReviewFacts): string {
  const made = releases.filter(
    ({ liveSince }) => liveSince !== undefined && liveSince >= month.from && liveSince < month.to,
  );
  const standing =
    live === undefined ? "Nothing is live." : `${live.id} is live, since ${minutes(live.liveSince ?? live.createdAt)}.`;
  const went =
    made.length === 0
      ? "No release went live in this month."
      : `Went live in this month: ${made.map(({ id }) => id).join(", ")}.`;
  if (changes.length === 0) return `${standing} ${went} No change was logged.`;
  const rows = changes
    .slice(-mostChanges)
    .map(({ time, kind, component, title }) => [minutes(time), kind, plainMarkdown(component), plainMarkdown(title)]);
  const more = changes.length > mostChanges ? ` The newest ${mostChanges} of ${changes.length}:` : "";
  return `${standing} ${went}${more}\n\n${tableMarkdown(["When", "Kind", "Component", "Change"], rows)}`;
}

function actionsText({ actions }: ReviewFacts): string {
  if (actions.length === 0) return "None.";
  const rows = actions.map(({ incident, action, deed, state, text }) => [
    String(incident),
    action,
    deed.kind,
    state,
    plainMarkdown(text),
  ]);
  return tableMarkdown(["Incident", "Action", "Does", "State", "In words"], rows);
}

function openText({ openActions }: ReviewFacts): string {
  if (openActions.length === 0) return "None.";
  return openActions
    .map(({ incident, id, owner, text }) => `- Incident ${incident}, ${id}, ${owner}: ${sentenceMarkdown(text)}`)
    .join("\n");
}

function keptText({ system, retirements }: ReviewFacts): string {
  const rule = system.retention === undefined ? "Rows are kept for ever." : "Rows are kept by the declared rule.";
  if (retirements.length === 0) return `${rule} None were dropped in this month.`;
  const rows = retirements.reduce((sum, { predictions }) => sum + predictions, 0);
  return `${rule} ${count(rows)} predictions were dropped in this month.`;
}
