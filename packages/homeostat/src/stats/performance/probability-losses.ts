import type { Estimate, IntervalOptions } from "./estimate.ts";
import { type MomentSums, meanEstimate } from "./mean-estimate.ts";
import {
  firstNotBinary,
  firstOutside,
  type Insufficient,
  type Invalid,
  invalid,
  requireSameLength,
} from "./refusal.ts";

export interface LossSums {
  readonly kind: "loss-sums";
  readonly sums: MomentSums;
}

/**
 * Probabilities are kept this far from 0 and 1 before the logarithm, so that one certain mistake costs 36 nats and not
 * infinity. Two machine epsilons of doubles in [0.5, 1).
 */
const PROBABILITY_FLOOR = 2.220446049250313e-16;

/**
 * Log loss of a two-class model: mean of -[y ln p + (1-y) ln(1-p)], in nats, as sums (n, sum, sum of squares) that add
 * over windows. `probabilities` in [0, 1], `labels` 0 or 1. O(n).
 */
export function logLossSums(probabilities: ArrayLike<number>, labels: ArrayLike<number>): LossSums | Invalid {
  return lossSums(probabilities, labels, (p, y) => {
    const kept = Math.min(1 - PROBABILITY_FLOOR, Math.max(PROBABILITY_FLOOR, p));
    return y === 1 ? -Math.log(kept) : -Math.log1p(-kept);
  });
}

/** Brier score of a two-class model: mean of (y - p)^2, as sums that add over windows. Same inputs. O(n). */
export function brierSums(probabilities: ArrayLike<number>, labels: ArrayLike<number>): LossSums | Invalid {
  return lossSums(probabilities, labels, (p, y) => (y - p) ** 2);
}

/**
 * Log loss of a k-class model: mean of -ln p[true class]. `probabilities` row-major, n x k, each row summing to 1
 * within 1e-6 (refused otherwise with its row); `labels` integers in 0..k-1. O(n k).
 */
export function multiclassLogLossSums(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): LossSums | Invalid {
  const bad = firstBadDistribution(probabilities, labels, classes);
  if (bad !== null) return bad;
  return accumulate(labels.length, (i) => {
    const p = probabilities[i * classes + (labels[i] as number)] as number;
    return -Math.log(Math.min(1 - PROBABILITY_FLOOR, Math.max(PROBABILITY_FLOOR, p)));
  });
}

/**
 * Brier score of a k-class model: mean over rows of sum_c (1[c = y] - p_c)^2, range [0, 2]. Inputs as above. O(n k).
 */
export function multiclassBrierSums(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): LossSums | Invalid {
  const bad = firstBadDistribution(probabilities, labels, classes);
  if (bad !== null) return bad;
  return accumulate(labels.length, (i) => {
    let loss = 0;
    for (let c = 0; c < classes; c++)
      loss += ((labels[i] === c ? 1 : 0) - (probabilities[i * classes + c] as number)) ** 2;
    return loss;
  });
}

/** Sums of two disjoint windows. O(1). */
export function mergeMomentSums(a: MomentSums, b: MomentSums): MomentSums {
  return { n: a.n + b.n, sum: a.sum + b.sum, sumSquares: a.sumSquares + b.sumSquares };
}

/** Mean of a non-negative loss with its t interval, cut at 0 (and at `maximum` when the loss is bounded). O(1). */
export function lossEstimate(
  sums: MomentSums,
  options: IntervalOptions & { readonly maximum?: number } = {},
): Estimate | Insufficient | Invalid {
  return meanEstimate(sums, { ...options, minimum: 0 });
}

function lossSums(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  loss: (p: number, y: number) => number,
): LossSums | Invalid {
  requireSameLength(probabilities, labels, "probabilities and labels");
  const bad = firstOutside(probabilities, 0, 1) ?? firstNotBinary(labels);
  if (bad !== null) return bad;
  return accumulate(labels.length, (i) => loss(probabilities[i] as number, labels[i] as number));
}

function accumulate(n: number, lossOf: (row: number) => number): LossSums {
  let sum = 0;
  let sumSquares = 0;
  for (let i = 0; i < n; i++) {
    const loss = lossOf(i);
    sum += loss;
    sumSquares += loss * loss;
  }
  return { kind: "loss-sums", sums: { n, sum, sumSquares } };
}

function firstBadDistribution(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Invalid | null {
  if (!Number.isInteger(classes) || classes < 2)
    throw new RangeError(`classes must be an integer >= 2, got ${classes}`);
  if (probabilities.length !== labels.length * classes)
    throw new RangeError(`probabilities: ${probabilities.length} values for ${labels.length} rows of ${classes}`);
  for (let i = 0; i < labels.length; i++) {
    const y = labels[i] as number;
    if (!Number.isInteger(y) || y < 0 || y >= classes) return invalid("out-of-range", i);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[i * classes + c] as number;
      if (!Number.isFinite(p)) return invalid("not-finite", i);
      if (p < 0 || p > 1) return invalid("out-of-range", i);
      sum += p;
    }
    if (Math.abs(sum - 1) > 1e-6) return invalid("out-of-range", i);
  }
  return null;
}
