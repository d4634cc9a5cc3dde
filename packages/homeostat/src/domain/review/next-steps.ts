import { failureModeOf } from "../coverage/failure-mode.ts";
import { plainMarkdown, sentenceMarkdown } from "../postmortem/markdown-text.ts";
import type { ReviewFacts } from "./review-facts.ts";

/** What follows from the month, as Markdown, most pressing first; never empty. Pure. */
export function nextSteps(facts: ReviewFacts): readonly string[] {
  const { incidents, coverage, actions, openActions, labels, objectives, live, windows, pagesAccepted } = facts;
  const open = incidents.filter(({ incident }) => incident.state !== "resolved");
  const waiting = actions.filter(({ state }) => state === "waiting");
  const falses = incidents.filter(({ incident }) => incident.falseAlarm !== undefined).length;
  const causeless = incidents.filter(
    ({ incident }) =>
      incident.falseAlarm === undefined &&
      incident.linkedCause === undefined &&
      incident.diagnosis?.namedCause?.change === undefined,
  );
  const vain = coverage.filter(({ watch }) => watch.kind === "asked-in-vain");
  const spent = objectives.filter(({ budgetLeft }) => budgetLeft !== undefined && budgetLeft <= 0);
  const steps = [
    ...open.map(({ incident }) => `Resolve incident ${incident.number}: ${sentenceMarkdown(incident.title)}.`),
    ...waiting.map(({ incident, action }) => `Decide on the action ${action} of incident ${incident}.`),
    ...spent.map(
      ({ name }) =>
        `The budget of the objective ${plainMarkdown(name)} is spent: stop risky changes until it recovers.`,
    ),
    ...(openActions.length === 0
      ? []
      : [`Finish ${openActions.length} open ${openActions.length === 1 ? "action" : "actions"} of postmortems.`]),
    ...(falses > pagesAccepted
      ? [
          `${falses} false pages are more than the ${pagesAccepted} accepted: raise thresholds or persistence of what cried (\`homeostat monitor try\`).`,
        ]
      : []),
    ...causeless.map(
      ({ incident }) =>
        `Find out what caused incident ${incident.number}, then say so: \`homeostat cause ${incident.number}\`.`,
    ),
    ...(live === undefined
      ? ["Make a release or a baseline: nothing is live, so nothing is compared with normal."]
      : []),
    ...(windows.total > 0 && labels.rows > 0 && labels.labelled / labels.rows < 0.5
      ? ["Get more outcomes back: fewer than half of the predictions have a label."]
      : []),
    ...vain
      .slice(0, 3)
      .map(
        ({ mode, watch }) =>
          `See why it cannot be told that “${failureModeOf(mode).title}”: ${sentenceMarkdown("why" in watch ? watch.why : "")}.`,
      ),
  ];
  return steps.length === 0 ? ["Nothing that this review knows of."] : steps;
}
