import type { NumericBinning } from "./binning.ts";
import { nextDouble } from "./next-double.ts";

/** How many fine bins a baseline is cut into before they are grouped for a report. */
export const FINE_BINS = 64;

/**
 * What a data store reports about a numeric baseline, two small aggregates of the finite values:
 * `heavy`, every single value holding at least 1/FINE_BINS of the rows (first pass), and `quantiles`, the exact
 * quantiles at levels 0, 1/64, …, 63/64 of the rows that are not heavy values (second pass; empty when none are left).
 */
export interface NumericSummary {
  readonly heavy: readonly { readonly value: number; readonly count: number }[];
  readonly quantiles: readonly number[];
}

/**
 * The binning of a baseline from its summary.
 *
 * Heavy values become point bins, the quantiles of the rest become edges (duplicates removed; the lowest one dropped,
 * because the first interval is open to −∞). A constant baseline gives one point bin and two empty neighbours, so that
 * any other value later is a value never seen. Nothing finite gives no edges: one interval and the null bin.
 * Quantiles may come from a sketch; then bins are only less equal, counting stays exact. Cost: O(k log k).
 */
export function numericBinningOfSummary(summary: NumericSummary): NumericBinning {
  const points = [...new Set(summary.heavy.map((entry) => entry.value + 0))].filter(Number.isFinite).sort(ascending);
  const [lowest, ...inner] = [...new Set(summary.quantiles)].filter(Number.isFinite).sort(ascending);
  const edges = new Set(inner.filter((edge) => edge !== lowest));
  for (const point of points) {
    edges.add(point);
    edges.add(nextDouble(point));
  }
  return { kind: "numeric", edges: [...edges].sort(ascending), points };
}

/**
 * The summary of a list of values, exactly as the data store computes it; non-finite values are left out.
 *
 * The quantile at level p of n sorted values is the value at index ⌊p·n⌋ (an observed value, never an interpolation).
 * Cost: O(n log n). Empty input gives an empty summary.
 */
export function numericSummaryOf(
  values: Iterable<number | null | undefined>,
  fineBins: number = FINE_BINS,
): NumericSummary {
  const counts = new Map<number, number>();
  let rows = 0;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    const key = value + 0;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    rows += 1;
  }
  const distinct = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => a.value - b.value);
  const heavy = distinct.filter((entry) => entry.count * fineBins >= rows);
  const light = distinct.filter((entry) => entry.count * fineBins < rows);
  return { heavy, quantiles: quantilesOf(light, fineBins) };
}

/** The binning of a list of baseline values: `numericBinningOfSummary(numericSummaryOf(values))`. */
export function numericBinningOf(
  values: Iterable<number | null | undefined>,
  fineBins: number = FINE_BINS,
): NumericBinning {
  return numericBinningOfSummary(numericSummaryOf(values, fineBins));
}

function quantilesOf(entries: readonly { readonly value: number; readonly count: number }[], levels: number): number[] {
  const rows = entries.reduce((sum, entry) => sum + entry.count, 0);
  const quantiles: number[] = [];
  let passed = 0;
  for (const entry of entries) {
    passed += entry.count;
    while (quantiles.length < levels && Math.floor((quantiles.length * rows) / levels) < passed) {
      quantiles.push(entry.value);
    }
  }
  return quantiles;
}

function ascending(a: number, b: number): number {
  return a - b;
}
