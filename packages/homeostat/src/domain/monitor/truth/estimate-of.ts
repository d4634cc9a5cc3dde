import { calibrationTable } from "../../../stats/label-free/calibration-table.ts";
import { type ExpectedBinary, expectedBinary } from "../../../stats/label-free/expected-binary.ts";
import { predictionPoweredMean } from "../../../stats/label-free/prediction-powered-mean.ts";
import type { FrozenProbability, FrozenScore } from "../../baseline/baseline.ts";
import type { Estimate } from "../../model/model-store.ts";
import type { MetricName } from "../quality/metric-name.ts";
import type { JudgedCounts, SegmentQuality } from "../quality/segment-quality.ts";
import type { PerformanceNumbers } from "../verdict.ts";
import type { CorrectedEstimate, EstimatedMetric, EstimatedPerformance } from "./estimated-performance.ts";
import { expectedLoss } from "./expected-loss.ts";
import type { LossStratum, StrataGroups } from "./loss-strata.ts";

/** Fewer rows say too little to estimate from, in the window and in the baseline. */
const leastRows = 100;
/** Above this share of labelled rows their own performance is the truth that estimates are held against. */
const leastCoverage = 0.8;
const alpha = 0.05;

interface Scene {
  readonly frozen: FrozenScore;
  readonly groups: StrataGroups;
  readonly reference: readonly LossStratum[];
  readonly now: readonly LossStratum[];
  readonly counts: JudgedCounts;
  readonly quality: SegmentQuality;
  readonly overdispersion: number;
}

/**
 * The performance expected of a window from its predictions alone: confidence-based (binary), by confidence or predicted
 * class (multiclass accuracy), by predicted value (mean absolute error: direct loss estimation with the bins of the
 * prediction as regressor). Rests on one assumption, P(outcome | prediction) as in the baseline, which no inputs can
 * show to be false. O(groups log groups).
 */
export function estimateOf(scene: Scene): EstimatedPerformance | { readonly notEnough: string } {
  const { reference, now, quality, counts, overdispersion } = scene;
  const baselineRows = reference.reduce((sum, { loss }) => sum + loss.n, 0);
  if (baselineRows < leastRows) return { notEnough: `the baseline has fewer than ${leastRows} outcomes` };
  const expected = expectedLoss(reference, now, "all", overdispersion);
  if (expected === undefined || expected.rows < leastRows) return { notEnough: `fewer than ${leastRows} rows` };
  const shown = quality.shown(counts);
  const mature = shown.labelledRows >= leastCoverage * shown.rows;
  const metrics = estimatesOf(scene).map(({ name, estimated }): EstimatedMetric => {
    const metric = metricOf(shown, name);
    return {
      name,
      estimated,
      baseline: metric?.baseline?.value,
      realised: mature ? metric?.value?.value : undefined,
    };
  });
  return {
    rows: shown.rows,
    labelledRows: shown.labelledRows,
    metrics,
    corrected: correctedOf(scene),
    unseenShare: expected.unseenShare,
  };
}

type Named = Pick<EstimatedMetric, "name" | "estimated">;

function metricOf(shown: PerformanceNumbers, name: MetricName) {
  return shown.headline?.name === name ? shown.headline : shown.others?.find((metric) => metric.name === name);
}

function estimatesOf(scene: Scene): readonly Named[] {
  const { frozen, reference, now, overdispersion } = scene;
  if (frozen.kind === "probability") return binaryEstimates(frozen, scene);
  const expected = expectedLoss(reference, now, "all", overdispersion);
  if (expected === undefined) return [];
  const half = 1.96 * Math.sqrt(expected.variance);
  const { mean } = expected;
  if (frozen.kind === "value")
    return [{ name: "mae", estimated: { value: mean, low: Math.max(0, mean - half), high: mean + half } }];
  const estimated = { value: 1 - mean, low: Math.max(0, 1 - mean - half), high: Math.min(1, 1 - mean + half) };
  return [{ name: "accuracy", estimated }];
}

const binaryNames = ["auc", "accuracy", "precision", "recall", "f1"] as const;

function binaryEstimates(frozen: FrozenProbability, scene: Scene): readonly Named[] {
  const now = expectedBinaryOf(frozen, scene, (stratum) => stratum.rows);
  const then = expectedBinaryOf(frozen, scene, (_, place) => scene.reference[place]?.loss.n ?? 0);
  if (now === undefined || then === undefined) return [];
  const shown = scene.quality.shown(scene.counts);
  return binaryNames.flatMap((name): Named[] => {
    const [metric, before] = [now[name], then[name]];
    if (metric.kind !== "expected" || before.kind !== "expected") return [];
    // What grouping the scores costs is known from the baseline, whose truth is known: it is given back.
    const lost = (metricOf(shown, name)?.baseline?.value ?? before.value) - before.value;
    return [{ name, estimated: movedBy(metric, lost) }];
  });
}

function movedBy({ value, lower, upper }: { value: number; lower: number; upper: number }, by: number): Estimate {
  const unit = (x: number): number => Math.min(1, Math.max(0, x + by));
  return { value: unit(value), low: unit(lower), high: unit(upper) };
}

/** Positives of a group are what was wrong of it where it is decided negative, and the rest where positive. */
function expectedBinaryOf(
  { edges, threshold }: FrozenProbability,
  { groups, reference, now, overdispersion }: Scene,
  rowsOf: (stratum: LossStratum, place: number) => number,
): ExpectedBinary | undefined {
  const firstPositive = edges.indexOf(threshold) + 1;
  const decisions = groups.map((places) => ((places[0] ?? 0) >= firstPositive ? 1 : 0));
  const table = calibrationTable(
    reference.map(({ loss }, place) => ({
      n: loss.n,
      sumLabel: decisions[place] === 1 ? loss.n - loss.sum : loss.sum,
    })),
    overdispersion,
  );
  if (table.kind !== "calibration-table") return undefined;
  const places = groups.map((_, place) => place);
  const expected = expectedBinary(
    {
      scores: places,
      calibrated: table.probability,
      decisions,
      counts: now.map(rowsOf),
      calibration: { bins: places, variance: table.variance },
    },
    { alpha, overdispersion, minimumRows: leastRows },
  );
  return expected.kind === "expected-binary" ? expected : undefined;
}

/** Prediction-powered: of the accuracy, or the mean absolute error. undefined below a hundred outcomes. */
function correctedOf({ frozen, reference, now, overdispersion }: Scene): CorrectedEstimate | undefined {
  const isShare = frozen.kind !== "value";
  const of = (place: number): number => {
    const loss = reference[place]?.loss;
    const mean = loss === undefined || loss.n === 0 ? 0 : loss.sum / loss.n;
    return isShare ? 1 - mean : mean;
  };
  const sum = (term: (stratum: LossStratum, expected: number) => number): number =>
    now.reduce((total, stratum, place) => total + term(stratum, of(place)), 0);
  const actual = ({ loss }: LossStratum): number => (isShare ? loss.n - loss.sum : loss.sum);
  const powered = predictionPoweredMean(
    {
      n: sum(({ loss }) => loss.n),
      sumActual: sum(actual),
      sumExpected: sum(({ loss }, c) => loss.n * c),
      sumActualSquare: sum((stratum) => (isShare ? actual(stratum) : stratum.loss.sumSquares)),
      sumExpectedSquare: sum(({ loss }, c) => loss.n * c * c),
      sumProduct: sum((stratum, c) => actual(stratum) * c),
    },
    {
      n: sum(({ rows }) => rows),
      sumExpected: sum(({ rows }, c) => rows * c),
      sumExpectedSquare: sum(({ rows }, c) => rows * c * c),
    },
    { alpha, overdispersion, minimum: 0, ...(isShare ? { maximum: 1 } : {}) },
  );
  if (powered.kind !== "prediction-powered") return undefined;
  const { estimate } = powered;
  return {
    name: isShare ? "accuracy" : "mae",
    value: { value: estimate.value, low: estimate.lower, high: estimate.upper },
    labels: estimate.n,
    bias: -powered.labelFreeBias,
    biasPValue: powered.pLabelFreeBias,
    randomPValue: powered.caveats[0]?.p ?? 1,
  };
}
