import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";

/** A loss that is small in every window and stays. */
export interface SlowLoss {
  /** Mean loss of the windows looked at, and of the baseline's. */
  readonly value: number;
  readonly baselineValue: number;
  /** One-sided. */
  readonly pValue: number;
  readonly lower: number;
  readonly windows: number;
  readonly rows: number;
}

const mostWindows = 28;
const leastWindows = 10;
const leastHealthy = 8;

/**
 * Do the last windows together lose more than healthy ones? Window means are the observations, so that whatever makes
 * healthy windows differ (clusters, days) is in the error: the mean of the last 10 to 28 windows against that of the
 * baseline's, with the variance of the baseline's windows and Student's t. A single bad window cannot carry it: each
 * counts at most three deviations from the baseline's mean. O(windows).
 */
export function slowLoss(
  healthy: readonly MomentSums[],
  series: readonly MomentSums[],
): SlowLoss | { readonly notEnough: string } {
  const usual = healthy.flatMap(meansOf);
  const last = series.flatMap((one) => (one.n > 0 ? [one] : [])).slice(-mostWindows);
  if (usual.length < leastHealthy)
    return { notEnough: `fewer than ${leastHealthy} windows of the baseline have outcomes` };
  if (last.length < leastWindows) return { notEnough: `fewer than ${leastWindows} windows have outcomes` };
  const mean = usual.reduce((sum, value) => sum + value, 0) / usual.length;
  const variance = usual.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (usual.length - 1);
  const deviation = Math.sqrt(variance);
  if (!(deviation > 0)) return { notEnough: "the baseline has no spread to compare with" };
  const held = last
    .flatMap(meansOf)
    .map((value) => Math.max(mean - 3 * deviation, Math.min(mean + 3 * deviation, value)));
  const now = held.reduce((sum, value) => sum + value, 0) / held.length;
  const spread = deviation * Math.sqrt(1 / held.length + 1 / usual.length);
  return {
    value: now,
    baselineValue: mean,
    pValue: studentTSurvival((now - mean) / spread, usual.length - 1),
    lower: now - mean - 1.96 * spread,
    windows: held.length,
    rows: last.reduce((sum, { n }) => sum + n, 0),
  };
}

const meansOf = ({ n, sum }: MomentSums): readonly number[] => (n > 0 ? [sum / n] : []);
