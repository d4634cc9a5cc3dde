import { biasCorrectedV } from "../cramers-v.ts";
import { orderedAtomsOf } from "../ordered-atoms.ts";
import { sharesOf } from "../shares.ts";
import { wassersteinOfAtoms } from "../wasserstein.ts";
import { rangeOf } from "./equal-width-histogram.ts";
import type { PairedCounts } from "./evidently.ts";
import { contingencyChiSquare } from "./nannyml.ts";

/* The numbers that deepchecks shows. Reference (train) first, current (test) second. */

/** `psi/deepchecks`: both shares floored at .01, nothing renormalised. */
export function deepchecksPsi({ reference, current }: PairedCounts): number {
  const q = sharesOf(current);
  return sharesOf(reference).reduce((sum, share, bin) => {
    const [expected, actual] = [Math.max(share, 0.01), Math.max(q[bin] ?? 0, 0.01)];
    return sum + (expected - actual) * Math.log(expected / actual);
  }, 0);
}

/** How `deepchecksCramersV` prepares its counts. */
export interface CramersVOptions {
  /** Categories below this share of the reference are left out. Default 0. */
  readonly leastShare?: number;
  /** Weigh categories alike: the reference is made even and the current sample keeps its relative change. */
  readonly balance?: boolean;
}

/**
 * `cramers-v/deepchecks`: bias-corrected V after the larger sample is scaled down to the smaller (counts rounded), Yates'
 * correction on 2×2 tables. Missing values are a category of their own there: pass their count as one.
 */
export function deepchecksCramersV(
  { reference, current }: PairedCounts,
  { leastShare = 0, balance = false }: CramersVOptions = {},
): number {
  const total = reference.reduce((sum, count) => sum + count, 0);
  const kept = reference.map((_, bin) => bin).filter((bin) => (reference[bin] ?? 0) >= leastShare * total);
  const first = (kept.length > 0 && leastShare > 0 ? kept : reference.map((_, bin) => bin)).map(
    (bin) => reference[bin] ?? 0,
  );
  const second = (kept.length > 0 && leastShare > 0 ? kept : reference.map((_, bin) => bin)).map(
    (bin) => current[bin] ?? 0,
  );
  const [p, q] = balance ? balanced(first, second) : scaledDown(first, second, Math.round);
  const columns = p.filter((count, bin) => count + (q[bin] ?? 0) > 0).length;
  if (columns < 2) return 0;
  const rows = [...p, ...q].reduce((sum, count) => sum + count, 0);
  return biasCorrectedV(contingencyChiSquare(p, q).statistic, rows, columns);
}

/** `emd/deepchecks`: both samples cut at their own margin quantiles, scaled together to [0, 1], then W1. */
export function deepchecksEarthMovers(
  reference: readonly number[],
  current: readonly number[],
  margin = 0.025,
): number {
  const [x, y] = [withoutMargins(reference, margin), withoutMargins(current, margin)];
  const { low, high } = rangeOf([...x, ...y]);
  return high > low ? wassersteinOfAtoms(orderedAtomsOf(x, y)) / (high - low) : 0;
}

function scaledDown(
  first: readonly number[],
  second: readonly number[],
  round: (x: number) => number,
): [number[], number[]] {
  const [n, m] = [first, second].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [number, number];
  if (n > m) return [first.map((count) => round((count * m) / n)), [...second]];
  return [[...first], n < m ? second.map((count) => round((count * n) / m)) : [...second]];
}

function balanced(first: readonly number[], second: readonly number[]): [number[], number[]] {
  const [p, q] = scaledDown(first, second, (x) => x);
  const even = Math.trunc(q.reduce((sum, count) => sum + count + 1, 0) / q.length);
  const changed = p.map((count, bin) => Math.round((even * ((q[bin] ?? 0) + 1)) / (count + 1)));
  const scale = (even * p.length) / changed.reduce((sum, count) => sum + count, 0);
  return [p.map(() => even), changed.map((count) => Math.round(count * scale))];
}

function withoutMargins(values: readonly number[], margin: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [interpolated(sorted, margin), interpolated(sorted, 1 - margin)];
  return values.filter((value) => value >= low && value <= high);
}

/** The quantile interpolated linearly between order statistics, the peers' default. */
function interpolated(sorted: readonly number[], level: number): number {
  const place = level * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  return below + ((sorted[Math.ceil(place)] ?? below) - below) * (place - Math.floor(place));
}
