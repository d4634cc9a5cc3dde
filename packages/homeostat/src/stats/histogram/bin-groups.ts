/** A coarser binning: each group lists the indexes of the bins it unites; together they cover every bin once. */
export type BinGroups = readonly (readonly number[])[];

/** The counts (or sums) of the groups. Cost: O(bins). */
export function groupCounts(counts: readonly number[], groups: BinGroups): number[] {
  return groups.map((group) => group.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0));
}
