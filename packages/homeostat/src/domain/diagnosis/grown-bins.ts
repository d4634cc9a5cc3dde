import type { BinCounts } from "../baseline/profile-store.ts";

/** A bin grew when its share rose by this many standard errors and by this share of itself. */
const leastErrors = 3;
const leastGrowth = 0.1;

/** The bins of a feature that hold a larger share of the rows than they did; none without rows on either side. Pure. */
export function grownBins(now: BinCounts | undefined, then: BinCounts | undefined): readonly number[] {
  const counts = countsOf(now);
  const before = countsOf(then);
  const rows = sum(counts);
  const usual = sum(before);
  if (rows === 0 || usual === 0) return [];
  return [...counts].flatMap(([bin, count]) => {
    const share = count / rows;
    const was = (before.get(bin) ?? 0) / usual;
    const pooled = (count + (before.get(bin) ?? 0)) / (rows + usual);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / usual));
    return share - was > leastErrors * error && share > (1 + leastGrowth) * was ? [bin] : [];
  });
}

function countsOf(counts: BinCounts | undefined): ReadonlyMap<number, number> {
  return new Map(counts?.bins.map((bin, index) => [bin, counts.counts[index] ?? 0] as const));
}

function sum(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0);
}
