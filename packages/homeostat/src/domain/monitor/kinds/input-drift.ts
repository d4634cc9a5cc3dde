import { binCountOf } from "../../../stats/histogram/binning.ts";
import { denseCounts } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { psiDefaults, psiSeries } from "../psi-series.ts";
import { keyOf } from "../segment-key.ts";
import { chosenFeatures, chosenSegments, metricOf } from "../settings.ts";
import { smallestPsi } from "../smallest-seen.ts";
import { segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** PSI of every feature in every segment against the baseline's own season (R12). */
export const inputDrift: MonitorDefinition = {
  kind: "input-drift",
  layer: "model",
  area: "upstream-data",
  defaults: { severity: "critical", metrics: { psi: psiDefaults } },
  covers: ["input-drift"],
  needs: [],
  smallestSeen: ({ numbers }, level) => smallestPsi(numbers, level),
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `debiased PSI at or above ${threshold} and significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `\`${key.feature}\` in ${segmentWords(key)} moved: PSI ${numbers.value.toFixed(2)}, where chance and ordinary variation give ${(numbers.expectedByChance ?? 0).toFixed(3)} on average with these ${wholeNumber(numbers.rows)} rows`,
  ask: ({ picture, profile, season }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) =>
      chosenFeatures(settings, picture.baseline.features).map(({ name }) => {
        const reference = picture.feature(segment, name);
        return psiSeries({
          key: { monitor: "input-drift", metric: "psi", segment, feature: name },
          counts: denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(reference.binning)),
          normal: reference.season(season),
          groups: reference.groups,
          overdispersion: reference.overdispersion,
          threshold: metricOf(settings, "psi").threshold,
        });
      }),
    ),
};
