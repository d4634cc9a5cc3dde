import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import { type RegressionMetrics, regressionMetrics } from "../../../stats/performance/regression-metrics.ts";
import {
  emptyRegressionSums,
  mergeRegressionSums,
  type RegressionSums,
} from "../../../stats/performance/regression-sums.ts";
import type { FrozenValue } from "../../baseline/baseline.ts";
import type { ScoreCounts, WindowProfile } from "../../baseline/profile-store.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import { total } from "../count-series.ts";
import { keyOf } from "../segment-key.ts";
import type { NamedMetric, PerformanceNumbers, TestedNumbers } from "../verdict.ts";
import { leastLabelled, lossDeviations, lossGrowth, varianceOfLoss } from "./mean-loss.ts";
import { metricRules, metricsOfTask } from "./metric-rule.ts";
import {
  type MetricValues,
  otherTests,
  pooledFactor,
  type SegmentQuality,
  shrunkVariation,
} from "./segment-quality.ts";
import { shownEstimate } from "./shown-estimate.ts";

/** Regression is judged by the mean absolute error (R14). */
export function regressionQualities(
  frozen: FrozenValue,
  profiles: readonly WindowProfile[],
  segments: readonly (SegmentValue | undefined)[],
): (segment: SegmentValue | undefined) => SegmentQuality {
  const sumsOf = (counts: ScoreCounts | undefined): RegressionSums =>
    counts?.kind === "value" ? counts.sums : emptyRegressionSums(frozen.origin);
  const windowsOf = (segment: SegmentValue | undefined): readonly RegressionSums[] =>
    profiles.map((profile) => sumsOf(profile.scores.get(keyOf(segment))));
  const deviationsOf = (windows: readonly RegressionSums[]): readonly number[] =>
    lossDeviations(windows.map(absoluteErrors), varianceOfLoss);
  const pooled = pooledFactor(segments.map((segment) => deviationsOf(windowsOf(segment))));
  return (segment) => {
    const windows = windowsOf(segment);
    const all = windows.reduce(mergeRegressionSums, emptyRegressionSums(frozen.origin));
    const variation = shrunkVariation(deviationsOf(windows), pooled);
    const baseline = regressionMetrics(all);
    const others = otherTests(() => windows.map(regressionValues), regressionValues(all));
    return {
      metric: "mae",
      metrics: metricsOfTask.regression,
      baselineRows: all.n,
      variation,
      shown: ({ scores }) => performanceOf(scores, sumsOf(scores), baseline),
      test: ({ scores }, metric = "mae") =>
        metric === "mae"
          ? testOf(sumsOf(scores), all, variation)
          : others(metric, regressionValues(sumsOf(scores))[metric]),
    };
  };
}

function absoluteErrors(sums: RegressionSums): MomentSums {
  return { n: sums.n, sum: sums.sumAbsoluteError, sumSquares: sums.sumSquaredError };
}

function testOf(
  sums: RegressionSums,
  all: RegressionSums,
  variation: Overdispersion | undefined,
): TestedNumbers | { readonly notEnough: string } {
  if (Math.min(sums.n, all.n) < leastLabelled || variation === undefined)
    return { notEnough: `fewer than ${leastLabelled} outcomes` };
  const usual = all.sumAbsoluteError / all.n;
  const growth = lossGrowth(absoluteErrors(all), absoluteErrors(sums), variation, varianceOfLoss);
  if (usual === 0 || growth === undefined) return { notEnough: "the baseline has no error to compare with" };
  return {
    variant: "mae/score",
    value: sums.sumAbsoluteError / sums.n,
    baselineValue: usual,
    effect: growth.difference / usual,
    threshold: metricRules.mae.threshold,
    pValue: growth.pValue,
    expectedByChance: undefined,
    lowerBound: growth.lower / usual,
    overdispersion: variation.phi,
    rows: sums.n,
    baselineRows: all.n,
    bins: undefined,
  };
}

function regressionValues(sums: RegressionSums): MetricValues {
  const metrics = regressionMetrics(sums);
  return Object.fromEntries(shownMetrics.map(([name, metric]) => [name, metrics[metric]]));
}

const shownMetrics = [
  ["rmse", "rootMeanSquaredError"],
  ["bias", "bias"],
  ["r2", "rSquared"],
  ["mape", "meanAbsolutePercentageError"],
] as const satisfies readonly (readonly [string, keyof RegressionMetrics])[];

function performanceOf(
  counts: ScoreCounts | undefined,
  sums: RegressionSums,
  baseline: RegressionMetrics,
): PerformanceNumbers {
  const now = regressionMetrics(sums);
  return {
    rows: counts?.kind === "value" ? total(counts.counts) : 0,
    labelledRows: sums.n,
    headline: {
      name: "mae",
      value: shownEstimate(now.meanAbsoluteError),
      baseline: shownEstimate(baseline.meanAbsoluteError),
    },
    others: shownMetrics.map(
      ([name, metric]): NamedMetric => ({
        name,
        value: shownEstimate(now[metric]),
        baseline: shownEstimate(baseline[metric]),
      }),
    ),
    classes: [],
    auc: undefined,
    accuracy: undefined,
    positiveShare: undefined,
    meanProbability: undefined,
    calibrationError: undefined,
    baselineAuc: undefined,
    baselineAccuracy: undefined,
  };
}
