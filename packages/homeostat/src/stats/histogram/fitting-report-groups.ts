import { type BinGroups, groupCounts } from "./bin-groups.ts";
import { type Binning, nullBinOf } from "./binning.ts";
import { poolRareBins, RARE_EXPECTED_ROWS } from "./pool-rare-bins.ts";
import { reportBinCount } from "./report-bin-count.ts";
import { reportGroups } from "./report-groups.ts";

/**
 * The report bins of a feature for a window of this size: as many as the smaller sample can fill with five rows each, at
 * most ten for a number, and what is still rare pooled.
 *
 * 64 fine bins do not divide into ten equal parts, so at 50 rows some of ten groups would expect 4.7 rows and be pooled away;
 * one bin fewer keeps nine. The number is therefore lowered until every group with baseline rows expects five (the null bin
 * apart). Only the baseline counts and the two sizes are looked at. Groups list fine bins. Cost: O(bins) a try, nine tries.
 * For categories the pool is chosen by the counts of both samples together when `windowCounts` is given (see `poolRareBins`).
 */
export function fittingReportGroups(
  binning: Binning,
  baselineCounts: readonly number[],
  windowRows: number,
  windowCounts?: readonly number[],
): BinGroups {
  const baselineRows = baselineCounts.reduce((sum, count) => sum + count, 0);
  const scale = baselineRows > 0 ? Math.min(1, windowRows / baselineRows) : 0;
  const nullBin = nullBinOf(binning);
  const fits = (groups: BinGroups): boolean =>
    groups.every((group) => {
      const [rows = 0] = groupCounts(baselineCounts, [group]);
      return rows === 0 || group[0] === nullBin || rows * scale >= RARE_EXPECTED_ROWS;
    });
  let bins = reportBinCount(windowRows, baselineRows);
  let report = reportGroups(binning, baselineCounts, bins);
  while (binning.kind === "numeric" && bins > 2 && !fits(report)) {
    bins -= 1;
    report = reportGroups(binning, baselineCounts, bins);
  }
  const deciding =
    binning.kind === "categorical" && windowCounts
      ? baselineCounts.map((count, bin) => count + (windowCounts[bin] ?? 0))
      : baselineCounts;
  const pools = poolRareBins(groupCounts(deciding, report), Math.min(windowRows, baselineRows));
  return pools.map((pool) => pool.flatMap((group) => report[group] ?? []));
}
