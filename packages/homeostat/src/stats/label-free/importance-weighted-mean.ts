import { type Estimate, resolveInterval } from "../performance/estimate.ts";
import {
  firstBadCount,
  type Insufficient,
  type Invalid,
  insufficient,
  invalid,
  requireSameLength,
} from "../performance/refusal.ts";
import { assumed, type Caveat } from "./assumption.ts";

export interface ImportanceWeighted {
  readonly kind: "importance-weighted";
  readonly estimate: Estimate;
  /** (sum w)^2 / sum w^2: how many baseline rows the estimate is worth. */
  readonly effectiveSampleSize: number;
  /** Share of baseline rows whose weight was cut at the clip. */
  readonly clippedShare: number;
  readonly caveats: readonly Caveat[];
}

/**
 * The density ratio of a row from a domain classifier: w = p/(1-p) · (baseline rows / current rows), cut at `clip`.
 * `pNow` is the classifier's P(row is current), 0..1; 1 gives the clip, NaN stays NaN (refused by the mean). O(1).
 */
export function densityRatio(pNow: number, baselineRows: number, currentRows: number, clip = 20): number {
  return Math.min(clip, (pNow / (1 - pNow)) * (baselineRows / currentRows));
}

/**
 * A metric of current rows from labelled baseline rows, weighted to look like the current ones.
 *
 *   theta = sum w a / sum w,  se = sqrt(phi sum w^2 (a - theta)^2)/sum w,  ESS = (sum w)^2 / sum w^2
 *
 * Repairs covariate shift only: under concept drift it is as wrong as CBPE. Refused when ESS is below 100 or below 5 %
 * of the baseline: then the answer hangs on a handful of rows, because the baseline hardly covers what is seen now.
 * `values` finite, `weights` finite >= 0. The weights count as known; their own estimation adds error. O(n).
 * Source: Shimodaira (2000), JSPI 90; Kish (1965) for the effective size.
 */
export function importanceWeightedMean(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  options: { readonly alpha?: number; readonly overdispersion?: number; readonly clip?: number } = {},
): ImportanceWeighted | Insufficient | Invalid {
  requireSameLength(values, weights, "values and weights");
  const { alpha, overdispersion, z } = resolveInterval({
    alpha: options.alpha ?? 0.05,
    overdispersion: options.overdispersion ?? 1,
  });
  const clip = options.clip ?? 20;
  const bad = firstBadCount(weights);
  if (bad !== null) return bad;
  let sum = 0;
  let squares = 0;
  let weighted = 0;
  let clipped = 0;
  for (let i = 0; i < values.length; i++) {
    const a = values[i] as number;
    if (!Number.isFinite(a)) return invalid("not-finite", i);
    const w = Math.min(clip, weights[i] as number);
    if ((weights[i] as number) >= clip) clipped += 1;
    sum += w;
    squares += w * w;
    weighted += w * a;
  }
  const n = values.length;
  const need = Math.max(100, 0.05 * n) * overdispersion;
  const effectiveSampleSize = squares > 0 ? (sum * sum) / squares : 0;
  if (effectiveSampleSize < need) return insufficient("effective-sample-too-small", effectiveSampleSize, need);
  const value = weighted / sum;
  let spread = 0;
  for (let i = 0; i < n; i++)
    spread += Math.min(clip, weights[i] as number) ** 2 * ((values[i] as number) - value) ** 2;
  const standardError = Math.sqrt(overdispersion * spread) / sum;
  return {
    kind: "importance-weighted",
    estimate: {
      kind: "estimate",
      value,
      standardError,
      lower: value - z * standardError,
      upper: value + z * standardError,
      alpha,
      n,
      effectiveN: effectiveSampleSize / overdispersion,
      method: "normal",
    },
    effectiveSampleSize,
    clippedShare: clipped / n,
    caveats: [assumed("covariate-shift-only"), assumed("baseline-covers-current")],
  };
}
