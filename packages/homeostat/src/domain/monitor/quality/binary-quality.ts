import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import { aucDifference } from "../../../stats/performance/auc-difference.ts";
import { binnedAuc } from "../../../stats/performance/binned-auc.ts";
import { proportionEstimate } from "../../../stats/performance/proportion-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import type { FrozenProbability } from "../../baseline/baseline.ts";
import { addProbabilitySums, noProbabilitySums, type ProbabilitySums } from "../../baseline/probability-sums.ts";
import type { ScoreCounts, WindowProfile } from "../../baseline/profile-store.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import { addScores, type DenseScores, denseScores, subtractCounts, total } from "../count-series.ts";
import { keyOf } from "../segment-key.ts";
import type { NamedMetric, PerformanceNumbers, TestedNumbers } from "../verdict.ts";
import { type BinaryMetricName, binaryMetricsOf } from "./binary-metric.ts";
import { calibrationErrorOf } from "./calibration-error.ts";
import { type CalibrationShift, calibrationShift } from "./calibration-shift.ts";
import { metricRules, metricsOfTask } from "./metric-rule.ts";
import type { MetricValue } from "./metric-test.ts";
import {
  type MetricValues,
  otherTests,
  pooledFactor,
  type SegmentQuality,
  shrunkVariation,
} from "./segment-quality.ts";
import { shownEstimate } from "./shown-estimate.ts";

/** Fewer positives or negatives than this say too little about an AUC. */
const leastOfEachClass = 15;

interface Counted {
  readonly scores: DenseScores;
  /** undefined: counted by an earlier version. */
  readonly sums: ProbabilitySums | undefined;
}

/** Binary classification is judged by AUC (R14). */
export function binaryQualities(
  frozen: FrozenProbability,
  profiles: readonly WindowProfile[],
  segments: readonly (SegmentValue | undefined)[],
): (segment: SegmentValue | undefined) => SegmentQuality {
  const counted = (counts: ScoreCounts | undefined): Counted => {
    const own = counts?.kind === "probability" ? counts : undefined;
    return {
      scores: denseScores(own, frozen.edges.length + 1),
      sums: own === undefined ? noProbabilitySums : own.sums,
    };
  };
  const windowsOf = (segment: SegmentValue | undefined): readonly Counted[] =>
    profiles.map((profile) => counted(profile.scores.get(keyOf(segment))));
  const scoresOf = (windows: readonly Counted[]): readonly DenseScores[] => windows.map(({ scores }) => scores);
  const pooled = pooledFactor(segments.map((segment) => aucDeviations(scoresOf(windowsOf(segment)))));
  return (segment) => {
    const windows = windowsOf(segment);
    const all = windows.reduce(addCounted, counted(undefined));
    const variation = shrunkVariation(aucDeviations(scoresOf(windows)), pooled);
    const baselineRows = total(all.scores.positives) + total(all.scores.negatives);
    const baseline = binaryMetricsOf(frozen, all.scores, all.sums);
    const others = otherTests(
      () => windows.map((window) => binaryMetricsOf(frozen, window.scores, window.sums)),
      baseline,
    );
    let shift: CalibrationShift | undefined;
    const calibration = (): CalibrationShift => {
      shift ??= calibrationShift(scoresOf(windows), all.scores);
      return shift;
    };
    return {
      metric: "auc",
      metrics: metricsOfTask.binary,
      baselineRows,
      variation,
      shown: ({ scores }) => performanceOf(frozen, counted(scores), baseline),
      test: ({ scores }, metric = "auc") => {
        const now = counted(scores);
        if (metric === "auc") return testOf(now.scores, all.scores, variation, baselineRows);
        const values: MetricValues = binaryMetricsOf(frozen, now.scores, now.sums);
        const tested = others(metric, values[metric]);
        if (metric !== "calibrationError" || "notEnough" in tested) return tested;
        // The error itself is skewed where it is small: what is tested is the law of outcomes at equal scores.
        const moved = calibration().pValueOf(now.scores);
        if (moved === undefined) return { notEnough: "too few outcomes at equal scores" };
        return { ...tested, variant: "calibrationError/groups20", pValue: moved.pValue, overdispersion: moved.phi };
      },
    };
  };
}

function addCounted(left: Counted, right: Counted): Counted {
  return { scores: addScores(left.scores, right.scores), sums: addProbabilitySums(left.sums, right.sums) };
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
    threshold: metricRules.auc.threshold,
    pValue: studentTSurvival(-difference.z, Math.max(1, variation.windows - 1)),
    expectedByChance: undefined,
    lowerBound: -difference.upper,
    overdispersion: variation.phi,
    rows: total(scores.positives) + total(scores.negatives),
    baselineRows,
    bins: undefined,
  };
}

const beside = ["accuracy", "precision", "recall", "f1", "logLoss", "brier", "calibrationError"] as const;

function performanceOf(
  frozen: FrozenProbability,
  { scores, sums }: Counted,
  baseline: Readonly<Record<BinaryMetricName, MetricValue>>,
): PerformanceNumbers {
  const rows = total(scores.rows);
  const labelledRows = total(scores.positives) + total(scores.negatives);
  const now = binaryMetricsOf(frozen, scores, sums);
  const named = (name: BinaryMetricName): NamedMetric => ({
    name,
    value: shownEstimate(now[name]),
    baseline: shownEstimate(baseline[name]),
  });
  return {
    rows,
    labelledRows,
    headline: named("auc"),
    others: beside.map(named),
    classes: [],
    auc: shownEstimate(now.auc),
    accuracy: shownEstimate(now.accuracy),
    positiveShare: shownEstimate(proportionEstimate(total(scores.positives), labelledRows)),
    meanProbability: rows === 0 ? undefined : scores.scoreSum / rows,
    calibrationError: calibrationErrorOf(scores, labelledRows),
    baselineAuc: shownEstimate(baseline.auc),
    baselineAccuracy: shownEstimate(baseline.accuracy),
  };
}
