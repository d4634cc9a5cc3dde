import type { Binning } from "../../stats/histogram/binning.ts";
import type { Instant } from "../instant.ts";
import type { Window } from "../window/window.ts";

/**
 * The frozen picture of normal belonging to a release: how values fall into bins, which segment values are kept
 * apart, and which reference windows were counted. The counts themselves are profiles in the data plane, one per
 * reference window, so that a window can be compared with its own season and healthy windows with each other.
 * Nothing here is ever recomputed after seeing a live window.
 */
export interface Baseline {
  readonly id: string;
  readonly system: string;
  readonly release: string;
  readonly createdAt: Instant;
  readonly rows: number;
  /** Rows whose score and outcome count: those the model was never trained on. */
  readonly scoredRows: number;
  readonly features: readonly FrozenFeature[];
  readonly score: FrozenScore;
  readonly segments: readonly FrozenSegment[];
  readonly windows: readonly ReferenceWindow[];
  /** How far from ordinary a row is; absent with few reference rows, and in baselines frozen before it was kept. */
  readonly unusual?: FrozenUnusual | undefined;
}

export interface FrozenFeature {
  readonly name: string;
  readonly binning: Binning;
  readonly nullShare: number;
  /** Percentiles 1, 5, 25, 50, 75, 95, 99 of a number; empty for a category. */
  readonly percentiles: readonly number[];
  /**
   * Of a number: the ends of what the baseline holds. The first and the last interval of the binning are then what lies
   * below and above. Absent in a category, without a finite value, and in baselines frozen before ranges were kept.
   */
  readonly range?: { readonly least: number; readonly greatest: number } | undefined;
}

/**
 * How far out a row lies in the baseline: for each feature minus the logarithm of how much of the baseline lies as far
 * out, summed over the features. Frozen, so that it is a sum over bins and the engine counts it in one scan.
 */
export interface FrozenUnusual {
  /** For every feature of the baseline, in its order: what each bin costs. */
  readonly costs: readonly (readonly number[])[];
  /** Rows above it are unusual: one in a thousand of the baseline. */
  readonly limit: number;
}

/** How predictions fall into bins, by task. */
export type FrozenScore = FrozenProbability | FrozenValue | FrozenClass;

/** Binary classification. */
export interface FrozenProbability {
  readonly kind: "probability";
  /** Ascending inner edges; the decision threshold is always one of them, so that decisions can be counted from bins. */
  readonly edges: readonly number[];
  readonly threshold: number;
}

/** Regression. */
export interface FrozenValue {
  readonly kind: "value";
  /** Ascending inner edges, at quantiles of the predicted value. */
  readonly edges: readonly number[];
  /** Mean label of the reference: labels are counted from here, which keeps their powers small. */
  readonly origin: number;
}

/** Multiclass classification. */
export interface FrozenClass {
  readonly kind: "class";
  /** Classes kept apart, the rest is counted together behind them; at most `mostClasses`. */
  readonly classes: readonly string[];
  /** Ascending inner edges of the confidence; empty where the sender tells none. */
  readonly confidenceEdges: readonly number[];
}

/** Confusions are square: more classes than this are counted together. */
export const mostClasses = 100;

export interface FrozenSegment {
  readonly name: string;
  /** Values kept apart, most frequent first. Every other value is counted under `otherValue`. */
  readonly values: readonly string[];
}

/** How rarer and missing segment values are shown; a segment's own values never contain brackets of this form. */
export const otherValue = "(other)";
export const nullValue = "(null)";

interface ReferenceWindow extends Window {
  readonly season: string;
  readonly rows: number;
}

export interface BaselineStore {
  save(baseline: Baseline): Promise<void>;
  get(system: string, id: string): Promise<Baseline | undefined>;
}
