import type { MonitorDefinition } from "../monitor.ts";
import { materialAucDrop } from "../quality/binary-quality.ts";
import { materialAccuracyDrop } from "../quality/class-quality.ts";
import { materialErrorGrowth } from "../quality/regression-quality.ts";
import type { SegmentQuality } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber } from "../wording.ts";

const persistenceWindows = 3;
/** Below this share of rows with an outcome the labelled ones may not speak for the rest. */
const leastCoverage = 0.8;

interface MetricWords {
  readonly rule: string;
  readonly name: string;
  readonly verb: string;
  format(value: number): string;
}

/** How each task's metric is spoken of. */
const metricWords: Readonly<Record<SegmentQuality["metric"], MetricWords>> = {
  auc: {
    rule: `AUC at least ${materialAucDrop} below the baseline`,
    name: "AUC",
    verb: "fell",
    format: (value) => value.toFixed(3),
  },
  mae: {
    rule: `mean absolute error at least ${percent(materialErrorGrowth)} above the baseline`,
    name: "the mean absolute error",
    verb: "rose",
    format: (value) => String(Number(value.toPrecision(4))),
  },
  accuracy: {
    rule: `accuracy at least ${materialAccuracyDrop} below the baseline`,
    name: "accuracy",
    verb: "fell",
    format: (value) => value.toFixed(3),
  },
};

const wordsOf = (metric: string): MetricWords => metricWords[metric as SegmentQuality["metric"]] ?? metricWords.auc;

/**
 * How good the predictions of every segment were on joined outcomes against the baseline (R14), by the metric of the
 * task, allowing for how much it varies between healthy windows.
 */
export const performance: MonitorDefinition = {
  kind: "performance",
  layer: "outcome",
  area: "production-performance",
  persistence: () => persistenceWindows,
  rule: (metric) =>
    `${wordsOf(metric).rule} and significant after overdispersion and control of false discoveries, in ${persistenceWindows} windows running`,
  sentence: (key, numbers) => {
    const { name, verb, format } = wordsOf(key.metric);
    return `${name} in ${segmentWords(key)} ${verb} from ${format(numbers.baselineValue ?? 0)} to ${format(numbers.value)} on ${wholeNumber(numbers.rows)} rows with outcomes`;
  },
  ask: ({ picture, profile, outcomesMature }) =>
    picture.segments.map((segment): SeriesTest => {
      const { quality } = picture.score(segment);
      const key = { monitor: "performance", metric: quality.metric, segment, feature: undefined } as const;
      const counts = {
        scores: profile.scores.get(keyOf(segment)),
        confidences: profile.confidences.get(keyOf(segment)),
      };
      const shown = quality.shown(counts);
      const untested = (state: "not-enough-data" | "waiting-for-labels", reason: string): SeriesTest => ({
        kind: "untested",
        key,
        state,
        reason,
        rows: shown.rows,
        baselineRows: quality.baselineRows,
        performance: shown,
      });
      if (shown.rows === 0) return untested("not-enough-data", "no rows");
      const coverage = shown.labelledRows / shown.rows;
      // Early outcomes do not speak for late ones: a late flight also lands late. Nothing is tested on a part of them.
      if (!outcomesMature) return untested("waiting-for-labels", "outcomes have not had the time to arrive yet");
      if (coverage < leastCoverage) return untested("waiting-for-labels", "too few of the outcomes have arrived");
      const tested = quality.test(counts);
      return "notEnough" in tested
        ? untested("not-enough-data", tested.notEnough)
        : { kind: "tested", key, performance: shown, numbers: tested };
    }),
};
