import { scoreBinning, scoreRows } from "../count-series.ts";
import { distanceSeries, distanceWords, driftMetrics } from "../distance-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { smallestPsi } from "../smallest-seen.ts";
import { seasonWords, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** PSI, or the distance declared, of what was predicted (scores, values or classes) in every segment against the baseline's own season (R13). */
export const predictionDrift: MonitorDefinition = {
  kind: "prediction-drift",
  layer: "model",
  area: "production-performance",
  defaults: { severity: "critical", metrics: driftMetrics },
  covers: ["prediction-drift"],
  needs: [],
  smallestSeen: ({ key, numbers }, level) => (key.metric === "psi" ? smallestPsi(numbers, level) : undefined),
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `${metric === "psi" ? "debiased PSI" : `${distanceWords(metric)} beyond chance`} of the score at or above ${threshold} and significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `the scores in ${segmentWords(key)} moved: ${distanceWords(key.metric)} ${numbers.value.toFixed(2)}, where chance and ordinary variation give ${(numbers.expectedByChance ?? 0).toFixed(3)} on average with these ${wholeNumber(numbers.rows)} rows${seasonWords(numbers.season)}`,
  ask: ({ picture, profile, season }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) => {
      const reference = picture.score(segment);
      const asked = {
        counts: scoreRows(profile.scores.get(keyOf(segment)), picture.baseline.score),
        normal: reference.season(season),
        groups: reference.groups,
        overdispersion: reference.overdispersion,
        season,
      };
      return Object.entries(settings.metrics).map(([metric, { threshold }]) => {
        const key = { monitor: "prediction-drift", metric, segment, feature: undefined } as const;
        return distanceSeries(metric, { ...asked, key, threshold }, scoreBinning(picture.baseline.score));
      });
    }),
};
