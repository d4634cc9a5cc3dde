import { type Invalid, invalid } from "../performance/refusal.ts";
import type { DetectorStatus } from "./detector-status.ts";

export interface DdmOptions {
  readonly warmStart?: number;
  readonly warningThreshold?: number;
  readonly driftThreshold?: number;
}

export interface DdmState {
  readonly n: number;
  readonly rate: number;
  readonly lowestRate: number;
  readonly lowestDeviation: number;
  readonly status: DetectorStatus;
}

export const initialDdm: DdmState = {
  n: 0,
  rate: 0,
  lowestRate: Number.POSITIVE_INFINITY,
  lowestDeviation: Number.POSITIVE_INFINITY,
  status: "warming",
};

/**
 * One 0/1 error of the Drift Detection Method; restarts on the step after a drift.
 *
 *   p_i = error rate, s_i = sqrt(p_i(1-p_i)/i); keep the lowest p + s after `warmStart` (30) errors or successes
 *   warning when p_i + s_i > p_min + 2 s_min, drift when > p_min + 3 s_min
 *
 * For parity only: the false-alarm rate is not controlled (the minimum drifts down by chance). A value other than 0 or
 * 1 is refused and leaves the state as it was. O(1). Source: Gama, Medas, Castillo, Rodrigues (2004), SBIA.
 */
export function updateDdm(state: DdmState, error: number, options: DdmOptions = {}): DdmState | Invalid {
  if (error !== 0 && error !== 1) return invalid(Number.isNaN(error) ? "not-finite" : "out-of-range", state.n);
  const { warmStart = 30, warningThreshold = 2, driftThreshold = 3 } = options;
  const from = state.status === "drift" ? initialDdm : state;
  const n = from.n + 1;
  const rate = from.rate + (error - from.rate) / n;
  const deviation = Math.sqrt((rate * (1 - rate)) / n);
  if (n <= warmStart) return { ...from, n, rate, status: "warming" };
  const lower = rate + deviation <= from.lowestRate + from.lowestDeviation;
  const lowestRate = lower ? rate : from.lowestRate;
  const lowestDeviation = lower ? deviation : from.lowestDeviation;
  const level = rate + deviation;
  let status: DetectorStatus = "stable";
  if (level > lowestRate + warningThreshold * lowestDeviation) status = "warning";
  if (level > lowestRate + driftThreshold * lowestDeviation) status = "drift";
  return { n, rate, lowestRate, lowestDeviation, status };
}
