import { PSI_VARIANT, psi } from "../../../stats/distance/psi.ts";
import { groupCounts } from "../../../stats/histogram/bin-groups.ts";
import { binCountOf } from "../../../stats/histogram/binning.ts";
import { denseCounts, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../reference-picture.ts";
import type { SeriesTest } from "../verdict.ts";
import { segmentWords, wholeNumber } from "../wording.ts";

export const psiThreshold = 0.25;
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
      picture.baseline.features.map(({ name }): SeriesTest => {
        const key = { monitor: "input-drift", metric: "psi", segment, feature: name } as const;
        const reference = picture.feature(segment, name);
        const counts = denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(reference.binning));
        const normal = reference.season(season);
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
        if (groups.length < 2)
          return {
            kind: "untested",
            key,
            state: "not-checked",
            reason: "one value in the baseline of this season",
            rows,
            baselineRows,
          };
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
    ),
};

/**
 * Within a season some bins may be empty in the baseline (a day of the week has one value of a day feature): they are
 * joined into one, which is looked at by the monitor of unseen values. With a single bin left there is nothing to compare.
 */
export function groupsInUse(
  groups: readonly (readonly number[])[],
  normal: readonly number[],
): readonly (readonly number[])[] {
  const rowsOf = (group: readonly number[]): number => group.reduce((sum, bin) => sum + (normal[bin] ?? 0), 0);
  const filled = groups.filter((group) => rowsOf(group) > 0);
  if (filled.length < 2) return filled;
  const empty = groups.filter((group) => rowsOf(group) === 0).flat();
  return empty.length === 0 ? filled : [...filled, empty];
}
