import { normalSurvival } from "../../../stats/special/normal-survival.ts";
import { dayMs, type Instant } from "../../instant.ts";
import type { Estimate } from "../../model/model-store.ts";
import type { NamedMetric, PerformanceNumbers } from "../verdict.ts";
import { metricRules } from "./metric-rule.ts";

/** The headline of an earlier window beside this one's. */
export interface EarlierPerformance {
  readonly window: Instant;
  readonly value: Estimate;
  /** This window less the earlier one. */
  readonly difference: number;
  /** Two-sided, from the two intervals: both are taken as independent rows. */
  readonly pValue: number;
  readonly reading: "better" | "worse" | "no-difference-shown";
}

const level = 0.05;

/** Which earlier windows a window is shown beside: the one before, and those a day and a week before. */
export function earlierStarts(
  start: Instant,
  lengthMs: number,
): Readonly<Record<"lastWindow" | "yesterday" | "lastWeek", Instant>> {
  return { lastWindow: start - lengthMs, yesterday: start - dayMs, lastWeek: start - 7 * dayMs };
}

/** undefined where either cannot be said. O(1). */
export function earlierPerformance(
  now: PerformanceNumbers | undefined,
  window: Instant,
  then: PerformanceNumbers | undefined,
): EarlierPerformance | undefined {
  const [own, before] = [headlineOf(now), headlineOf(then)];
  if (own?.value === undefined || before?.value === undefined || own.name !== before.name) return undefined;
  const difference = own.value.value - before.value.value;
  const spread = Math.hypot(errorOf(own.value), errorOf(before.value));
  const pValue = spread > 0 ? Math.min(1, 2 * normalSurvival(Math.abs(difference) / spread)) : 1;
  const rose = difference > 0 === (metricRules[own.name].better === "higher");
  return {
    window,
    value: before.value,
    difference,
    pValue,
    reading: pValue >= level ? "no-difference-shown" : rose ? "better" : "worse",
  };
}

/** Verdicts of earlier versions are of binary classification. */
function headlineOf(shown: PerformanceNumbers | undefined): NamedMetric | undefined {
  return shown === undefined
    ? undefined
    : (shown.headline ?? { name: "auc", value: shown.auc, baseline: shown.baselineAuc });
}

const errorOf = ({ low, high }: Estimate): number => (high - low) / (2 * 1.96);
