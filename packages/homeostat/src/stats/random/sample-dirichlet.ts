import type { Random } from "./random.ts";
import { sampleGamma } from "./sample-gamma.ts";

/**
 * One draw of Dirichlet(weights): shares that sum to one.
 *
 * Shapes: weights ≥ 0 with a positive sum. Cost: one gamma draw per weight. Failure: with all weights far below 1e-2 the
 * gammas may all underflow; then the whole share goes to one index chosen in proportion to the weights, which is the limit law.
 */
export function sampleDirichlet(random: Random, weights: readonly number[]): number[] {
  const draws = weights.map((weight) => sampleGamma(random, weight));
  const total = draws.reduce((sum, draw) => sum + draw, 0);
  if (total > 0) return draws.map((draw) => draw / total);
  const weightTotal = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.next() * weightTotal;
  const chosen = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return weights.map((_, index) => (index === chosen ? 1 : 0));
}
