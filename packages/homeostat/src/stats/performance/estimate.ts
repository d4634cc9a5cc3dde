import { normalQuantile } from "../special/normal-quantile.ts";

export type IntervalMethod =
  | "wilson"
  | "clopper-pearson"
  | "delong-logit"
  | "smaller-class-clopper-pearson"
  | "infinitesimal-jackknife-logit"
  | "student-t"
  | "student-t-clamped"
  | "delta-log"
  | "delta-logit"
  | "delta-fisher-z"
  | "wilson-transformed"
  | "mover-wilson"
  | "poisson-bootstrap"
  | "poisson-exact"
  | "normal";

/**
 * A number with its certainty. `lower`..`upper` is the two-sided 1 - alpha interval; `n` the rows it came from and
 * `effectiveN` = n / overdispersion, the independent rows they are worth.
 */
export interface Estimate {
  readonly kind: "estimate";
  readonly value: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  readonly alpha: number;
  readonly n: number;
  readonly effectiveN: number;
  readonly method: IntervalMethod;
}

export interface IntervalOptions {
  /** Two-sided miss probability of the interval, in (0, 1). Default 0.05. */
  readonly alpha?: number;
  /** Variance inflation from clustered rows (A/A calibration), >= 1. Default 1: rows are independent. */
  readonly overdispersion?: number;
}

export interface ResolvedInterval {
  readonly alpha: number;
  readonly overdispersion: number;
  /** Standard normal quantile at 1 - alpha / 2. */
  readonly z: number;
}

/** Fills the defaults and refuses nonsense loudly: a level or a factor out of range is a bug. O(1). */
export function resolveInterval(options: IntervalOptions = {}): ResolvedInterval {
  const alpha = options.alpha ?? 0.05;
  const overdispersion = options.overdispersion ?? 1;
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie in (0, 1), got ${alpha}`);
  if (!(overdispersion >= 1 && Number.isFinite(overdispersion)))
    throw new RangeError(`overdispersion must be finite and >= 1, got ${overdispersion}`);
  return { alpha, overdispersion, z: -normalQuantile(alpha / 2) };
}

/** Clamps to [0, 1]: for the ends of intervals of proportions, where rounding may leave the unit interval by an ulp. */
export function clampUnit(x: number): number {
  return Math.min(1, Math.max(0, x));
}
