import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { Baseline } from "./baseline.ts";
import type { BinCounts, ScoreCounts, Subject } from "./profile-store.ts";

/** Rows to look at: live rows of a stretch of event time, or the reference rows of some of its windows. */
export type RowRange =
  | { readonly kind: "live"; readonly from: Instant; readonly to: Instant }
  | { readonly kind: "reference"; readonly windows: readonly Instant[] };

/** Values of one segment that are looked at together; undefined where all rows are meant. */
export interface Slice {
  readonly segment: string;
  readonly values: readonly string[];
}

export interface SlicePicture {
  readonly rows: number;
  readonly features: ReadonlyMap<Subject, BinCounts>;
  readonly score: ScoreCounts | undefined;
}

/** Counts of one feature by the hour of event time. */
export interface HourCounts {
  readonly hour: Instant;
  readonly bin: number;
  readonly count: number;
}

/** Looks at raw rows to diagnose: the only place besides profiling that does. Answers are sums, never rows. */
export interface SliceStore {
  picture(system: System, baseline: Baseline, range: RowRange, slice: Slice | undefined): Promise<SlicePicture>;
  /** Exact quantiles of a number feature at the levels; empty without rows. */
  quantiles(
    system: System,
    baseline: Baseline,
    range: RowRange,
    slice: Slice | undefined,
    feature: string,
    levels: readonly number[],
  ): Promise<readonly number[]>;
  /** Rows by value of a number feature, for features with few values; undefined above the limit. */
  valueCounts(
    system: System,
    baseline: Baseline,
    range: RowRange,
    slice: Slice | undefined,
    feature: string,
    limit: number,
  ): Promise<ReadonlyMap<number, number> | undefined>;
  hourly(
    system: System,
    baseline: Baseline,
    range: RowRange,
    slice: Slice | undefined,
    feature: string,
  ): Promise<readonly HourCounts[]>;
  /** How serving went: rows, share answered by a fallback, 95th percentile of latency. */
  serving(
    system: System,
    range: { readonly from: Instant; readonly to: Instant },
  ): Promise<{ readonly rows: number; readonly degradedShare: number; readonly latencyP95Ms: number | undefined }>;
}
