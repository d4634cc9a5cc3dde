import { scoreRows } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { psiSeries, psiThreshold } from "../psi-series.ts";
import { keyOf } from "../segment-key.ts";
import { segmentWords, wholeNumber } from "../wording.ts";

const persistenceWindows = 3;

/** PSI of what was predicted (scores, values or classes) in every segment against the baseline's own season (R13). */
export const predictionDrift: MonitorDefinition = {
  kind: "prediction-drift",
  layer: "model",
  area: "production-performance",
  persistence: () => persistenceWindows,
  rule: () =>
    `debiased PSI of the score at or above ${psiThreshold} and significant after control of false discoveries, in ${persistenceWindows} windows running`,
  sentence: (key, numbers) =>
    `the scores in ${segmentWords(key)} moved: PSI ${numbers.value.toFixed(2)}, where chance and ordinary variation give ${(numbers.expectedByChance ?? 0).toFixed(3)} on average with these ${wholeNumber(numbers.rows)} rows`,
  ask: ({ picture, profile, season }) =>
    picture.segments.map((segment) => {
      const reference = picture.score(segment);
      return psiSeries({
        key: { monitor: "prediction-drift", metric: "psi", segment, feature: undefined },
        counts: scoreRows(profile.scores.get(keyOf(segment)), picture.baseline.score),
        normal: reference.season(season),
        groups: reference.groups,
        overdispersion: reference.overdispersion,
      });
    }),
};
