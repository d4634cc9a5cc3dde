import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import type { WindowProfile } from "../../baseline/profile-store.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import type { MonitorDefinition, WindowQuestion } from "../monitor.ts";
import { labelsMissing } from "../quality/label-readiness.ts";
import type { MetricName } from "../quality/metric-name.ts";
import { metricRules } from "../quality/metric-rule.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, type MonitorDefaults, type MonitorSettings, metricOf } from "../settings.ts";
import { estimateRecord } from "../truth/estimate-record.ts";
import type { EstimatedMetric, EstimatedPerformance, EstimateRecord } from "../truth/estimated-performance.ts";
import { untested } from "../untested.ts";
import type { SeriesKey, SeriesTest, TestedNumbers } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const metricNames = ["auc", "accuracy", "mae", "precision", "recall", "f1"] as const satisfies readonly MetricName[];
const ownMetrics: ReadonlySet<string> = new Set(["auc", "accuracy", "mae"]);

function defaultOf(metric: MetricName): MonitorDefaults["metrics"][string] {
  const { name, better, scale, threshold } = metricRules[metric];
  const change = `${better === "higher" ? "fall" : "growth"} of ${name} as estimated without outcomes`;
  return {
    threshold,
    persistenceWindows: 3,
    unit: scale === "relative" ? `${change}, as a share` : change,
    ...(ownMetrics.has(metric) ? {} : { onlyWhenDeclared: true as const }),
  };
}

/**
 * Performance before its outcomes are there (R18): estimated from the predictions alone, if P(outcome | prediction) is
 * what it was in the baseline. It can see inputs shift to where the model is unsure; it cannot see concept drift. Once
 * outcomes have arrived it is not asked any more, but held against them: its record of being right is kept, and where
 * the record is bad it does not fire. A warning by default, since an assumption stands behind every number.
 */
export const estimatedPerformance: MonitorDefinition = {
  kind: "estimated-performance",
  layer: "outcome",
  area: "production-performance",
  defaults: {
    severity: "warning",
    metrics: Object.fromEntries(metricNames.map((metric) => [metric, defaultOf(metric)])),
  },
  covers: ["performance-loss-unlabelled"],
  needs: ["pastEstimates"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    const { name, better, scale } = metricRules[metric as MetricName];
    const by = scale === "relative" ? percent(threshold) : String(threshold);
    return `the estimate of ${name} without outcomes at least ${by} ${better === "higher" ? "below" : "above"} the baseline and outside of what healthy windows are estimated at, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) => {
    const { name, better, format } = metricRules[key.metric as MetricName];
    return `${name} in ${segmentWords(key)} is estimated to have ${better === "higher" ? "fallen" : "risen"} from ${format(numbers.baselineValue ?? 0)} to ${format(numbers.value)} on ${wholeNumber(numbers.rows)} rows whose outcomes are not here yet, if outcomes follow predictions as in the baseline`;
  },
  ask: (question, settings) => {
    const { picture } = question;
    return chosenSegments(settings, picture.segments).flatMap((segment) => {
      const { quality } = picture.score(segment);
      const offered = settings.origin === "default" ? [quality.metric] : metricNames;
      return offered
        .filter((metric) => asks(settings, metric) && quality.metrics.includes(metric))
        .map((metric) => asked(question, segment, metric, settings));
    });
  },
};

const countsIn = (profile: WindowProfile, segment: SegmentValue | undefined): JudgedCounts => ({
  scores: profile.scores.get(keyOf(segment)),
  confidences: profile.confidences.get(keyOf(segment)),
});

function asked(
  { picture, profile, outcomesMature, evidence }: WindowQuestion,
  segment: SegmentValue | undefined,
  metric: MetricName,
  settings: MonitorSettings,
): SeriesTest {
  const key: SeriesKey = { monitor: "estimated-performance", metric, segment, feature: undefined };
  const { quality, truth } = picture.score(segment);
  const counts = countsIn(profile, segment);
  const shown = quality.shown(counts);
  const sizes = { rows: shown.rows, baselineRows: truth.baselineRows };
  const estimate = truth.estimate(counts);
  if ("notEnough" in estimate) return untested(key, "not-enough-data", estimate.notEnough, sizes);
  const own = estimate.metrics.find(({ name }) => name === metric);
  const past = evidence.pastEstimates;
  const record = recordOf(metric, own?.baseline, past?.get(keyOf(segment)) ?? []);
  const kept = { estimate, record };
  if (labelsMissing(shown, outcomesMature) === undefined)
    return {
      ...untested(key, "not-checked", "the outcomes have arrived: performance is told by them", sizes),
      ...kept,
    };
  if (past === undefined)
    return { ...untested(key, "not-checked", "the windows before were not gathered", sizes), ...kept };
  if (record.standing === "do-not-trust")
    return { ...untested(key, "not-checked", "do not trust: past estimates missed the truth", sizes), ...kept };
  const numbers = own === undefined ? undefined : numbersOf(metric, own, estimate, truth.healthyEstimates());
  if (numbers === undefined)
    return { ...untested(key, "not-enough-data", "too few healthy windows to compare with", sizes), ...kept };
  return {
    kind: "tested",
    key,
    numbers: { ...numbers, threshold: metricOf(settings, metric).threshold, baselineRows: truth.baselineRows },
    ...kept,
  };
}

function recordOf(metric: MetricName, baseline: number | undefined, past: readonly EstimatedMetric[]): EstimateRecord {
  const { scale, threshold } = metricRules[metric];
  return estimateRecord(metric, past, threshold * (scale === "relative" ? (baseline ?? 0) : 1));
}

const leastWindows = 8;

/** Is the estimate worse than what is estimated of healthy windows? Student's t for one more observation of their law. */
function numbersOf(
  metric: MetricName,
  own: EstimatedMetric,
  estimate: EstimatedPerformance,
  healthy: readonly EstimatedPerformance[],
): Omit<TestedNumbers, "threshold" | "baselineRows"> | undefined {
  const usual = healthy.flatMap(({ metrics }) => metrics.find(({ name }) => name === metric)?.estimated.value ?? []);
  if (usual.length < leastWindows) return undefined;
  const mean = usual.reduce((sum, value) => sum + value, 0) / usual.length;
  const variance = usual.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (usual.length - 1);
  const spread = Math.sqrt(variance * (1 + 1 / usual.length));
  const { better, scale } = metricRules[metric];
  const worse = (better === "higher" ? -1 : 1) * (own.estimated.value - mean);
  if (!(spread > 0) || !(mean > 0)) return undefined;
  const unit = scale === "relative" ? mean : 1;
  return {
    variant: metric === "mae" ? "dle/groups50" : "cbpe/groups50",
    value: own.estimated.value,
    baselineValue: mean,
    effect: worse / unit,
    pValue: studentTSurvival(worse / spread, usual.length - 1),
    expectedByChance: undefined,
    lowerBound: (worse - 1.96 * spread) / unit,
    overdispersion: undefined,
    rows: estimate.rows,
    bins: undefined,
  };
}
