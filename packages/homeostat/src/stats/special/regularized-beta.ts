import { regularizedBetaParts } from "./regularized-beta-parts.ts";

/**
 * `I_x(a,b)`, the regularised incomplete beta function: the distribution function of Beta(a,b) at x.
 *
 * Shapes: a > 0, b > 0, x in [0,1]; NaN outside. For the upper tail exchange a with b and x with 1 − x.
 * Accuracy, cost and source: see `regularizedBetaParts`.
 */
export function regularizedBeta(a: number, b: number, x: number): number {
  return regularizedBetaParts(a, b, x, 1 - x).lower;
}
