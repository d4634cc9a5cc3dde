import type { BinGroups } from "./bin-groups.ts";

/** A bin needs this many expected rows, in the smaller of the two samples, to stand alone. */
export const RARE_EXPECTED_ROWS = 5;

/** Above this share of the baseline one pool of rare bins would hide the feature, so it is cut into several. */
const LARGEST_POOL_SHARE = 0.75;

/**
 * Pools rare bins by the given counts only, normally the baseline's: every bin expecting fewer than five rows in the smaller sample joins one pool,
 * which takes the next smallest bins until it expects five itself.
 *
 * Looking at the window here would choose the bins by the data they test, and no null law would hold. There is one trap
 * left: where many bins lie near the limit (many equally frequent categories), the pool collects those whose BASELINE count was
 * unluckily low, its baseline share is too small, and a healthy window then differs from it (nominal .01 became .015 to .2 in
 * simulation). Chosen instead by the sum of both samples' counts, as `featureDrift` does for categories, the pools favour
 * neither side and the conditional law holds exactly. Where the pool
 * would hold more than three quarters of the baseline (many equally rare categories), it is cut, in order of rarity,
 * into pools that each expect five rows. Bins without baseline rows are always pooled; their rows have their own
 * exact test (`newCategoryTest`). Shapes: one count per bin; `windowRows` is the size of the smaller sample. Fewer than five rows in
 * all, or none, gives one group. Order: groups by first bin, pools last. Cost: O(B log B).
 */
export function poolRareBins(baselineCounts: readonly number[], windowRows: number): BinGroups {
  const total = baselineCounts.reduce((sum, count) => sum + count, 0);
  const scale = total > 0 ? Math.min(windowRows, total) / total : 0;
  const expected = (bin: number): number => (baselineCounts[bin] ?? 0) * scale;
  const byRarity = baselineCounts.map((_, bin) => bin).sort((a, b) => expected(a) - expected(b) || a - b);
  const isRare = (bin: number): boolean => expected(bin) < RARE_EXPECTED_ROWS;
  const rare = byRarity.filter(isRare);
  if (rare.length === 0) return baselineCounts.map((_, bin) => [bin]);
  const common = byRarity.filter((bin) => !isRare(bin));
  const poolRows = rare.reduce((sum, bin) => sum + expected(bin), 0);
  const pools = poolRows > LARGEST_POOL_SHARE * total * scale ? cutPool(rare, expected) : [rare];
  const last = pools.at(-1);
  if (last && sumOf(last, expected) < RARE_EXPECTED_ROWS) absorb(last, pools, common, expected);
  return [...common.sort((a, b) => a - b).map((bin) => [bin]), ...pools];
}

function cutPool(rare: readonly number[], expected: (bin: number) => number): number[][] {
  const pools: number[][] = [];
  let open: number[] = [];
  let rows = 0;
  for (const bin of rare) {
    open.push(bin);
    rows += expected(bin);
    if (rows >= RARE_EXPECTED_ROWS) {
      pools.push(open);
      open = [];
      rows = 0;
    }
  }
  if (open.length > 0) pools.push(open);
  return pools;
}

/** Gives a too small last pool to its neighbour, or lets it take the smallest common bins. */
function absorb(last: number[], pools: number[][], common: number[], expected: (bin: number) => number): void {
  const before = pools.at(-2);
  if (before) {
    before.push(...last);
    pools.pop();
    return;
  }
  while (common.length > 0 && sumOf(last, expected) < RARE_EXPECTED_ROWS) {
    const smallest = common.shift();
    if (smallest !== undefined) last.push(smallest);
  }
}

function sumOf(bins: readonly number[], expected: (bin: number) => number): number {
  return bins.reduce((sum, bin) => sum + expected(bin), 0);
}
