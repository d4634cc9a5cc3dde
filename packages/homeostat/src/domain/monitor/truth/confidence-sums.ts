import type { ConfidenceSums } from "../../../stats/performance/confidence-paradox.ts";
import type { FrozenScore } from "../../baseline/baseline.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";

/**
 * What the confidence of labelled rows and their being right come to; undefined for a regression, where no confidence
 * was told, and for counts of an earlier version. Within a bin of confidences of a multiclass system its rows are taken
 * as equally confident. O(bins).
 */
export function confidenceSums(frozen: FrozenScore, { scores, confidences }: JudgedCounts): ConfidenceSums | undefined {
  if (frozen.kind === "probability") {
    if (scores?.kind !== "probability" || scores.sums === undefined) return undefined;
    const { confidence, confidenceSquare, correct, confidenceCorrect } = scores.sums;
    const n = [...scores.positives, ...scores.negatives].reduce((sum, count) => sum + count, 0);
    return {
      n,
      sumConfidence: confidence,
      sumConfidenceSquare: confidenceSquare,
      correct,
      sumConfidenceCorrect: confidenceCorrect,
    };
  }
  if (frozen.kind === "value" || confidences === undefined) return undefined;
  const sums = { n: 0, sumConfidence: 0, sumConfidenceSquare: 0, correct: 0, sumConfidenceCorrect: 0 };
  confidences.bins.forEach((_, index) => {
    const right = confidences.positives[index] ?? 0;
    const n = right + (confidences.negatives[index] ?? 0);
    if (n === 0) return;
    const mean = (confidences.labelledScoreSums[index] ?? 0) / n;
    sums.n += n;
    sums.sumConfidence += n * mean;
    sums.sumConfidenceSquare += n * mean * mean;
    sums.correct += right;
    sums.sumConfidenceCorrect += right * mean;
  });
  return sums;
}

export function addConfidences(left: ConfidenceSums, right: ConfidenceSums): ConfidenceSums {
  return {
    n: left.n + right.n,
    sumConfidence: left.sumConfidence + right.sumConfidence,
    sumConfidenceSquare: left.sumConfidenceSquare + right.sumConfidenceSquare,
    correct: left.correct + right.correct,
    sumConfidenceCorrect: left.sumConfidenceCorrect + right.sumConfidenceCorrect,
  };
}
