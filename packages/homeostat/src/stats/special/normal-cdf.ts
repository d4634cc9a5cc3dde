import { normalSurvival } from "./normal-survival.ts";

/**
 * `Φ(z)`, the standard normal distribution function, accurate in relative terms down to z = −37.5.
 *
 * Shapes: any real z; ±Infinity give 1 and 0, NaN gives NaN. Cost and source: see `normalSurvival`.
 */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}
