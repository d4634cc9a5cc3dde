import { type Estimate, type IntervalOptions, resolveInterval } from "./estimate.ts";
import { meanEstimate } from "./mean-estimate.ts";
import { insufficient, invalid, type Refusal } from "./refusal.ts";
import type { RegressionSums } from "./regression-sums.ts";
import { studentTCritical } from "./student-t-critical.ts";

export interface RegressionMetrics {
  /** Mean of prediction - label: positive means the model is too high. */
  readonly bias: Estimate | Refusal;
  readonly meanAbsoluteError: Estimate | Refusal;
  readonly meanSquaredError: Estimate | Refusal;
  readonly rootMeanSquaredError: Estimate | Refusal;
  /** Over the rows whose label is not 0; `n` says how many. A share, not per cent. */
  readonly meanAbsolutePercentageError: Estimate | Refusal;
  readonly rSquared: Estimate | Refusal;
}

/**
 * Regression metrics with intervals from sums.
 *
 *   bias, MAE, MAPE: Student t on the mean        MSE: exp(ln MSE -+ t se/MSE), se^2 = Var(e^2) phi/n;  RMSE its root
 *   R^2 = 1 - SSE/SST,  se(R^2) = sqrt(E[(e^2 - (1-R^2) w^2)^2] phi/n) / Var(y),  w = y - ybar
 *   interval of R^2: 1 - (1-R^2) exp(+-t se/(1-R^2)), which never passes 1
 *
 * R^2 is refused when the labels do not vary, MAPE when every label is 0. MAPE has no finite variance when labels come
 * close to 0: its interval is then too short. Squares of heavy-tailed errors need some hundred rows before the interval
 * of MSE covers its nominal share. Assumes independent rows up to `overdispersion`. O(1).
 * Source: delta method; for R^2 the influence function, e.g. Serfling (1980), chapter 6.
 */
export function regressionMetrics(sums: RegressionSums, options: IntervalOptions = {}): RegressionMetrics {
  const bad = Object.values(sums).some((value) => !Number.isFinite(value)) ? invalid("not-finite", 0) : null;
  const n = sums.n;
  const nonNegative = { ...options, minimum: 0 };
  const squared = bad ?? squaredErrorEstimate(sums, options);
  const absolute = { n, sum: sums.sumAbsoluteError, sumSquares: sums.sumSquaredError };
  const signed = { n, sum: sums.sumError, sumSquares: sums.sumSquaredError };
  const percentage = { n: sums.percentageN, sum: sums.sumPercentage, sumSquares: sums.sumPercentageSquare };
  return {
    bias: bad ?? meanEstimate(signed, options),
    meanAbsoluteError: bad ?? meanEstimate(absolute, nonNegative),
    meanSquaredError: squared,
    rootMeanSquaredError: rootOf(squared),
    meanAbsolutePercentageError: bad ?? meanEstimate(percentage, nonNegative),
    rSquared: bad ?? rSquaredEstimate(sums, options),
  };
}

function squaredErrorEstimate(sums: RegressionSums, options: IntervalOptions): Estimate | Refusal {
  const plain = meanEstimate({ n: sums.n, sum: sums.sumSquaredError, sumSquares: sums.sumQuarticError }, options);
  if (plain.kind !== "estimate") return plain;
  const { value, standardError } = plain;
  if (value === 0) return { ...plain, method: "delta-log" };
  const half = (studentTCritical(plain.alpha, plain.effectiveN - 1) * standardError) / value;
  return { ...plain, lower: value * Math.exp(-half), upper: value * Math.exp(half), method: "delta-log" };
}

function rootOf(squared: Estimate | Refusal): Estimate | Refusal {
  if (squared.kind !== "estimate") return squared;
  const value = Math.sqrt(squared.value);
  return {
    ...squared,
    value,
    standardError: value === 0 ? 0 : squared.standardError / (2 * value),
    lower: Math.sqrt(squared.lower),
    upper: Math.sqrt(squared.upper),
  };
}

function rSquaredEstimate(sums: RegressionSums, options: IntervalOptions): Estimate | Refusal {
  const { alpha, overdispersion } = resolveInterval(options);
  const { n } = sums;
  if (n === 0) return insufficient("no-rows", 0, 3);
  const effectiveN = n / overdispersion;
  if (effectiveN < 3) return insufficient("too-few-rows", effectiveN, 3);
  const mean = sums.sumLabel / n;
  const variance = sums.sumLabelSquare / n - mean * mean;
  // Below this the subtraction has no digits left: the labels are constant as far as doubles can tell.
  if (!(variance > 1e-14 * (sums.sumLabelSquare / n))) return insufficient("no-spread", 0, 1);
  const unexplained = sums.sumSquaredError / n / variance;
  const shared = { kind: "estimate", alpha, n, effectiveN, method: "delta-log" } as const;
  if (unexplained === 0) return { ...shared, value: 1, standardError: 0, lower: 1, upper: 1 };
  const errorLabel =
    (sums.sumSquaredErrorLabelSquare - 2 * mean * sums.sumSquaredErrorLabel + mean * mean * sums.sumSquaredError) / n;
  const fourth =
    (sums.sumLabelQuartic - 4 * mean * sums.sumLabelCube + 6 * mean ** 2 * sums.sumLabelSquare) / n - 3 * mean ** 4;
  const influence = Math.max(0, sums.sumQuarticError / n - 2 * unexplained * errorLabel + unexplained ** 2 * fourth);
  const standardError = Math.sqrt(influence / effectiveN) / variance;
  const half = (studentTCritical(alpha, effectiveN - 2) * standardError) / unexplained;
  return {
    ...shared,
    value: 1 - unexplained,
    standardError,
    lower: 1 - unexplained * Math.exp(half),
    upper: 1 - unexplained * Math.exp(-half),
  };
}
