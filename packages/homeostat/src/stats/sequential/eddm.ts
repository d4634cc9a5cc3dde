import { type Invalid, invalid } from "../performance/refusal.ts";
import type { DetectorStatus } from "./detector-status.ts";

export interface EddmOptions {
  readonly warmStart?: number;
  /** Warning below this share of the largest distance. Default 0.95. */
  readonly warningShare?: number;
  /** Drift below this share. Default 0.9. */
  readonly driftShare?: number;
  /** "population" (default): as MOA and the published detections. "sample": divides by n - 1, as river 0.26. */
  readonly deviation?: "population" | "sample";
}

export interface EddmState {
  readonly n: number;
  readonly errors: number;
  readonly lastErrorAt: number;
  readonly meanDistance: number;
  /** Sum of squared deviations of the distances (Welford). */
  readonly distanceSquares: number;
  readonly largestLevel: number;
  readonly status: DetectorStatus;
}

export const initialEddm: EddmState = {
  n: 0,
  errors: 0,
  lastErrorAt: 0,
  meanDistance: 0,
  distanceSquares: 0,
  largestLevel: -1,
  status: "warming",
};

/**
 * One 0/1 error of the Early Drift Detection Method, which watches the distance between errors; restarts on the step
 * after a drift.
 *
 *   level = mean distance + 2 sd; keep its largest value; warning below 0.95 of it, drift below 0.9, after 30 errors
 *
 * For parity only: on a stable stream it alarms often (its ratio test has no level). Between errors the status stays.
 * A value other than 0 or 1 is refused. O(1). Source: Baena-García et al. (2006), IWKDDS.
 */
export function updateEddm(state: EddmState, error: number, options: EddmOptions = {}): EddmState | Invalid {
  if (error !== 0 && error !== 1) return invalid(Number.isNaN(error) ? "not-finite" : "out-of-range", state.n);
  const { warmStart = 30, warningShare = 0.95, driftShare = 0.9, deviation = "population" } = options;
  const from = state.status === "drift" ? initialEddm : state;
  const n = from.n + 1;
  if (error === 0) return { ...from, n };
  const errors = from.errors + 1;
  const distance = n - from.lastErrorAt;
  const meanDistance = from.meanDistance + (distance - from.meanDistance) / errors;
  const distanceSquares = from.distanceSquares + (distance - from.meanDistance) * (distance - meanDistance);
  const seen = { ...from, n, errors, lastErrorAt: n, meanDistance, distanceSquares };
  if (n <= warmStart) return seen;
  const freedom = deviation === "population" ? errors : Math.max(1, errors - 1);
  const level = meanDistance + 2 * Math.sqrt(distanceSquares / freedom);
  if (level > from.largestLevel) return { ...seen, largestLevel: level };
  if (errors <= warmStart) return seen;
  const share = level / from.largestLevel;
  let status: DetectorStatus = "stable";
  if (share < warningShare) status = "warning";
  if (share < driftShare) status = "drift";
  return { ...seen, status };
}
