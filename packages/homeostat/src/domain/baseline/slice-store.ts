import type { Instant } from "../instant.ts";
import type { FeatureVector, InputRow } from "../pipeline/pipeline.ts";
import type { System } from "../system/system.ts";
import type { Baseline } from "./baseline.ts";
import type { BinCounts, ScoreCounts, Subject } from "./profile-store.ts";

/** Rows to look at: live rows of a stretch of event time, or the reference rows of some of its windows. */
export type RowRange =
  | { readonly kind: "live"; readonly from: Instant; readonly to: Instant }
  | { readonly kind: "reference"; readonly windows: readonly Instant[] };

/** What rows are told apart by: a declared segment, a feature, a word of the caller, a clock. */
type SliceDimension =
  | { readonly kind: "segment"; readonly name: string }
  | { readonly kind: "feature"; readonly name: string }
  /** Only live rows have it. */
  | { readonly kind: "channel"; readonly name: ChannelColumn }
  | { readonly kind: "time"; readonly name: "hour" | "weekday" };

/** Columns of live rows that say which way a row came. */
export const channelColumns = ["cohort", "caller", "served_by"] as const;
type ChannelColumn = (typeof channelColumns)[number];

/** One condition of a slice: the dimension holds one of the values. Values of a feature are bins of the baseline. */
export interface SliceCondition {
  readonly dimension: SliceDimension;
  readonly values: readonly string[];
  /** `origin in {LAX, SFO}`, `distance in [200, 400)`. */
  readonly words: string;
}

/** A conjunction of conditions; undefined where all rows are meant. */
export interface Slice {
  readonly conditions: readonly SliceCondition[];
}

/** How wrong the answers of labelled rows were: share of wrong decisions, or mean absolute error of a regression. */
export interface LossSums {
  readonly rows: number;
  readonly loss: number;
  readonly squares: number;
}

export interface SlicePicture {
  readonly rows: number;
  readonly features: ReadonlyMap<Subject, BinCounts>;
  readonly score: ScoreCounts | undefined;
  readonly losses: LossSums;
}

/** Counts of one feature by the hour of event time. */
export interface HourCounts {
  readonly hour: Instant;
  readonly bin: number;
  readonly count: number;
}

export interface LossHour {
  readonly hour: Instant;
  readonly rows: number;
  readonly large: number;
}

/** One dimension of a slice search: which values of it make one item, by code 1, 2, 3 … in order. */
export interface CodedDimension {
  readonly dimension: SliceDimension;
  readonly items: readonly { readonly values: readonly string[]; readonly words: string }[];
}

export interface LatticeQuestion {
  /** What is compared: rows of now with rows of then. */
  readonly now: RowRange;
  readonly before: RowRange;
  readonly dimensions: readonly CodedDimension[];
  /** What must not have grown: the loss of labelled rows, or the share of rows in some bins of a feature. */
  readonly objective:
    | { readonly kind: "loss" }
    | { readonly kind: "bins"; readonly feature: string; readonly bins: readonly number[] };
  /** 1, 2 or 3. */
  readonly conditions: number;
  /** Fewest rows of a slice in each period of the half that slices are looked for in. */
  readonly minimumRows: number;
  readonly minimumShare: number;
}

export interface PeriodSums {
  readonly before: LossSums;
  readonly now: LossSums;
}

/** Sums of one conjunction: code 0 in a place says that the dimension is free. */
export interface LatticeCell {
  readonly codes: readonly number[];
  readonly discovery: PeriodSums;
  readonly confirmation: PeriodSums;
}

export interface Lattice {
  readonly total: Omit<LatticeCell, "codes">;
  /** Every conjunction with enough rows in the discovery half. */
  readonly cells: readonly LatticeCell[];
}

/** A statement as it was sent, so that it can be sent again. */
export interface SentQuery {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Who asked and how often. */
export interface ReachOfSlice {
  readonly rows: number;
  readonly callers: readonly ValueCount[];
  readonly cohorts: readonly ValueCount[];
  readonly segments: readonly (ValueCount & { readonly segment: string })[];
}

export interface ValueCount {
  readonly value: string;
  readonly rows: number;
}

/** A logged answer as it is scored again. */
export interface ReplayRow {
  readonly id: string;
  readonly inputs: InputRow;
  readonly vector: FeatureVector;
  readonly probability: number;
  readonly outcome: boolean | undefined;
}

/** Looks at raw rows to diagnose: the only place besides profiling that does. Answers are sums, save `replayRows`. */
export interface SliceStore {
  /** The same store, telling every statement that it sends. */
  told(tell: (query: SentQuery) => void): SliceStore;
  /** Sends a statement of a diagnosis again; at most so many rows of its answer. */
  repeat(query: SentQuery, limit: number): Promise<readonly Readonly<Record<string, unknown>>[]>;
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
  /** Labelled rows by the hour of event time, and how many of them had a large loss: wrong, or twice the usual error. */
  hourlyLoss(
    system: System,
    baseline: Baseline,
    range: RowRange,
    slice: Slice | undefined,
  ): Promise<readonly LossHour[]>;
  /** Counts every conjunction of up to three conditions over two periods and two halves, in one statement. */
  lattice(system: System, baseline: Baseline, question: LatticeQuestion): Promise<Lattice>;
  /** The most frequent values of the columns of live rows that only the caller knows. */
  channels(system: System, range: RowRange, limit: number): Promise<readonly CodedDimension[]>;
  reach(system: System, baseline: Baseline, range: RowRange, slice: Slice | undefined): Promise<ReachOfSlice>;
  /** Logged vectors of binary systems with what was answered and what became of it, at most so many, spread over the range. */
  replayRows(
    system: System,
    baseline: Baseline,
    range: RowRange,
    slice: Slice | undefined,
    limit: number,
  ): Promise<readonly ReplayRow[]>;
  /** Business values told of the predictions of a stretch, by name and unit. */
  business(
    system: System,
    range: { readonly from: Instant; readonly to: Instant },
  ): Promise<
    readonly { readonly name: string; readonly unit: string; readonly count: number; readonly mean: number }[]
  >;
  /** How serving went: rows, share answered by a fallback, 95th percentile of latency. */
  serving(
    system: System,
    range: { readonly from: Instant; readonly to: Instant },
  ): Promise<{ readonly rows: number; readonly degradedShare: number; readonly latencyP95Ms: number | undefined }>;
}

/** Values of one declared segment as a slice. */
export function segmentSlice(name: string, values: readonly string[]): Slice {
  const words = values.length === 1 ? `${name}=${values[0] ?? ""}` : `${name} in {${values.join(", ")}}`;
  return { conditions: [{ dimension: { kind: "segment", name }, values, words }] };
}

/** `origin=LAX and distance in [200, 400)`, or `all rows`. */
export function sliceWords(slice: Slice | undefined): string {
  return slice === undefined || slice.conditions.length === 0
    ? "all rows"
    : slice.conditions.map((condition) => condition.words).join(" and ");
}

/** The one declared segment that a slice is about, where it has no other condition. */
export function onlySegment(
  slice: Slice | undefined,
): { readonly name: string; readonly values: readonly string[] } | undefined {
  const [condition, ...others] = slice?.conditions ?? [];
  return condition?.dimension.kind === "segment" && others.length === 0
    ? { name: condition.dimension.name, values: condition.values }
    : undefined;
}
