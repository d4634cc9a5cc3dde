import type { MonitorDefinition, WindowQuestion } from "../monitor.ts";
import { labelsMissing } from "../quality/label-readiness.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, metricOf } from "../settings.ts";
import { splitWords } from "../truth/loss-split.ts";
import { materialAbsoluteError, materialErrorRate } from "../truth/lost-more.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/**
 * Do rows with the same prediction fare worse than they did (R18)? The loss of the labelled rows of every segment
 * against what rows with the same scores (values, confidences) lost in the baseline, so that other inputs alone, which
 * move the scores, do not fire it. Where the loss was also split by the features that moved most, only the part that
 * they do not explain counts. The thresholds are those of performance; a calibration test holds the alarms.
 */
export const conceptDrift: MonitorDefinition = {
  kind: "concept-drift",
  layer: "outcome",
  area: "production-performance",
  defaults: {
    severity: "critical",
    metrics: {
      "error-rate": {
        threshold: materialErrorRate,
        persistenceWindows: 3,
        unit: "growth of the share of errors at equal predictions",
      },
      "absolute-error": {
        threshold: materialAbsoluteError,
        persistenceWindows: 3,
        unit: "growth of the absolute error at equal predictions, as a share of the baseline's",
      },
    },
  },
  covers: ["concept-drift"],
  needs: ["splits"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    const by = metric === "absolute-error" ? percent(threshold) : String(threshold);
    return `the error of rows with the same prediction at least ${by} above the baseline and significant after overdispersion and control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const format = (value: number): string =>
      key.metric === "absolute-error" ? String(Number(value.toPrecision(4))) : percent(value);
    const what = key.metric === "absolute-error" ? "the mean absolute error" : "the share of errors";
    const why = numbers.split === undefined ? "" : `; ${splitWords(numbers.split)}`;
    return `in ${segmentWords(key)} ${what} is ${format(numbers.value)}, where rows with the same predictions had ${format(numbers.baselineValue ?? 0)} in the baseline (${wholeNumber(numbers.rows)} rows with outcomes)${why}`;
  },
  ask: (question, settings) => {
    const metric = question.picture.baseline.score.kind === "value" ? "absolute-error" : "error-rate";
    if (!asks(settings, metric)) return [];
    return chosenSegments(settings, question.picture.segments).map((segment) =>
      asked(
        question,
        { monitor: "concept-drift", metric, segment, feature: undefined },
        metricOf(settings, metric).threshold,
      ),
    );
  },
};

function asked(
  { picture, profile, outcomesMature, evidence }: WindowQuestion,
  key: SeriesKey,
  threshold: number,
): SeriesTest {
  const at = keyOf(key.segment);
  const counts: JudgedCounts = { scores: profile.scores.get(at), confidences: profile.confidences.get(at) };
  const { quality, truth } = picture.score(key.segment);
  const shown = quality.shown(counts);
  const sizes = { rows: shown.rows, baselineRows: truth.baselineRows };
  const missing = labelsMissing(shown, outcomesMature);
  if (missing !== undefined) return untested(key, missing.state, missing.reason, sizes);
  const found = truth.conditional(counts);
  if ("notEnough" in found) return untested(key, "not-enough-data", found.notEnough, sizes);
  if (truth.unit === undefined) return untested(key, "not-checked", "the baseline has no error to compare with", sizes);
  const split = evidence.splits?.get(at);
  const growth = found.realised - found.expected;
  // What the features that moved explain is data drift, though the scores did not show it.
  const concept = split === undefined || split.reading === "extrapolation" ? growth : Math.min(growth, split.concept);
  return {
    kind: "tested",
    key,
    numbers: {
      variant: "loss-at-equal-predictions/groups20",
      value: found.realised,
      baselineValue: found.expected,
      effect: concept / truth.unit,
      threshold,
      pValue: found.pValue,
      expectedByChance: undefined,
      lowerBound: found.lower / truth.unit,
      overdispersion: found.overdispersion,
      rows: found.rows,
      baselineRows: truth.baselineRows,
      bins: undefined,
      ...(split === undefined ? {} : { split }),
    },
  };
}
