import type { MonitorDefinition } from "../monitor.ts";
import { labelsMissing } from "../quality/label-readiness.ts";
import type { MetricName } from "../quality/metric-name.ts";
import { judgedMetrics, type MetricRule, metricRules } from "../quality/metric-rule.ts";
import type { SegmentQuality } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, type MonitorDefaults, type MonitorSettings, metricOf } from "../settings.ts";
import { smallestMetricMove } from "../smallest-seen.ts";
import { splitWords } from "../truth/loss-split.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

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
  needs: ["splits"],
  smallestSeen: (test, level) =>
    test.performance?.headline?.name === test.key.metric
      ? smallestMetricMove(test, level, ruleOf(test.key.metric).scale)
      : undefined,
  why: ({ task }) => `the task is ${task.type}: outcomes say how good its predictions were`,
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `${ruleWords(ruleOf(metric), threshold)} and significant after overdispersion and control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const { name, better, format } = ruleOf(key.metric);
    return `${name} in ${segmentWords(key)} ${better === "higher" ? "fell" : "rose"} from ${format(numbers.baselineValue ?? 0)} to ${format(numbers.value)} on ${wholeNumber(numbers.rows)} rows with outcomes${numbers.split === undefined ? "" : `; ${splitWords(numbers.split)}`}`;
  },
  ask: ({ picture, profile, outcomesMature, evidence }, settings) =>
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
        const missing = labelsMissing(shown, outcomesMature);
        if (missing !== undefined) return refused(missing.state, missing.reason);
        const tested = quality.test(counts, metric);
        if ("notEnough" in tested) return refused("not-enough-data", tested.notEnough);
        const split = evidence.splits?.get(keyOf(segment));
        const numbers = {
          ...tested,
          threshold: metricOf(settings, metric).threshold,
          ...(split === undefined ? {} : { split }),
        };
        return { kind: "tested", key, performance: shown, numbers };
      });
    }),
};

/** The default monitor asks about what the task is judged by; a declared one about its own metrics, as far as the task has them. */
function metricsAsked(settings: MonitorSettings, quality: SegmentQuality): readonly MetricName[] {
  const offered = settings.origin === "default" ? [quality.metric] : quality.metrics;
  return offered.filter((metric) => asks(settings, metric));
}
