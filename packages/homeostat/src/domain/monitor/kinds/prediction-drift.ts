import { PSI_VARIANT, psi } from "../../../stats/distance/psi.ts";
import { groupCounts } from "../../../stats/histogram/bin-groups.ts";
import { denseScores, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../reference-picture.ts";
import type { SeriesTest } from "../verdict.ts";
import { segmentWords, wholeNumber } from "../wording.ts";
import { groupsInUse, psiThreshold } from "./input-drift.ts";

const persistenceWindows = 3;

/** PSI of the score in every segment against the baseline's own season (R13). */
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
    picture.segments.map((segment): SeriesTest => {
      const key = { monitor: "prediction-drift", metric: "psi", segment, feature: undefined } as const;
      const reference = picture.score(segment);
      const counts = denseScores(profile.scores.get(keyOf(segment)), picture.baseline.score.edges.length + 1).rows;
      const normal = reference.season(season)?.rows;
      const rows = total(counts);
      if (normal === undefined)
        return {
          kind: "untested",
          key,
          state: "not-checked",
          reason: "the baseline has no window of this season",
          rows,
          baselineRows: 0,
        };
      const baselineRows = total(normal);
      const groups = groupsInUse(reference.groups, normal);
      const options = reference.overdispersion === undefined ? {} : { overdispersion: reference.overdispersion };
      const compared = psi(groupCounts(counts, groups), groupCounts(normal, groups), options);
      if (compared.kind === "insufficient" || compared.pValue === null)
        return {
          kind: "untested",
          key,
          state: "not-enough-data",
          reason: "too few rows to compare",
          rows,
          baselineRows,
        };
      return {
        kind: "tested",
        key,
        numbers: {
          variant: PSI_VARIANT,
          value: compared.value,
          baselineValue: undefined,
          effect: compared.debiased,
          threshold: psiThreshold,
          pValue: compared.pValue,
          expectedByChance: compared.expectedByChance,
          lowerBound: compared.lower95,
          overdispersion: reference.overdispersion?.phi,
          rows,
          baselineRows,
          bins: compared.bins,
        },
      };
    }),
};
