import type { BinGroups } from "./bin-groups.ts";
import type { Binning } from "./binning.ts";
import { binCountOf, nullBinOf } from "./binning.ts";

/**
 * Unites the fine bins of a binning into about `bins` report bins, by baseline counts alone.
 *
 * Numeric: a fine bin holding at least 1/bins of the finite baseline rows stays alone; the rest are united from left to
 * right into groups of about equal baseline mass. The null bin is always a group of its own. Categorical: every bin is
 * its own group (rarity is dealt with by `poolRareBins`). A baseline without rows gives one group per bin.
 * Cost: O(fine bins). Assumes `baselineCounts` belongs to `binning`.
 */
export function reportGroups(binning: Binning, baselineCounts: readonly number[], bins: number): BinGroups {
  if (binning.kind === "categorical") return Array.from({ length: binCountOf(binning) }, (_, bin) => [bin]);
  const finite = baselineCounts.slice(0, nullBinOf(binning));
  const rows = finite.reduce((sum, count) => sum + count, 0);
  if (rows === 0) return Array.from({ length: binCountOf(binning) }, (_, bin) => [bin]);
  const heavy = finite.map((count) => count * bins >= rows);
  const alone = heavy.filter(Boolean).length;
  const rest = finite.reduce((sum, count, bin) => sum + (heavy[bin] ? 0 : count), 0);
  const target = rest / Math.max(1, bins - alone);
  return [...uniteBySize(finite, heavy, target), [nullBinOf(binning)]];
}

function uniteBySize(counts: readonly number[], heavy: readonly boolean[], target: number): number[][] {
  const groups: number[][] = [];
  let open: number[] = [];
  let passed = 0;
  let boundary = target;
  counts.forEach((count, bin) => {
    if (heavy[bin]) {
      groups.push([bin]);
      return;
    }
    if (open.length > 0 && passed + count / 2 > boundary) {
      groups.push(open);
      open = [];
      while (passed + count / 2 > boundary) boundary += target;
    }
    open.push(bin);
    passed += count;
  });
  if (open.length > 0) groups.push(open);
  return groups;
}
