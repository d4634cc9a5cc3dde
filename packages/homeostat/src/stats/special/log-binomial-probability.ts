import { relativeDeviance } from "./relative-deviance.ts";
import { HALF_LOG_TWO_PI, stirlingError } from "./stirling-error.ts";

/**
 * `ln P(X = k)` for X ~ Binomial(n, p), with `complement = 1 − p` given by the caller who may know it better.
 *
 * Shapes: whole 0 ≤ k ≤ n (outside: −Infinity), p and complement in [0,1]. Deviance form, so n = 10⁹ keeps its digits.
 * Source: Loader (2000). Cost: O(1).
 */
export function logBinomialProbability(k: number, n: number, p: number, complement: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  const rest = n - k;
  if (k === 0) return rest === 0 ? 0 : n * (p < 0.5 ? Math.log1p(-p) : Math.log(complement));
  if (rest === 0) return n * (complement < 0.5 ? Math.log1p(-complement) : Math.log(p));
  const meanHit = n * p;
  const meanMiss = n * complement;
  const shift = k - meanHit;
  const deviance = k * logRatio(meanHit, k, -shift) + rest * logRatio(meanMiss, rest, shift);
  const remainder = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  return deviance + remainder - HALF_LOG_TWO_PI + 0.5 * (Math.log(n) - Math.log(k) - Math.log(rest));
}

/** `ln(mean/count) − (mean − count)/count`; the linear parts of the two halves cancel exactly. */
function logRatio(mean: number, count: number, shift: number): number {
  return mean > 0 ? relativeDeviance(mean, count, shift) : Number.NEGATIVE_INFINITY;
}
