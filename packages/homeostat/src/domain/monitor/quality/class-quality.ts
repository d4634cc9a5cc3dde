import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import { type MomentSums, meanEstimate } from "../../../stats/performance/mean-estimate.ts";
import type { MulticlassConfusion } from "../../../stats/performance/multiclass-confusion.ts";
import { multiclassMetrics } from "../../../stats/performance/multiclass-metrics.ts";
import { proportionEstimate } from "../../../stats/performance/proportion-estimate.ts";
import { type FrozenClass, otherValue } from "../../baseline/baseline.ts";
import type { ClassCounts, ScoreCounts, WindowProfile } from "../../baseline/profile-store.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import { denseScores } from "../count-series.ts";
import { keyOf } from "../segment-key.ts";
import type { ClassPerformance, NamedMetric, PerformanceNumbers, TestedNumbers } from "../verdict.ts";
import { calibrationErrorOf } from "./calibration-error.ts";
import { leastLabelled, lossDeviations, lossGrowth, varianceOfShare } from "./mean-loss.ts";
import { metricRules, metricsOfTask } from "./metric-rule.ts";
import type { MetricValue } from "./metric-test.ts";
import {
  type JudgedCounts,
  type MetricValues,
  otherTests,
  pooledFactor,
  type SegmentQuality,
  shrunkVariation,
} from "./segment-quality.ts";
import { shownEstimate } from "./shown-estimate.ts";

/** More classes are not shown one by one. */
const mostShown = 20;

interface Confusion {
  readonly table: MulticlassConfusion;
  readonly rows: number;
  readonly logLoss: MomentSums;
}

/** Multiclass classification is judged by accuracy (R14). */
export function classQualities(
  frozen: FrozenClass,
  profiles: readonly WindowProfile[],
  segments: readonly (SegmentValue | undefined)[],
): (segment: SegmentValue | undefined) => SegmentQuality {
  const windowsOf = (segment: SegmentValue | undefined): readonly MomentSums[] =>
    profiles.map((profile) => errorsOf(confusionOf(frozen, [profile.scores.get(keyOf(segment))])));
  const deviationsOf = (windows: readonly MomentSums[]): readonly number[] => lossDeviations(windows, varianceOfShare);
  const pooled = pooledFactor(segments.map((segment) => deviationsOf(windowsOf(segment))));
  return (segment) => {
    const all = confusionOf(
      frozen,
      profiles.map((profile) => profile.scores.get(keyOf(segment))),
    );
    const variation = shrunkVariation(deviationsOf(windowsOf(segment)), pooled);
    const baseline = metricsOf(all);
    const errors = errorsOf(all);
    const others = otherTests(
      () => profiles.map((profile) => valuesOf(confusionOf(frozen, [profile.scores.get(keyOf(segment))]))),
      valuesOf(all),
    );
    return {
      metric: "accuracy",
      metrics: metricsOfTask.multiclass,
      baselineRows: errors.n,
      variation,
      shown: (counts) => performanceOf(frozen, counts, baseline),
      test: ({ scores }, metric = "accuracy") => {
        const now = confusionOf(frozen, [scores]);
        return metric === "accuracy" ? testOf(errorsOf(now), errors, variation) : others(metric, valuesOf(now)[metric]);
      },
    };
  };
}

/** Counts of some windows as one square table; the last class holds all that are not kept apart. */
function confusionOf({ classes }: FrozenClass, windows: readonly (ScoreCounts | undefined)[]): Confusion {
  const size = classes.length + 1;
  const cells = new Float64Array(size * size);
  let rows = 0;
  let logLoss: MomentSums = { n: 0, sum: 0, sumSquares: 0 };
  for (const counts of windows.filter((window): window is ClassCounts => window?.kind === "class")) {
    for (const cell of counts.cells) {
      rows += cell.rows;
      if (cell.actual === undefined) continue;
      const at = cell.actual * size + cell.predicted;
      cells[at] = (cells[at] ?? 0) + cell.rows;
    }
    logLoss = {
      n: logLoss.n + counts.logLoss.n,
      sum: logLoss.sum + counts.logLoss.sum,
      sumSquares: logLoss.sumSquares + counts.logLoss.sumSquares,
    };
  }
  return { table: { kind: "multiclass-confusion", classes: size, cells }, rows, logLoss };
}

function errorsOf({ table: { cells, classes } }: Confusion): MomentSums {
  const n = cells.reduce((sum, count) => sum + count, 0);
  const right = Array.from({ length: classes }, (_, at) => cells[at * classes + at] ?? 0);
  const wrong = n - right.reduce((sum, count) => sum + count, 0);
  return { n, sum: wrong, sumSquares: wrong };
}

function testOf(
  now: MomentSums,
  baseline: MomentSums,
  variation: Overdispersion | undefined,
): TestedNumbers | { readonly notEnough: string } {
  if (Math.min(now.n, baseline.n) < leastLabelled || variation === undefined)
    return { notEnough: `fewer than ${leastLabelled} outcomes` };
  const growth = lossGrowth(baseline, now, variation, varianceOfShare);
  if (growth === undefined) return { notEnough: "the baseline has no error to compare with" };
  return {
    variant: "accuracy/score",
    value: 1 - now.sum / now.n,
    baselineValue: 1 - baseline.sum / baseline.n,
    effect: growth.difference,
    threshold: metricRules.accuracy.threshold,
    pValue: growth.pValue,
    expectedByChance: undefined,
    lowerBound: growth.lower,
    overdispersion: variation.phi,
    rows: now.n,
    baselineRows: baseline.n,
    bins: undefined,
  };
}

const shownMetrics = ["accuracy", "macroF1", "macroPrecision", "balancedAccuracy", "logLoss"] as const;

function valuesOf(confusion: Confusion): MetricValues & Readonly<Record<(typeof shownMetrics)[number], MetricValue>> {
  const { accuracy, macroF1, macroPrecision, balancedAccuracy } = multiclassMetrics(confusion.table);
  const logLoss = meanEstimate(confusion.logLoss, { minimum: 0 });
  return { accuracy, macroF1, macroPrecision, balancedAccuracy, logLoss };
}

function metricsOf(confusion: Confusion): readonly NamedMetric[] {
  const values = valuesOf(confusion);
  return shownMetrics.map((name) => ({ name, value: shownEstimate(values[name]), baseline: undefined }));
}

function performanceOf(
  frozen: FrozenClass,
  { scores, confidences }: JudgedCounts,
  baseline: readonly NamedMetric[],
): PerformanceNumbers {
  const confusion = confusionOf(frozen, [scores]);
  const [headline, ...others] = metricsOf(confusion).map((metric, index) => ({
    ...metric,
    baseline: baseline[index]?.value,
  }));
  const labelledRows = errorsOf(confusion).n;
  return {
    rows: confusion.rows,
    labelledRows,
    headline: headline ?? { name: "accuracy", value: undefined, baseline: undefined },
    others,
    classes: classesOf(frozen, confusion),
    auc: undefined,
    accuracy: headline?.value,
    positiveShare: undefined,
    meanProbability: undefined,
    calibrationError: confidenceError(frozen, confidences),
    baselineAuc: undefined,
    baselineAccuracy: headline?.baseline,
  };
}

/** How far confidence and share of right answers lie apart; undefined where no confidence was told. */
function confidenceError(
  { confidenceEdges }: FrozenClass,
  confidences: JudgedCounts["confidences"],
): number | undefined {
  const counts = denseScores(confidences, confidenceEdges.length + 1);
  const labelled = [...counts.positives, ...counts.negatives].reduce((sum, count) => sum + count, 0);
  return calibrationErrorOf(counts, labelled);
}

/** The classes that occur or are predicted, most frequent first. */
function classesOf({ classes }: FrozenClass, { table }: Confusion): readonly ClassPerformance[] {
  const size = table.classes;
  const at = (actual: number, predicted: number): number => table.cells[actual * size + predicted] ?? 0;
  return Array.from({ length: size }, (_, place): ClassPerformance => {
    const every = Array.from({ length: size }, (__, other) => other);
    const actual = every.reduce((sum, other) => sum + at(place, other), 0);
    const predicted = every.reduce((sum, other) => sum + at(other, place), 0);
    return {
      name: classes[place] ?? otherValue,
      actual,
      predicted,
      precision: shownEstimate(proportionEstimate(at(place, place), predicted)),
      recall: shownEstimate(proportionEstimate(at(place, place), actual)),
    };
  })
    .filter((one) => one.actual + one.predicted > 0)
    .sort((left, right) => right.actual - left.actual)
    .slice(0, mostShown);
}
