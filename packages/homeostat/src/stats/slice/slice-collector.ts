import { normalQuantile } from "../special/normal-quantile.ts";
import type { SliceVisitor } from "./enumerate-lattice.ts";
import { createSliceStore, type SliceStore } from "./slice-store.ts";
import type { SliceSums } from "./slice-sums.ts";

export interface SliceCollector {
  readonly visit: SliceVisitor;
  /** Slices visited: the multiplicity to correct for. */
  readonly tested: () => number;
  /** Slices that could still be significant at level q: nothing with a p-value of at most q is missing. */
  readonly suspects: SliceStore;
  /** The best slices by SliceLine score over the current period, best first. */
  readonly weakest: () => SliceStore;
}

/** How many slices the weak list is chosen from. */
const WEAK_POOL = 2000;

/**
 * Sorts visited slices on the fly, keeping only those that a later step can use, so that memory does not grow with the
 * number of slices tested. The test for a suspect is z >= z_q without the small-sample corrections, which only ever raise a
 * p-value. Cost: O(1) per visited slice.
 */
export function createSliceCollector(
  total: SliceSums,
  q: number,
  overdispersion: number,
  weakAlpha: number,
  realValued: boolean,
): SliceCollector {
  const suspects = createSliceStore(realValued);
  const pool = createSliceStore(realValued);
  let scores: number[] = [];
  let least = 0;
  let tested = 0;
  const cut = Math.max(0, normalQuantile(1 - q)) ** 2 * Math.max(1, overdispersion);
  const errorWeight = total.currentLoss > 0 ? (weakAlpha * total.currentRows) / total.currentLoss : 0;
  const sizeWeight = (1 - weakAlpha) * total.currentRows;
  const shrink = (): void => {
    const order = scores.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    order.length = Math.min(order.length, WEAK_POOL);
    pool.keep(order);
    scores = order.map((index) => scores[index] ?? 0);
    if (scores.length === WEAK_POOL) least = scores[WEAK_POOL - 1] ?? 0;
  };
  const visit: SliceVisitor = (path, depth, sums, at) => {
    tested += 1;
    const n0 = sums[at] as number;
    const e0 = sums[at + 1] as number;
    const n1 = sums[at + 3] as number;
    const e1 = sums[at + 4] as number;
    const delta = e1 / n1 - e0 / n0;
    if (delta > 0 && delta * delta >= cut * changeVariance(sums, at, realValued)) suspects.add(path, depth, sums, at);
    const score = (errorWeight * e1 - sizeWeight) / n1 + 1 - 2 * weakAlpha;
    if (errorWeight === 0 || !(score > least)) return;
    pool.add(path, depth, sums, at);
    scores.push(score);
    if (scores.length >= 2 * WEAK_POOL) shrink();
  };
  return {
    visit,
    tested: () => tested,
    suspects,
    weakest: () => {
      shrink();
      return pool;
    },
  };
}

/** Variance of the change under "no change": pooled for 0/1 losses, Welch's for real ones. */
function changeVariance(sums: Float64Array, at: number, realValued: boolean): number {
  const n0 = sums[at] as number;
  const e0 = sums[at + 1] as number;
  const n1 = sums[at + 3] as number;
  const e1 = sums[at + 4] as number;
  if (!realValued) {
    const pooled = (e0 + e1) / (n0 + n1);
    return pooled * (1 - pooled) * (1 / n0 + 1 / n1);
  }
  const v0 = Math.max(0, (sums[at + 2] as number) - (e0 * e0) / n0) / (n0 - 1);
  const v1 = Math.max(0, (sums[at + 5] as number) - (e1 * e1) / n1) / (n1 - 1);
  return n0 > 1 && n1 > 1 ? v0 / n0 + v1 / n1 : 0;
}
