/** Which way the mean must not go. "above": H0 mean <= nullMean. "below": H0 mean >= nullMean. */
export type Direction = "above" | "below";

/** Frozen with the baseline: the same bets for every window, else windows do not add. */
export interface BettingGrid {
  readonly nullMean: number;
  readonly direction: Direction;
  /** lambda_k > 0, on the variable x - m ("above") or m - x ("below"). */
  readonly bets: readonly number[];
}

/**
 * The grid of bets for a variable in [0, 1].
 *
 *   "above": lambda_k = (0.9 / m0) 2^-k, k = 0..count-1       (x - m0 >= -m0, so every factor stays >= 0.1)
 *   "below": the same on 1 - x against 1 - m0
 *
 * Ten halvings reach from all-in (rare, large effects) to 1/512 of it (small effects), at the price of ln 10 = 2.3 in
 * the log evidence. `nullMean` strictly between 0 and 1 (anything else is a bug: take `baselineNull`). O(count).
 * Source: Waudby-Smith and Ramdas (2024), JRSS-B 86, "Estimating means of bounded random variables by betting".
 */
export function bettingGrid(nullMean: number, direction: Direction = "above", count = 10): BettingGrid {
  if (!(nullMean > 0 && nullMean < 1)) throw new RangeError(`nullMean must lie in (0, 1), got ${nullMean}`);
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`count must be a positive integer, got ${count}`);
  const room = direction === "above" ? nullMean : 1 - nullMean;
  return { nullMean, direction, bets: Array.from({ length: count }, (_, k) => (0.9 / room) * 2 ** -k) };
}
