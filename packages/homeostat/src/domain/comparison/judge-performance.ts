import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import { twoProportionTest } from "../../stats/hypothesis/two-proportions.ts";
import type { BinaryConfusion } from "../../stats/performance/binary-confusion.ts";
import { binaryMetrics } from "../../stats/performance/binary-metrics.ts";
import { binnedAuc } from "../../stats/performance/binned-auc.ts";
import type { Estimate } from "../../stats/performance/estimate.ts";
import type { MulticlassConfusion } from "../../stats/performance/multiclass-confusion.ts";
import { multiclassMetrics } from "../../stats/performance/multiclass-metrics.ts";
import type { Refusal } from "../../stats/performance/refusal.ts";
import { regressionMetrics } from "../../stats/performance/regression-metrics.ts";
import type { RegressionSums } from "../../stats/performance/regression-sums.ts";
import { normalSurvival } from "../../stats/special/normal-survival.ts";
import type { ComparedSegment } from "./compared-column.ts";
import type { ComparisonVerdict } from "./judge-columns.ts";

/** Sums from which the performance of one part of a table follows. */
export type PerformanceCounts =
  | { readonly kind: "binary"; readonly confusion: BinaryConfusion; readonly scores: ScoreCounts | undefined }
  | { readonly kind: "multiclass"; readonly confusion: MulticlassConfusion }
  | { readonly kind: "regression"; readonly sums: RegressionSums };

/** Outcomes by bins of the score, in ascending order of the score. */
interface ScoreCounts {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

export interface PerformanceCell {
  readonly segment: ComparedSegment | undefined;
  readonly reference: PerformanceCounts;
  readonly current: PerformanceCounts;
}

type PerformanceMetric =
  | "auc"
  | "accuracy"
  | "precision"
  | "recall"
  | "f1"
  | "macro-f1"
  | "mean-absolute-error"
  | "root-mean-squared-error"
  | "r-squared"
  | "bias";

export interface PerformanceFinding {
  readonly segment: ComparedSegment | undefined;
  readonly metric: PerformanceMetric;
  readonly verdict: ComparisonVerdict;
  readonly reference: Estimate | undefined;
  readonly current: Estimate | undefined;
  /** By how much it got worse: absolute for shares, relative to the reference for errors. Negative: better. */
  readonly loss: number | undefined;
  readonly pValue: number | undefined;
  readonly adjustedPValue: number | undefined;
  readonly rows: number;
  readonly referenceRows: number;
}

export interface PerformanceThresholds {
  readonly lossWarning: number;
  readonly lossCritical: number;
  /** Of errors, relative to the reference's. */
  readonly errorWarning: number;
  readonly errorCritical: number;
  readonly falseDiscoveryRate: number;
}

const performanceThresholds: PerformanceThresholds = {
  lossWarning: 0.02,
  lossCritical: 0.05,
  errorWarning: 0.05,
  errorCritical: 0.1,
  falseDiscoveryRate: 0.01,
};

interface Measured {
  readonly metric: PerformanceMetric;
  readonly estimate: Estimate | Refusal;
  /** Metrics that are judged; the others are shown beside them. */
  readonly judged: boolean;
  /** Hits behind a plain share, so that small numbers get an exact test. */
  readonly hits?: number;
}

interface Asked {
  readonly segment: ComparedSegment | undefined;
  readonly metric: PerformanceMetric;
  readonly judged: boolean;
  readonly reference: Estimate | undefined;
  readonly current: Estimate | undefined;
  readonly loss: number | undefined;
  readonly pValue: number | null;
}

/**
 * Performance in every part of the rows, reference against current: worse, and really so? AUC and accuracy for two
 * classes, accuracy and macro-F1 for several, absolute and squared error for numbers; one-sided tests, corrected over all
 * of them. Rows are taken as independent. Cost: O(parts × bins).
 */
export function judgePerformance(
  cells: readonly PerformanceCell[],
  thresholds: PerformanceThresholds = performanceThresholds,
): readonly PerformanceFinding[] {
  const asked = cells.flatMap(questionsOf);
  const { adjusted } = benjaminiHochberg(
    asked.map(({ pValue }) => pValue),
    thresholds.falseDiscoveryRate,
  );
  return asked.map((question, index): PerformanceFinding => {
    const { segment, metric, reference, current, loss, pValue } = question;
    const corrected = adjusted[index] ?? Number.NaN;
    return {
      segment,
      metric,
      verdict: verdictOf(question, corrected, thresholds),
      reference,
      current,
      loss,
      pValue: pValue ?? undefined,
      adjustedPValue: Number.isNaN(corrected) ? undefined : corrected,
      rows: current?.n ?? 0,
      referenceRows: reference?.n ?? 0,
    };
  });
}

function questionsOf({ segment, reference, current }: PerformanceCell): readonly Asked[] {
  const before = metricsOf(reference);
  return metricsOf(current).map((now, place): Asked => {
    const then = before[place];
    const a = then?.estimate.kind === "estimate" ? then.estimate : undefined;
    const b = now.estimate.kind === "estimate" ? now.estimate : undefined;
    const loss = a === undefined || b === undefined ? undefined : lossOf(now.metric, a.value, b.value);
    const pValue =
      !now.judged || a === undefined || b === undefined ? null : worsePValue(now, then?.hits, { before: a, after: b });
    return { segment, metric: now.metric, judged: now.judged, reference: a, current: b, loss, pValue };
  });
}

function metricsOf(counts: PerformanceCounts): readonly Measured[] {
  switch (counts.kind) {
    case "binary": {
      const { confusion, scores } = counts;
      const metrics = binaryMetrics(confusion);
      const auc = scores === undefined ? undefined : binnedAuc(scores.positives, scores.negatives);
      return [
        ...(auc === undefined
          ? []
          : [{ metric: "auc" as const, estimate: auc.kind === "binned-auc" ? auc.estimate : auc, judged: true }]),
        {
          metric: "accuracy",
          estimate: metrics.accuracy,
          judged: true,
          hits: confusion.truePositive + confusion.trueNegative,
        },
        { metric: "precision", estimate: metrics.precision, judged: false },
        { metric: "recall", estimate: metrics.recall, judged: false },
        { metric: "f1", estimate: metrics.f1, judged: scores === undefined },
      ];
    }
    case "multiclass": {
      const metrics = multiclassMetrics(counts.confusion);
      return [
        { metric: "accuracy", estimate: metrics.accuracy, judged: true },
        { metric: "macro-f1", estimate: metrics.macroF1, judged: true },
      ];
    }
    case "regression": {
      const metrics = regressionMetrics(counts.sums);
      return [
        { metric: "mean-absolute-error", estimate: metrics.meanAbsoluteError, judged: true },
        { metric: "root-mean-squared-error", estimate: metrics.rootMeanSquaredError, judged: true },
        { metric: "r-squared", estimate: metrics.rSquared, judged: false },
        { metric: "bias", estimate: metrics.bias, judged: false },
      ];
    }
  }
}

const isError = (metric: PerformanceMetric): boolean =>
  metric === "mean-absolute-error" || metric === "root-mean-squared-error";

function lossOf(metric: PerformanceMetric, before: number, after: number): number | undefined {
  if (metric === "bias") return undefined;
  if (!isError(metric)) return before - after;
  return before === 0 ? undefined : after / before - 1;
}

function worsePValue(
  { metric, hits }: Measured,
  hitsBefore: number | undefined,
  { before, after }: { readonly before: Estimate; readonly after: Estimate },
): number | null {
  if (hits !== undefined && hitsBefore !== undefined) {
    const test = twoProportionTest({ hits, rows: after.n, baselineHits: hitsBefore, baselineRows: before.n }, "less");
    return test.kind === "measured" ? test.pValue : null;
  }
  const spread = Math.hypot(before.standardError, after.standardError);
  if (!(spread > 0)) return null;
  const worse = isError(metric) ? after.value - before.value : before.value - after.value;
  return normalSurvival(worse / spread);
}

function verdictOf(
  { judged, metric, loss, pValue }: Asked,
  adjusted: number,
  thresholds: PerformanceThresholds,
): ComparisonVerdict {
  if (!judged) return "not-checked";
  if (loss === undefined || pValue === null) return "not-enough-data";
  if (adjusted > thresholds.falseDiscoveryRate) return "healthy";
  const [warning, critical] = isError(metric)
    ? [thresholds.errorWarning, thresholds.errorCritical]
    : [thresholds.lossWarning, thresholds.lossCritical];
  return loss >= critical ? "critical" : loss >= warning ? "warning" : "healthy";
}
