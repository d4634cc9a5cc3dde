import type { Estimate, HeldOutMetrics } from "../../domain/model/model-store.ts";
import { calibrationBinsOf, equalWidthEdges } from "../../stats/performance/calibration-bins.ts";
import { calibrationError } from "../../stats/performance/calibration-error.ts";
import type { Estimate as StatisticalEstimate } from "../../stats/performance/estimate.ts";
import { exactAuc } from "../../stats/performance/exact-auc.ts";
import { meanEstimate } from "../../stats/performance/mean-estimate.ts";
import { brierSums, type LossSums, logLossSums } from "../../stats/performance/probability-losses.ts";
import { proportionEstimate } from "../../stats/performance/proportion-estimate.ts";

const calibrationBins = 20;

/**
 * What a model does on rows it never saw, each number with its 95 % interval. Undefined when the rows cannot tell (one
 * class only, or too few rows). Scores are probabilities, parallel to outcomes. Cost: one sort.
 */
export function heldOutMetrics(
  scores: readonly number[],
  outcomes: readonly boolean[],
  threshold: number,
): HeldOutMetrics | undefined {
  const labels = outcomes.map((outcome) => (outcome ? 1 : 0));
  const auc = exactAuc(scores, labels);
  const right = scores.reduce((count, score, index) => count + (score >= threshold === outcomes[index] ? 1 : 0), 0);
  const positives = labels.reduce<number>((sum, label) => sum + label, 0);
  const accuracy = proportionEstimate(right, scores.length);
  const positiveShare = proportionEstimate(positives, scores.length);
  const logLoss = meanOf(logLossSums(scores, labels));
  const brier = meanOf(brierSums(scores, labels));
  const bins = calibrationBinsOf(scores, labels, equalWidthEdges(calibrationBins));
  if (auc.kind !== "binned-auc" || accuracy.kind !== "estimate" || positiveShare.kind !== "estimate") return undefined;
  if (logLoss === undefined || brier === undefined || bins.kind !== "calibration-bins") return undefined;
  const calibration = calibrationError(bins.bins);
  if (calibration.kind !== "calibration-error") return undefined;
  return {
    auc: shown(auc.estimate),
    accuracy: shown(accuracy),
    logLoss,
    brier,
    positiveShare: shown(positiveShare),
    calibrationError: calibration.expected,
  };
}

function meanOf(sums: LossSums | { readonly kind: string }): Estimate | undefined {
  if (!("sums" in sums)) return undefined;
  const mean = meanEstimate(sums.sums);
  return mean.kind === "estimate" ? shown(mean) : undefined;
}

const shown = (estimate: StatisticalEstimate): Estimate => ({
  value: estimate.value,
  low: estimate.lower,
  high: estimate.upper,
});
