import { isotonicRegression, predictIsotonic } from "./isotonic-regression.ts";
import { firstNotBinary, firstOutside, type Insufficient, type Invalid, requireSameLength } from "./refusal.ts";

export interface CorpDecomposition {
  readonly kind: "corp-decomposition";
  readonly brier: number;
  /** BS(p) - BS(recalibrated): what recalibration would gain. >= 0. */
  readonly miscalibration: number;
  /** BS(base rate) - BS(recalibrated): what the ranking is worth. >= 0. */
  readonly discrimination: number;
  /** BS of the constant base rate. */
  readonly uncertainty: number;
}

/**
 * CORP decomposition of the Brier score: BS = MCB - DSC + UNC with the isotonic (pool adjacent violators) recalibration
 * of the forecasts in place of bins, so there is no bin count to argue about.
 *
 * `probabilities` in [0, 1], `labels` 0 or 1. MCB and DSC are >= 0 by construction and biased up in small samples
 * (isotonic fits the noise: about n^(-2/3)). Empty input is refused. O(n log n).
 * Source: Dimitriadis, Gneiting, Jordan (2021), PNAS 118.
 */
export function corpDecomposition(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): CorpDecomposition | Insufficient | Invalid {
  requireSameLength(probabilities, labels, "probabilities and labels");
  const bad = firstOutside(probabilities, 0, 1) ?? firstNotBinary(labels);
  if (bad !== null) return bad;
  const fit = isotonicRegression(probabilities, labels);
  if (fit.kind !== "isotonic-fit") return fit;
  const n = labels.length;
  let base = 0;
  for (let i = 0; i < n; i++) base += (labels[i] as number) / n;
  let brier = 0;
  let recalibrated = 0;
  for (let i = 0; i < n; i++) {
    const p = probabilities[i] as number;
    const y = labels[i] as number;
    brier += (y - p) ** 2 / n;
    recalibrated += (y - predictIsotonic(fit, p)) ** 2 / n;
  }
  const uncertainty = base * (1 - base);
  return {
    kind: "corp-decomposition",
    brier,
    miscalibration: Math.max(0, brier - recalibrated),
    discrimination: Math.max(0, uncertainty - recalibrated),
    uncertainty,
  };
}
