import { adaptiveCutoff } from "./adaptive-conformal.ts";
import { requireAlpha } from "./conformal-quantile.ts";
import { countAtLeast, createScoreWindow, type ScoreWindow, withScore } from "./score-window.ts";

export interface DynamicAdaptiveState {
  readonly target: number;
  readonly rates: readonly number[];
  /** Level of each expert. */
  readonly levels: readonly number[];
  /** Weight of each expert; they sum to 1. */
  readonly weights: readonly number[];
  /** Rows over which the experts compete. */
  readonly horizon: number;
  readonly window: ScoreWindow;
  readonly labels: number;
  readonly misses: number;
}

/** DtACI with experts of step 0.001 · 2^k, k = 0..7, competing over `horizon` (500) labels. */
export function createDynamicAdaptive(target: number, horizon = 500, windowSize = 500): DynamicAdaptiveState {
  requireAlpha(target);
  if (!(horizon >= 2)) throw new RangeError(`horizon must be >= 2, got ${horizon}`);
  const rates = Array.from({ length: 8 }, (_, k) => 0.001 * 2 ** k);
  return {
    target,
    rates,
    levels: rates.map(() => target),
    weights: rates.map(() => 1 / rates.length),
    horizon,
    window: createScoreWindow(windowSize),
    labels: 0,
    misses: 0,
  };
}

/** The level in use: the weighted mean of the experts. O(experts). */
export function dynamicLevel(state: DynamicAdaptiveState): number {
  return state.levels.reduce((sum, level, i) => sum + level * (state.weights[i] ?? 0), 0);
}

/** The cut-off for the next row. O(experts). */
export function dynamicCutoff(state: DynamicAdaptiveState): number {
  return adaptiveCutoff(state.window, dynamicLevel(state));
}

/**
 * One labelled row into dynamically tuned adaptive conformal inference: no step size to choose.
 *
 *   beta = (1 + #{window scores >= score})/(n + 1): the level at which the row would just have been covered
 *   loss_i = pinball_alpha(beta, level_i) = alpha (beta - level_i) - min(0, beta - level_i)
 *   w_i <- (1 - sigma) w_i e^{-eta loss_i}/sum + sigma/experts;  level_i <- level_i + rate_i (alpha - 1[level_i > beta])
 *   eta = sqrt(3/I (ln 8I + 2)/((1-alpha)^2 alpha^3 + alpha^2 (1-alpha)^3)),  sigma = 1/(2I)
 *
 * `cutoffInForce` as in `updateAdaptive`. Regret against the best step on every stretch of I rows. O(experts + window).
 * Source: Gibbs and Candès (2024), JMLR 25, "Conformal inference for online prediction with arbitrary shifts".
 */
export function updateDynamicAdaptive(
  state: DynamicAdaptiveState,
  score: number,
  cutoffInForce?: number,
): DynamicAdaptiveState {
  const { target, horizon, rates, levels, weights, window } = state;
  const missed = score > (cutoffInForce ?? dynamicCutoff(state)) ? 1 : 0;
  const beta = (1 + countAtLeast(window, score)) / (window.sorted.length + 1);
  const rest = 1 - target;
  const eta = Math.sqrt(
    ((3 / horizon) * (Math.log(8 * horizon) + 2)) / (rest ** 2 * target ** 3 + target ** 2 * rest ** 3),
  );
  const sigma = 1 / (2 * horizon);
  const scaled = weights.map((weight, i) => {
    const distance = beta - (levels[i] ?? target);
    return weight * Math.exp(-eta * (target * distance - Math.min(0, distance)));
  });
  const total = scaled.reduce((sum, weight) => sum + weight, 0);
  return {
    ...state,
    weights: scaled.map((weight) => ((1 - sigma) * weight) / total + sigma / scaled.length),
    levels: levels.map((level, i) => level + (rates[i] ?? 0) * (target - (level > beta ? 1 : 0))),
    window: withScore(window, score),
    labels: state.labels + 1,
    misses: state.misses + missed,
  };
}
