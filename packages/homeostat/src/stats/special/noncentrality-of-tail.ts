import { chiSquaredUpperQuantile } from "./chi-squared-quantile.ts";
import { noncentralChiSquaredSurvival } from "./noncentral-chi-squared-survival.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { solveIncreasing } from "./solve-increasing.ts";

/**
 * The noncentrality at which `P(χ²_df(ncp) > x) = tail`; 0 when even ncp = 0 has at least that tail.
 *
 * With tail .05 it is the lower 95 % confidence limit of the noncentrality behind an observed x, with .95 the upper one.
 * Shapes: x ≥ 0 finite, df > 0, tail in (0,1); NaN outside. Cost: about 8 noncentral tails; accuracy 1e-10 relative.
 */
export function noncentralityOfTail(x: number, df: number, tail: number): number {
  if (!(x >= 0 && df > 0 && tail > 0 && tail < 1) || !Number.isFinite(x)) return Number.NaN;
  if (noncentralChiSquaredSurvival(x, df, 0) >= tail) return 0;
  const target = normalQuantile(tail);
  const miss = (root: number): number =>
    root <= 0 ? Number.NEGATIVE_INFINITY : normalQuantile(noncentralChiSquaredSurvival(x, df, root * root)) - target;
  const root = solveIncreasing(miss, Math.sqrt(Math.max(1, x - df)), 0.5);
  return root * root;
}

/**
 * The noncentrality that a chi-squared test at level alpha detects with the given power.
 *
 * The smallest visible shift, before it is put on the scale of a distance. Shapes: alpha and power in (0,1), power >
 * alpha. Check: (0.01, 0.9, 9) → 26.12; (0.001, 0.9, 9) → 34.08.
 */
export function detectableNoncentrality(alpha: number, power: number, df: number): number {
  return noncentralityOfTail(chiSquaredUpperQuantile(alpha, df), df, power);
}
