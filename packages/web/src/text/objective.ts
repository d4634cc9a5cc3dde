import type { SloDetail } from "@homeostat/protocol";
import { formatShare } from "./number.ts";
import { formatDuration, formatMoment } from "./time.ts";

type State = SloDetail["state"];

export const objectiveWords: Readonly<Record<State, string>> = {
  met: "Met",
  "at-risk": "At risk",
  burning: "Burning",
  exhausted: "Budget spent",
  frozen: "Frozen",
  "no-data": "No data",
};

/** The verdict whose colour and sign an objective's state takes; what is not known is never shown as healthy. */
export const objectiveVerdicts = {
  met: "healthy",
  "at-risk": "warning",
  burning: "critical",
  exhausted: "critical",
  frozen: "waiting-for-labels",
  "no-data": "not-enough-data",
} as const satisfies Readonly<Record<State, string>>;

const untilText = ({ exhaustedAt, burns }: SloDetail): string =>
  exhaustedAt === null
    ? ""
    : `, and spent by ${formatMoment(exhaustedAt)} at the rate of the last ${formatDuration(burns.at(-1)?.longMs ?? null)}`;

/** One plain sentence about an objective. */
export function objectiveSentence(slo: SloDetail): string {
  const left = `${formatShare(slo.budgetLeft)} of its budget is left`;
  switch (slo.state) {
    case "met":
    case "at-risk":
    case "burning":
      return `${formatShare(slo.value)} were good, ${formatShare(slo.target)} is the target: ${left}${untilText(slo)}.`;
    case "exhausted":
      return `${formatShare(slo.value)} were good, ${formatShare(slo.target)} is the target: the budget is spent.`;
    case "frozen":
      return `Frozen since ${formatMoment(slo.measuredTo)}: ${slo.reason ?? ""}. Then ${left}; now it is not known.`;
    case "no-data":
      return `It cannot be said: ${slo.reason ?? ""}.`;
  }
}
