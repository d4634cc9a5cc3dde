import type { Overdispersion } from "../hypothesis/overdispersion.ts";
import { chiSquaredSurvival } from "../special/chi-squared-survival.ts";
import { fSurvival } from "../special/f-survival.ts";
import { hypergeometricProbability } from "../special/hypergeometric.ts";
import { type BinTerm, conditionalMoments, hypergeometricWeights } from "./conditional-moments.ts";
import type { CountPair } from "./count-pair.ts";
import type { NullLawName } from "./evidence.ts";

/** A tail probability and the law it came from. */
export interface NullTail {
  readonly pValue: number;
  readonly law: NullLawName;
}

/** Where every bin expects this many rows in the smaller sample, the chi-squared law needs no correction. */
const LAW_HOLDS_FROM = 200;

/**
 * The p-value of a statistic `T = Σ_b term(n_b, m_b)` that is asymptotically χ²_{B−1} when window and baseline are draws
 * of one law: PSI/v, 8·ln2·JS²/v, 8H²/v, 2KL/v, X², G.
 *
 * Method. Given the pooled count of every bin, the window counts are multivariate hypergeometric whatever the common law
 * is. Two bins: the exact tail of that law. Bins expecting fewer than 200 rows: T is moved and scaled onto the χ²
 * law (of fractional degrees) with its conditional mean, variance and skewness. Smoothing shrinks T by several per cent at five rows a bin, which at 200 bins turns
 * a nominal 1 % test into one of 0.1 %: that is what this repairs. Otherwise: χ²_{B−1} itself. With overdispersion: the
 * F law on the statistic, moved and scaled unless φ exceeds 1.5 (clusters are not hypergeometric).
 * Assumes independent rows (up to the given overdispersion) and bins not chosen by the window. Conservative when the
 * edges are baseline quantiles and the baseline is not larger than the window. Cost: O(Σ_b √n_b), O(B) above 200 rows a
 * bin. Counts that are not whole numbers get the plain chi-squared law.
 */
export function additiveNullTail(
  statistic: number,
  pair: CountPair,
  term: BinTerm,
  overdispersion?: Overdispersion,
): NullTail {
  const df = pair.window.length - 1;
  const small = needsCorrection(pair) && !(overdispersion && overdispersion.phi > 1.5);
  if (small && df === 1 && !overdispersion) return { pValue: exactTailOfTwoBins(statistic, pair, term), law: "exact" };
  const moved = small ? moveOntoChiSquared(statistic, pair, term) : { statistic, df };
  if (overdispersion) {
    const ratio = Math.max(0, moved.statistic) / (moved.df * Math.max(1, overdispersion.phi));
    return { pValue: fSurvival(ratio, moved.df, overdispersion.windows * df), law: "overdispersed" };
  }
  return { pValue: chiSquaredSurvival(moved.statistic, moved.df), law: small ? "corrected" : "chi-squared" };
}

function needsCorrection(pair: CountPair): boolean {
  const total = pair.windowRows + pair.baselineRows;
  const scale = Math.min(pair.windowRows, pair.baselineRows) / total;
  const whole = pair.window.every(Number.isInteger) && pair.baseline.every(Number.isInteger);
  return whole && pair.window.some((count, bin) => (count + (pair.baseline[bin] ?? 0)) * scale < LAW_HOLDS_FROM);
}

/** The χ² law with the mean, variance and skewness of T, moved and scaled (Pearson's type III), and T on its scale. */
function moveOntoChiSquared(statistic: number, pair: CountPair, term: BinTerm): { statistic: number; df: number } {
  const { mean, variance, skewness } = conditionalMoments(pair, term);
  if (!(variance > 1e-12)) return { statistic: 0, df: pair.window.length - 1 };
  const df = 8 / Math.max(0.05, skewness) ** 2;
  return { statistic: (statistic - mean) * Math.sqrt((2 * df) / variance) + df, df };
}

/** The chance, over the single free hypergeometric count, of a statistic at least as large (within rounding). */
function exactTailOfTwoBins(statistic: number, pair: CountPair, term: BinTerm): number {
  const [n = 0] = pair.window;
  const [m = 0] = pair.baseline;
  const urn = { total: pair.windowRows + pair.baselineRows, marked: n + m, drawn: pair.windowRows };
  const { weights, first } = hypergeometricWeights(urn);
  const reach = statistic - 1e-9 * Math.max(1, statistic);
  const inside = weights.reduce((sum, weight, index) => {
    const k = first + index;
    const value = term(k, n + m - k) + term(pair.windowRows - k, pair.baselineRows - (n + m - k));
    return value >= reach ? sum + weight : sum;
  }, 0);
  return Math.min(1, Math.max(inside, hypergeometricProbability(n, urn)));
}
