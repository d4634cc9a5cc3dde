import type { CalibrationBin } from "./calibration-bins.ts";
import type { Estimate, IntervalOptions } from "./estimate.ts";
import { proportionEstimate } from "./proportion-estimate.ts";

export interface ReliabilityPoint {
  readonly bin: number;
  readonly n: number;
  readonly meanProbability: number;
  /** Observed frequency of the positive class with its Wilson interval. */
  readonly observed: Estimate;
  /** observed - meanProbability; positive means the model is under-confident here. */
  readonly gap: number;
  /** True when the mean probability lies outside the interval of the observed frequency. */
  readonly outsideInterval: boolean;
}

/**
 * The points of a reliability diagram: per non-empty bin the mean forecast against the observed frequency with a Wilson
 * interval. Empty bins are left out: they say nothing. Intervals are per bin, not simultaneous. O(B).
 * Source: Murphy and Winkler (1977), Applied Statistics 26.
 */
export function reliabilityPoints(
  bins: readonly CalibrationBin[],
  options: IntervalOptions = {},
): readonly ReliabilityPoint[] {
  return bins.flatMap((bin, index) => {
    const observed = proportionEstimate(bin.sumLabel, bin.n, options);
    if (observed.kind !== "estimate") return [];
    const meanProbability = bin.sumProbability / bin.n;
    return [
      {
        bin: index,
        n: bin.n,
        meanProbability,
        observed,
        gap: observed.value - meanProbability,
        outsideInterval: meanProbability < observed.lower || meanProbability > observed.upper,
      },
    ];
  });
}
