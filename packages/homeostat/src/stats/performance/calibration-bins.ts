import { firstNotBinary, firstOutside, type Invalid, invalid, requireSameLength } from "./refusal.ts";

/**
 * Sums of one score bin of a probabilistic two-class model. Everything adds over windows, and everything the
 * calibration
 * metrics need follows from them: sum (y-p)^2 = residualSlope + spread because y is 0 or 1.
 */
export interface CalibrationBin {
  readonly n: number;
  /** sum p */
  readonly sumProbability: number;
  /** sum y */
  readonly sumLabel: number;
  /** sum p(1-p) */
  readonly sumSpread: number;
  /** sum (y-p)(1-2p) */
  readonly sumResidualSlope: number;
  /** sum (1-2p)^2 p(1-p) */
  readonly sumSlopeSpread: number;
}

export interface CalibrationBinsResult {
  readonly kind: "calibration-bins";
  readonly bins: readonly CalibrationBin[];
}

export const emptyCalibrationBin: CalibrationBin = {
  n: 0,
  sumProbability: 0,
  sumLabel: 0,
  sumSpread: 0,
  sumResidualSlope: 0,
  sumSlopeSpread: 0,
};

/** The inner edges of `count` bins of equal width over [0, 1]: count - 1 numbers. O(count). */
export function equalWidthEdges(count: number): readonly number[] {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`bin count must be a positive integer, got ${count}`);
  return Array.from({ length: count - 1 }, (_, i) => (i + 1) / count);
}

/**
 * Puts rows into bins [e_{i-1}, e_i) by probability. `edges` are the ascending inner edges, frozen with the baseline
 * (B - 1 numbers make B bins). `probabilities` lie in [0, 1], `labels` are 0 or 1; anything else is refused with its
 * row. O(n log B).
 */
export function calibrationBinsOf(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  edges: readonly number[],
): CalibrationBinsResult | Invalid {
  requireSameLength(probabilities, labels, "probabilities and labels");
  for (let i = 1; i < edges.length; i++)
    if (!((edges[i - 1] as number) < (edges[i] as number))) return invalid("not-ordered", i);
  const bad = firstOutside(probabilities, 0, 1) ?? firstNotBinary(labels);
  if (bad !== null) return bad;
  const bins = Array.from({ length: edges.length + 1 }, () => ({ ...emptyCalibrationBin }));
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] as number;
    const y = labels[i] as number;
    const bin = bins[binIndex(edges, p)];
    if (bin === undefined) continue;
    bin.n += 1;
    bin.sumProbability += p;
    bin.sumLabel += y;
    bin.sumSpread += p * (1 - p);
    bin.sumResidualSlope += (y - p) * (1 - 2 * p);
    bin.sumSlopeSpread += (1 - 2 * p) ** 2 * p * (1 - p);
  }
  return { kind: "calibration-bins", bins };
}

/** Adds two windows bin by bin. Both must have been cut at the same frozen edges. O(B). */
export function mergeCalibrationBins(
  left: readonly CalibrationBin[],
  right: readonly CalibrationBin[],
): readonly CalibrationBin[] {
  requireSameLength(left, right, "calibration bins");
  return left.map((a, i) => addBins(a, right[i] ?? emptyCalibrationBin));
}

/** The sums over all bins. O(B). */
export function totalCalibration(bins: readonly CalibrationBin[]): CalibrationBin {
  return bins.reduce(addBins, emptyCalibrationBin);
}

/** The first bin with a non-finite sum or a negative count, as a refusal; null when all are sound. O(B). */
export function brokenBin(bins: readonly CalibrationBin[]): Invalid | null {
  for (const [b, bin] of bins.entries()) {
    if (!Object.values(bin).every(Number.isFinite)) return invalid("not-finite", b);
    if (bin.n < 0 || bin.sumLabel < 0 || bin.sumLabel > bin.n * (1 + 1e-12)) return invalid("out-of-range", b);
  }
  return null;
}

function addBins(a: CalibrationBin, b: CalibrationBin): CalibrationBin {
  return {
    n: a.n + b.n,
    sumProbability: a.sumProbability + b.sumProbability,
    sumLabel: a.sumLabel + b.sumLabel,
    sumSpread: a.sumSpread + b.sumSpread,
    sumResidualSlope: a.sumResidualSlope + b.sumResidualSlope,
    sumSlopeSpread: a.sumSlopeSpread + b.sumSlopeSpread,
  };
}

/** Number of edges <= p. */
function binIndex(edges: readonly number[], p: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] as number) <= p) low = middle + 1;
    else high = middle;
  }
  return low;
}
