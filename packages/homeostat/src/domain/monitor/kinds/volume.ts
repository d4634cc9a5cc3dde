import { studentTSurvival } from "../../../stats/special/student-t-survival.ts";
import { total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { detectableErrors } from "../smallest-seen.ts";
import { seasonMissing, untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

/** A segment with fewer expected rows than this comes and goes by itself. */
const leastExpectedRows = 20;

/** Rows of every segment against the baseline's own season (R5): falls to half or below, or doubles. */
export const volume: MonitorDefinition = {
  kind: "volume",
  layer: "pipeline",
  area: "upstream-data",
  defaults: {
    severity: "critical",
    metrics: {
      rows: { threshold: 0.5, persistenceWindows: 3, unit: "share that rows fell by, or half of what they grew by" },
    },
  },
  covers: ["volume-change"],
  needs: [],
  smallestSeen: ({ numbers }, level) => {
    const normal = numbers.baselineValue ?? 0;
    return normal === 0 ? undefined : detectableErrors(level) * Math.sqrt((numbers.overdispersion ?? 1) / normal);
  },
  why: ({ windows }) =>
    `rows are counted in every window, and against ${windows.season === "none" ? "all windows" : "the same day of the week"} of the baseline`,
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    const change =
      threshold === 0.5
        ? "fell by half or doubled"
        : `fell by ${percent(threshold)} or grew by ${percent(2 * threshold)}`;
    return `the number of rows ${change}, significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${segmentWords(key)} has ${wholeNumber(numbers.value)} rows where the baseline has ${wholeNumber(numbers.baselineValue ?? 0)}`,
  ask: ({ picture, profile, season }, settings) => {
    const first = picture.baseline.features[0]?.name ?? "";
    return chosenSegments(settings, picture.segments).map((segment): SeriesTest => {
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
          threshold: metricOf(settings, "rows").threshold,
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
