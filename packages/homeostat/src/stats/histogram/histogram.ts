import { binOf } from "./bin-of.ts";
import { type BinnableValue, type Binning, binCountOf } from "./binning.ts";

/**
 * Counts per bin of one binning: the sufficient statistic of a window. Mergeable by adding.
 *
 * `counts` and `sums` (Σ of the values in the bin; zeros for categories and the null bin) have one entry per bin in the
 * order of the binning; `nonFinite` counts the NaN and infinities among the null bin, a data-quality signal.
 */
export interface Histogram {
  readonly counts: readonly number[];
  readonly sums: readonly number[];
  readonly nonFinite: number;
}

/** The histogram of no rows: the neutral element of `mergeHistograms`. */
export function emptyHistogram(binning: Binning): Histogram {
  const zeros = Array.from({ length: binCountOf(binning) }, () => 0);
  return { counts: zeros, sums: zeros, nonFinite: 0 };
}

/** The histogram of a list of values. Cost: O(n log bins). The data plane does the same by SQL from the edges. */
export function histogramOf(binning: Binning, values: Iterable<BinnableValue>): Histogram {
  const counts = Array.from({ length: binCountOf(binning) }, () => 0);
  const sums = counts.slice();
  let nonFinite = 0;
  for (const value of values) {
    const bin = binOf(binning, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
    if (typeof value !== "number") continue;
    if (!Number.isFinite(value)) nonFinite += 1;
    else if (binning.kind === "numeric") sums[bin] = (sums[bin] ?? 0) + value;
  }
  return { counts, sums, nonFinite };
}

/**
 * The histogram of two sets of rows put together: counts and sums added bin by bin; associative and commutative.
 *
 * Both must be of the same binning; different lengths are a programming error and throw a RangeError.
 */
export function mergeHistograms(left: Histogram, right: Histogram): Histogram {
  if (left.counts.length !== right.counts.length) throw new RangeError("histograms of different binnings do not merge");
  return {
    counts: left.counts.map((count, bin) => count + (right.counts[bin] ?? 0)),
    sums: left.sums.map((sum, bin) => sum + (right.sums[bin] ?? 0)),
    nonFinite: left.nonFinite + right.nonFinite,
  };
}

/** The number of rows in a histogram, missing values included. */
export function rowsOf(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}
