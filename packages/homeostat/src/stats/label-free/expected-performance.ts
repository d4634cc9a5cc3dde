import { normalQuantile } from "../special/normal-quantile.ts";
import type { Caveat } from "./assumption.ts";

/** A metric expected from calibrated probabilities, with its band. */
export interface ExpectedMetric {
  readonly kind: "expected";
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** From the luck of the labels of these rows. */
  readonly samplingError: number;
  /** From the size of the baseline behind the calibration; 0 when the caller gave no calibration variance. */
  readonly calibrationError: number;
}

export interface ExpectationContext {
  readonly n: number;
  readonly alpha: number;
  readonly caveats: readonly Caveat[];
}

/** value -+ z sqrt(sampling^2 + calibration^2), cut to [0, 1]. O(1). */
export function expectedMetric(
  value: number,
  samplingVariance: number,
  calibrationVariance: number,
  alpha: number,
): ExpectedMetric {
  const half = -normalQuantile(alpha / 2) * Math.sqrt(samplingVariance + calibrationVariance);
  return {
    kind: "expected",
    value,
    lower: Math.max(0, value - half),
    upper: Math.min(1, value + half),
    samplingError: Math.sqrt(samplingVariance),
    calibrationError: Math.sqrt(calibrationVariance),
  };
}
