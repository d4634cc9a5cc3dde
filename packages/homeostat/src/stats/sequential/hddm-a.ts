import { type Invalid, invalid } from "../performance/refusal.ts";
import type { DetectorStatus } from "./detector-status.ts";

export interface HddmOptions {
  readonly driftConfidence?: number;
  readonly warningConfidence?: number;
  /** Also detect a falling mean. Default false. */
  readonly twoSided?: boolean;
}

interface RunningMean {
  readonly n: number;
  readonly mean: number;
}

export interface HddmAState {
  readonly all: RunningMean;
  /** The prefix whose upper (lower) Hoeffding limit was the smallest (largest) so far. */
  readonly lowest: RunningMean;
  readonly highest: RunningMean;
  readonly status: DetectorStatus;
}

const nothing: RunningMean = { n: 0, mean: 0 };

export const initialHddmA: HddmAState = { all: nothing, lowest: nothing, highest: nothing, status: "stable" };

/**
 * One observation in [0, 1] of HDDM with averages; restarts on the step after a drift.
 *
 *   keep the prefix x with the smallest mean + eps(n); drift when mean_all - mean_x >= sqrt(m/2 ln(2/delta)),
 *   m = (n - n_x)/(n_x n), eps(n) = sqrt(ln(1/delta)/2n)
 *
 * Distribution-free per look, not over looks. A value outside [0, 1] is refused. O(1).
 * Source: Frías-Blanco et al. (2015), IEEE TKDE 27.
 */
export function updateHddmA(state: HddmAState, x: number, options: HddmOptions = {}): HddmAState | Invalid {
  if (!(x >= 0 && x <= 1)) return invalid(Number.isNaN(x) ? "not-finite" : "out-of-range", state.all.n);
  const { driftConfidence = 0.001, warningConfidence = 0.005, twoSided = false } = options;
  const from = state.status === "drift" ? initialHddmA : state;
  const n = from.all.n + 1;
  const all = { n, mean: from.all.mean + (x - from.all.mean) / n };
  const limit = (of: RunningMean): number => Math.sqrt(Math.log(1 / driftConfidence) / (2 * of.n));
  const { lowest: low, highest: high } = from;
  const lowest = low.n === 0 || low.mean + limit(low) >= all.mean + limit(all) ? all : low;
  const highest = high.n === 0 || high.mean - limit(high) <= all.mean - limit(all) ? all : high;
  const moved = (prefix: RunningMean, distance: number, confidence: number): boolean =>
    prefix.n < n && distance >= Math.sqrt(((n - prefix.n) / prefix.n / n / 2) * Math.log(2 / confidence));
  const changed = (confidence: number): boolean =>
    moved(lowest, all.mean - lowest.mean, confidence) ||
    (twoSided && moved(highest, highest.mean - all.mean, confidence));
  const status = changed(driftConfidence) ? "drift" : changed(warningConfidence) ? "warning" : "stable";
  return { all, lowest, highest, status };
}
