import { normalSurvival } from "../special/normal-survival.ts";
import { brokenBin, type CalibrationBin, totalCalibration } from "./calibration-bins.ts";
import { type IntervalOptions, resolveInterval } from "./estimate.ts";
import { type Insufficient, type Invalid, insufficient } from "./refusal.ts";

export interface CalibrationError {
  readonly kind: "calibration-error";
  readonly n: number;
  /** ECE = sum n_b/N |ybar_b - pbar_b|. Biased up: read it beside `nullMean`. */
  readonly expected: number;
  /** Largest gap of any bin. */
  readonly maximum: number;
  /** What ECE a perfectly calibrated model shows on average at these counts. */
  readonly nullMean: number;
  readonly nullStandardDeviation: number;
  /** P(ECE this large | perfectly calibrated), normal approximation over bins. */
  readonly pCalibrated: number;
  /** Debiased squared calibration error; may be negative by chance, never on average. Null when no bin has two rows. */
  readonly squaredDebiased: number | null;
  readonly squaredLower: number | null;
  readonly squaredUpper: number | null;
  /** sqrt of the debiased squared error, clamped at 0: the error to show. Null when it cannot be given. */
  readonly rootDebiased: number | null;
}

/**
 * Expected calibration error with the value it would have by chance, and a debiased squared error with an interval.
 *
 *   ECE = sum_b n_b/N |ybar_b - pbar_b|
 *   null mean = (1/N) sum_b sqrt(2 V_b / pi),  null var = (1/N^2) sum_b V_b (1 - 2/pi),  V_b = phi sum p(1-p)
 *   CE^2 = sum_b n_b/N [ (ybar-pbar)^2 - phi ybar(1-ybar)/(n_b - 1) ]
 *   var(CE^2) ~ sum_b (n_b/N)^2 (4 d_b v_b + 2 v_b^2),  d_b = max(0, debiased gap^2), v_b = phi ybar(1-ybar)/(n_b - 1)
 *
 * Bins with one row cannot be debiased; they take no part in CE^2. Assumes independent rows up to `overdispersion`; the
 * null mean is the folded-normal one, good when V_b >= 1 or so per bin. The binned error is a lower bound of the
 * unbinned one. N = 0 is refused. O(B).
 * Source: Naeini et al. (2015) for ECE; Bröcker (2012) and Kumar, Liang, Ma (2019) for the debiasing.
 */
export function calibrationError(
  bins: readonly CalibrationBin[],
  options: IntervalOptions = {},
): CalibrationError | Insufficient | Invalid {
  const { overdispersion, z } = resolveInterval(options);
  const bad = brokenBin(bins);
  if (bad !== null) return bad;
  const { n } = totalCalibration(bins);
  if (!(n > 0)) return insufficient("no-rows", 0, 1);
  let expected = 0;
  let maximum = 0;
  let nullMean = 0;
  let nullVariance = 0;
  for (const bin of bins) {
    if (bin.n === 0) continue;
    const gap = Math.abs(bin.sumLabel - bin.sumProbability);
    const spread = overdispersion * Math.max(0, bin.sumSpread);
    expected += gap / n;
    maximum = Math.max(maximum, gap / bin.n);
    nullMean += Math.sqrt((2 * spread) / Math.PI) / n;
    nullVariance += (spread * (1 - 2 / Math.PI)) / (n * n);
  }
  const nullStandardDeviation = Math.sqrt(nullVariance);
  const squared = squaredError(bins, n, overdispersion);
  return {
    kind: "calibration-error",
    n,
    expected,
    maximum,
    nullMean,
    nullStandardDeviation,
    pCalibrated: chancePValue(expected, nullMean, nullStandardDeviation),
    squaredDebiased: squared === null ? null : squared.value,
    squaredLower: squared === null ? null : Math.max(0, squared.value - z * squared.standardError),
    squaredUpper: squared === null ? null : Math.max(0, squared.value + z * squared.standardError),
    rootDebiased: squared === null ? null : Math.sqrt(Math.max(0, squared.value)),
  };
}

/** With forecasts of 0 and 1 only there is no chance left: any gap is impossible, no gap is certain. */
function chancePValue(expected: number, mean: number, deviation: number): number {
  if (deviation === 0) return expected > mean + 1e-12 ? 0 : 1;
  return normalSurvival((expected - mean) / deviation);
}

function squaredError(
  bins: readonly CalibrationBin[],
  n: number,
  overdispersion: number,
): { value: number; standardError: number } | null {
  let value = 0;
  let variance = 0;
  let used = 0;
  for (const bin of bins) {
    if (bin.n < 2) continue;
    used += 1;
    const observed = bin.sumLabel / bin.n;
    const noise = Math.max(0, (overdispersion * observed * (1 - observed)) / (bin.n - 1));
    const gap = (observed - bin.sumProbability / bin.n) ** 2 - noise;
    const weight = bin.n / n;
    value += weight * gap;
    variance += weight * weight * (4 * Math.max(0, gap) * noise + 2 * noise * noise);
  }
  return used === 0 ? null : { value, standardError: Math.sqrt(variance) };
}
