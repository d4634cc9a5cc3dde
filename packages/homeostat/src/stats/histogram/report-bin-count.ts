/**
 * How many report bins a numeric feature gets: `clamp(⌊min(N, M)/5⌋, 2, most)`, so that each expects about five rows.
 *
 * It looks at the sizes of window (N) and baseline (M) only, never at where the rows fall, so a test over the bins keeps
 * its null law. Rows that are NaN count as none. Cost: O(1).
 */
export function reportBinCount(windowRows: number, baselineRows: number, most = 10): number {
  const perBin = Math.floor(Math.min(windowRows, baselineRows) / 5);
  return Math.max(2, Math.min(most, Number.isNaN(perBin) ? 0 : perBin));
}
