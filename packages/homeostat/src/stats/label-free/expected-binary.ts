import type { BinaryConfusion } from "../performance/binary-confusion.ts";
import {
  firstBadCount,
  firstNotBinary,
  firstOutside,
  type InsufficientReason,
  insufficient,
  type Refusal,
  requireSameLength,
} from "../performance/refusal.ts";
import { assumed } from "./assumption.ts";
import { type ExpectationContext, type ExpectedMetric, expectedMetric } from "./expected-performance.ts";
import { expectedRanking, type RankingExpectation } from "./expected-ranking.ts";

/**
 * Rows or cells without labels. Row form: one entry per row. Cell form: one entry per (score bin, decision) with its
 * count, `scores` being the bin number, so that a GROUP BY is enough.
 */
export interface UnlabelledCells {
  /** For the ranking metrics only: order matters, not size. */
  readonly scores: ArrayLike<number>;
  /** Calibrated P(y = 1), 0..1. */
  readonly calibrated: ArrayLike<number>;
  /** The model's decisions, 0 or 1. */
  readonly decisions: ArrayLike<number>;
  /** Rows per entry; default 1. */
  readonly counts?: ArrayLike<number>;
  /** Which bin of the calibration table each entry used, with that table's variances: adds the calibration error. */
  readonly calibration?: { readonly bins: ArrayLike<number>; readonly variance: ArrayLike<number> };
}

export interface ExpectedBinaryOptions {
  readonly alpha?: number;
  readonly overdispersion?: number;
  /** Fewer rows are refused. Default 300. */
  readonly minimumRows?: number;
}

export interface ExpectedBinary extends ExpectationContext {
  readonly kind: "expected-binary";
  readonly confusion: BinaryConfusion;
  readonly accuracy: ExpectedMetric;
  readonly precision: ExpectedMetric | Refusal;
  readonly recall: ExpectedMetric | Refusal;
  readonly specificity: ExpectedMetric | Refusal;
  readonly f1: ExpectedMetric | Refusal;
  readonly auc: ExpectedMetric | Refusal;
  readonly averagePrecision: RankingExpectation["averagePrecision"];
}

/**
 * Confidence-based performance estimation (CBPE) of a two-class model: what its metrics are expected to be on rows
 * whose
 * labels are not here yet, if P(y | score) has not changed.
 *
 *   TP = sum_{decided 1} c   FP = sum_{decided 1} (1-c)   FN = sum_{decided 0} c   TN = sum_{decided 0} (1-c)
 *   accuracy (TP+TN)/N, precision TP/(TP+FP), recall TP/(TP+FN), specificity TN/(TN+FP), F1 2TP/(2TP+FP+FN)
 *   AUROC = weighted AUC of the doubled sample {(s, 1, c), (s, 0, 1-c)}
 *   band: var = phi sum c(1-c) D^2 + sum_b var(c_b) (sum_{i in b} D_i)^2,  D_i = d metric / d y_i
 *
 * It cannot see concept drift, nor a shift in something the model does not see: there it was 8-16 points too high with
 * an error bar of 1 [measured]. Always shown with its caveat, and beside a prediction-powered estimate once 100 labels
 * exist. Refused below `minimumRows`. O(n log n), O(cells) in cell form.
 * Source: the estimator of NannyML's CBPE; the variance is the delta method over independent Bernoulli(c) labels.
 */
export function expectedBinary(cells: UnlabelledCells, options: ExpectedBinaryOptions = {}): ExpectedBinary | Refusal {
  const { alpha = 0.05, overdispersion = 1, minimumRows = 300 } = options;
  if (!(alpha > 0 && alpha < 1) || !(overdispersion >= 1)) throw new RangeError("alpha in (0, 1), overdispersion >= 1");
  const bad = brokenCells(cells);
  if (bad !== null) return bad;
  const counts = cells.counts ?? new Float64Array(cells.calibrated.length).fill(1);
  const n = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (n < Math.max(1, minimumRows)) return insufficient("too-few-rows", n, Math.max(1, minimumRows));
  const confusion = expectedConfusion(cells, counts);
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = confusion;
  const flagged = tp + fp;
  const band = (value: number, slope: (decision: number, row: number) => number): ExpectedMetric => {
    const { sampling, calibration } = varianceOf(cells, counts, slope);
    return expectedMetric(value, sampling * overdispersion, calibration, alpha);
  };
  const ratio = (
    numerator: number,
    denominator: number,
    reason: InsufficientReason,
    slope: (decision: number) => number,
  ): ExpectedMetric | Refusal =>
    denominator > LEAST_EXPECTED ? band(numerator / denominator, slope) : insufficient(reason, 0, 1);
  const ranking = expectedRanking(cells.scores, cells.calibrated, counts);
  const scale = flagged + tp + fn;
  return {
    kind: "expected-binary",
    n,
    alpha,
    caveats: [assumed("label-law-unchanged")],
    confusion,
    accuracy: band((tp + tn) / n, (d) => (2 * d - 1) / n),
    precision: ratio(tp, flagged, "no-predicted-positives", (d) => d / flagged),
    recall: ratio(tp, tp + fn, "no-positives", (d) => (d === 1 ? fn : -tp) / (tp + fn) ** 2),
    specificity: ratio(tn, tn + fp, "no-negatives", (d) => (d === 1 ? tn : -fp) / (tn + fp) ** 2),
    f1: ratio(2 * tp, scale, "no-positives", (d) => (2 * d * scale - 2 * tp) / scale ** 2),
    auc: ranking.kind === "ranking" ? band(ranking.auc, (_, row) => ranking.aucSlopes[row] ?? 0) : ranking,
    averagePrecision: ranking.kind === "ranking" ? ranking.averagePrecision : ranking,
  };
}

function expectedConfusion(cells: UnlabelledCells, counts: ArrayLike<number>): BinaryConfusion {
  let truePositive = 0;
  let falsePositive = 0;
  let falseNegative = 0;
  let trueNegative = 0;
  for (let i = 0; i < counts.length; i++) {
    const positive = (counts[i] as number) * (cells.calibrated[i] as number);
    const negative = (counts[i] as number) - positive;
    if (cells.decisions[i] === 1) {
      truePositive += positive;
      falsePositive += negative;
    } else {
      falseNegative += positive;
      trueNegative += negative;
    }
  }
  return { truePositive, falsePositive, falseNegative, trueNegative };
}

function varianceOf(
  cells: UnlabelledCells,
  counts: ArrayLike<number>,
  slope: (decision: number, row: number) => number,
): { sampling: number; calibration: number } {
  const perBin = new Float64Array(cells.calibration?.variance.length ?? 0);
  let sampling = 0;
  for (let i = 0; i < counts.length; i++) {
    const c = cells.calibrated[i] as number;
    const d = slope(cells.decisions[i] as number, i);
    sampling += (counts[i] as number) * c * (1 - c) * d * d;
    if (cells.calibration === undefined) continue;
    const bin = cells.calibration.bins[i] as number;
    perBin[bin] = (perBin[bin] ?? 0) + (counts[i] as number) * d;
  }
  const calibration = perBin.reduce((sum, d, b) => sum + d * d * (cells.calibration?.variance[b] ?? 0), 0);
  return { sampling, calibration };
}

function brokenCells(cells: UnlabelledCells): Refusal | null {
  requireSameLength(cells.scores, cells.calibrated, "scores and calibrated");
  requireSameLength(cells.scores, cells.decisions, "scores and decisions");
  if (cells.counts !== undefined) requireSameLength(cells.scores, cells.counts, "scores and counts");
  if (cells.calibration !== undefined) requireSameLength(cells.scores, cells.calibration.bins, "scores and bins");
  return (
    firstOutside(cells.scores, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) ??
    firstOutside(cells.calibrated, 0, 1) ??
    firstNotBinary(cells.decisions) ??
    (cells.counts === undefined ? null : firstBadCount(cells.counts))
  );
}

/** Less than a billionth of an expected row is none: its square, in the error bar, would be no number. */
const LEAST_EXPECTED = 1e-9;
