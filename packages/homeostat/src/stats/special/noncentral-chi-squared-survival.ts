import { chiSquaredSurvival } from "./chi-squared-survival.ts";
import { logPoissonProbability } from "./log-poisson-probability.ts";
import { normalSurvival } from "./normal-survival.ts";

/** From here on the normal form is as exact as anybody can use, and a sweep would take milliseconds. */
const SANKARAN_FROM = 1e6;

/**
 * `P(χ²_df(ncp) > x)`, the upper tail of the noncentral chi-squared law.
 *
 * Shapes: df > 0, noncentrality ≥ 0, any x (x ≤ 0 gives 1). NaN outside. Method: the Poisson(ncp/2) mixture of
 * `χ²_{df+2j}` tails, swept upward only, because `Q(a+1,x) = Q(a,x) + x^a e^{−x}/Γ(a+1)` adds positive terms upward and
 * cancels downward. The sweep starts where the product of weight and tail is below 1e-17 of its peak, so that far tails
 * (peak far from the Poisson mode) keep relative accuracy. Cost: about 20·√(max(ncp, √(ncp·x))) terms.
 * Above ncp = 10⁶ Sankaran's power transformation to the normal law: there within 1e-10 of the sweep, and within 2e-8 of
 * its size to four standard deviations; O(1). Counts of a billion rows lead there.
 * Source: Johnson, Kotz & Balakrishnan, vol. 2, ch. 29; Sankaran (1963), Biometrika 50. Check: (50, 9, 30) → 0.17078756725463223.
 */
export function noncentralChiSquaredSurvival(x: number, df: number, noncentrality: number): number {
  if (!(df > 0 && noncentrality >= 0) || Number.isNaN(x) || !Number.isFinite(df + noncentrality)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  if (noncentrality === 0) return chiSquaredSurvival(x, df);
  if (noncentrality > SANKARAN_FROM) return sankaran(x, df, noncentrality);
  const mean = noncentrality / 2;
  const half = x / 2;
  const peak = Math.max(mean, Math.sqrt(mean * half));
  const spread = 10 * Math.sqrt(Math.min(mean, peak)) + 20;
  const first = Math.max(0, Math.floor(Math.min(mean, peak) - spread));
  const last = Math.ceil(peak + 10 * Math.sqrt(peak) + 30);
  return Math.min(1, sweep(first, last, mean, half, df / 2));
}

/** `(X/(df + ncp))^h` is nearly normal for the h that takes its skewness away. */
function sankaran(x: number, df: number, noncentrality: number): number {
  const [first, second, third] = [df + noncentrality, df + 2 * noncentrality, df + 3 * noncentrality];
  const h = 1 - (2 * first * third) / (3 * second * second);
  const p = second / (first * first);
  const m = (h - 1) * (1 - 3 * h);
  const mean = 1 + h * p * (h - 1 - 0.5 * (2 - h) * m * p);
  return normalSurvival(((x / first) ** h - mean) / (h * Math.sqrt(2 * p) * (1 + 0.5 * m * p)));
}

function sweep(first: number, last: number, mean: number, half: number, shape: number): number {
  let tail = chiSquaredSurvival(2 * half, 2 * (shape + first));
  let step = Math.exp(logPoissonProbability(shape + first, half));
  let sum = 0;
  let carry = 0;
  let weight = Math.exp(logPoissonProbability(first, mean));
  for (let j = first; j <= last; j++) {
    const term = weight * Math.min(1, tail);
    const shifted = term - carry;
    const next = sum + shifted;
    carry = next - sum - shifted;
    sum = next;
    tail += step;
    step *= half / (shape + j + 1);
    weight *= mean / (j + 1);
    if (weight === 0 && j < mean) weight = Math.exp(logPoissonProbability(j + 1, mean));
    if (step === 0 && shape + j + 1 < half) step = Math.exp(logPoissonProbability(shape + j + 1, half));
  }
  return sum;
}
