import type { MonitorDefinition } from "../monitor.ts";
import { judgedMetrics, type MetricName, type MetricRule, metricRules } from "../quality/metric-rule.ts";
import type { SegmentQuality } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, type MonitorDefaults, type MonitorSettings, metricOf } from "../settings.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** Below this share of rows with an outcome the labelled ones may not speak for the rest. */
const leastCoverage = 0.8;

const ruleOf = (metric: string): MetricRule => metricRules[metric as MetricName] ?? metricRules.auc;

function ruleWords({ name, better, scale }: MetricRule, threshold: number): string {
  const by = scale === "relative" ? percent(threshold) : String(threshold);
  return `${name.replace(/^the /, "")} at least ${by} ${better === "higher" ? "below" : "above"} the baseline`;
}

/** What the tasks are judged by; the others are a choice of a declared monitor. */
const ownMetrics: ReadonlySet<string> = new Set(["auc", "mae", "accuracy"]);

function defaultOf(metric: MetricName): MonitorDefaults["metrics"][string] {
  const { name, better, threshold, scale } = metricRules[metric];
  const change = `${better === "higher" ? "fall" : "growth"} of ${name}`;
  return {
    threshold,
    persistenceWindows: 3,
    unit: scale === "relative" ? `${change}, as a share` : change,
    ...(ownMetrics.has(metric) ? {} : { onlyWhenDeclared: true as const }),
  };
}

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
    metrics: Object.fromEntries(judgedMetrics.map((metric) => [metric, defaultOf(metric)])),
  },
  covers: ["performance-loss", "slice-loss"],
  needs: [],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `${ruleWords(ruleOf(metric), threshold)} and significant after overdispersion and control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const { name, better, format } = ruleOf(key.metric);
    return `${name} in ${segmentWords(key)} ${better === "higher" ? "fell" : "rose"} from ${format(numbers.baselineValue ?? 0)} to ${format(numbers.value)} on ${wholeNumber(numbers.rows)} rows with outcomes`;
  },
  ask: ({ picture, profile, outcomesMature }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) => {
      const { quality } = picture.score(segment);
      const counts = {
        scores: profile.scores.get(keyOf(segment)),
        confidences: profile.confidences.get(keyOf(segment)),
      };
      const shown = quality.shown(counts);
      return metricsAsked(settings, quality).map((metric): SeriesTest => {
        const key = { monitor: "performance", metric, segment, feature: undefined } as const;
        const refused = (state: "not-enough-data" | "waiting-for-labels", reason: string): SeriesTest => ({
          ...untested(key, state, reason, { rows: shown.rows, baselineRows: quality.baselineRows }),
          performance: shown,
        });
        if (shown.rows === 0) return refused("not-enough-data", "no rows");
        // Early outcomes do not speak for late ones: a late flight also lands late. Nothing is tested on a part of them.
        if (!outcomesMature) return refused("waiting-for-labels", "outcomes have not had the time to arrive yet");
        if (shown.labelledRows / shown.rows < leastCoverage)
          return refused("waiting-for-labels", "too few of the outcomes have arrived");
        const tested = quality.test(counts, metric);
        if ("notEnough" in tested) return refused("not-enough-data", tested.notEnough);
        const numbers = { ...tested, threshold: metricOf(settings, metric).threshold };
        return { kind: "tested", key, performance: shown, numbers };
      });
    }),
};

/** The default monitor asks about what the task is judged by; a declared one about its own metrics, as far as the task has them. */
function metricsAsked(settings: MonitorSettings, quality: SegmentQuality): readonly MetricName[] {
  const offered = settings.origin === "default" ? [quality.metric] : quality.metrics;
  return offered.filter((metric) => asks(settings, metric));
}
