import type { BinaryConfusion } from "./binary-confusion.ts";
import { type Estimate, type IntervalOptions, type ResolvedInterval, resolveInterval } from "./estimate.ts";
import { matthewsCorrelation } from "./matthews-correlation.ts";
import { proportionEstimate } from "./proportion-estimate.ts";
import { firstBadCount, type InsufficientReason, insufficient, type Refusal } from "./refusal.ts";

export type Metric = Estimate | Refusal;

/** Every field is a number with its interval, or the reason why it cannot be given. */
export interface BinaryMetrics {
  readonly accuracy: Metric;
  readonly precision: Metric;
  readonly recall: Metric;
  readonly specificity: Metric;
  readonly negativePredictiveValue: Metric;
  readonly f1: Metric;
  readonly balancedAccuracy: Metric;
  readonly matthewsCorrelation: Metric;
  readonly prevalence: Metric;
  readonly predictedPositiveRate: Metric;
}

/**
 * The two-class metrics of a confusion, each with an interval.
 *
 *   accuracy (TP+TN)/n · precision TP/(TP+FP) · recall TP/(TP+FN) · specificity TN/(TN+FP) · NPV TN/(TN+FN)   Wilson
 *   F1 = 2J/(1+J), J = TP/(TP+FP+FN): J is a plain proportion of the rows that matter, so Wilson, transformed
 *   balanced accuracy (recall + specificity)/2: two independent proportions, MOVER of Wilson limits
 *   Matthews correlation: delta method on Fisher's z
 *
 * Counts may be fractional (weighted or expected). Ratios whose denominator is 0 are refused, never set to 0: a model
 * that flags nothing has no precision. Assumes independent rows up to `overdispersion`. O(1).
 * Source: Wilson (1927); Newcombe (1998) MOVER, Statistics in Medicine 17; Takahashi et al. (2022), Applied
 * Intelligence.
 */
export function binaryMetrics(confusion: BinaryConfusion, options: IntervalOptions = {}): BinaryMetrics {
  const interval = resolveInterval(options);
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = confusion;
  const n = tp + fp + fn + tn;
  const bad = firstBadCount([tp, fp, fn, tn]);
  const share = (k: number, of: number, reason: InsufficientReason): Metric =>
    bad ?? (of === 0 ? insufficient(n === 0 ? "no-rows" : reason, 0, 1) : proportionEstimate(k, of, options));
  const recall = share(tp, tp + fn, "no-positives");
  const specificity = share(tn, tn + fp, "no-negatives");
  return {
    accuracy: share(tp + tn, n, "no-rows"),
    precision: share(tp, tp + fp, "no-predicted-positives"),
    recall,
    specificity,
    negativePredictiveValue: share(tn, tn + fn, "no-predicted-negatives"),
    f1: f1Of(share(tp, tp + fp + fn, "no-positives")),
    balancedAccuracy: balancedAccuracyOf(recall, specificity, n, interval),
    matthewsCorrelation: bad ?? matthewsCorrelation(confusion, options),
    prevalence: share(tp + fn, n, "no-rows"),
    predictedPositiveRate: share(tp + fp, n, "no-rows"),
  };
}

/** F1 is an increasing function of the Jaccard share, so its interval is the image of the Wilson interval. */
function f1Of(jaccard: Metric): Metric {
  if (jaccard.kind !== "estimate") return jaccard;
  const f1 = (j: number): number => (2 * j) / (1 + j);
  return {
    ...jaccard,
    value: f1(jaccard.value),
    standardError: (2 * jaccard.standardError) / (1 + jaccard.value) ** 2,
    lower: f1(jaccard.lower),
    upper: f1(jaccard.upper),
    method: "wilson-transformed",
  };
}

/** Newcombe's MOVER: half the sum, with the distances to the Wilson limits added in quadrature. */
function balancedAccuracyOf(recall: Metric, specificity: Metric, n: number, interval: ResolvedInterval): Metric {
  if (recall.kind !== "estimate") return recall;
  if (specificity.kind !== "estimate") return specificity;
  const value = (recall.value + specificity.value) / 2;
  return {
    kind: "estimate",
    value,
    standardError: Math.hypot(recall.standardError, specificity.standardError) / 2,
    lower: value - Math.hypot(recall.value - recall.lower, specificity.value - specificity.lower) / 2,
    upper: value + Math.hypot(recall.upper - recall.value, specificity.upper - specificity.value) / 2,
    alpha: interval.alpha,
    n,
    effectiveN: n / interval.overdispersion,
    method: "mover-wilson",
  };
}
