import { regularizedGammaUpper } from "./regularized-gamma-upper.ts";

/**
 * `P(χ²_df > x)`, the upper tail of the chi-squared law.
 *
 * Shapes: df > 0 (need not be whole), any x: x ≤ 0 gives 1, Infinity gives 0; NaN or df ≤ 0 gives NaN.
 * Cost, accuracy, source: `Q(df/2, x/2)`, see `regularizedGammaParts`. Check: (12.5, 9) → 0.18656597485845106.
 */
export function chiSquaredSurvival(x: number, df: number): number {
  if (x <= 0 && df > 0) return 1;
  return regularizedGammaUpper(df / 2, x / 2);
}
