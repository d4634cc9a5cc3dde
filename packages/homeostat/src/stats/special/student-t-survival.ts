import { normalSurvival } from "./normal-survival.ts";
import { regularizedBetaParts } from "./regularized-beta-parts.ts";

/**
 * `P(T_df > t)`, the upper tail of Student's t law.
 *
 * Shapes: df > 0 (Infinity is the normal law), any real t. NaN outside. Method: `½·I_{df/(df+t²)}(df/2, ½)`.
 * Cost and accuracy: see `regularizedBetaParts`. Check: (2.5, 10) → 0.015723422118304388.
 */
export function studentTSurvival(t: number, df: number): number {
  if (Number.isNaN(t) || !(df > 0)) return Number.NaN;
  if (df === Number.POSITIVE_INFINITY) return normalSurvival(t);
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  const square = t * t;
  const total = df + square;
  if (!Number.isFinite(total)) return t > 0 ? 0 : 1;
  const half = regularizedBetaParts(df / 2, 0.5, df / total, square / total).lower / 2;
  return t >= 0 ? half : 1 - half;
}
