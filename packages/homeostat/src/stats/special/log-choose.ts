import { HALF_LOG_TWO_PI, stirlingError } from "./stirling-error.ts";

/**
 * `ln C(n, k)`, the logarithm of the binomial coefficient.
 *
 * Shapes: real 0 ≤ k ≤ n; outside, the coefficient is 0 and the result −Infinity; NaN gives NaN. Written with Stirling
 * remainders so that n = 10⁹ keeps its digits. k = 0 and k = n give exactly 0. Cost: O(1). Source: Loader (2000).
 */
export function logChoose(n: number, k: number): number {
  if (Number.isNaN(n) || Number.isNaN(k)) return Number.NaN;
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  const rest = n - k;
  if (k === 0 || rest === 0) return 0;
  if (k === 1) return Math.log(n);
  if (rest === 1) return Math.log(n);
  const entropy = -k * Math.log(k / n) - rest * Math.log1p(-k / n);
  const remainder = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  return entropy + remainder - HALF_LOG_TWO_PI + 0.5 * (Math.log(n) - Math.log(k) - Math.log(rest));
}
