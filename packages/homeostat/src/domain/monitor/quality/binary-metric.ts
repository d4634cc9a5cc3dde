import { type BinaryMetrics, binaryMetrics } from "../../../stats/performance/binary-metrics.ts";
import { binnedAuc } from "../../../stats/performance/binned-auc.ts";
import type { CalibrationBin } from "../../../stats/performance/calibration-bins.ts";
import { calibrationError } from "../../../stats/performance/calibration-error.ts";
import { meanEstimate } from "../../../stats/performance/mean-estimate.ts";
import { insufficient } from "../../../stats/performance/refusal.ts";
import type { FrozenProbability } from "../../baseline/baseline.ts";
import type { ProbabilitySums } from "../../baseline/probability-sums.ts";
import { type DenseScores, total } from "../count-series.ts";
import type { MetricName } from "./metric-name.ts";
import type { MetricValue } from "./metric-test.ts";

/** Score groups of a calibration error (algorithm of the `calib` primitive: 20 bins). */
const calibrationGroups = 20;

/** The metrics of a probability, from its score bins and sums. */
export type BinaryMetricName = Extract<
  MetricName,
  "auc" | "accuracy" | "precision" | "recall" | "f1" | "logLoss" | "brier" | "calibrationError"
>;

/** Every metric of some labelled rows. Precision, recall and F1 are of the positive decision at the frozen threshold. O(bins). */
export function binaryMetricsOf(
  frozen: FrozenProbability,
  scores: DenseScores,
  sums: ProbabilitySums | undefined,
): Readonly<Record<BinaryMetricName, MetricValue>> {
  const n = total(scores.positives) + total(scores.negatives);
  const auc = binnedAuc(scores.positives, scores.negatives);
  const { accuracy, precision, recall, f1 } = decisionMetrics(frozen, scores);
  const unknown = insufficient("no-rows", 0, 1);
  const mean = (sum: number, sumSquares: number): MetricValue => meanEstimate({ n, sum, sumSquares }, { minimum: 0 });
  return {
    auc: auc.kind === "binned-auc" ? auc.estimate : auc,
    accuracy,
    precision,
    recall,
    f1,
    logLoss: sums === undefined ? unknown : mean(sums.logLoss, sums.logLossSquare),
    brier: sums === undefined ? unknown : mean(sums.spread + sums.residualSlope, sums.quarticError),
    calibrationError: calibrationOf(scores, n),
  };
}

/** The decision threshold is one of the score edges, so decisions can be counted from bins; refused if it is not. */
function decisionMetrics({ edges, threshold }: FrozenProbability, scores: DenseScores): BinaryMetrics {
  const first = edges.indexOf(threshold) + 1;
  const from = (counts: readonly number[]): number => (first === 0 ? 0 : total(counts.slice(first)));
  const below = (counts: readonly number[]): number => total(counts.slice(0, first));
  return binaryMetrics({
    truePositive: from(scores.positives),
    falsePositive: from(scores.negatives),
    falseNegative: below(scores.positives),
    trueNegative: below(scores.negatives),
  });
}

/** The root of the debiased squared error, with its interval; unlike the plain error it is 0 on average when calibrated. */
function calibrationOf(scores: DenseScores, n: number): MetricValue {
  const error = calibrationError(calibrationBinsOf(scores));
  if (error.kind !== "calibration-error") return error;
  if (error.rootDebiased === null || error.squaredUpper === null || error.squaredLower === null)
    return insufficient("too-few-rows", n, 2);
  const [lower, upper] = [Math.sqrt(error.squaredLower), Math.sqrt(error.squaredUpper)];
  return {
    kind: "estimate",
    value: error.rootDebiased,
    standardError: (upper - lower) / (2 * 1.96),
    lower,
    upper,
    alpha: 0.05,
    n,
    effectiveN: n,
    method: "normal",
  };
}

/** Twenty groups of neighbouring score bins with about equal labelled rows. Within a bin the scores are taken as equal. */
function calibrationBinsOf(scores: DenseScores): readonly CalibrationBin[] {
  const all = total(scores.positives) + total(scores.negatives);
  const groups: CalibrationBin[] = [];
  let open = none;
  scores.positives.forEach((positives, bin) => {
    const rows = positives + (scores.negatives[bin] ?? 0);
    const sum = scores.labelledScoreSums[bin] ?? 0;
    const mean = rows === 0 ? 0 : Math.min(1, sum / rows);
    open = {
      n: open.n + rows,
      sumProbability: open.sumProbability + sum,
      sumLabel: open.sumLabel + positives,
      sumSpread: open.sumSpread + rows * mean * (1 - mean),
      sumResidualSlope: open.sumResidualSlope + (positives - sum) * (1 - 2 * mean),
      sumSlopeSpread: open.sumSlopeSpread + rows * (1 - 2 * mean) ** 2 * mean * (1 - mean),
    };
    if (open.n === 0 || (open.n * calibrationGroups < all && bin < scores.positives.length - 1)) return;
    groups.push(open);
    open = none;
  });
  return groups;
}

const none: CalibrationBin = {
  n: 0,
  sumProbability: 0,
  sumLabel: 0,
  sumSpread: 0,
  sumResidualSlope: 0,
  sumSlopeSpread: 0,
};
