import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { ProbabilityCounts, ScoreCounts } from "../../baseline/profile-store.ts";
import type { PerformanceNumbers, TestedNumbers } from "../verdict.ts";
import type { MetricName } from "./metric-name.ts";
import { type MetricValue, metricDeviations, metricTest } from "./metric-test.ts";

/** Counts of one segment in one window: what was predicted and what turned out to be true. */
export interface JudgedCounts {
  readonly scores: ScoreCounts | undefined;
  /** Of multiclass systems whose sender tells confidences. */
  readonly confidences: ProbabilityCounts | undefined;
}

/** How good the predictions of a segment normally are, by the metric that its task is judged by. */
export interface SegmentQuality {
  /** What the task is judged by unless another metric is declared: `auc`, `mae` or `accuracy`. */
  readonly metric: MetricName;
  /** What it can be judged by. */
  readonly metrics: readonly MetricName[];
  /** Labelled rows of the reference. */
  readonly baselineRows: number;
  /** How much more than independent rows the metric varies between healthy windows; undefined where it was not measured. */
  readonly variation: Overdispersion | undefined;
  /** What can be said of a window, tested or not. */
  shown(counts: JudgedCounts): PerformanceNumbers;
  /** Is it worse than the baseline, by its own metric or by another of the task? */
  test(counts: JudgedCounts, metric?: MetricName): TestedNumbers | { readonly notEnough: string };
}

/** Weight of the pooled factor in a segment's own, in windows: a factor from few windows is unstable. */
const pooledWeight = 7;

/** Mean squared standardised deviation over all segments; that of all rows counts only where there is no segment. */
export function pooledFactor(deviations: readonly (readonly number[])[]): number {
  const all = deviations.slice(1).flat();
  const known = all.length > 0 ? all : deviations.flat();
  return known.length === 0 ? 1 : Math.max(1, sum(known) / known.length);
}

/** A segment's variance inflation between healthy windows, shrunk towards the pooled one. */
export function shrunkVariation(deviations: readonly number[], pooled: number): Overdispersion | undefined {
  if (deviations.length === 0) return undefined;
  const windows = deviations.length + pooledWeight;
  return { phi: Math.max(1, (sum(deviations) + pooledWeight * pooled) / windows), windows };
}

export type MetricValues = Readonly<Partial<Record<MetricName, MetricValue>>>;

/**
 * Tests of any metric of a task against the baseline, from its value in every healthy window. A window's values are
 * worked out when the first such test is asked for.
 */
export function otherTests(
  windowsOf: () => readonly MetricValues[],
  all: MetricValues,
): (metric: MetricName, now: MetricValue | undefined) => TestedNumbers | { readonly notEnough: string } {
  let windows: readonly MetricValues[] | undefined;
  return (metric, now) => {
    windows ??= windowsOf();
    const baseline = all[metric];
    if (now === undefined || baseline === undefined) return { notEnough: `no ${metric} of this task` };
    const values = windows.flatMap((window) => window[metric] ?? []);
    return metricTest(metric, now, baseline, shrunkVariation(metricDeviations(values, baseline), 1));
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
