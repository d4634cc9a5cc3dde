import { normalPairs } from "./normal-pairs.ts";
import type { Random } from "./random.ts";

/**
 * One draw of Gamma(shape, 1).
 *
 * Shapes: shape > 0; 0 gives 0, anything else NaN. Method: squeeze-free Marsaglia–Tsang rejection, boosted by
 * `u^{1/shape}` below shape 1. Cost: about 1.05 trials. Source: Marsaglia & Tsang (2000).
 */
export function sampleGamma(random: Random, shape: number): number {
  if (shape === 0) return 0;
  if (!(shape > 0)) return Number.NaN;
  if (shape < 1) return sampleGamma(random, shape + 1) * random.next() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const [z = 0] = normalPairs(random, 1);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(random.next() || Number.MIN_VALUE) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}
