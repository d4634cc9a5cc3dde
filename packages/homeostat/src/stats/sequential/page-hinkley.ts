import { type Invalid, invalid } from "../performance/refusal.ts";
import type { DetectorStatus } from "./detector-status.ts";

export interface PageHinkleyOptions {
  /** Slack per step. Default 0.005. */
  readonly delta?: number;
  /** Alarm level. Default 50. */
  readonly threshold?: number;
  /** Forgetting factor of the sums. Default 0.9999. */
  readonly forgetting?: number;
  /** Observations before the first test. Default 30. */
  readonly minimumObservations?: number;
  /**
   * "up", "down", "both": two cumulative sums against their extremes (as river). "classic": S = max(0, aS + x - mean -
   * delta) >= threshold.
   */
  readonly mode?: "up" | "down" | "both" | "classic";
}

/** Plain data; give it back at the next step. */
export interface PageHinkleyState {
  readonly n: number;
  readonly mean: number;
  readonly sumUp: number;
  readonly sumDown: number;
  readonly lowestUp: number;
  readonly highestDown: number;
  readonly status: DetectorStatus;
}

export const initialPageHinkley: PageHinkleyState = {
  n: 0,
  mean: 0,
  sumUp: 0,
  sumDown: 0,
  lowestUp: Number.POSITIVE_INFINITY,
  highestDown: -1,
  status: "warming",
};

/**
 * One observation of the Page-Hinkley test; the state restarts on the step after a drift.
 *
 * Kept for parity with other monitors: it has no false-alarm guarantee, its threshold is in the units of the data and
 * must be tuned. Prefer the e-detector. A non-finite observation is refused and leaves the state as it was. O(1).
 * Source: Page (1954), Biometrika 41; Hinkley (1971); the two-sided form and its start values (+Infinity, -1) as river.
 */
export function updatePageHinkley(
  state: PageHinkleyState,
  x: number,
  options: PageHinkleyOptions = {},
): PageHinkleyState | Invalid {
  if (!Number.isFinite(x)) return invalid("not-finite", state.n);
  const { delta = 0.005, threshold = 50, forgetting = 0.9999, minimumObservations = 30, mode = "both" } = options;
  const from = state.status === "drift" ? initialPageHinkley : state;
  const n = from.n + 1;
  const mean = from.mean + (x - from.mean) / n;
  const deviation = x - mean;
  const classic = mode === "classic";
  const up = forgetting * from.sumUp + deviation - delta;
  const sumUp = classic ? Math.max(0, up) : up;
  const sumDown = forgetting * from.sumDown + deviation + delta;
  const lowestUp = classic ? 0 : Math.min(from.lowestUp, sumUp);
  const highestDown = Math.max(from.highestDown, sumDown);
  const rose = classic ? sumUp >= threshold : mode !== "down" && sumUp - lowestUp > threshold;
  const fell = (mode === "down" || mode === "both") && highestDown - sumDown > threshold;
  const status: DetectorStatus = n < minimumObservations ? "warming" : rose || fell ? "drift" : "stable";
  return { n, mean, sumUp, sumDown, lowestUp, highestDown, status };
}
