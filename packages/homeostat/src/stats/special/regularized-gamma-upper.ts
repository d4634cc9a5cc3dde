import { regularizedGammaParts } from "./regularized-gamma-parts.ts";

/**
 * `Q(a,x) = Γ(a,x)/Γ(a)`, the regularised upper incomplete gamma function: the survival function of Gamma(a,1).
 *
 * Shapes: a > 0, x ≥ 0; NaN outside. The far tail keeps relative accuracy down to 1e-300.
 * Accuracy, cost and source: see `regularizedGammaParts`.
 */
export function regularizedGammaUpper(a: number, x: number): number {
  return regularizedGammaParts(a, x).upper;
}
