import { type Invalid, invalid } from "../performance/refusal.ts";
import type { DetectorStatus } from "./detector-status.ts";
import type { HddmOptions } from "./hddm-a.ts";

export interface HddmWOptions extends HddmOptions {
  /** Weight of the newest observation. Default 0.05. */
  readonly smoothing?: number;
}

/** Exponentially weighted mean and the sum of its squared weights ("independent bounded condition"). */
interface Weighted {
  readonly n: number;
  readonly mean: number;
  readonly weightSquares: number;
}

export interface HddmWState {
  readonly n: number;
  readonly all: Weighted;
  readonly beforeRise: Weighted;
  readonly afterRise: Weighted;
  readonly riseCut: number;
  readonly beforeFall: Weighted;
  readonly afterFall: Weighted;
  readonly fallCut: number;
  readonly status: DetectorStatus;
}

const nothing: Weighted = { n: 0, mean: 0, weightSquares: 1 };

export const initialHddmW: HddmWState = {
  n: 0,
  all: nothing,
  beforeRise: nothing,
  afterRise: nothing,
  riseCut: Number.POSITIVE_INFINITY,
  beforeFall: nothing,
  afterFall: nothing,
  fallCut: Number.NEGATIVE_INFINITY,
  status: "stable",
};

/**
 * One observation in [0, 1] of HDDM with exponential weights; restarts on the step after a drift.
 *
 *   McDiarmid bound eps = sqrt(sum w^2 ln(1/delta)/2); the cut is where mean + eps was smallest;
 *   drift when mean after - mean before the cut > sqrt((sum w^2 before + sum w^2 after) ln(1/delta)/2)
 *
 * Reacts faster than HDDM_A to sudden changes and forgets old data. Per look, not over looks. O(1).
 * Source: Frías-Blanco et al. (2015), IEEE TKDE 27.
 */
export function updateHddmW(state: HddmWState, x: number, options: HddmWOptions = {}): HddmWState | Invalid {
  if (!(x >= 0 && x <= 1)) return invalid(Number.isNaN(x) ? "not-finite" : "out-of-range", state.n);
  const { driftConfidence = 0.001, warningConfidence = 0.005, twoSided = false, smoothing = 0.05 } = options;
  const from = state.status === "drift" ? initialHddmW : state;
  const all = extended(from.all, x, smoothing);
  const eps = bound(all.weightSquares, driftConfidence);
  const rise = all.mean + eps < from.riseCut;
  const fall = all.mean - eps > from.fallCut;
  const next = {
    n: from.n + 1,
    all,
    riseCut: rise ? all.mean + eps : from.riseCut,
    beforeRise: rise ? all : from.beforeRise,
    afterRise: rise ? nothing : extended(from.afterRise, x, smoothing),
    fallCut: fall ? all.mean - eps : from.fallCut,
    beforeFall: fall ? all : from.beforeFall,
    afterFall: fall ? nothing : extended(from.afterFall, x, smoothing),
  };
  const changed = (confidence: number): boolean =>
    exceeds(next.beforeRise, next.afterRise, confidence) ||
    (twoSided && exceeds(next.afterFall, next.beforeFall, confidence));
  const status = changed(driftConfidence) ? "drift" : changed(warningConfidence) ? "warning" : "stable";
  return { ...next, status };
}

function extended(of: Weighted, x: number, smoothing: number): Weighted {
  return {
    n: of.n + 1,
    mean: of.n === 0 ? x : smoothing * x + (1 - smoothing) * of.mean,
    weightSquares: smoothing ** 2 + (1 - smoothing) ** 2 * of.weightSquares,
  };
}

function exceeds(low: Weighted, high: Weighted, confidence: number): boolean {
  if (low.n === 0 || high.n === 0) return false;
  return high.mean - low.mean > bound(low.weightSquares + high.weightSquares, confidence);
}

function bound(weightSquares: number, confidence: number): number {
  return Math.sqrt((weightSquares * Math.log(1 / confidence)) / 2);
}
