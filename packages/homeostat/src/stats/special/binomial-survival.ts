import { regularizedBetaParts } from "./regularized-beta-parts.ts";

/**
 * `P(X > k)` for X ~ Binomial(n, p), as a tail of its own.
 *
 * Shapes: as `binomialCdf`; k < 0 gives 1, k ≥ n gives 0. `P(X ≥ k)` is `binomialSurvival(k − 1, n, p)`.
 * Method: `I_p(k+1, n−k)`. Cost and accuracy: see `regularizedBetaParts`.
 */
export function binomialSurvival(k: number, n: number, p: number): number {
  if (Number.isNaN(k) || !(n >= 0 && p >= 0 && p <= 1) || !Number.isInteger(n)) return Number.NaN;
  const count = Math.floor(k);
  if (count < 0) return 1;
  if (count >= n) return 0;
  return regularizedBetaParts(count + 1, n - count, p, 1 - p).lower;
}
