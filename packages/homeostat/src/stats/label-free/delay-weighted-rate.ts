import { type Estimate, resolveInterval } from "../performance/estimate.ts";
import {
  firstOutside,
  type Insufficient,
  type Invalid,
  insufficient,
  invalid,
  requireSameLength,
} from "../performance/refusal.ts";
import { chiSquaredUpperQuantile } from "../special/chi-squared-quantile.ts";
import { assumed, type Caveat } from "./assumption.ts";

export interface DelayAdjusted {
  readonly kind: "delay-adjusted";
  readonly estimate: Estimate;
  /** Kish effective size of the weighted rows, or the expected number of exposed rows. */
  readonly effectiveSampleSize: number;
  /** Labelled rows left out because their class would hardly have arrived yet (G below 0.05). */
  readonly dropped: number;
  readonly caveats: readonly Caveat[];
}

const SMALLEST_SHARE = 0.05;

/**
 * A mean over labelled rows, each weighted by the inverse of the chance that its label had arrived by now.
 *
 *   w_i = 1 / G_{y_i}(age_i),  theta = sum w a / sum w,  se = sqrt(phi sum w^2 (a - theta)^2)/sum w
 *
 * `values` a_i of the rows whose label is here (the label itself for a base rate, an error for performance);
 * `arrivalShare` G of the row's own class at its age, from `chainLadder` per class. Rows with G < 0.05 are dropped and
 * counted: one of them would weigh like twenty, and a young window is better called insufficient. Assumes the delay
 * depends on the class only and has not changed. Refused below 100 effective rows (`minimumEffective`). O(n).
 * Source: Horvitz and Thompson (1952); Robins and Rotnitzky (1992) for censoring weights.
 */
export function inverseDelayMean(
  values: ArrayLike<number>,
  arrivalShare: ArrayLike<number>,
  options: { readonly alpha?: number; readonly overdispersion?: number; readonly minimumEffective?: number } = {},
): DelayAdjusted | Insufficient | Invalid {
  requireSameLength(values, arrivalShare, "values and arrival shares");
  const { alpha, overdispersion, z } = resolveInterval({
    alpha: options.alpha ?? 0.05,
    overdispersion: options.overdispersion ?? 1,
  });
  const bad = firstOutside(arrivalShare, 0, 1);
  if (bad !== null) return bad;
  const kept: { value: number; weight: number }[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) return invalid("not-finite", i);
    const share = arrivalShare[i] as number;
    if (share >= SMALLEST_SHARE) kept.push({ value, weight: 1 / share });
  }
  const sum = kept.reduce((total, row) => total + row.weight, 0);
  const squares = kept.reduce((total, row) => total + row.weight ** 2, 0);
  const effectiveSampleSize = squares > 0 ? (sum * sum) / squares : 0;
  const need = options.minimumEffective ?? 100;
  if (effectiveSampleSize / overdispersion < need || sum === 0)
    return insufficient("effective-sample-too-small", effectiveSampleSize / overdispersion, need);
  const value = kept.reduce((total, row) => total + row.weight * row.value, 0) / sum;
  const spread = kept.reduce((total, row) => total + row.weight ** 2 * (row.value - value) ** 2, 0);
  const standardError = Math.sqrt(overdispersion * spread) / sum;
  return {
    kind: "delay-adjusted",
    estimate: {
      kind: "estimate",
      value,
      standardError,
      lower: value - z * standardError,
      upper: value + z * standardError,
      alpha,
      n: kept.length,
      effectiveN: effectiveSampleSize / overdispersion,
      method: "normal",
    },
    effectiveSampleSize,
    dropped: values.length - kept.length,
    caveats: [assumed("delay-law-unchanged"), assumed("delay-depends-on-class-only")],
  };
}

/**
 * The rate of positives when silence means negative (chargebacks, claims): positives seen so far over the rows'
 * exposure.
 *
 *   rate = positives / sum_i G_1(age_i),  interval: exact Poisson limits of the count over the exposure
 *
 * `exposure` = sum over all rows of the chance that their positive label, if any, would be here by now. The Poisson
 * limits are a little wide when the rate is not small. `overdispersion` divides count and exposure. Refused when the
 * exposure is below 30 rows. O(1). Source: Garwood (1936), Biometrika 28.
 */
export function exposureAdjustedRate(
  positives: number,
  exposure: number,
  rows: number,
  options: { readonly alpha?: number; readonly overdispersion?: number } = {},
): DelayAdjusted | Insufficient | Invalid {
  const { alpha, overdispersion } = resolveInterval({
    alpha: options.alpha ?? 0.05,
    overdispersion: options.overdispersion ?? 1,
  });
  if (!Number.isFinite(positives) || !Number.isFinite(exposure)) return invalid("not-finite", 0);
  if (positives < 0 || exposure < 0 || exposure > rows * (1 + 1e-9) || positives > rows)
    return invalid("out-of-range", 0);
  const effective = exposure / overdispersion;
  if (effective < MINIMUM_EXPOSURE) return insufficient("effective-sample-too-small", effective, MINIMUM_EXPOSURE);
  const count = positives / overdispersion;
  return {
    kind: "delay-adjusted",
    estimate: {
      kind: "estimate",
      value: positives / exposure,
      standardError: Math.sqrt(count) / effective,
      lower: count === 0 ? 0 : chiSquaredUpperQuantile(1 - alpha / 2, 2 * count) / (2 * effective),
      upper: Math.min(1, chiSquaredUpperQuantile(alpha / 2, 2 * count + 2) / (2 * effective)),
      alpha,
      n: rows,
      effectiveN: effective,
      method: "poisson-exact",
    },
    effectiveSampleSize: exposure,
    dropped: 0,
    caveats: [assumed("delay-law-unchanged"), assumed("delay-depends-on-class-only")],
  };
}

const MINIMUM_EXPOSURE = 30;
