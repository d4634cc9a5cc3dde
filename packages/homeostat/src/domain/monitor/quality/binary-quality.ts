import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import { aucDifference } from "../../../stats/performance/auc-difference.ts";
import { binnedAuc } from "../../../stats/performance/binned-auc.ts";
import { proportionEstimate } from "../../../stats/performance/proportion-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import type { FrozenProbability } from "../../baseline/baseline.ts";
import type { ScoreCounts, WindowProfile } from "../../baseline/profile-store.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import type { Estimate } from "../../model/model-store.ts";
import { addScores, type DenseScores, denseScores, subtractCounts, total } from "../count-series.ts";
import { keyOf } from "../segment-key.ts";
import type { PerformanceNumbers, TestedNumbers } from "../verdict.ts";
import { calibrationErrorOf } from "./calibration-error.ts";
import { pooledFactor, type SegmentQuality, shrunkVariation } from "./segment-quality.ts";
import { shownEstimate } from "./shown-estimate.ts";

/** Fall of the AUC that matters. */
export const materialAucDrop = 0.05;
/** Fewer positives or negatives than this say too little about an AUC. */
const leastOfEachClass = 15;

/** Binary classification is judged by AUC (R14). */
export function binaryQualities(
  frozen: FrozenProbability,
  profiles: readonly WindowProfile[],
  segments: readonly (SegmentValue | undefined)[],
): (segment: SegmentValue | undefined) => SegmentQuality {
  const dense = (counts: ScoreCounts | undefined): DenseScores =>
    denseScores(counts?.kind === "probability" ? counts : undefined, frozen.edges.length + 1);
  const windowsOf = (segment: SegmentValue | undefined): readonly DenseScores[] =>
    profiles.map((profile) => dense(profile.scores.get(keyOf(segment))));
  const pooled = pooledFactor(segments.map((segment) => aucDeviations(windowsOf(segment))));
  return (segment) => {
    const windows = windowsOf(segment);
    const all = windows.reduce(addScores, dense(undefined));
    const variation = shrunkVariation(aucDeviations(windows), pooled);
    const baselineRows = total(all.positives) + total(all.negatives);
    return {
      metric: "auc",
      baselineRows,
      variation,
      shown: ({ scores }) => performanceOf(frozen, dense(scores), all),
      test: ({ scores }) => testOf(dense(scores), all, variation, baselineRows),
    };
  };
}

/** Squared standardised deviation of each healthy window's AUC from that of the others: 1 on average for independent rows. */
function aucDeviations(windows: readonly DenseScores[]): readonly number[] {
  const all = windows.reduce<DenseScores | undefined>(
    (sum, window) => (sum === undefined ? window : addScores(sum, window)),
    undefined,
  );
  if (all === undefined) return [];
  return windows.flatMap((window) => {
    const own = binnedAuc(window.positives, window.negatives);
    const rest = binnedAuc(
      subtractCounts(all.positives, window.positives),
      subtractCounts(all.negatives, window.negatives),
    );
    if (own.kind !== "binned-auc" || rest.kind !== "binned-auc") return [];
    if (Math.min(own.summary.positives, own.summary.negatives) < leastOfEachClass) return [];
    return [(own.summary.auc - rest.summary.auc) ** 2 / (own.summary.variance + rest.summary.variance)];
  });
}

function testOf(
  scores: DenseScores,
  all: DenseScores,
  variation: Overdispersion | undefined,
  baselineRows: number,
): TestedNumbers | { readonly notEnough: string } {
  const now = binnedAuc(scores.positives, scores.negatives);
  const baseline = binnedAuc(all.positives, all.negatives);
  if (
    now.kind !== "binned-auc" ||
    Math.min(now.summary.positives, now.summary.negatives) < leastOfEachClass ||
    baseline.kind !== "binned-auc" ||
    variation === undefined
  )
    return { notEnough: "too few outcomes of each kind" };
  const difference = aucDifference(baseline.summary, now.summary, {
    baselineOverdispersion: variation.phi,
    currentOverdispersion: variation.phi,
  });
  return {
    variant: "auc/binned-delong",
    value: now.summary.auc,
    baselineValue: baseline.summary.auc,
    effect: -difference.difference,
    threshold: materialAucDrop,
    pValue: studentTSurvival(-difference.z, Math.max(1, variation.windows - 1)),
    expectedByChance: undefined,
    lowerBound: -difference.upper,
    overdispersion: variation.phi,
    rows: total(scores.positives) + total(scores.negatives),
    baselineRows,
    bins: undefined,
  };
}

function performanceOf(frozen: FrozenProbability, scores: DenseScores, reference: DenseScores): PerformanceNumbers {
  const rows = total(scores.rows);
  const labelledRows = total(scores.positives) + total(scores.negatives);
  const auc = aucOf(scores);
  const baselineAuc = aucOf(reference);
  return {
    rows,
    labelledRows,
    headline: { name: "auc", value: auc, baseline: baselineAuc },
    others: [],
    classes: [],
    auc,
    accuracy: accuracyOf(frozen, scores),
    positiveShare: shareOf(total(scores.positives), labelledRows),
    meanProbability: rows === 0 ? undefined : scores.scoreSum / rows,
    calibrationError: calibrationErrorOf(scores, labelledRows),
    baselineAuc,
    baselineAccuracy: accuracyOf(frozen, reference),
  };
}

function aucOf(scores: DenseScores): Estimate | undefined {
  const auc = binnedAuc(scores.positives, scores.negatives);
  return auc.kind === "binned-auc" ? shownEstimate(auc.estimate) : undefined;
}

function shareOf(hits: number, rows: number): Estimate | undefined {
  return shownEstimate(proportionEstimate(hits, rows));
}

/** The decision threshold is one of the score edges, so decisions can be counted from bins; undefined if it is not. */
function accuracyOf({ edges, threshold }: FrozenProbability, scores: DenseScores): Estimate | undefined {
  const firstPositiveBin = edges.indexOf(threshold) + 1;
  if (firstPositiveBin === 0) return undefined;
  const right = scores.positives.reduce(
    (sum, count, bin) => sum + (bin >= firstPositiveBin ? count : (scores.negatives[bin] ?? 0)),
    0,
  );
  return shareOf(right, total(scores.positives) + total(scores.negatives));
}
