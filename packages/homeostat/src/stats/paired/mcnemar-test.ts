import { binomialCdf } from "../special/binomial-cdf.ts";
import { chiSquaredSurvival } from "../special/chi-squared-survival.ts";

export type McnemarTest =
  | {
      readonly kind: "tested";
      /** Two-sided exact binomial p-value: never too small. */
      readonly exact: number;
      /** Two-sided mid-p value: closer to the nominal level; the one to report. */
      readonly midP: number;
      /** Chi-squared with continuity correction and its p-value: for comparison with other tools. */
      readonly chiSquared: number;
      readonly chiSquaredP: number;
    }
  /** No pair was judged differently: there is nothing to test, and no proof of equality either. */
  | { readonly kind: "no-discordant-pairs" };

/**
 * McNemar's test that two models err equally often on the same rows, from the discordant pairs only.
 *
 *     exact = min(1, 2 P(X <= min(b, c))),  X ~ Binomial(b + c, 1/2);   mid-p = exact sum - P(X = min)
 *     chi2  = (|b - c| - 1)^2 / (b + c)
 *
 * `newWorse` (b): new wrong, old right; `newBetter` (c): new right, old wrong. Whole numbers (throws otherwise).
 * For one look at a fixed number of rows; a test looked at repeatedly must use the e-processes. Cost: O(1).
 * Source: McNemar 1947; Fagerland, Lydersen and Laake 2013 for mid-p; algorithms specification, section 7.
 */
export function mcnemarTest(newWorse: number, newBetter: number): McnemarTest {
  if (!(Number.isInteger(newWorse) && Number.isInteger(newBetter) && newWorse >= 0 && newBetter >= 0)) {
    throw new RangeError("discordant pairs are counted in whole numbers");
  }
  const n = newWorse + newBetter;
  if (n === 0) return { kind: "no-discordant-pairs" };
  const least = Math.min(newWorse, newBetter);
  const tail = binomialCdf(least, n, 0.5);
  const atLeast = tail - (least > 0 ? binomialCdf(least - 1, n, 0.5) : 0);
  const chiSquared = (Math.abs(newWorse - newBetter) - 1) ** 2 / n;
  return {
    kind: "tested",
    exact: Math.min(1, 2 * tail),
    midP: Math.min(1, 2 * tail - atLeast),
    chiSquared,
    chiSquaredP: chiSquaredSurvival(chiSquared, 1),
  };
}
