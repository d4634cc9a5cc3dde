import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { Estimate } from "../../../stats/performance/estimate.ts";
import type { Refusal } from "../../../stats/performance/refusal.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import type { TestedNumbers } from "../verdict.ts";
import { leastLabelled } from "./mean-loss.ts";
import type { MetricName } from "./metric-name.ts";
import { metricRules } from "./metric-rule.ts";

/** What a metric is over some rows, or why it cannot be said. */
export type MetricValue = Estimate | Refusal;

/**
 * Squared standardised deviation of each healthy window's value from that of all of them: 1 on average for independent
 * rows. A window is part of the whole, so their difference has the variance of the window less that of the whole; the
 * variance of a row is the whole's. O(windows).
 */
export function metricDeviations(windows: readonly MetricValue[], all: MetricValue): readonly number[] {
  if (all.kind !== "estimate" || !(all.standardError > 0)) return [];
  return windows.flatMap((own) => {
    if (own.kind !== "estimate" || own.n < leastLabelled || own.n >= all.n) return [];
    return [(own.value - all.value) ** 2 / (all.standardError ** 2 * (all.n / own.n - 1))];
  });
}

/**
 * Did any metric get worse? Both values have the variance of the baseline's rows, inflated by how much healthy windows
 * differ (a score test, as in `lossGrowth`), and the difference is held against Student's t with as many degrees of
 * freedom as that was measured with. O(1).
 */
export function metricTest(
  metric: MetricName,
  now: MetricValue,
  baseline: MetricValue,
  variation: Overdispersion | undefined,
): TestedNumbers | { readonly notEnough: string } {
  if (now.kind !== "estimate" || baseline.kind !== "estimate" || variation === undefined)
    return { notEnough: `too few outcomes to say ${metricRules[metric].name}` };
  if (Math.min(now.n, baseline.n) < leastLabelled) return { notEnough: `fewer than ${leastLabelled} outcomes` };
  const { better, scale, threshold } = metricRules[metric];
  const spread = baseline.standardError * Math.sqrt(variation.phi * (1 + baseline.n / now.n));
  const unit = scale === "relative" ? baseline.value : 1;
  if (!(spread > 0) || !(unit > 0)) return { notEnough: "the baseline has no spread to compare with" };
  const worse = (better === "higher" ? -1 : 1) * (now.value - baseline.value);
  return {
    variant: `${metric}/score`,
    value: now.value,
    baselineValue: baseline.value,
    effect: worse / unit,
    threshold,
    pValue: studentTSurvival(worse / spread, Math.max(1, variation.windows - 1)),
    expectedByChance: undefined,
    lowerBound: (worse - 1.96 * spread) / unit,
    overdispersion: variation.phi,
    rows: now.n,
    baselineRows: baseline.n,
    bins: undefined,
  };
}
