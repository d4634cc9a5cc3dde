import { regularizedBetaParts } from "./regularized-beta-parts.ts";

/**
 * `P(X ≤ k)` for X ~ Binomial(n, p).
 *
 * Shapes: n a whole number ≥ 0, p in [0,1], k any real (floored): k < 0 gives 0, k ≥ n gives 1. NaN outside.
 * Method: `I_{1−p}(n−k, k+1)`. Cost and accuracy: see `regularizedBetaParts`. Check: (2, 12, ½) → 0.019287109375.
 */
export function binomialCdf(k: number, n: number, p: number): number {
  if (Number.isNaN(k) || !(n >= 0 && p >= 0 && p <= 1) || !Number.isInteger(n)) return Number.NaN;
  const count = Math.floor(k);
  if (count < 0) return 0;
  if (count >= n) return 1;
  return regularizedBetaParts(n - count, count + 1, 1 - p, p).lower;
}
