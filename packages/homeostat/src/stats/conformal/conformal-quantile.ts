import { type Invalid, invalid } from "../performance/refusal.ts";
import { betaQuantile } from "../special/beta-quantile.ts";

export interface ConformalQuantile {
  readonly kind: "conformal-quantile";
  /** The cut-off of the scores; Infinity when the calibration set is too small for alpha: every answer is included. */
  readonly value: number;
  /** k = ceil((n + 1)(1 - alpha)), the rank of the cut-off. */
  readonly rank: number;
  readonly n: number;
  readonly alpha: number;
}

/**
 * The split-conformal cut-off: the k-th smallest calibration score, k = ceil((n + 1)(1 - alpha)); Infinity when k > n.
 *
 * If calibration rows and the new row are exchangeable, 1 - alpha <= P(score <= cut-off) <= 1 - alpha + 1/(n + 1) (the
 * upper bound without ties). Marginal only: over rows and calibration sets, not for one row or one group. Scores must
 * come from rows the model was not trained on; larger = stranger; +Infinity is allowed, NaN refused. O(n log n).
 * Source: Vovk, Gammerman, Shafer (2005); Lei et al. (2018), JASA 113.
 */
export function conformalQuantile(scores: ArrayLike<number>, alpha: number): ConformalQuantile | Invalid {
  requireAlpha(alpha);
  for (let i = 0; i < scores.length; i++) if (Number.isNaN(scores[i])) return invalid("not-finite", i);
  return quantileOfSorted(Float64Array.from(scores).sort(), alpha);
}

/** The same from scores already sorted ascending. O(1). */
export function quantileOfSorted(sorted: ArrayLike<number>, alpha: number): ConformalQuantile {
  const n = sorted.length;
  const rank = conformalRank(n, alpha);
  const value = rank > n ? Number.POSITIVE_INFINITY : (sorted[rank - 1] as number);
  return { kind: "conformal-quantile", value, rank, n, alpha };
}

/** ceil((n + 1)(1 - alpha)), at least 1; products that are whole up to rounding are taken as whole. O(1). */
export function conformalRank(n: number, alpha: number): number {
  return Math.max(1, Math.ceil((n + 1) * (1 - alpha) - 1e-9));
}

/**
 * The range in which the true coverage of one calibration set lies with probability `probability`: coverage given the
 * set is Beta(k, n + 1 - k). n = 100, alpha = 0.1, 90 %: 0.848 to 0.945. Continuous scores, exchangeable rows. When
 * k > n everything is covered: [1, 1]. O(1). Source: Vovk (2012), ACML.
 */
export function coverageRange(
  n: number,
  alpha: number,
  probability = 0.9,
): { readonly lower: number; readonly upper: number } {
  requireAlpha(alpha);
  const rank = conformalRank(n, alpha);
  if (rank > n) return { lower: 1, upper: 1 };
  const tail = (1 - probability) / 2;
  return { lower: betaQuantile(tail, rank, n + 1 - rank), upper: betaQuantile(1 - tail, rank, n + 1 - rank) };
}

/** The level of a set; outside (0, 1) is a bug. */
export function requireAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie in (0, 1), got ${alpha}`);
}
