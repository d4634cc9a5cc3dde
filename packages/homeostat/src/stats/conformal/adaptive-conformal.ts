import { quantileOfSorted, requireAlpha } from "./conformal-quantile.ts";
import { createScoreWindow, type ScoreWindow, withScore } from "./score-window.ts";

export interface AdaptiveState {
  readonly target: number;
  readonly rate: number;
  /** The level in use; it may leave (0, 1), and then means "everything" (<= 0) or "nothing" (>= 1). */
  readonly level: number;
  readonly window: ScoreWindow;
  readonly labels: number;
  readonly misses: number;
}

/**
 * Adaptive conformal inference with step `rate` (0.005) and cut-offs from the last `windowSize` (500) labelled scores.
 */
export function createAdaptive(target: number, rate = 0.005, windowSize = 500): AdaptiveState {
  requireAlpha(target);
  if (!(rate > 0 && rate < 1)) throw new RangeError(`rate must lie in (0, 1), got ${rate}`);
  return { target, rate, level: target, window: createScoreWindow(windowSize), labels: 0, misses: 0 };
}

/** The cut-off for the next row: Infinity at level <= 0, -Infinity at level >= 1. O(1). */
export function adaptiveCutoff(window: ScoreWindow, level: number): number {
  if (level <= 0) return Number.POSITIVE_INFINITY;
  if (level >= 1) return Number.NEGATIVE_INFINITY;
  return quantileOfSorted(window.sorted, level).value;
}

/**
 * One labelled row, in order of label arrival: alpha <- alpha + rate (target - missed).
 *
 *   |mean miss - target| <= (max(alpha_1, 1 - alpha_1) + rate)/(rate T)  for any data whatever
 *
 * `score` is the row's conformal score; it missed when it exceeds the cut-off that was in force (given in
 * `cutoffInForce`, because labels come late; default: the present one). The bound concerns labelled rows only. The
 * price is width: a widening set is the sign of drift, show it. O(window).
 * Source: Gibbs and Candès (2021), NeurIPS.
 */
export function updateAdaptive(state: AdaptiveState, score: number, cutoffInForce?: number): AdaptiveState {
  const missed = score > (cutoffInForce ?? adaptiveCutoff(state.window, state.level)) ? 1 : 0;
  return {
    ...state,
    level: state.level + state.rate * (state.target - missed),
    window: withScore(state.window, score),
    labels: state.labels + 1,
    misses: state.misses + missed,
  };
}

/** The largest distance of the long-run miss rate from the target after `labels` labels, whatever happened. O(1). */
export function adaptiveBound(target: number, rate: number, labels: number): number {
  return (Math.max(target, 1 - target) + rate) / (rate * labels);
}
