import { sampleMultivariateHypergeometric } from "../random/sample-multivariate-hypergeometric.ts";
import type { Resampling } from "./relabelled-tail.ts";

/**
 * The Monte Carlo permutation p-value of any statistic of two rows of counts: `(1 + #{relabelled ≥ observed})/(R + 1)`.
 *
 * Exact in level for every R and every common law, because given the pooled counts the window is multivariate
 * hypergeometric. For statistics without a law of their own, and to check those that have one (`additiveNullTail` agrees
 * with it). Shapes: whole counts, equal lengths; the statistic takes (window, baseline). Default R = 200; the smallest
 * possible answer is 1/(R+1). A statistic of NaN on the observed data gives 1. Cost: R·(B draws + one statistic).
 */
export function permutationTail(
  window: readonly number[],
  baseline: readonly number[],
  statistic: (window: readonly number[], baseline: readonly number[]) => number,
  { random, resamples = 200 }: Resampling,
): number {
  const pooled = window.map((count, bin) => count + (baseline[bin] ?? 0));
  const rows = window.reduce((sum, count) => sum + count, 0);
  const observed = statistic(window, baseline);
  if (Number.isNaN(observed)) return 1;
  const reach = observed - 1e-9 * Math.max(1, Math.abs(observed));
  let reached = 0;
  for (let draw = 0; draw < resamples; draw++) {
    const relabelled = sampleMultivariateHypergeometric(random, pooled, rows);
    const rest = pooled.map((count, bin) => count - (relabelled[bin] ?? 0));
    if (statistic(relabelled, rest) >= reach) reached += 1;
  }
  return (1 + reached) / (resamples + 1);
}
