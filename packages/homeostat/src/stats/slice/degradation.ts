import { fisherExact } from "../hypothesis/two-proportions.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { studentTSurvival } from "../special/student-t-survival.ts";
import { type SliceSums, squaresOf } from "./slice-sums.ts";

export interface DegradationOptions {
  /** Variance inflation of clustered rows, from healthy reference windows (section 1.5); 1 = independent rows. */
  readonly overdispersion: number;
  /** How many standard errors are taken off the change when slices are ranked. */
  readonly rankStandardErrors: number;
  /** Confidence of the one-sided bounds on the excess (each side). */
  readonly confidence: number;
  /** Below this many expected errors in either period the exact test replaces the normal one. */
  readonly exactBelowExpected: number;
}

export const defaultDegradationOptions: DegradationOptions = {
  overdispersion: 1,
  rankStandardErrors: 3,
  confidence: 0.95,
  exactBelowExpected: 25,
};

export interface MeasuredDegradation {
  readonly kind: "measured";
  readonly baselineMean: number;
  readonly currentMean: number;
  /** currentMean - baselineMean: positive is worse. */
  readonly delta: number;
  /** Losses above what the baseline mean would have given: currentRows * delta. */
  readonly excess: number;
  /** Unpooled standard error of delta. */
  readonly standardError: number;
  /** One-sided bounds on the excess at the stated confidence. */
  readonly excessLower: number;
  readonly excessUpper: number;
  /** currentRows * (delta - 3 smoothed standard errors): what slices are ranked by. */
  readonly rank: number;
  /** Pooled two-proportion z (0/1 losses) or Welch t (real losses), after overdispersion. */
  readonly z: number;
  /** One-sided, H0: not worse. */
  readonly pValue: number;
  readonly test: "two-proportion" | "fisher" | "welch" | "no-variation";
}

export type Degradation =
  | MeasuredDegradation
  | { readonly kind: "insufficient"; readonly baselineRows: number; readonly currentRows: number };

/**
 * How much worse a set of rows does now than in the baseline, by impact and by significance.
 *
 *     p_t = e_t / n_t;   delta = p1 - p0;   excess = n1 * delta;   se^2 = phi * (p1(1-p1)/n1 + p0(1-p0)/n0)
 *     rank = n1 * (delta - 3 * se~)  with se~ from add-1/2 rates;   z = delta / sqrt(phi * p(1-p)(1/n0 + 1/n1)), p pooled
 *
 * Real-valued losses use sample variances and Welch's t. Where fewer than `exactBelowExpected` errors are expected in a
 * period the normal tail is far too small (0.5 expected, 4 seen: 3e-7 against 2e-3), so the p-value is the larger of
 * Fisher's and the normal one. A period in which all rows fare alike borrows the smoothed error, never zero.
 * `insufficient` when a period has no rows (or, for real losses, fewer than two).
 * Assumes rows independent within `overdispersion`, and the two periods disjoint. Cost: O(1).
 * Source: algorithms specification, section 5.4.
 */
export function degradationOf(sums: SliceSums, options: DegradationOptions = defaultDegradationOptions): Degradation {
  const { baselineRows: n0, currentRows: n1 } = sums;
  const realValued = isRealValued(sums);
  const least = realValued ? 2 : 1;
  if (!(n0 >= least && n1 >= least)) return { kind: "insufficient", baselineRows: n0, currentRows: n1 };
  const phi = Math.max(1, options.overdispersion);
  const baselineMean = sums.baselineLoss / n0;
  const currentMean = sums.currentLoss / n1;
  const delta = currentMean - baselineMean;
  const v0 = periodVariance(n0, sums.baselineLoss, squaresOf(sums, "baseline"), realValued);
  const v1 = periodVariance(n1, sums.currentLoss, squaresOf(sums, "current"), realValued);
  const smoothed = Math.sqrt(phi * smoothedVariance(sums, v0, v1, realValued));
  const plain = Math.sqrt(phi * (v0 / n0 + v1 / n1));
  const standardError = v0 > 0 && v1 > 0 ? plain : smoothed;
  const reach = normalQuantile(options.confidence) * standardError;
  const tested = realValued
    ? welchTest(delta, n0, v0, n1, v1, phi)
    : proportionTest(sums, phi, options.exactBelowExpected);
  return {
    kind: "measured",
    baselineMean,
    currentMean,
    delta,
    excess: n1 * delta,
    standardError,
    excessLower: n1 * (delta - reach),
    excessUpper: n1 * (delta + reach),
    rank: n1 * (delta - options.rankStandardErrors * smoothed),
    ...tested,
  };
}

/** Losses other than 0 and 1 show themselves by sums of squares that differ from the sums. */
function isRealValued(sums: SliceSums): boolean {
  const differs = (squares: number | undefined, loss: number): boolean =>
    squares !== undefined && Math.abs(squares - loss) > 1e-9 * Math.max(1, Math.abs(loss));
  return differs(sums.baselineSquares, sums.baselineLoss) || differs(sums.currentSquares, sums.currentLoss);
}

function periodVariance(n: number, loss: number, squares: number, realValued: boolean): number {
  const deviance = Math.max(0, squares - (loss * loss) / n);
  return deviance / (realValued ? n - 1 : n);
}

/** Variance of delta with half an error and half a success added (0/1), or one pooled observation (real losses). */
function smoothedVariance(sums: SliceSums, v0: number, v1: number, realValued: boolean): number {
  const { baselineRows: n0, currentRows: n1 } = sums;
  if (!realValued) return addHalfVariance(n0, sums.baselineLoss) + addHalfVariance(n1, sums.currentLoss);
  const pooled = (v0 * (n0 - 1) + v1 * (n1 - 1)) / (n0 + n1 - 2);
  return (v0 * (n0 - 1) + pooled) / (n0 * n0) + (v1 * (n1 - 1) + pooled) / (n1 * n1);
}

function addHalfVariance(n: number, loss: number): number {
  const rate = (loss + 0.5) / (n + 1);
  return (rate * (1 - rate)) / n;
}

type Tested = Pick<MeasuredDegradation, "z" | "pValue" | "test">;

const noVariation: Tested = { z: 0, pValue: 1, test: "no-variation" };

function proportionTest(sums: SliceSums, phi: number, exactBelow: number): Tested {
  const { baselineRows: n0, baselineLoss: e0, currentRows: n1, currentLoss: e1 } = sums;
  const pooled = (e0 + e1) / (n0 + n1);
  const variance = pooled * (1 - pooled) * (1 / n0 + 1 / n1);
  if (!(variance > 0)) return noVariation;
  const z = (e1 / n1 - e0 / n0) / Math.sqrt(phi * variance);
  const pValue = normalSurvival(z);
  const leastExpected = Math.min(n0, n1) * Math.min(pooled, 1 - pooled);
  const whole = Number.isInteger(e0) && Number.isInteger(e1) && Number.isInteger(n0) && Number.isInteger(n1);
  if (leastExpected >= exactBelow || !whole) return { z, pValue, test: "two-proportion" };
  const exact = fisherExact({ hits: e1, rows: n1, baselineHits: e0, baselineRows: n0 }, "greater");
  return { z, pValue: Math.max(pValue, exact), test: "fisher" };
}

function welchTest(delta: number, n0: number, v0: number, n1: number, v1: number, phi: number): Tested {
  const a = v0 / n0;
  const b = v1 / n1;
  if (!(a + b > 0)) return noVariation;
  const t = delta / Math.sqrt(phi * (a + b));
  const degrees = (a + b) ** 2 / (a ** 2 / (n0 - 1) + b ** 2 / (n1 - 1));
  return { z: t, pValue: studentTSurvival(t, degrees), test: "welch" };
}
