import { normalSurvival } from "../special/normal-survival.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "./refusal.ts";

/**
 * Sums over labelled rows: c = the confidence the model stated in its decision (0..1), a = 1 when it was right. They
 * add.
 */
export interface ConfidenceSums {
  readonly n: number;
  readonly sumConfidence: number;
  readonly sumConfidenceSquare: number;
  readonly correct: number;
  /** sum of the confidence over the rows that were right. */
  readonly sumConfidenceCorrect: number;
}

export interface ParadoxOptions {
  readonly alpha?: number;
  readonly baselineOverdispersion?: number;
  readonly currentOverdispersion?: number;
}

export interface ConfidenceParadox {
  readonly kind: "confidence-paradox";
  /** "paradox": surer and worse. "miscalibrated": the gap widened, whatever moved. "none": neither is shown. */
  readonly verdict: "paradox" | "miscalibrated" | "none";
  /** Welch z of confidence now above baseline. */
  readonly zConfidence: number;
  /** z of accuracy now below baseline. */
  readonly zAccuracy: number;
  /** max of the two one-sided p-values: the p-value of "confidence rose AND accuracy fell". */
  readonly pParadox: number;
  /** Change of mean confidence - accuracy, with its one-sided p-value for "wider". */
  readonly gapChange: number;
  readonly gapStandardError: number;
  readonly pGap: number;
}

/**
 * The named failure "confidence rises while outcomes get worse".
 *
 *   z1 = (cbar1 - cbar0)/sqrt(v1/n1 + v0/n0)     z2 = (acc0 - acc1)/sqrt(acc1(1-acc1)/n1 + acc0(1-acc0)/n0)
 *   p = max(p1, p2)  (intersection-union: valid at alpha with no correction, since both must hold)
 *   gap = mean(c) - acc;  z_gap from Var(c - a) of each window
 *
 * Accuracy 0 or 1 takes its variance at (k + 1/2)/(n + 1), so a perfect window is not infinitely sure. Needs 200
 * labelled rows now and at baseline. Assumes independent rows up to the overdispersions, and labels that arrive no
 * sooner for one class than the other (weight them otherwise). O(1).
 * Source: Berger (1982), Technometrics 24, for the intersection-union test.
 */
export function confidenceParadox(
  baseline: ConfidenceSums,
  current: ConfidenceSums,
  options: ParadoxOptions = {},
): ConfidenceParadox | Insufficient | Invalid {
  const alpha = options.alpha ?? 0.01;
  const before = summaryOf(baseline, options.baselineOverdispersion ?? 1);
  const after = summaryOf(current, options.currentOverdispersion ?? 1);
  if (before === null) return invalid("out-of-range", 0);
  if (after === null) return invalid("out-of-range", 1);
  const fewest = Math.min(baseline.n, current.n);
  if (fewest < MINIMUM_ROWS) return insufficient("too-few-labels", fewest, MINIMUM_ROWS);
  const zConfidence = ratio(after.confidence - before.confidence, after.confidenceVariance + before.confidenceVariance);
  const zAccuracy = ratio(before.accuracy - after.accuracy, after.accuracyVariance + before.accuracyVariance);
  const gapChange = after.confidence - after.accuracy - (before.confidence - before.accuracy);
  const gapVariance = after.gapVariance + before.gapVariance;
  const pParadox = Math.max(normalSurvival(zConfidence), normalSurvival(zAccuracy));
  const pGap = normalSurvival(ratio(gapChange, gapVariance));
  return {
    kind: "confidence-paradox",
    verdict: pParadox <= alpha ? "paradox" : pGap <= alpha ? "miscalibrated" : "none",
    zConfidence,
    zAccuracy,
    pParadox,
    gapChange,
    gapStandardError: Math.sqrt(gapVariance),
    pGap,
  };
}

/** Below this many labelled rows the tests have no power worth showing. */
const MINIMUM_ROWS = 200;

interface Summary {
  readonly confidence: number;
  readonly confidenceVariance: number;
  readonly accuracy: number;
  readonly accuracyVariance: number;
  readonly gapVariance: number;
}

function summaryOf(sums: ConfidenceSums, overdispersion: number): Summary | null {
  const { n, sumConfidence, sumConfidenceSquare, correct, sumConfidenceCorrect } = sums;
  if (!(overdispersion >= 1)) throw new RangeError(`overdispersion must be >= 1, got ${overdispersion}`);
  if (
    ![n, sumConfidence, sumConfidenceSquare, correct, sumConfidenceCorrect].every((x) => Number.isFinite(x) && x >= 0)
  )
    return null;
  if (correct > n || n === 0) return n === 0 ? EMPTY : null;
  const confidence = sumConfidence / n;
  const accuracy = correct / n;
  const smoothed = correct === 0 || correct === n ? (correct + 0.5) / (n + 1) : accuracy;
  const scale = overdispersion / n;
  const confidenceVariance = Math.max(0, sumConfidenceSquare / n - confidence ** 2);
  const covariance = sumConfidenceCorrect / n - confidence * accuracy;
  return {
    confidence,
    confidenceVariance: confidenceVariance * scale,
    accuracy,
    accuracyVariance: smoothed * (1 - smoothed) * scale,
    gapVariance: Math.max(0, confidenceVariance + smoothed * (1 - smoothed) - 2 * covariance) * scale,
  };
}

const EMPTY: Summary = { confidence: 0, confidenceVariance: 0, accuracy: 0, accuracyVariance: 0, gapVariance: 0 };

/** A difference of constants: certain when it is not zero, absent when it is. */
function ratio(difference: number, variance: number): number {
  if (variance > 0) return difference / Math.sqrt(variance);
  if (difference === 0) return 0;
  return difference > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
