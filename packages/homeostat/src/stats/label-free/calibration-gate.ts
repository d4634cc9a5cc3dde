import { type IsotonicFit, isotonicRegression, predictIsotonic } from "../performance/isotonic-regression.ts";
import {
  firstNotBinary,
  firstOutside,
  type Insufficient,
  type Invalid,
  insufficient,
  requireSameLength,
} from "../performance/refusal.ts";
import type { Random } from "../random/random.ts";
import { shuffle } from "../random/shuffle.ts";

export type CalibrationDecision =
  | { readonly kind: "calibrate"; readonly fit: IsotonicFit; readonly before: number; readonly after: number }
  | { readonly kind: "keep"; readonly before: number; readonly after: number };

/**
 * Should these probabilities be recalibrated before they are believed? Isotonic regression is fitted on 9 of 10
 * stratified folds and judged on the tenth, ten times over; recalibrate only if that lowers the calibration error of
 * all rows out of fold (10 bins of equal count). The fit returned is the one on all rows.
 *
 * `probabilities` in [0, 1], `labels` 0 or 1; needs 10 rows of each class. Reproducible from the state of `random`.
 * O(folds · n log n).
 * Source: Zadrozny and Elkan (2002), KDD, for isotonic calibration; the gate is the one of NannyML's CBPE, with folds.
 */
export function calibrationGate(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  random: Random,
  folds = 10,
): CalibrationDecision | Insufficient | Invalid {
  requireSameLength(probabilities, labels, "probabilities and labels");
  if (!(Number.isInteger(folds) && folds >= 2)) throw new RangeError(`folds must be an integer >= 2, got ${folds}`);
  const bad = firstOutside(probabilities, 0, 1) ?? firstNotBinary(labels);
  if (bad !== null) return bad;
  const rows = Array.from({ length: labels.length }, (_, i) => i);
  const positives = rows.filter((i) => labels[i] === 1);
  const negatives = rows.filter((i) => labels[i] === 0);
  const fewest = Math.min(positives.length, negatives.length);
  if (fewest < folds) return insufficient("one-class", fewest, folds);
  const foldOf = new Uint16Array(rows.length);
  for (const group of [shuffle(random, positives), shuffle(random, negatives)])
    for (const [position, row] of group.entries()) foldOf[row] = position % folds;
  const calibrated = new Float64Array(rows.length);
  for (let fold = 0; fold < folds; fold++) {
    const training = rows.filter((i) => foldOf[i] !== fold);
    const fit = fitOn(training, probabilities, labels);
    if (fit.kind !== "isotonic-fit") return fit;
    for (const i of rows) if (foldOf[i] === fold) calibrated[i] = predictIsotonic(fit, probabilities[i] as number);
  }
  const before = equalCountCalibrationError(probabilities, labels, 10);
  const after = equalCountCalibrationError(calibrated, labels, 10);
  if (after >= before) return { kind: "keep", before, after };
  const fit = fitOn(rows, probabilities, labels);
  return fit.kind === "isotonic-fit" ? { kind: "calibrate", fit, before, after } : fit;
}

/**
 * Expected calibration error over bins of equal count: rows sorted by probability (stable), `bins` groups of
 * floor(n / bins), the last with the rest; sum of n_b/n |mean p - mean y|. Biased up by chance like every ECE, so
 * compare only at equal n. Zero rows give 0 by convention of an empty sum. O(n log n).
 */
export function equalCountCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins: number,
): number {
  requireSameLength(probabilities, labels, "probabilities and labels");
  const n = labels.length;
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
  const size = Math.max(1, Math.floor(n / bins));
  let error = 0;
  for (let b = 0; b < bins && b * size < n; b++) {
    const end = b === bins - 1 ? n : Math.min(n, (b + 1) * size);
    let gap = 0;
    for (const row of order.slice(b * size, end)) gap += (probabilities[row] as number) - (labels[row] as number);
    error += Math.abs(gap) / n;
  }
  return error;
}

function fitOn(
  rows: readonly number[],
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
): IsotonicFit | Insufficient | Invalid {
  return isotonicRegression(
    rows.map((i) => probabilities[i] as number),
    rows.map((i) => labels[i] as number),
  );
}
