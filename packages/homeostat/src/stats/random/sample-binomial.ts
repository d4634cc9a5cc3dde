import type { Random } from "./random.ts";
import { sampleGamma } from "./sample-gamma.ts";

/**
 * One draw of Binomial(n, p), exact for every n.
 *
 * Shapes: n whole ≥ 0, p in [0,1] (values outside are clamped). Method: inversion along the recurrence of probabilities
 * while n·p is small; above, the median-of-a-beta recursion (the i-th smallest of n uniforms is Beta), which halves n at
 * every step. Cost: O(min(np, 30)) or O(log n) gamma draws. Source: Devroye (1986), X.4.
 */
export function sampleBinomial(random: Random, n: number, p: number): number {
  if (!(p > 0) || n <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - sampleBinomial(random, n, 1 - p);
  if (n * p < 30) return invert(random, n, p);
  const middle = Math.floor((n + 1) / 2);
  const left = sampleGamma(random, middle);
  const share = left / (left + sampleGamma(random, n + 1 - middle));
  if (share <= p) return middle + sampleBinomial(random, n - middle, (p - share) / (1 - share));
  return sampleBinomial(random, middle - 1, p / share);
}

function invert(random: Random, n: number, p: number): number {
  const ratio = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let left = random.next();
  let k = 0;
  while (left > probability && k < n) {
    left -= probability;
    k += 1;
    probability *= ((n - k + 1) / k) * ratio;
  }
  return k;
}
