import { baselineMeanNull } from "../sequential/baseline-mean-null.ts";
import type { BaselineNull } from "../sequential/baseline-null.ts";
import type { ConfidenceSums } from "./confidence-paradox.ts";
import { type Insufficient, type Invalid, insufficient } from "./refusal.ts";

/**
 * The variable of the sequential form of the confidence paradox, in [0, 1]: x = (confidence - correct + 1)/2. Its mean
 * rises when confidence outgrows accuracy; feed it to `betLogSums` on a grid at `overconfidenceNull`. `confidence` in
 * [0, 1]; anything else leaves [0, 1] and is refused there. O(1).
 */
export function overconfidenceScore(confidence: number, correct: boolean): number {
  return (confidence - (correct ? 1 : 0) + 1) / 2;
}

/**
 * H0 of the sequential form: the mean of x is at most what the baseline's was, with the baseline's own error spent at
 * alpha/2. Reject, at any look, when the grid evidence reaches ln(1 / testAlpha). O(1) from the baseline's sums.
 */
export function overconfidenceNull(
  baseline: ConfidenceSums,
  alpha: number,
  overdispersion = 1,
): BaselineNull | Insufficient | Invalid {
  const { n } = baseline;
  if (!(n >= 2)) return insufficient("too-few-labels", n, 2);
  const gap = (baseline.sumConfidence - baseline.correct) / n;
  const squares = baseline.sumConfidenceSquare - 2 * baseline.sumConfidenceCorrect + baseline.correct;
  const variance = Math.max(0, (squares - n * gap * gap) / (n - 1)) / 4;
  return baselineMeanNull(n, (gap + 1) / 2, variance, alpha, { overdispersion });
}
