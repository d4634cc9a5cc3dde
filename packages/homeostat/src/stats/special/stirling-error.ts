import { logGamma } from "./log-gamma.ts";

/**
 * The remainder of Stirling's formula: `ln Γ(x+1) − [(x+½)·ln x − x + ½·ln 2π]`, for x > 0.
 *
 * Densities of large counts are written with this remainder instead of ln Γ, because ln Γ(10⁹) ≈ 2·10¹⁰ has already lost
 * the digits that the density needs. Above 15 it is the Bernoulli-number series (seven terms, below 1e-16 relative to
 * the density); below, the difference is formed directly, where nothing large cancels.
 * Source: Loader (2000), "Fast and accurate computation of binomial probabilities". Cost: O(1).
 */
export function stirlingError(x: number): number {
  if (x < 15) return logGamma(x + 1) - ((x + 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
  const inverse = 1 / x;
  const square = inverse * inverse;
  let sum = 0;
  for (const coefficient of SERIES) sum = sum * square + coefficient;
  return sum * inverse;
}

/** Half the natural logarithm of 2π. */
export const HALF_LOG_TWO_PI = 0.9189385332046728;

const SERIES: readonly number[] = [1 / 156, -691 / 360_360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];
