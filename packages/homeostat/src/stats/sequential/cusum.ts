import { type Invalid, invalid } from "../performance/refusal.ts";

export interface CusumState {
  readonly n: number;
  readonly upper: number;
  readonly lower: number;
  /** Index at which the current climb of each side began: its onset estimate. */
  readonly upperOnset: number;
  readonly lowerOnset: number;
}

export interface CusumStep {
  readonly kind: "cusum-step";
  readonly state: CusumState;
  readonly alarm: "none" | "upper" | "lower" | "both";
}

export const initialCusum: CusumState = { n: 0, upper: 0, lower: 0, upperOnset: 0, lowerOnset: 0 };

/**
 * One standardised observation into a two-sided tabular CUSUM.
 *
 *   S+ <- max(0, S+ + z - k),  S- <- max(0, S- - z - k),  alarm at >= h
 *
 * z = (x - mean)/sd with a known in-control mean and sd, independent and near normal (whiten first: `ar1Whitening`);
 * k is half the shift to be found, in sd; h from `cusumThreshold`. Under autocorrelation 0.3 the run length to a false
 * alarm falls to a fifth. A non-finite z is refused and leaves the state. O(1).
 * Source: Page (1954), Biometrika 41.
 */
export function updateCusum(state: CusumState, z: number, k: number, h: number): CusumStep | Invalid {
  if (!(k >= 0 && h > 0)) throw new RangeError(`k must be >= 0 and h > 0, got ${k} and ${h}`);
  if (!Number.isFinite(z)) return invalid("not-finite", state.n);
  const upper = Math.max(0, state.upper + z - k);
  const lower = Math.max(0, state.lower - z - k);
  const next: CusumState = {
    n: state.n + 1,
    upper,
    lower,
    upperOnset: state.upper === 0 ? state.n : state.upperOnset,
    lowerOnset: state.lower === 0 ? state.n : state.lowerOnset,
  };
  const up = upper >= h;
  const down = lower >= h;
  return { kind: "cusum-step", state: next, alarm: up && down ? "both" : up ? "upper" : down ? "lower" : "none" };
}
