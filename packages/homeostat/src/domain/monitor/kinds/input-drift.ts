import { binCountOf } from "../../../stats/histogram/binning.ts";
import { denseCounts } from "../count-series.ts";
import { distanceSeries, distanceWords, driftMetrics } from "../distance-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { chosenFeatures, chosenSegments, metricOf } from "../settings.ts";
import { smallestPsi } from "../smallest-seen.ts";
import { seasonWords, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** PSI, or the distance declared, of every feature in every segment against the baseline's own season (R12). */
export const inputDrift: MonitorDefinition = {
  kind: "input-drift",
  layer: "model",
  area: "upstream-data",
  defaults: { severity: "critical", metrics: driftMetrics },
  covers: ["input-drift"],
  needs: [],
  smallestSeen: ({ key, numbers }, level) => (key.metric === "psi" ? smallestPsi(numbers, level) : undefined),
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `${metric === "psi" ? "debiased PSI" : `${distanceWords(metric)} beyond chance`} at or above ${threshold} and significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `\`${key.feature}\` in ${segmentWords(key)} moved: ${distanceWords(key.metric)} ${numbers.value.toFixed(2)}, where chance and ordinary variation give ${(numbers.expectedByChance ?? 0).toFixed(3)} on average with these ${wholeNumber(numbers.rows)} rows${seasonWords(numbers.season)}`,
  ask: ({ picture, profile, season }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) =>
      chosenFeatures(settings, picture.baseline.features).flatMap(({ name }) => {
        const reference = picture.feature(segment, name);
        const asked = {
          counts: denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(reference.binning)),
          normal: reference.season(season),
          groups: reference.groups,
          overdispersion: reference.overdispersion,
          season,
        };
        return Object.entries(settings.metrics).map(([metric, { threshold }]) => {
          const key = { monitor: "input-drift", metric, segment, feature: name } as const;
          return distanceSeries(metric, { ...asked, key, threshold }, reference.binning);
        });
      }),
    ),
};
