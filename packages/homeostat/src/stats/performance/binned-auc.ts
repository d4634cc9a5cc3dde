import { type AucSummary, aucEstimate, guardedAucSummary } from "./auc-variance.ts";
import { type Estimate, type IntervalOptions, resolveInterval } from "./estimate.ts";
import { firstBadCount, type Insufficient, type Invalid, insufficient, requireSameLength } from "./refusal.ts";

export interface BinnedAuc {
  readonly kind: "binned-auc";
  readonly estimate: Estimate;
  /** For tests between windows. */
  readonly summary: AucSummary;
  /** The AUC of the unbinned scores lies within value -+ binningBound, whatever the scores inside the bins are. */
  readonly binningBound: number;
}

/**
 * ROC AUC from counts of a score histogram, with a standard error.
 *
 *   AUC = (1/PN) sum_b pos_b (neg_{<b} + neg_b / 2)
 *   var = S10/P + S01/N (DeLong),  V10_b = (neg_{<b} + neg_b/2)/N for the positives of bin b,
 *                                  V01_b = (pos_{>b} + pos_b/2)/P for its negatives
 *
 * `positives` and `negatives`: counts per bin, bins in ascending order of score, equal lengths (0..B-1). Rows of one
 * bin
 * are ties. With one bin per distinct score this is the exact Mann-Whitney AUC and the exact DeLong variance; otherwise
 * it is those of the binned score, and differs from the unbinned AUC by at most sum_b pos_b neg_b / (2PN), which is
 * returned. With 1000 bins the difference is usually below 1e-5; with 20 bins of a calibrated model below 0.01.
 * Needs two rows of each class; the 95 % interval covers 0.91-0.93 at 10 rows of the smaller class and 0.92-0.94 at 20
 * [measured]. Assumes independent rows up to `overdispersion`. Counts add over windows. O(B).
 * Source: DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44; Bamber (1975) for ties.
 */
export function binnedAuc(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  options: IntervalOptions = {},
): BinnedAuc | Insufficient | Invalid {
  requireSameLength(positives, negatives, "positives and negatives per bin");
  const interval = resolveInterval(options);
  const bad = firstBadCount(positives) ?? firstBadCount(negatives);
  if (bad !== null) return bad;
  let totalPositive = 0;
  let totalNegative = 0;
  for (let b = 0; b < positives.length; b++) {
    totalPositive += positives[b] as number;
    totalNegative += negatives[b] as number;
  }
  if (totalPositive < 2) return insufficient("no-positives", totalPositive, 2);
  if (totalNegative < 2) return insufficient("no-negatives", totalNegative, 2);
  const { auc, s10, s01, tied } = placements(positives, negatives, totalPositive, totalNegative);
  const summary = guardedAucSummary(auc, s10 / totalPositive + s01 / totalNegative, totalPositive, totalNegative);
  return { kind: "binned-auc", estimate: aucEstimate(summary, interval), summary, binningBound: tied / 2 };
}

/** Two passes: the mean placement first, then squared deviations from it, so that no large squares are subtracted. */
function placements(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  totalPositive: number,
  totalNegative: number,
): { auc: number; s10: number; s01: number; tied: number } {
  let auc = 0;
  let tied = 0;
  let below = 0;
  for (let b = 0; b < positives.length; b++) {
    const p = (positives[b] as number) / totalPositive;
    const q = (negatives[b] as number) / totalNegative;
    auc += p * (below + q / 2);
    tied += p * q;
    below += q;
  }
  let s10 = 0;
  let s01 = 0;
  let negativeBelow = 0;
  let positiveBelow = 0;
  for (let b = 0; b < positives.length; b++) {
    const pos = positives[b] as number;
    const neg = negatives[b] as number;
    const placementOfPositive = (negativeBelow + neg / 2) / totalNegative;
    const placementOfNegative = (totalPositive - positiveBelow - pos / 2) / totalPositive;
    s10 += pos * (placementOfPositive - auc) ** 2;
    s01 += neg * (placementOfNegative - auc) ** 2;
    negativeBelow += neg;
    positiveBelow += pos;
  }
  return { auc: Math.min(1, auc), s10: s10 / (totalPositive - 1), s01: s01 / (totalNegative - 1), tied };
}
