import { relativeDeviance } from "./relative-deviance.ts";
import { HALF_LOG_TWO_PI, stirlingError } from "./stirling-error.ts";

/**
 * `ln [ x^a · e^{−x} / Γ(a+1) ]`: the logarithm of the Poisson(x) probability of the (real) count a.
 *
 * Shapes: a ≥ 0, x ≥ 0. This is the factor before both expansions of the incomplete gamma function and the weight of a
 * Poisson mixture. Written as a deviance plus Stirling's remainder, so it keeps its digits for counts of 10⁹.
 * Source: Loader (2000). Cost: O(1). Returns −Infinity for x = 0 and a > 0.
 */
export function logPoissonProbability(a: number, x: number): number {
  if (x === 0) return a === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (a === 0) return -x;
  return a * relativeDeviance(x, a, x - a) - stirlingError(a) - HALF_LOG_TWO_PI - 0.5 * Math.log(a);
}
