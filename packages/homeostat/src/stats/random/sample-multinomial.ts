import type { Random } from "./random.ts";
import { sampleBinomial } from "./sample-binomial.ts";

/**
 * One draw of Multinomial(n, shares): counts that sum to n.
 *
 * Shapes: n whole ≥ 0; shares ≥ 0, not all zero, need not sum to one (they are taken relative to their sum).
 * Method: conditional binomials from left to right. Cost: one binomial draw per share.
 */
export function sampleMultinomial(random: Random, n: number, shares: readonly number[]): number[] {
  let left = n;
  let mass = shares.reduce((sum, share) => sum + share, 0);
  let last = shares.length - 1;
  while (last > 0 && !((shares[last] ?? 0) > 0)) last -= 1;
  return shares.map((share, index) => {
    const count = index === last ? left : sampleBinomial(random, left, mass > 0 ? share / mass : 0);
    left -= count;
    mass -= share;
    return count;
  });
}
