import { binCountOf } from "../../../stats/histogram/binning.ts";
import { denseCounts } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { psiSeries, psiThreshold } from "../psi-series.ts";
import { keyOf } from "../segment-key.ts";
import { segmentWords, wholeNumber } from "../wording.ts";

const persistenceWindows = 3;

/** PSI of every feature in every segment against the baseline's own season (R12). */
export const inputDrift: MonitorDefinition = {
  kind: "input-drift",
  layer: "model",
  area: "upstream-data",
  persistence: () => persistenceWindows,
  rule: () =>
    `debiased PSI at or above ${psiThreshold} and significant after control of false discoveries, in ${persistenceWindows} windows running`,
  sentence: (key, numbers) =>
    `\`${key.feature}\` in ${segmentWords(key)} moved: PSI ${numbers.value.toFixed(2)}, where chance and ordinary variation give ${(numbers.expectedByChance ?? 0).toFixed(3)} on average with these ${wholeNumber(numbers.rows)} rows`,
  ask: ({ picture, profile, season }) =>
    picture.segments.flatMap((segment) =>
      picture.baseline.features.map(({ name }) => {
        const reference = picture.feature(segment, name);
        return psiSeries({
          key: { monitor: "input-drift", metric: "psi", segment, feature: name },
          counts: denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(reference.binning)),
          normal: reference.season(season),
          groups: reference.groups,
          overdispersion: reference.overdispersion,
        });
      }),
    ),
};
