import { chiSquaredSurvival } from "./chi-squared-survival.ts";
import { regularizedBetaParts } from "./regularized-beta-parts.ts";

/**
 * `P(F_{df1,df2} > x)`, the upper tail of Fisher's F law.
 *
 * Shapes: df1 > 0, df2 > 0 (df2 = Infinity is the chi-squared limit χ²_{df1}/df1), any x: x ≤ 0 gives 1. NaN outside.
 * Method: `I_{df2/(df2+df1·x)}(df2/2, df1/2)` with the complement passed exactly. Cost and accuracy: see
 * `regularizedBetaParts`. Check: (3, 9, 72) → 0.004301035599328665.
 */
export function fSurvival(x: number, df1: number, df2: number): number {
  if (!(df1 > 0 && df2 > 0) || Number.isNaN(x) || df1 === Number.POSITIVE_INFINITY) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  if (df2 === Number.POSITIVE_INFINITY) return chiSquaredSurvival(x * df1, df1);
  const total = df2 + df1 * x;
  return regularizedBetaParts(df2 / 2, df1 / 2, df2 / total, (df1 * x) / total).lower;
}
