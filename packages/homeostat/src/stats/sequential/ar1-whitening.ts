import { firstUnsound, type Insufficient, type Invalid, insufficient } from "../performance/refusal.ts";

/** A first-order autoregression of a healthy baseline: x_t - mean = coefficient (x_{t-1} - mean) + innovation. */
export interface Ar1Model {
  readonly kind: "ar1-model";
  readonly mean: number;
  readonly coefficient: number;
  readonly innovationDeviation: number;
  readonly n: number;
}

const MINIMUM_POINTS = 200;

/**
 * Fits the autoregression by its lag-1 autocorrelation, kept within (-0.99, 0.99). Needs 200 healthy points: the
 * CUSUM's run length is very sensitive to the coefficient. A constant baseline is refused. O(n).
 */
export function ar1Model(baseline: ArrayLike<number>): Ar1Model | Insufficient | Invalid {
  const n = baseline.length;
  const bad = firstUnsound(baseline);
  if (bad !== null) return bad;
  if (n < MINIMUM_POINTS) return insufficient("too-few-rows", n, MINIMUM_POINTS);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += baseline[i] as number;
  mean /= n;
  let square = 0;
  let cross = 0;
  for (let i = 0; i < n; i++) {
    const v = (baseline[i] as number) - mean;
    square += v * v;
    if (i > 0) cross += v * ((baseline[i - 1] as number) - mean);
  }
  // What rounding of the mean leaves of a constant series is no spread.
  if (!(square > 1e-24 * n * mean * mean)) return insufficient("no-spread", 0, 1);
  const coefficient = Math.max(-0.99, Math.min(0.99, cross / square));
  const innovationDeviation = Math.sqrt((square / (n - 2)) * (1 - coefficient ** 2));
  return { kind: "ar1-model", mean, coefficient, innovationDeviation, n };
}

/**
 * The standardised innovation of `x` after `previous`: what a CUSUM may be fed. A sustained shift of d sd of x shows as
 * a shift of d sqrt((1 - c)/(1 + c)) in it: whitening keeps the false alarms honest and pays in delay. O(1).
 */
export function whitened(model: Ar1Model, previous: number, x: number): number {
  return (x - model.mean - model.coefficient * (previous - model.mean)) / model.innovationDeviation;
}
