import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { ProbabilityCounts, ScoreCounts } from "../../baseline/profile-store.ts";
import type { PerformanceNumbers, TestedNumbers } from "../verdict.ts";

/** Counts of one segment in one window: what was predicted and what turned out to be true. */
export interface JudgedCounts {
  readonly scores: ScoreCounts | undefined;
  /** Of multiclass systems whose sender tells confidences. */
  readonly confidences: ProbabilityCounts | undefined;
}

/** How good the predictions of a segment normally are, by the metric that its task is judged by. */
export interface SegmentQuality {
  readonly metric: "auc" | "mae" | "accuracy";
  /** Labelled rows of the reference. */
  readonly baselineRows: number;
  /** How much more than independent rows the metric varies between healthy windows; undefined where it was not measured. */
  readonly variation: Overdispersion | undefined;
  /** What can be said of a window, tested or not. */
  shown(counts: JudgedCounts): PerformanceNumbers;
  /** Is it worse than the baseline? */
  test(counts: JudgedCounts): TestedNumbers | { readonly notEnough: string };
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

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
