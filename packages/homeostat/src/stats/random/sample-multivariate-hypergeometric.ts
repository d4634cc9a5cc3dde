import type { Random } from "./random.ts";
import { sampleHypergeometric } from "./sample-hypergeometric.ts";

/**
 * One random relabelling of pooled rows: how many of `drawn` rows fall in each bin when the pooled bin counts are `pooled`.
 *
 * This is the permutation distribution of a window's counts. Shapes: whole counts; drawn at most their sum. Cost: one
 * hypergeometric draw per bin.
 */
export function sampleMultivariateHypergeometric(random: Random, pooled: readonly number[], drawn: number): number[] {
  let total = pooled.reduce((sum, count) => sum + count, 0);
  let left = drawn;
  return pooled.map((marked) => {
    const count = left === 0 ? 0 : sampleHypergeometric(random, { total, marked, drawn: left });
    total -= marked;
    left -= count;
    return count;
  });
}
