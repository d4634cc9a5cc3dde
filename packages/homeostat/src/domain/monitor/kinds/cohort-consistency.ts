import { normalSurvival } from "../../../stats/special/normal-survival.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import type { MonitorDefinition, WindowQuestion } from "../monitor.ts";
import { labelsMissing } from "../quality/label-readiness.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, metricOf } from "../settings.ts";
import { expectedLoss, realisedLoss } from "../truth/expected-loss.ts";
import { addStrata, groupStrata, lossStrata } from "../truth/loss-strata.ts";
import { stratifiedDifference, unitedCells } from "../truth/stratified-difference.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest, TestedNumbers } from "../verdict.ts";
import { segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const leastLabelled = 30;

/**
 * Cohorts that should agree and do not (R20): arms of a test, routes, regions, devices, declared as a segment with
 * `consistent: true`. Each value is held against the others of the same window, so that what happens to all of them fires
 * nothing: its outputs at like inputs (rows alike in the features that explain the output best), and its outcomes at
 * like outputs. Asked of no other segment.
 */
export const cohortConsistency: MonitorDefinition = {
  kind: "cohort-consistency",
  layer: "outcome",
  area: "serving",
  defaults: {
    severity: "critical",
    metrics: {
      output: {
        threshold: 0.2,
        persistenceWindows: 3,
        unit: "difference of the mean output at like inputs, in standard deviations",
      },
      outcome: {
        threshold: 0.1,
        persistenceWindows: 3,
        unit: "difference of the mean loss at like outputs, as a share of rows or of the baseline's error",
      },
    },
  },
  covers: ["cohort-disagreement"],
  needs: ["cohorts"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    const what =
      metric === "output"
        ? "outputs at like inputs differ from the other cohorts' by"
        : "the loss at like outputs is above the other cohorts' by";
    return `${what} at least ${threshold}${metric === "output" ? " standard deviations" : ""} and significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const [own, others] = [numbers.value, numbers.baselineValue ?? 0].map((value) => Number(value.toPrecision(4)));
    return key.metric === "output"
      ? `${segmentWords(key)} should agree with the others and does not: at like inputs its mean output is ${own}, theirs ${others} (${wholeNumber(numbers.rows)} rows)`
      : `${segmentWords(key)} should agree with the others and does not: at like outputs its mean loss is ${own}, where theirs gives ${others} (${wholeNumber(numbers.rows)} rows with outcomes)`;
  },
  ask: (question, settings) => {
    const consistent = question.evidence.cohorts;
    if (consistent === undefined || consistent.size === 0) return [];
    return chosenSegments(settings, question.picture.segments).flatMap((segment) => {
      if (segment === undefined || !consistent.has(segment.name)) return [];
      const cohorts = question.picture.segments.flatMap((other) =>
        other !== undefined && other.name === segment.name && other.value !== segment.value ? [other] : [],
      );
      return [
        ...(asks(settings, "output") ? [output(question, segment, metricOf(settings, "output").threshold)] : []),
        ...(asks(settings, "outcome")
          ? [outcome(question, segment, cohorts, metricOf(settings, "outcome").threshold)]
          : []),
      ];
    });
  },
};

function output({ picture, evidence }: WindowQuestion, segment: SegmentValue, threshold: number): SeriesTest {
  const key: SeriesKey = { monitor: "cohort-consistency", metric: "output", segment, feature: undefined };
  const cells = evidence.cohorts?.get(segment.name)?.cells ?? new Map();
  const own = cells.get(segment.value) ?? [];
  const others = [...cells].flatMap(([value, one]) => (value === segment.value ? [] : [one]));
  const phi = picture.score(undefined).overdispersion?.phi ?? 1;
  const found = stratifiedDifference(own, unitedCells(others), phi);
  const rows = own.reduce((sum: number, cell: { rows: number }) => sum + cell.rows, 0);
  if (found === undefined)
    return untested(key, "not-enough-data", "too few rows at like inputs, here or in the other cohorts", {
      rows,
      baselineRows: 0,
    });
  return tested(key, {
    variant: "mean-output/stratified",
    value: found.value,
    baselineValue: found.others,
    effect: Math.abs(found.value - found.others) / found.deviation,
    threshold,
    pValue: found.pValue,
    lowerBound: found.lower / found.deviation,
    overdispersion: phi,
    rows: found.rows,
    baselineRows: found.otherRows,
  });
}

const tested = (key: SeriesKey, numbers: Omit<TestedNumbers, "expectedByChance" | "bins">): SeriesTest => ({
  kind: "tested",
  key,
  numbers: { ...numbers, expectedByChance: undefined, bins: undefined },
});

function outcome(
  { picture, profile, outcomesMature }: WindowQuestion,
  segment: SegmentValue,
  others: readonly SegmentValue[],
  threshold: number,
): SeriesTest {
  const key: SeriesKey = { monitor: "cohort-consistency", metric: "outcome", segment, feature: undefined };
  const countsOf = (one: SegmentValue): JudgedCounts => ({
    scores: profile.scores.get(keyOf(one)),
    confidences: profile.confidences.get(keyOf(one)),
  });
  const { quality, truth } = picture.score(segment);
  const shown = quality.shown(countsOf(segment));
  const missing = labelsMissing(shown, outcomesMature);
  const sizes = { rows: shown.rows, baselineRows: 0 };
  if (missing !== undefined) return untested(key, missing.state, missing.reason, sizes);
  const { score } = picture.baseline;
  const groups = picture.score(undefined).truth.groupsOfPrediction(10);
  const own = groupStrata(lossStrata(score, countsOf(segment)), groups);
  const rest = others
    .map((one) => groupStrata(lossStrata(score, countsOf(one)), groups))
    .reduce(addStrata, groupStrata(lossStrata(score, { scores: undefined, confidences: undefined }), groups));
  const phi = truth.variation?.phi ?? 1;
  const expected = expectedLoss(rest, own, "labelled", phi);
  const realised = realisedLoss(rest, own);
  const unit = picture.score(undefined).truth.unit;
  if (
    expected === undefined ||
    realised === undefined ||
    realised.rows < leastLabelled ||
    !(expected.variance > 0) ||
    unit === undefined
  )
    return untested(key, "not-enough-data", `fewer than ${leastLabelled} outcomes at like outputs`, sizes);
  const spread = Math.sqrt(expected.variance);
  const growth = realised.mean - expected.mean;
  return tested(key, {
    variant: "loss-at-like-outputs/groups10",
    value: realised.mean,
    baselineValue: expected.mean,
    effect: growth / unit,
    threshold,
    pValue: normalSurvival(growth / spread),
    lowerBound: (growth - 1.96 * spread) / unit,
    overdispersion: phi,
    rows: realised.rows,
    baselineRows: rest.reduce((sum, { loss }) => sum + loss.n, 0),
  });
}
