/**
 * Differences for an unpaired canary: the k-th row served by the new model against the k-th served by the old one.
 *
 * Losses in [0, 1], each arm in order of arrival; the longer arm's surplus is left for later. The blocks have the same mean
 * difference as the arms, so the paired evidence applies to them, at the cost of more variance.
 * Assumes rows were sent to the arms at random. Cost: O(rows). Source: algorithms specification, section 7.
 */
export function unpairedBlocks(oldLosses: ArrayLike<number>, newLosses: ArrayLike<number>): Float64Array {
  const differences = new Float64Array(Math.min(oldLosses.length, newLosses.length));
  for (let i = 0; i < differences.length; i++) differences[i] = (newLosses[i] ?? 0) - (oldLosses[i] ?? 0);
  return differences;
}
