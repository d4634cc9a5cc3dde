import type { BinaryConfusion } from "./binary-confusion.ts";
import { type Estimate, type IntervalOptions, resolveInterval } from "./estimate.ts";
import { type Insufficient, insufficient } from "./refusal.ts";

/**
 * Matthews correlation coefficient of a two-class confusion.
 *
 *   MCC = (TP·TN - FP·FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)),  range [-1, 1]
 *
 * Interval: delta method for the multinomial cells, on Fisher's z = atanh(MCC). When a cell is empty the variance and
 * the centre of the interval use cells + 1/2, because the raw variance would be 0 at a perfect table; the value itself
 * is never smoothed. Undefined (refused) when a class or a decision never occurs: 0 would look like "no better than
 * chance", which is a different statement. Assumes independent rows up to `overdispersion`. O(1).
 * Source: Matthews (1975); Bishop, Fienberg, Holland (1975) section 14.6 for the delta method.
 */
export function matthewsCorrelation(
  confusion: BinaryConfusion,
  options: IntervalOptions = {},
): Estimate | Insufficient {
  const { alpha, overdispersion, z } = resolveInterval(options);
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = confusion;
  const n = tp + fp + fn + tn;
  if (n === 0) return insufficient("no-rows", 0, 1);
  if (tp + fn === 0) return insufficient("no-positives", 0, 1);
  if (tn + fp === 0) return insufficient("no-negatives", 0, 1);
  if (tp + fp === 0) return insufficient("no-predicted-positives", 0, 1);
  if (tn + fn === 0) return insufficient("no-predicted-negatives", 0, 1);
  const pad = Math.min(tp, fp, fn, tn) === 0 ? 0.5 : 0;
  const spread = valueAndVariance(tp + pad, fp + pad, fn + pad, tn + pad);
  const { value } = pad === 0 ? spread : valueAndVariance(tp, fp, fn, tn);
  const standardError = Math.sqrt(spread.variance * overdispersion);
  const centre = Math.atanh(spread.value);
  const half = (z * standardError) / (1 - spread.value ** 2);
  return {
    kind: "estimate",
    value,
    standardError,
    lower: Math.min(value, Math.tanh(centre - half)),
    upper: Math.max(value, Math.tanh(centre + half)),
    alpha,
    n,
    effectiveN: n / overdispersion,
    method: "delta-fisher-z",
  };
}

function valueAndVariance(tp: number, fp: number, fn: number, tn: number): { value: number; variance: number } {
  const n = tp + fp + fn + tn;
  const predicted = tp + fp;
  const actual = tp + fn;
  const unpredicted = tn + fn;
  const negative = tn + fp;
  // Square roots first: the product of four large counts would overflow before its root is taken.
  const denominator = Math.sqrt(predicted) * Math.sqrt(actual) * Math.sqrt(unpredicted) * Math.sqrt(negative);
  const value = Math.max(-1, Math.min(1, (tp * tn - fp * fn) / denominator));
  const gradient = (cross: number, row: number, column: number): number =>
    cross / denominator - (value / 2) * (1 / row + 1 / column);
  const cells: readonly (readonly [number, number])[] = [
    [tp, gradient(tn, predicted, actual)],
    [tn, gradient(tp, unpredicted, negative)],
    [fp, gradient(-fn, predicted, negative)],
    [fn, gradient(-fp, unpredicted, actual)],
  ];
  let first = 0;
  let second = 0;
  for (const [count, slope] of cells) {
    first += count * slope;
    second += count * slope * slope;
  }
  return { value, variance: Math.max(0, second - (first * first) / n) };
}
