import { betaQuantile } from "../special/beta-quantile.ts";
import { normalQuantile } from "../special/normal-quantile.ts";

/**
 * The two-sided critical value of Student's t: P(|T_df| > t) = alpha.
 *
 *   t = sqrt(df (1 - x) / x),  x = Beta quantile at alpha of (df/2, 1/2)
 *
 * `df` > 0, alpha in (0, 1). Above 1e7 degrees of freedom the normal value is returned (they agree to 1e-7). O(1).
 */
export function studentTCritical(alpha: number, df: number): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie in (0, 1), got ${alpha}`);
  if (!(df > 0)) throw new RangeError(`degrees of freedom must be positive, got ${df}`);
  if (df > 1e7) return -normalQuantile(alpha / 2);
  const x = betaQuantile(alpha, df / 2, 0.5);
  return Math.sqrt((df * (1 - x)) / x);
}
