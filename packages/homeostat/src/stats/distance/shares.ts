import { relativeDeviance } from "../special/relative-deviance.ts";

/**
 * Counts divided by their sum. No rows give shares of NaN: an empty sample has no distribution, and zeros would read as
 * one. Cost: O(B).
 */
export function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

/** `x·ln(x/y)`, with the limit 0 at x = 0 and +Infinity where y = 0 < x. */
export function entropyTerm(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(x / y);
}

/**
 * `x·ln(x/y) − x + y`, never negative: the entropy term without its linear part, which sums to zero over the bins of two
 * distributions. Where x and y nearly agree this keeps the digits that the sum of plain terms would cancel.
 */
export function entropyExcess(x: number, y: number): number {
  if (x === 0) return y;
  return y === 0 ? Number.POSITIVE_INFINITY : -x * relativeDeviance(y, x, y - x);
}
