import type { Random } from "./random.ts";
import { sampleBinomial } from "./sample-binomial.ts";
import { sampleGamma } from "./sample-gamma.ts";

/**
 * One draw of Poisson(mean), exact for every mean.
 *
 * Shapes: mean ≥ 0; 0 gives 0, otherwise NaN. Method: inversion below 30; above, the arrival time of the m-th event is a
 * gamma draw, and the events before or after it are a smaller binomial or Poisson problem. Cost: O(30 + log mean).
 * Source: Ahrens & Dieter (1974).
 */
export function samplePoisson(random: Random, mean: number): number {
  if (mean === 0) return 0;
  if (!(mean > 0) || !Number.isFinite(mean)) return Number.NaN;
  if (mean < 30) return invert(random, mean);
  const m = Math.floor(mean * 0.875);
  const arrival = sampleGamma(random, m);
  if (arrival > mean) return sampleBinomial(random, m - 1, mean / arrival);
  return m + samplePoisson(random, mean - arrival);
}

function invert(random: Random, mean: number): number {
  let probability = Math.exp(-mean);
  let left = random.next();
  let k = 0;
  while (left > probability && k < 1000) {
    left -= probability;
    k += 1;
    probability *= mean / k;
  }
  return k;
}
