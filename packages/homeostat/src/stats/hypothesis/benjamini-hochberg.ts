/** What a batch of p-values amounts to when the share of false discoveries is to stay below q. */
export interface BatchDiscoveries {
  /** Indexes of the discoveries, ascending. */
  readonly rejected: readonly number[];
  /** The p-value of each test adjusted to the batch: rejected exactly when ≤ q. NaN where the p-value was missing. */
  readonly adjusted: readonly number[];
}

/**
 * Benjamini–Hochberg: rejects the k smallest p-values, k the largest with `p_(k) ≤ k·q/K`.
 *
 * Controls the false discovery rate at q for independent or positively dependent p-values. Missing tests (null or NaN) are
 * not counted in K: a test that could not be made is not evidence of health. Empty gives no discoveries.
 * Cost: O(K log K). Source: Benjamini & Hochberg (1995). Check: .001,.008,.039,.041,.042,.06,.074,.205,.212,.216 at .05 → 0, 1.
 */
export function benjaminiHochberg(pValues: readonly (number | null)[], q = 0.05): BatchDiscoveries {
  const tests = pValues
    .map((p, index) => ({ p: p ?? Number.NaN, index }))
    .filter(({ p }) => !Number.isNaN(p))
    .sort((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => Number.NaN);
  let least = 1;
  for (let rank = tests.length; rank >= 1; rank--) {
    const test = tests[rank - 1];
    if (test === undefined) continue;
    least = Math.min(least, (test.p * tests.length) / rank);
    adjusted[test.index] = least;
  }
  const passes = tests.filter(({ p }, place) => p <= ((place + 1) * q) / tests.length).length;
  const last = tests.findLastIndex(({ p }, place) => p <= ((place + 1) * q) / tests.length);
  const rejected = passes === 0 ? [] : tests.slice(0, last + 1).map(({ index }) => index);
  return { rejected: rejected.sort((a, b) => a - b), adjusted };
}
