import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import { total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { seasonMissing, untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { segmentWords, wholeNumber } from "../wording.ts";

const materialFall = 0.5;
const persistenceWindows = 3;
/** A segment with fewer expected rows than this comes and goes by itself. */
const leastExpectedRows = 20;

/** Rows of every segment against the baseline's own season (R5): falls to half or below, or doubles. */
export const volume: MonitorDefinition = {
  kind: "volume",
  layer: "pipeline",
  area: "upstream-data",
  persistence: () => persistenceWindows,
  rule: () =>
    `the number of rows fell by half or doubled, significant after control of false discoveries, in ${persistenceWindows} windows running`,
  sentence: (key, numbers) =>
    `${segmentWords(key)} has ${wholeNumber(numbers.value)} rows where the baseline has ${wholeNumber(numbers.baselineValue ?? 0)}`,
  ask: ({ picture, profile, season }) => {
    const first = picture.baseline.features[0]?.name ?? "";
    return picture.segments.map((segment): SeriesTest => {
      const key = { monitor: "volume", metric: "rows", segment, feature: undefined } as const;
      const rows = total(profile.features.get(keyOf(segment))?.get(first)?.counts ?? []);
      const reference = picture.volume(segment);
      const normal = reference.season(season);
      if (normal === undefined) return untested(key, "not-checked", seasonMissing, { rows, baselineRows: 0 });
      const baselineRows = normal.meanRows * normal.windows;
      const variation = reference.overdispersion;
      if (normal.meanRows < leastExpectedRows || variation === undefined)
        return untested(key, "not-enough-data", "too few rows to expect a number", { rows, baselineRows });
      const spread = Math.sqrt(variation.phi * normal.meanRows * (1 + 1 / normal.windows));
      const change = rows / normal.meanRows - 1;
      return {
        kind: "tested",
        key,
        numbers: {
          variant: "rows/quasi-poisson",
          value: rows,
          baselineValue: normal.meanRows,
          effect: change < 0 ? -change : change / 2,
          threshold: materialFall,
          pValue: Math.min(1, 2 * studentTSurvival(Math.abs(rows - normal.meanRows) / spread, variation.windows)),
          expectedByChance: undefined,
          lowerBound: undefined,
          overdispersion: variation.phi,
          rows,
          baselineRows,
          bins: undefined,
        },
      };
    });
  },
};
