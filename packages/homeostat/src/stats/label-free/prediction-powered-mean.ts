import { type Estimate, resolveInterval } from "../performance/estimate.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "../performance/refusal.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { type Caveat, tested } from "./assumption.ts";

/**
 * Sums over the labelled rows: a = what happened (1 = correct, or any loss), c = what was expected of the row. They
 * add.
 */
export interface LabelledSums {
  readonly n: number;
  readonly sumActual: number;
  readonly sumExpected: number;
  readonly sumActualSquare: number;
  readonly sumExpectedSquare: number;
  readonly sumProduct: number;
}

/** Sums of the expectation over all rows of the window, labelled or not. */
export interface AllRowSums {
  readonly n: number;
  readonly sumExpected: number;
  readonly sumExpectedSquare: number;
}

export interface PredictionPoweredOptions {
  readonly alpha?: number;
  readonly overdispersion?: number;
  /** How much the expectation is trusted, 0..1; estimated when absent. */
  readonly power?: number;
  /** Default 100. */
  readonly minimumLabels?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface PredictionPowered {
  readonly kind: "prediction-powered";
  readonly estimate: Estimate;
  /** lambda: 0 = labels only, 1 = the expectation is trusted as far as it goes. */
  readonly power: number;
  /** mean(a - c) over the labelled rows: how wrong the label-free estimate is. */
  readonly labelFreeBias: number;
  /** Two-sided p of that bias being 0. Small: the label law changed, do not believe the label-free number. */
  readonly pLabelFreeBias: number;
  readonly caveats: readonly Caveat[];
}

/**
 * Prediction-powered estimate (PPI++) of a mean: a small random sample of labels corrects what was expected of all
 * rows.
 *
 *   lambda = clip( Cov_n(a, c) / [Var_N(c) (1 + n/N)], 0, 1)
 *   theta = lambda mean_N(c) + mean_n(a - lambda c),  var = phi [ Var_n(a - lambda c)/n + lambda^2 Var_N(c)/N ]
 *
 * Unbiased whatever the model or the drift, provided the labelled rows are a random sample of the window: that is
 * tested by comparing mean c of the labelled rows with mean c of all. Never much worse than the labels alone. Normal
 * interval, so at least 100 labels. All variances with n - 1. O(1) from sums.
 * Source: Angelopoulos, Duchi, Zrnic (2023), arXiv 2311.01453.
 */
export function predictionPoweredMean(
  labelled: LabelledSums,
  all: AllRowSums,
  options: PredictionPoweredOptions = {},
): PredictionPowered | Insufficient | Invalid {
  const { alpha, overdispersion, z } = resolveInterval({
    alpha: options.alpha ?? 0.05,
    overdispersion: options.overdispersion ?? 1,
  });
  for (const [i, value] of [...Object.values(labelled), ...Object.values(all)].entries())
    if (!Number.isFinite(value)) return invalid("not-finite", i);
  const { n } = labelled;
  const need = Math.max(2, options.minimumLabels ?? 100);
  if (n < need) return insufficient("too-few-labels", n, need);
  if (all.n < n) return insufficient("too-few-rows", all.n, n);
  const { actual, expected, actualVariance, expectedVariance, covariance } = momentsOf(labelled);
  const meanAll = all.sumExpected / all.n;
  const varianceAll = Math.max(0, (all.sumExpectedSquare - all.sumExpected * meanAll) / (all.n - 1));
  const power = options.power ?? bestPower(covariance, varianceAll, n / all.n);
  if (!(power >= 0 && power <= 1)) throw new RangeError(`power must lie in [0, 1], got ${power}`);
  const rectified = (lambda: number): number =>
    Math.max(0, actualVariance - 2 * lambda * covariance + lambda * lambda * expectedVariance);
  const value = power * meanAll + actual - power * expected;
  const variance = rectified(power) / n + (power * power * varianceAll) / all.n;
  const standardError = Math.sqrt(variance * overdispersion);
  const estimate: Estimate = {
    kind: "estimate",
    value,
    standardError,
    lower: Math.max(options.minimum ?? Number.NEGATIVE_INFINITY, value - z * standardError),
    upper: Math.min(options.maximum ?? Number.POSITIVE_INFINITY, value + z * standardError),
    alpha,
    n,
    effectiveN: n / overdispersion,
    method: "normal",
  };
  const sampled = varianceAll * Math.max(0, 1 / n - 1 / all.n) * overdispersion;
  return {
    kind: "prediction-powered",
    estimate,
    power,
    labelFreeBias: actual - expected,
    pLabelFreeBias: twoSided(actual - expected, (rectified(1) / n) * overdispersion),
    caveats: [tested("labelled-at-random", twoSided(expected - meanAll, sampled))],
  };
}

/** The sums over labelled rows. Lengths must agree; a non-finite value is refused with its row. O(n). */
export function labelledSumsOf(
  actual: readonly number[],
  expected: readonly number[],
): { readonly kind: "labelled-sums"; readonly sums: LabelledSums } | Invalid {
  if (actual.length !== expected.length) throw new RangeError("actual and expected differ in length");
  const sums = { n: 0, sumActual: 0, sumExpected: 0, sumActualSquare: 0, sumExpectedSquare: 0, sumProduct: 0 };
  for (const [i, a] of actual.entries()) {
    const c = expected[i] ?? Number.NaN;
    if (!Number.isFinite(a) || !Number.isFinite(c)) return invalid("not-finite", i);
    sums.n += 1;
    sums.sumActual += a;
    sums.sumExpected += c;
    sums.sumActualSquare += a * a;
    sums.sumExpectedSquare += c * c;
    sums.sumProduct += a * c;
  }
  return { kind: "labelled-sums", sums };
}

interface LabelledMoments {
  readonly actual: number;
  readonly expected: number;
  readonly actualVariance: number;
  readonly expectedVariance: number;
  readonly covariance: number;
}

function momentsOf(sums: LabelledSums): LabelledMoments {
  const { n } = sums;
  const actual = sums.sumActual / n;
  const expected = sums.sumExpected / n;
  return {
    actual,
    expected,
    actualVariance: Math.max(0, (sums.sumActualSquare - sums.sumActual * actual) / (n - 1)),
    expectedVariance: Math.max(0, (sums.sumExpectedSquare - sums.sumExpected * expected) / (n - 1)),
    covariance: (sums.sumProduct - sums.sumActual * expected) / (n - 1),
  };
}

/** Expectations without spread carry no information: labels only. */
function bestPower(covariance: number, varianceAll: number, ratio: number): number {
  if (!(varianceAll > 1e-300)) return 0;
  return Math.min(1, Math.max(0, covariance / (varianceAll * (1 + ratio))));
}

function twoSided(difference: number, variance: number): number {
  if (variance > 0) return Math.min(1, 2 * normalSurvival(Math.abs(difference) / Math.sqrt(variance)));
  return Math.abs(difference) < 1e-12 ? 1 : 0;
}
