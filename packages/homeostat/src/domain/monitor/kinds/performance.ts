import type { MonitorDefinition } from "../monitor.ts";
import { materialAucDrop } from "../quality/binary-quality.ts";
import { materialAccuracyDrop } from "../quality/class-quality.ts";
import { materialErrorGrowth } from "../quality/regression-quality.ts";
import type { SegmentQuality } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, metricOf } from "../settings.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** Below this share of rows with an outcome the labelled ones may not speak for the rest. */
const leastCoverage = 0.8;

interface MetricWords {
  rule(threshold: number): string;
  readonly name: string;
  readonly verb: string;
  format(value: number): string;
}

/** How each task's metric is spoken of. */
const metricWords: Readonly<Record<SegmentQuality["metric"], MetricWords>> = {
  auc: {
    rule: (threshold) => `AUC at least ${threshold} below the baseline`,
    name: "AUC",
    verb: "fell",
    format: (value) => value.toFixed(3),
  },
  mae: {
    rule: (threshold) => `mean absolute error at least ${percent(threshold)} above the baseline`,
    name: "the mean absolute error",
    verb: "rose",
    format: (value) => String(Number(value.toPrecision(4))),
  },
  accuracy: {
    rule: (threshold) => `accuracy at least ${threshold} below the baseline`,
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
  defaults: {
    severity: "critical",
    metrics: {
      auc: { threshold: materialAucDrop, persistenceWindows: 3, unit: "fall of the AUC" },
      mae: {
        threshold: materialErrorGrowth,
        persistenceWindows: 3,
        unit: "growth of the mean absolute error, as a share",
      },
      accuracy: { threshold: materialAccuracyDrop, persistenceWindows: 3, unit: "fall of the accuracy" },
    },
  },
  covers: ["performance-loss", "slice-loss"],
  needs: [],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `${wordsOf(metric).rule(threshold)} and significant after overdispersion and control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const { name, verb, format } = wordsOf(key.metric);
    return `${name} in ${segmentWords(key)} ${verb} from ${format(numbers.baselineValue ?? 0)} to ${format(numbers.value)} on ${wholeNumber(numbers.rows)} rows with outcomes`;
  },
  ask: ({ picture, profile, outcomesMature }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment): SeriesTest[] => {
      const { quality } = picture.score(segment);
      // a monitor declared for another task's metric has nothing to ask here
      if (!asks(settings, quality.metric)) return [];
      const key = { monitor: "performance", metric: quality.metric, segment, feature: undefined } as const;
      const counts = {
        scores: profile.scores.get(keyOf(segment)),
        confidences: profile.confidences.get(keyOf(segment)),
      };
      const shown = quality.shown(counts);
      const untested = (state: "not-enough-data" | "waiting-for-labels", reason: string): SeriesTest[] => [
        {
          kind: "untested",
          key,
          state,
          reason,
          rows: shown.rows,
          baselineRows: quality.baselineRows,
          performance: shown,
        },
      ];
      if (shown.rows === 0) return untested("not-enough-data", "no rows");
      const coverage = shown.labelledRows / shown.rows;
      // Early outcomes do not speak for late ones: a late flight also lands late. Nothing is tested on a part of them.
      if (!outcomesMature) return untested("waiting-for-labels", "outcomes have not had the time to arrive yet");
      if (coverage < leastCoverage) return untested("waiting-for-labels", "too few of the outcomes have arrived");
      const tested = quality.test(counts);
      return "notEnough" in tested
        ? untested("not-enough-data", tested.notEnough)
        : [
            {
              kind: "tested",
              key,
              performance: shown,
              numbers: { ...tested, threshold: metricOf(settings, quality.metric).threshold },
            },
          ];
    }),
};
