import { aucDifference } from "../../../stats/performance/auc-difference.ts";
import { binnedAuc } from "../../../stats/performance/binned-auc.ts";
import type { Estimate as StatisticalEstimate } from "../../../stats/performance/estimate.ts";
import { proportionEstimate } from "../../../stats/performance/proportion-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import type { Estimate } from "../../model/model-store.ts";
import { type DenseScores, denseScores, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf, leastOfEachClass, type ReferencePicture } from "../reference-picture.ts";
import type { PerformanceNumbers, SeriesTest } from "../verdict.ts";
import { segmentWords, wholeNumber } from "../wording.ts";

const materialDrop = 0.05;
const persistenceWindows = 3;
/** Below this share of rows with an outcome the labelled ones may not speak for the rest. */
const leastCoverage = 0.8;

/** AUC of every segment on joined outcomes against the baseline (R14), allowing for how much it varies between healthy windows. */
export const performance: MonitorDefinition = {
  kind: "performance",
  layer: "outcome",
  area: "production-performance",
  persistence: () => persistenceWindows,
  rule: () =>
    `AUC at least ${materialDrop} below the baseline and significant after overdispersion and control of false discoveries, in ${persistenceWindows} windows running`,
  sentence: (key, numbers) =>
    `AUC in ${segmentWords(key)} fell from ${(numbers.baselineValue ?? 0).toFixed(3)} to ${numbers.value.toFixed(3)} on ${wholeNumber(numbers.rows)} rows with outcomes`,
  ask: ({ picture, profile, outcomesMature }) =>
    picture.segments.map((segment): SeriesTest => {
      const key = { monitor: "performance", metric: "auc", segment, feature: undefined } as const;
      const reference = picture.score(segment);
      const scores = denseScores(profile.scores.get(keyOf(segment)), picture.baseline.score.edges.length + 1);
      const shown = performanceOf(picture, scores, reference.all);
      const baselineRows = total(reference.all.positives) + total(reference.all.negatives);
      const untested = (state: "not-enough-data" | "waiting-for-labels", reason: string): SeriesTest => ({
        kind: "untested",
        key,
        state,
        reason,
        rows: shown.rows,
        baselineRows,
        performance: shown,
      });
      if (shown.rows === 0) return untested("not-enough-data", "no rows");
      const coverage = shown.labelledRows / shown.rows;
      // Early outcomes do not speak for late ones: a late flight also lands late. Nothing is tested on a part of them.
      if (!outcomesMature) return untested("waiting-for-labels", "outcomes have not had the time to arrive yet");
      if (coverage < leastCoverage) return untested("waiting-for-labels", "too few of the outcomes have arrived");
      const now = binnedAuc(scores.positives, scores.negatives);
      const variation = reference.aucOverdispersion;
      if (
        now.kind !== "binned-auc" ||
        Math.min(now.summary.positives, now.summary.negatives) < leastOfEachClass ||
        reference.auc === undefined ||
        variation === undefined
      ) {
        return untested("not-enough-data", "too few outcomes of each kind");
      }
      const difference = aucDifference(reference.auc, now.summary, {
        baselineOverdispersion: variation.phi,
        currentOverdispersion: variation.phi,
      });
      return {
        kind: "tested",
        key,
        performance: shown,
        numbers: {
          variant: "auc/binned-delong",
          value: now.summary.auc,
          baselineValue: reference.auc.auc,
          effect: -difference.difference,
          threshold: materialDrop,
          pValue: studentTSurvival(-difference.z, Math.max(1, variation.windows - 1)),
          expectedByChance: undefined,
          lowerBound: -difference.upper,
          overdispersion: variation.phi,
          rows: shown.labelledRows,
          baselineRows,
          bins: undefined,
        },
      };
    }),
};

/** What the page shows of a segment: everything that can be said, nothing that cannot. */
function performanceOf(picture: ReferencePicture, scores: DenseScores, reference: DenseScores): PerformanceNumbers {
  const rows = total(scores.rows);
  const labelledRows = total(scores.positives) + total(scores.negatives);
  return {
    rows,
    labelledRows,
    auc: aucOf(scores),
    accuracy: accuracyOf(picture, scores),
    positiveShare: shareOf(total(scores.positives), labelledRows),
    meanProbability: rows === 0 ? undefined : scores.scoreSum / rows,
    calibrationError: calibrationErrorOf(scores, labelledRows),
    baselineAuc: aucOf(reference),
    baselineAccuracy: accuracyOf(picture, reference),
  };
}

const shownEstimate = (estimate: StatisticalEstimate): Estimate => ({
  value: estimate.value,
  low: estimate.lower,
  high: estimate.upper,
});

function aucOf(scores: DenseScores): Estimate | undefined {
  const auc = binnedAuc(scores.positives, scores.negatives);
  return auc.kind === "binned-auc" ? shownEstimate(auc.estimate) : undefined;
}

function shareOf(hits: number, rows: number): Estimate | undefined {
  const share = proportionEstimate(hits, rows);
  return share.kind === "estimate" ? shownEstimate(share) : undefined;
}

/** The decision threshold is one of the score edges, so decisions can be counted from bins; undefined if it is not. */
function accuracyOf(picture: ReferencePicture, scores: DenseScores): Estimate | undefined {
  const { edges, threshold } = picture.baseline.score;
  const firstPositiveBin = edges.indexOf(threshold) + 1;
  if (firstPositiveBin === 0) return undefined;
  const right = scores.positives.reduce(
    (sum, count, bin) => sum + (bin >= firstPositiveBin ? count : (scores.negatives[bin] ?? 0)),
    0,
  );
  return shareOf(right, total(scores.positives) + total(scores.negatives));
}

const calibrationBins = 20;

/** Expected calibration error over twenty groups of score bins with about equal rows. */
function calibrationErrorOf(scores: DenseScores, labelledRows: number): number | undefined {
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
