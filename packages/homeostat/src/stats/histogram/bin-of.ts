import { type BinnableValue, type Binning, type CategoricalBinning, newBinOf, nullBinOf } from "./binning.ts";

/**
 * The bin index of one value.
 *
 * Numeric: the number of edges ≤ value; null, undefined, NaN, ±Infinity and anything that is not a number go to the null
 * bin (the caller counts non-finite numbers as a data-quality signal too, see `histogramOf`). Categorical: the position
 * of the name, else OTHER, else NEW; null and undefined go to NULL; a number is taken by its decimal text.
 * Cost: O(log edges), or O(1) after the first call per categorical binning (an index is kept while the binning lives).
 */
export function binOf(binning: Binning, value: BinnableValue): number {
  if (value === null || value === undefined) return nullBinOf(binning);
  if (binning.kind === "categorical") return categoryIndex(binning).get(String(value)) ?? unknownBin(binning);
  if (typeof value !== "number" || !Number.isFinite(value)) return nullBinOf(binning);
  return countOfEdgesUpTo(binning.edges, value);
}

function unknownBin(binning: CategoricalBinning): number {
  return binning.othersComplete ? newBinOf(binning) : binning.categories.length;
}

function countOfEdgesUpTo(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const indexes = new WeakMap<CategoricalBinning, ReadonlyMap<string, number>>();

function categoryIndex(binning: CategoricalBinning): ReadonlyMap<string, number> {
  const known = indexes.get(binning);
  if (known) return known;
  const index = new Map<string, number>();
  for (const name of binning.others) index.set(name, binning.categories.length);
  binning.categories.forEach((name, position) => {
    index.set(name, position);
  });
  indexes.set(binning, index);
  return index;
}
