import type { CalibrationBin } from "../performance/calibration-bins.ts";
import { type Insufficient, insufficient } from "../performance/refusal.ts";

/** P(y = 1 | score bin), frozen with the baseline. */
export interface CalibrationTable {
  readonly kind: "calibration-table";
  /** c_b = (positives + 1/2)/(n + 1) per bin. */
  readonly probability: Float64Array;
  /** Variance of c_b from the size of the baseline, times its overdispersion. */
  readonly variance: Float64Array;
  readonly n: number;
}

/**
 * The table of calibrated probabilities of a labelled baseline, by score bin (50 score quantiles is a good choice):
 *
 *   c_b = (sum y + 1/2)/(n_b + 1),  var = phi c_b (1 - c_b)/(n_b + 2)     (Jeffreys posterior of the bin)
 *
 * An empty bin has c = 1/2 with the full variance 1/8: it says "unknown" in the error bar of whatever uses it. All bins
 * empty is refused. O(B).
 */
export function calibrationTable(
  bins: readonly Pick<CalibrationBin, "n" | "sumLabel">[],
  overdispersion = 1,
): CalibrationTable | Insufficient {
  if (!(overdispersion >= 1)) throw new RangeError(`overdispersion must be >= 1, got ${overdispersion}`);
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  if (n === 0) return insufficient("no-rows", 0, 1);
  const probability = Float64Array.from(bins, (bin) => (bin.sumLabel + 0.5) / (bin.n + 1));
  const variance = Float64Array.from(bins, (bin, b) => {
    const c = probability[b] ?? 0.5;
    return Math.min(c * (1 - c), (overdispersion * c * (1 - c)) / (bin.n + 2));
  });
  return { kind: "calibration-table", probability, variance, n };
}
