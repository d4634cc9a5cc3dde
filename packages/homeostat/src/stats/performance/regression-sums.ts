import { type Invalid, invalid, requireSameLength } from "./refusal.ts";

/**
 * Sums of a regression window, e = prediction - label, u = label - origin. Everything `regressionMetrics` gives, with
 * its interval, follows from these, and they add over windows that share the frozen `origin` (take the baseline's mean
 * label: it keeps the powers small).
 */
export interface RegressionSums {
  readonly origin: number;
  readonly n: number;
  readonly sumError: number;
  readonly sumAbsoluteError: number;
  readonly sumSquaredError: number;
  readonly sumQuarticError: number;
  readonly sumLabel: number;
  readonly sumLabelSquare: number;
  readonly sumLabelCube: number;
  readonly sumLabelQuartic: number;
  /** sum e^2 u */
  readonly sumSquaredErrorLabel: number;
  /** sum e^2 u^2 */
  readonly sumSquaredErrorLabelSquare: number;
  /** Rows whose label is not 0: only they have a percentage error. */
  readonly percentageN: number;
  /** sum |e / y| and sum (e / y)^2 over those rows. */
  readonly sumPercentage: number;
  readonly sumPercentageSquare: number;
}

export interface RegressionSumsResult {
  readonly kind: "regression-sums";
  readonly sums: RegressionSums;
}

/** The sums of no rows at all. */
export function emptyRegressionSums(origin: number): RegressionSums {
  return {
    origin,
    n: 0,
    sumError: 0,
    sumAbsoluteError: 0,
    sumSquaredError: 0,
    sumQuarticError: 0,
    sumLabel: 0,
    sumLabelSquare: 0,
    sumLabelCube: 0,
    sumLabelQuartic: 0,
    sumSquaredErrorLabel: 0,
    sumSquaredErrorLabelSquare: 0,
    percentageN: 0,
    sumPercentage: 0,
    sumPercentageSquare: 0,
  };
}

/** Sums over rows; labels and predictions must be finite (refused with the row otherwise). O(n). */
export function regressionSumsOf(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  origin = 0,
): RegressionSumsResult | Invalid {
  requireSameLength(labels, predictions, "labels and predictions");
  const sums = { ...emptyRegressionSums(origin) };
  for (let i = 0; i < labels.length; i++) {
    const y = labels[i] as number;
    const e = (predictions[i] as number) - y;
    if (!Number.isFinite(y) || !Number.isFinite(e)) return invalid("not-finite", i);
    const u = y - origin;
    const square = e * e;
    sums.n += 1;
    sums.sumError += e;
    sums.sumAbsoluteError += Math.abs(e);
    sums.sumSquaredError += square;
    sums.sumQuarticError += square * square;
    sums.sumLabel += u;
    sums.sumLabelSquare += u * u;
    sums.sumLabelCube += u * u * u;
    sums.sumLabelQuartic += u * u * u * u;
    sums.sumSquaredErrorLabel += square * u;
    sums.sumSquaredErrorLabelSquare += square * u * u;
    if (y === 0) continue;
    const share = Math.abs(e / y);
    sums.percentageN += 1;
    sums.sumPercentage += share;
    sums.sumPercentageSquare += share * share;
  }
  return { kind: "regression-sums", sums };
}

/** Sums of the union of two disjoint windows with the same origin (another origin is a bug). O(1). */
export function mergeRegressionSums(a: RegressionSums, b: RegressionSums): RegressionSums {
  if (a.origin !== b.origin)
    throw new RangeError(`regression sums with origins ${a.origin} and ${b.origin} do not add`);
  return {
    origin: a.origin,
    n: a.n + b.n,
    sumError: a.sumError + b.sumError,
    sumAbsoluteError: a.sumAbsoluteError + b.sumAbsoluteError,
    sumSquaredError: a.sumSquaredError + b.sumSquaredError,
    sumQuarticError: a.sumQuarticError + b.sumQuarticError,
    sumLabel: a.sumLabel + b.sumLabel,
    sumLabelSquare: a.sumLabelSquare + b.sumLabelSquare,
    sumLabelCube: a.sumLabelCube + b.sumLabelCube,
    sumLabelQuartic: a.sumLabelQuartic + b.sumLabelQuartic,
    sumSquaredErrorLabel: a.sumSquaredErrorLabel + b.sumSquaredErrorLabel,
    sumSquaredErrorLabelSquare: a.sumSquaredErrorLabelSquare + b.sumSquaredErrorLabelSquare,
    percentageN: a.percentageN + b.percentageN,
    sumPercentage: a.sumPercentage + b.sumPercentage,
    sumPercentageSquare: a.sumPercentageSquare + b.sumPercentageSquare,
  };
}
