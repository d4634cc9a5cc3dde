import type { CategoricalBinning } from "./binning.ts";

/** Limits of a categorical binning: how many names get a bin of their own, and how many rarer ones are remembered. */
export interface CategoricalLimits {
  readonly named: number;
  readonly remembered: number;
}

/** The 49 most frequent names, so that with OTHER there are 50; 10 000 rarer names told apart from new ones. */
export const CATEGORICAL_LIMITS: CategoricalLimits = { named: 49, remembered: 10_000 };

/**
 * The binning of a categorical baseline from its counts, as `GROUP BY` returns them (missing values left out).
 *
 * Names are taken by falling count, equal counts by name, so the result does not depend on the order of rows. Counts of
 * zero or below are ignored. `complete` says whether `counts` lists every name of the baseline (a store may have cut the
 * tail). Cost: O(k log k).
 */
export function categoricalBinningOf(
  counts: Iterable<readonly [name: string, count: number]>,
  complete = true,
  limits: CategoricalLimits = CATEGORICAL_LIMITS,
): CategoricalBinning {
  const names = [...counts]
    .filter(([, count]) => count > 0)
    .sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
    .map(([name]) => name);
  const tail = names.slice(limits.named);
  return {
    kind: "categorical",
    categories: names.slice(0, limits.named),
    others: tail.slice(0, limits.remembered),
    othersComplete: complete && tail.length <= limits.remembered,
  };
}
