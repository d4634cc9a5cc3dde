import type { Overdispersion } from "../hypothesis/overdispersion.ts";

/** Which law turned the statistic into a p-value, from strongest to weakest claim; `none` when none was asked for. */
export type NullLawName =
  | "exact"
  | "permutation"
  | "corrected"
  | "chi-squared"
  | "overdispersed"
  | "normal"
  | "kolmogorov"
  | "bonferroni"
  | "none";

/** A measured distance with everything needed to judge it. */
export interface DistanceEvidence {
  readonly kind: "measured";
  /** Names formula, smoothing and binning: there is no one PSI, so a number without its variant is not comparable. */
  readonly variant: string;
  readonly value: number;
  readonly windowRows: number;
  readonly baselineRows: number;
  /** Bins after pooling; 0 for distances computed from values. */
  readonly bins: number;
  /** The value to expect when nothing has changed. */
  readonly expectedByChance: number;
  /** Chance of a value at least this large when nothing has changed; null when no law was available (`law` is "none"). */
  readonly pValue: number | null;
  readonly law: NullLawName;
  /** The smallest true distance this window would have shown, at the given alpha, with the given power. */
  readonly minimumDetectable: number | null;
}

/** Not enough to measure: the reason, what there was, and what is needed. */
export interface InsufficientEvidence {
  readonly kind: "insufficient";
  readonly variant: string;
  readonly reason: "window-rows" | "baseline-rows" | "bins" | "invalid-counts";
  readonly have: number;
  readonly need: number;
}

/** What every distance takes besides the data. */
export interface EvidenceOptions {
  /** Measured clustering of rows in healthy windows; absent means rows are taken as independent. */
  readonly overdispersion?: Overdispersion;
  /** Level at which `minimumDetectable` is stated. Default 0.01. */
  readonly alpha?: number;
  /** Power at which `minimumDetectable` is stated. Default 0.9. */
  readonly power?: number;
}

/** Fewer rows than this in a window or a baseline, and no number is shown. */
export const LEAST_ROWS = 10;
