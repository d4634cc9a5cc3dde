/**
 * `bins + 1` edges from low to high, evenly spaced, the last exactly high. A range of one point is widened by ½ on both
 * sides, as the peers' array library does.
 */
export function equalWidthEdges(low: number, high: number, bins: number): number[] {
  if (low === high) return equalWidthEdges(low - 0.5, high + 0.5, bins);
  const width = (high - low) / bins;
  return Array.from({ length: bins + 1 }, (_, edge) => (edge === bins ? high : low + edge * width));
}

/** Counts per interval [e_i, e_{i+1}), the last one closed; values outside the edges are not counted. O(n log edges). */
export function countBetween(values: readonly number[], edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length - 1 }, () => 0);
  const last = edges.length - 1;
  for (const value of values) {
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((edges[middle] ?? Number.NaN) <= value) low = middle + 1;
      else high = middle;
    }
    const bin = value === edges[last] ? last - 1 : low - 1;
    if (bin >= 0 && bin < last) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The smallest and largest of a list that is not empty. */
export function rangeOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  return values.reduce(({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }), {
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
  });
}

/** Sturges' rule: `⌈log₂ n + 1⌉` equal-width bins over the range of the values. */
export function sturgesEdges(values: readonly number[]): number[] {
  const { low, high } = rangeOf(values);
  return equalWidthEdges(low, high, Math.ceil(Math.log2(values.length) + 1));
}

/** Doane's rule: `⌈1 + log₂ n + log₂(1 + |g₁|/σ_{g₁})⌉` bins, g₁ the skewness; σ = √(6(n−2)/((n+1)(n+3))). */
export function doaneEdges(values: readonly number[]): number[] {
  const { low, high } = rangeOf(values);
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  if (n <= 2 || deviation === 0) return equalWidthEdges(low, high, 1);
  const skew = values.reduce((sum, value) => sum + ((value - mean) / deviation) ** 3, 0) / n;
  const spread = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  return equalWidthEdges(low, high, Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(skew) / spread)));
}
