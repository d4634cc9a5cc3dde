import type { Overdispersion } from "../../../stats/hypothesis/overdispersion.ts";
import type { ConfidenceSums } from "../../../stats/performance/confidence-paradox.ts";
import type { MomentSums } from "../../../stats/performance/mean-estimate.ts";
import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import type { FrozenScore } from "../../baseline/baseline.ts";
import { type JudgedCounts, pooledFactor, type SegmentQuality, shrunkVariation } from "../quality/segment-quality.ts";
import { addConfidences, confidenceSums } from "./confidence-sums.ts";
import { estimateOf } from "./estimate-of.ts";
import type { EstimatedPerformance } from "./estimated-performance.ts";
import { expectedLoss, realisedLoss } from "./expected-loss.ts";
import {
  addStrata,
  groupStrata,
  type LossStratum,
  lossStrata,
  type StrataGroups,
  strataGroups,
  totalLoss,
} from "./loss-strata.ts";

/** The loss of labelled rows beside what rows with the same predictions lost in the baseline. */
interface ConditionalLoss {
  readonly rows: number;
  readonly realised: number;
  readonly expected: number;
  /** One-sided: the loss at equal predictions did not grow. */
  readonly pValue: number;
  /** Lower end of the 95 % interval of the growth. */
  readonly lower: number;
  readonly overdispersion: number;
}

/** What can be said of a segment's rows from its predictions alone, and what outcomes say at equal predictions. */
export interface SegmentTruth {
  readonly baselineRows: number;
  /**
   * What a growth of the loss is measured in: 1 for a share of errors, the baseline's mean error for a regression;
   * undefined where the baseline has none.
   */
  readonly unit: number | undefined;
  estimate(counts: JudgedCounts): EstimatedPerformance | { readonly notEnough: string };
  /** What was estimated of every window of the reference: healthy windows vary by so much. */
  healthyEstimates(): readonly EstimatedPerformance[];
  conditional(counts: JudgedCounts): ConditionalLoss | { readonly notEnough: string };
  /** Loss of the labelled rows of every window of the reference. */
  readonly windowLosses: readonly MomentSums[];
  /** Of some rows. */
  loss(counts: JudgedCounts): MomentSums;
  readonly variation: Overdispersion | undefined;
  /** Of the reference, and of some rows; undefined where confidences are not known. */
  readonly baselineConfidence: ConfidenceSums | undefined;
  confidence(counts: JudgedCounts): ConfidenceSums | undefined;
  /** Fine strata of the prediction united to about so many groups. */
  groupsOfPrediction(most: number): StrataGroups;
}

/** Groups of predictions for estimates, and the fewer for tests at equal predictions. */
const estimateGroups = 50;
const conditionalGroups = 20;
const leastLabelled = 30;

/** Builds them for all segments: `windowsOf` are the counts of the reference windows. Cost: O(windows × bins) a segment. */
export function segmentTruths<S>(
  frozen: FrozenScore,
  segments: readonly S[],
  windowsOf: (segment: S) => readonly JudgedCounts[],
  qualityOf: (segment: S) => SegmentQuality,
): (segment: S) => SegmentTruth {
  const fineOf = (segment: S): readonly (readonly LossStratum[])[] =>
    windowsOf(segment).map((counts) => lossStrata(frozen, counts));
  const pooled = pooledFactor(segments.map((segment) => conditionalOf(frozen, fineOf(segment)).deviations));
  return (segment) => {
    const windows = fineOf(segment);
    const { all, groups, reference, deviations } = conditionalOf(frozen, windows);
    const fine = strataGroups(frozen, all, estimateGroups);
    const baseline = groupStrata(all, fine);
    const quality = qualityOf(segment);
    const variation = shrunkVariation(deviations, pooled);
    const baselineRows = baseline.reduce((sum, { loss }) => sum + loss.n, 0);
    let healthy: readonly EstimatedPerformance[] | undefined;
    const estimate: SegmentTruth["estimate"] = (counts) =>
      estimateOf({
        frozen,
        groups: fine,
        reference: baseline,
        now: groupStrata(lossStrata(frozen, counts), fine),
        counts,
        quality,
        overdispersion: variation?.phi ?? 1,
      });
    return {
      baselineRows,
      unit: unitOf(frozen, baseline),
      estimate,
      healthyEstimates: () => {
        healthy ??= windowsOf(segment).flatMap((counts) => {
          const one = estimate(counts);
          return "notEnough" in one ? [] : [one];
        });
        return healthy;
      },
      windowLosses: windows.map(totalLoss),
      loss: (counts) => totalLoss(lossStrata(frozen, counts)),
      variation,
      baselineConfidence: windowsOf(segment)
        .map((counts) => confidenceSums(frozen, counts))
        .reduce(
          (all, one) => (all === undefined || one === undefined ? (all ?? one) : addConfidences(all, one)),
          undefined,
        ),
      confidence: (counts) => confidenceSums(frozen, counts),
      groupsOfPrediction: (most) => strataGroups(frozen, all, most),
      conditional: (counts) => conditionalTest(reference, groupStrata(lossStrata(frozen, counts), groups), variation),
    };
  };
}

function unitOf(frozen: FrozenScore, baseline: readonly LossStratum[]): number | undefined {
  if (frozen.kind !== "value") return 1;
  const rows = baseline.reduce((sum, { loss }) => sum + loss.n, 0);
  const mean = baseline.reduce((sum, { loss }) => sum + loss.sum, 0) / rows;
  return mean > 0 ? mean : undefined;
}

function conditionalOf(frozen: FrozenScore, windows: readonly (readonly LossStratum[])[]) {
  const all = windows.reduce(addStrata, lossStrata(frozen, { scores: undefined, confidences: undefined }));
  const groups = strataGroups(frozen, all, conditionalGroups);
  const reference = groupStrata(all, groups);
  const deviations = windows.flatMap((window) => {
    const own = groupStrata(window, groups);
    const rest = reference.map((stratum, place) => without(stratum, own[place]));
    const expected = expectedLoss(rest, own, "labelled", 1);
    const realised = realisedLoss(rest, own);
    if (expected === undefined || realised === undefined || realised.rows < leastLabelled) return [];
    return expected.variance > 0 ? [(realised.mean - expected.mean) ** 2 / expected.variance] : [];
  });
  return { all, groups, reference, deviations };
}

function without(all: LossStratum, part: LossStratum | undefined): LossStratum {
  if (part === undefined) return all;
  const { n, sum, sumSquares } = part.loss;
  return {
    rows: all.rows - part.rows,
    loss: { n: all.loss.n - n, sum: all.loss.sum - sum, sumSquares: all.loss.sumSquares - sumSquares },
  };
}

function conditionalTest(
  reference: readonly LossStratum[],
  now: readonly LossStratum[],
  variation: Overdispersion | undefined,
): ConditionalLoss | { readonly notEnough: string } {
  const expected = expectedLoss(reference, now, "labelled", variation?.phi ?? 1);
  const realised = realisedLoss(reference, now);
  if (expected === undefined || realised === undefined || realised.rows < leastLabelled || variation === undefined)
    return { notEnough: `fewer than ${leastLabelled} outcomes of predictions that the baseline knows` };
  const spread = Math.sqrt(expected.variance);
  if (!(spread > 0)) return { notEnough: "the baseline has no error to compare with" };
  const growth = realised.mean - expected.mean;
  return {
    rows: realised.rows,
    realised: realised.mean,
    expected: expected.mean,
    pValue: studentTSurvival(growth / spread, Math.max(1, variation.windows - 1)),
    lower: growth - 1.96 * spread,
    overdispersion: variation.phi,
  };
}
