import { normalSurvival } from "../special/normal-survival.ts";
import { brokenBin, type CalibrationBin, totalCalibration } from "./calibration-bins.ts";
import { resolveInterval } from "./estimate.ts";
import { type Insufficient, type Invalid, insufficient } from "./refusal.ts";

export interface CalibrationTest {
  readonly kind: "calibration-test";
  readonly z: number;
  readonly pTwoSided: number;
  readonly n: number;
}

/**
 * Spiegelhalter's test that the probabilities are right.
 *
 *   Z = sum (y-p)(1-2p) / sqrt(phi sum (1-2p)^2 p(1-p)),  ~ N(0, 1) when calibrated
 *
 * Blind to errors at p near 1/2 (the factor 1-2p), so run `calibrationInTheLarge` beside it. Refused when every
 * probability is 0, 1/2 or 1: the denominator is 0. Assumes independent rows up to `overdispersion`. O(B) from sums.
 * Source: Spiegelhalter (1986), Statistics in Medicine 5.
 */
export function spiegelhalterTest(
  bins: readonly CalibrationBin[],
  overdispersion = 1,
): CalibrationTest | Insufficient | Invalid {
  const bad = brokenBin(bins);
  if (bad !== null) return bad;
  const total = totalCalibration(bins);
  return scoreTest(total.sumResidualSlope, total.sumSlopeSpread, total.n, overdispersion);
}

/**
 * Calibration in the large: is the sum of the probabilities the number of positives?
 *
 *   z = sum (y-p) / sqrt(phi sum p(1-p)),  ~ N(0, 1) when calibrated; positive when outcomes exceed forecasts
 *
 * Sees a uniform bias only; refused when every probability is 0 or 1. Assumes independent rows up to `overdispersion`.
 * O(B) from sums. Source: Cox (1958), Biometrika 45.
 */
export function calibrationInTheLarge(
  bins: readonly CalibrationBin[],
  overdispersion = 1,
): CalibrationTest | Insufficient | Invalid {
  const bad = brokenBin(bins);
  if (bad !== null) return bad;
  const total = totalCalibration(bins);
  return scoreTest(total.sumLabel - total.sumProbability, total.sumSpread, total.n, overdispersion);
}

function scoreTest(score: number, variance: number, n: number, overdispersion: number): CalibrationTest | Insufficient {
  resolveInterval({ overdispersion });
  if (!(n > 0)) return insufficient("no-rows", 0, 1);
  if (!(variance > 0)) return insufficient("no-spread", 0, 1);
  const z = score / Math.sqrt(variance * overdispersion);
  return { kind: "calibration-test", z, pTwoSided: Math.min(1, 2 * normalSurvival(Math.abs(z))), n };
}
