import { betaQuantile } from "./beta-quantile.ts";

/** A two-sided interval for a proportion; both ends in [0,1]. */
export interface ProportionInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The exact (Clopper–Pearson) interval of a binomial proportion with coverage at least 1 − alpha, alpha/2 on each side.
 *
 * Shapes: 0 ≤ successes ≤ n whole numbers, alpha in (0,1). For a one-sided limit at alpha pass 2·alpha and use one end.
 * n = 0 gives [0, 1]: nothing is known. Arguments outside give NaN ends. Cost: two beta quantiles.
 * Assumes independent trials; clustered rows need their effective sample size first.
 * Source: Clopper & Pearson (1934). Check: (7, 1000, 0.05) → 0.0028188588, 0.0143691950.
 */
export function clopperPearson(successes: number, n: number, alpha: number): ProportionInterval {
  if (!(successes >= 0 && successes <= n && alpha > 0 && alpha < 1)) return { lower: Number.NaN, upper: Number.NaN };
  const failures = n - successes;
  const lower = successes === 0 ? 0 : betaQuantile(alpha / 2, successes, failures + 1);
  const upper = failures === 0 ? 1 : 1 - betaQuantile(alpha / 2, failures, successes + 1);
  return { lower, upper };
}
