import { brokenBin, type CalibrationBin, totalCalibration } from "./calibration-bins.ts";
import { type Insufficient, type Invalid, insufficient } from "./refusal.ts";

export interface BrierDecomposition {
  readonly kind: "brier-decomposition";
  readonly brier: number;
  /** Miscalibration: sum n_b/N (pbar_b - ybar_b)^2. Lower is better. */
  readonly reliability: number;
  /** Discrimination: sum n_b/N (ybar_b - ybar)^2. Higher is better. */
  readonly resolution: number;
  /** ybar (1 - ybar): what a constant forecast scores. */
  readonly uncertainty: number;
  /** Spread of the forecasts inside the bins. */
  readonly withinBinVariance: number;
  /** Twice the covariance of outcome and forecast inside the bins. */
  readonly withinBinCovariance: number;
}

/**
 * Murphy's decomposition of the Brier score with the two within-bin terms that make it exact for any binning:
 *
 *   BS = REL - RES + UNC + WBV - WBC
 *   WBV = (1/N) sum_b sum_{i in b} (p_i - pbar_b)^2,  WBC = (2/N) sum_b sum_{i in b} (y_i - ybar_b)(p_i - pbar_b)
 *
 * All from the sums of `CalibrationBin` (sum p^2 = sum p - sum p(1-p); sum (y-p)^2 = sum (y-p)(1-2p) + sum p(1-p), both
 * because y is 0 or 1). REL and RES depend on the bins and are biased up by chance like ECE; the sum does not.
 * N = 0 is refused. O(B).
 * Source: Murphy (1973); Stephenson, Coelho, Jolliffe (2008), Weather and Forecasting 23, for the within-bin terms.
 */
export function brierDecomposition(bins: readonly CalibrationBin[]): BrierDecomposition | Insufficient | Invalid {
  const bad = brokenBin(bins);
  if (bad !== null) return bad;
  const total = totalCalibration(bins);
  const { n } = total;
  if (!(n > 0)) return insufficient("no-rows", 0, 1);
  const base = total.sumLabel / n;
  let reliability = 0;
  let resolution = 0;
  let withinBinVariance = 0;
  let withinBinCovariance = 0;
  for (const bin of bins) {
    if (bin.n === 0) continue;
    const forecast = bin.sumProbability / bin.n;
    const observed = bin.sumLabel / bin.n;
    const sumSquares = bin.sumProbability - bin.sumSpread;
    const sumProducts = (bin.sumLabel + sumSquares - bin.sumResidualSlope - bin.sumSpread) / 2;
    reliability += (bin.n * (forecast - observed) ** 2) / n;
    resolution += (bin.n * (observed - base) ** 2) / n;
    withinBinVariance += Math.max(0, sumSquares - bin.n * forecast * forecast) / n;
    withinBinCovariance += (2 * (sumProducts - bin.n * observed * forecast)) / n;
  }
  return {
    kind: "brier-decomposition",
    brier: (total.sumResidualSlope + total.sumSpread) / n,
    reliability,
    resolution,
    uncertainty: base * (1 - base),
    withinBinVariance,
    withinBinCovariance,
  };
}
