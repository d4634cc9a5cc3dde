import { regularizedGammaParts } from "./regularized-gamma-parts.ts";

/**
 * `P(a,x) = γ(a,x)/Γ(a)`, the regularised lower incomplete gamma function: the distribution function of Gamma(a,1).
 *
 * Shapes: a > 0, x ≥ 0; NaN outside. Accuracy, cost and source: see `regularizedGammaParts`.
 */
export function regularizedGammaLower(a: number, x: number): number {
  return regularizedGammaParts(a, x).lower;
}
