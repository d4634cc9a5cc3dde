/**
 * Benjamini-Hochberg where the p-values above `q` were counted but not kept.
 *
 * Rejects the k smallest, k the greatest with p_(k) <= q k / tested; since q k / tested <= q, p-values above q never matter.
 * `pValues` are all those at or below q among `tested` of them. Returns the indices rejected, smallest p first.
 * Cost: O(k log k). Source: Benjamini and Hochberg 1995.
 */
export function stepUpDiscoveries(pValues: readonly number[], tested: number, q: number): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  let rejected = 0;
  order.forEach((index, rank) => {
    if ((pValues[index] ?? 1) <= (q * (rank + 1)) / tested) rejected = rank + 1;
  });
  return order.slice(0, rejected);
}
