import type { MomentSums } from "../../stats/performance/mean-estimate.ts";
import type { RegressionSums } from "../../stats/performance/regression-sums.ts";
import type { SegmentValue } from "../finding/finding.ts";
import type { Instant } from "../instant.ts";
import type { FeatureVector, InputRow } from "../pipeline/pipeline.ts";
import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { Baseline, FrozenFeature, FrozenScore, FrozenSegment, FrozenUnusual } from "./baseline.ts";
import type { ProbabilitySums } from "./probability-sums.ts";
import type { ServiceCounts } from "./service-counts.ts";

/** What is counted: a feature by its name, or the score. */
export type Subject = string;
export const scoreSubject: Subject = "#score";
/** How sure a multiclass model was of its class; right and wrong stand for positive and negative. */
export const confidenceSubject: Subject = "#confidence";

/** Counts of one subject in one segment value: parallel arrays. All are sums, so profiles of several windows add up. */
export interface BinCounts {
  readonly bins: readonly number[];
  readonly counts: readonly number[];
}

/** Counts of the predictions of one segment value, by task. */
export type ScoreCounts = ProbabilityCounts | ValueCounts | ClassCounts;

/** Score bins with outcomes; `unlabelled` rows have no outcome yet. */
export interface ProbabilityCounts {
  readonly kind: "probability";
  readonly bins: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  readonly unlabelled: readonly number[];
  /** Sum of the probabilities of all rows, and of the labelled rows, per bin. */
  readonly scoreSums: readonly number[];
  readonly labelledScoreSums: readonly number[];
  /** Over the labelled rows of all bins; absent from confidences, and from counts of an earlier version. */
  readonly sums?: ProbabilitySums | undefined;
}

/** Bins of the predicted value, and the sums that every metric of a regression follows from. */
export interface ValueCounts {
  readonly kind: "value";
  readonly bins: readonly number[];
  readonly counts: readonly number[];
  readonly valueSum: number;
  /** Over the labelled rows; origin as frozen. */
  readonly sums: RegressionSums;
  /** Absolute errors of the labelled rows, bin by bin. */
  readonly errors: readonly MomentSums[];
}

/** A confusion as sparse cells: places in the frozen list of classes, behind them all others. */
export interface ClassCounts {
  readonly kind: "class";
  readonly cells: readonly {
    readonly predicted: number;
    /** undefined: not labelled yet. */
    readonly actual: number | undefined;
    readonly rows: number;
  }[];
  /** Over the labelled rows whose probabilities by class are known. */
  readonly logLoss: MomentSums;
}

/** Everything counted about one window: keyed by segment (`""` for all rows, else `name=value`). */
export interface WindowProfile {
  readonly window: Window;
  readonly features: ReadonlyMap<string, ReadonlyMap<Subject, BinCounts>>;
  readonly scores: ReadonlyMap<string, ScoreCounts>;
  /** Of multiclass systems whose sender tells confidences; otherwise empty. */
  readonly confidences: ReadonlyMap<string, ProbabilityCounts>;
  /** How serving went; windows counted by earlier versions have none. */
  readonly service?: ReadonlyMap<string, ServiceCounts>;
}

/** The key under which a segment value's counts stand; `""` is all rows. */
export function segmentKey(name: string, value: string): string {
  return `${name}=${value}`;
}

/** Counting is the engine's business: it scans a window once and keeps sums; nothing here returns raw rows. */
export interface ProfileStore {
  /**
   * Loads the reference rows of a release: newline-delimited `referenceLine`s, replacing what an interrupted earlier
   * load left behind.
   */
  loadReference(system: System, release: string, ndjson: AsyncIterable<Uint8Array>): Promise<{ readonly rows: number }>;
  /** Makes received rows of a stretch of event time the reference of a release whose predictions are made elsewhere. */
  referenceFromEvents(
    system: System,
    release: string,
    range: { readonly from: Instant; readonly to: Instant },
  ): Promise<{ readonly rows: number }>;
  /** Decides bins, edges and segment values from the reference rows of a release. */
  freeze(
    system: System,
    release: string,
  ): Promise<{
    readonly rows: number;
    readonly scoredRows: number;
    readonly features: readonly FrozenFeature[];
    readonly unusual?: FrozenUnusual | undefined;
    readonly score: FrozenScore;
    readonly segments: readonly FrozenSegment[];
    readonly windows: readonly { readonly start: Instant; readonly rows: number }[];
  }>;
  /** Counts every reference window of a baseline. */
  profileReference(system: System, baseline: Baseline): Promise<void>;
  /** Counts one live window against a baseline and keeps the counts under the version. */
  profileLive(
    system: System,
    baseline: Baseline,
    window: Window,
    version: number,
  ): Promise<{ readonly rows: number; readonly labelledRows: number }>;
  /** Counts of the reference windows. */
  reference(baseline: Baseline): Promise<readonly WindowProfile[]>;
  /** Counts of live windows, by the version that counts. */
  live(
    baseline: Baseline,
    windows: readonly (Window & { readonly profileVersion: number })[],
  ): Promise<readonly WindowProfile[]>;
  /** How serving went in live windows, whatever release answered and whatever baseline they were counted against. */
  service(
    system: System,
    windows: readonly (Window & { readonly profileVersion: number })[],
  ): Promise<readonly { readonly window: Window; readonly service: ReadonlyMap<string, ServiceCounts> }[]>;
  /** How serving went in the reference windows; those whose rows nobody served are left out. */
  servedReference(
    baseline: Baseline,
  ): Promise<readonly { readonly window: Window; readonly service: ReadonlyMap<string, ServiceCounts> }[]>;
  /**
   * Values never seen in the baseline, with counts, most frequent first: of a category the new ones, of a number those
   * outside its range. Of the rows of one segment value, or of all.
   */
  newValues(
    system: System,
    baseline: Baseline,
    feature: string,
    window: Window,
    segment: SegmentValue | undefined,
    limit: number,
  ): Promise<readonly { readonly value: string; readonly count: number }[]>;
}

/** A row of a reference: what a prediction row holds, plus its outcome and whether the model was ever trained on it. */
export interface ReferenceRow {
  readonly time: Instant;
  readonly inputs: InputRow;
  readonly vector: FeatureVector;
  readonly probability: number;
  readonly neverTrained: boolean;
  readonly outcome: boolean | undefined;
}

/** One line of a reference load. */
export function referenceLine(row: ReferenceRow, features: readonly { readonly name: string }[]): string {
  const line: Record<string, unknown> = {
    time: row.time,
    probability: row.probability,
    scored: row.neverTrained ? 1 : 0,
    outcome: row.outcome === undefined ? null : row.outcome ? 1 : 0,
  };
  for (const [name, value] of Object.entries(row.inputs)) line[`i_${name}`] = value;
  features.forEach((feature, index) => {
    line[`f_${feature.name}`] = row.vector[index] ?? null;
  });
  return JSON.stringify(line);
}
