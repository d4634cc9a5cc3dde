import { scoreRows } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { psiDefaults, psiSeries } from "../psi-series.ts";
import { keyOf } from "../segment-key.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { smallestPsi } from "../smallest-seen.ts";
import { segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** PSI of what was predicted (scores, values or classes) in every segment against the baseline's own season (R13). */
export const predictionDrift: MonitorDefinition = {
  kind: "prediction-drift",
  layer: "model",
  area: "production-performance",
  defaults: { severity: "critical", metrics: { psi: psiDefaults } },
  covers: ["prediction-drift"],
  needs: [],
  smallestSeen: ({ numbers }, level) => smallestPsi(numbers, level),
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `debiased PSI of the score at or above ${threshold} and significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `the scores in ${segmentWords(key)} moved: PSI ${numbers.value.toFixed(2)}, where chance and ordinary variation give ${(numbers.expectedByChance ?? 0).toFixed(3)} on average with these ${wholeNumber(numbers.rows)} rows`,
  ask: ({ picture, profile, season }, settings) =>
    chosenSegments(settings, picture.segments).map((segment) => {
      const reference = picture.score(segment);
      return psiSeries({
        key: { monitor: "prediction-drift", metric: "psi", segment, feature: undefined },
        counts: scoreRows(profile.scores.get(keyOf(segment)), picture.baseline.score),
        normal: reference.season(season),
        groups: reference.groups,
        overdispersion: reference.overdispersion,
        threshold: metricOf(settings, "psi").threshold,
      });
    }),
};
