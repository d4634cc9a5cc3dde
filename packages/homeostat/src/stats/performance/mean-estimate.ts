import { type Estimate, type IntervalOptions, resolveInterval } from "./estimate.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "./refusal.ts";
import { studentTCritical } from "./student-t-critical.ts";

/** Sums of a variable. They add over windows. */
export interface MomentSums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

export interface MeanOptions extends IntervalOptions {
  /** The variable cannot be below / above these; the interval is cut there. Default: unbounded. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * A mean from its sums, with a Student t interval on n/phi - 1 degrees of freedom.
 *
 *   mean = S/n,  s^2 = (Q - S^2/n)/(n - 1),  se = sqrt(s^2 phi / n)
 *
 * Good for loss-like variables once n is past about 30; heavier tails need more rows or `poissonBootstrap`. The
 * variance
 * from sums loses digits when |mean| is above about 1e6 standard deviations (it is clamped at 0, never negative): keep
 * losses on their natural scale. Fewer than two effective rows are refused. O(1).
 */
export function meanEstimate(sums: MomentSums, options: MeanOptions = {}): Estimate | Insufficient | Invalid {
  const { alpha, overdispersion } = resolveInterval(options);
  const { n, sum, sumSquares } = sums;
  if (!Number.isFinite(n) || !Number.isFinite(sum) || !Number.isFinite(sumSquares)) return invalid("not-finite", 0);
  if (n < 0 || sumSquares < 0) return invalid("out-of-range", 0);
  if (n === 0) return insufficient("no-rows", 0, 2);
  const effectiveN = n / overdispersion;
  if (n < 2 || effectiveN <= 1) return insufficient("too-few-rows", effectiveN, 2);
  const value = sum / n;
  const variance = Math.max(0, (sumSquares - sum * value) / (n - 1));
  const standardError = Math.sqrt(variance / effectiveN);
  const half = studentTCritical(alpha, effectiveN - 1) * standardError;
  const lower = Math.max(options.minimum ?? Number.NEGATIVE_INFINITY, value - half);
  const upper = Math.min(options.maximum ?? Number.POSITIVE_INFINITY, value + half);
  const clamped = lower !== value - half || upper !== value + half;
  return {
    kind: "estimate",
    value,
    standardError,
    lower,
    upper,
    alpha,
    n,
    effectiveN,
    method: clamped ? "student-t-clamped" : "student-t",
  };
}
