/**
 * Why a number cannot be given. Refusals are values: a caller that shows a metric must also know how to show its
 * absence.
 * Calls that contradict themselves (arrays of different lengths, a level outside (0, 1)) are bugs and throw
 * `RangeError`.
 */
export type InsufficientReason =
  | "no-rows"
  | "too-few-rows"
  | "no-positives"
  | "no-negatives"
  | "one-class"
  | "no-predicted-positives"
  | "no-predicted-negatives"
  | "no-spread"
  | "too-few-labels"
  | "too-few-days"
  | "too-few-expected-events"
  | "effective-sample-too-small"
  | "degenerate";

export type InvalidReason = "not-finite" | "out-of-range" | "not-ordered";

/** More data would help: `have` of `need` units of what `reason` names. */
export interface Insufficient {
  readonly kind: "insufficient";
  readonly reason: InsufficientReason;
  readonly have: number;
  readonly need: number;
}

/** The data are broken: the first offending element is at `index`. */
export interface Invalid {
  readonly kind: "invalid";
  readonly reason: InvalidReason;
  readonly index: number;
}

export type Refusal = Insufficient | Invalid;

export function insufficient(reason: InsufficientReason, have: number, need: number): Insufficient {
  return { kind: "insufficient", reason, have, need };
}

export function invalid(reason: InvalidReason, index: number): Invalid {
  return { kind: "invalid", reason, index };
}

/** Parallel arrays of different lengths are a bug of the caller. O(1). */
export function requireSameLength(left: ArrayLike<unknown>, right: ArrayLike<unknown>, what: string): void {
  if (left.length !== right.length) throw new RangeError(`${what}: lengths ${left.length} and ${right.length} differ`);
}

/** Index of the first element that is not a finite number >= 0, as a refusal; null when all are. O(n). */
export function firstBadCount(counts: ArrayLike<number>): Invalid | null {
  for (let i = 0; i < counts.length; i++) {
    const c = counts[i] as number;
    if (!Number.isFinite(c)) return invalid("not-finite", i);
    if (c < 0) return invalid("out-of-range", i);
  }
  return null;
}

/** Index of the first element outside [low, high] or not finite, as a refusal; null when all are inside. O(n). */
export function firstOutside(values: ArrayLike<number>, low: number, high: number): Invalid | null {
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) return invalid("not-finite", i);
    if (v < low || v > high) return invalid("out-of-range", i);
  }
  return null;
}

/** Above this the square of a number, or a sum of squares, is no number any more. */
export const LARGEST_SQUARED = 1e150;

/** Index of the first value that is not finite, or too large to be squared, as a refusal; null when there is none. O(n). */
export function firstUnsound(values: ArrayLike<number>): Invalid | null {
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) return invalid("not-finite", i);
    if (Math.abs(v) > LARGEST_SQUARED) return invalid("out-of-range", i);
  }
  return null;
}

/** Index of the first label that is neither 0 nor 1, as a refusal; null when all are. O(n). */
export function firstNotBinary(labels: ArrayLike<number>): Invalid | null {
  for (let i = 0; i < labels.length; i++) {
    const y = labels[i] as number;
    if (Number.isNaN(y)) return invalid("not-finite", i);
    if (y !== 0 && y !== 1) return invalid("out-of-range", i);
  }
  return null;
}
