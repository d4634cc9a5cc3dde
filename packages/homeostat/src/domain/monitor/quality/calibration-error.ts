import type { DenseScores } from "../count-series.ts";

const calibrationBins = 20;

/** Expected calibration error over twenty groups of score bins with about equal rows; undefined without labels. */
export function calibrationErrorOf(scores: DenseScores, labelledRows: number): number | undefined {
  if (labelledRows === 0) return undefined;
  let error = 0;
  let open = { rows: 0, positives: 0, scoreSum: 0 };
  scores.positives.forEach((positives, bin) => {
    open = {
      rows: open.rows + positives + (scores.negatives[bin] ?? 0),
      positives: open.positives + positives,
      scoreSum: open.scoreSum + (scores.labelledScoreSums[bin] ?? 0),
    };
    if (open.rows * calibrationBins < labelledRows && bin < scores.positives.length - 1) return;
    error += Math.abs(open.positives - open.scoreSum) / labelledRows;
    open = { rows: 0, positives: 0, scoreSum: 0 };
  });
  return error;
}
