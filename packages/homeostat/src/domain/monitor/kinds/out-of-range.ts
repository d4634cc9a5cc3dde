import { binCountOf, nullBinOf } from "../../../stats/histogram/binning.ts";
import { denseCounts, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { chosenFeatures, chosenSegments, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const leastRows = 20;

/**
 * Numbers below the least or above the greatest value of the baseline (R3, R4), by the exact chance that the furthest rows
 * of window and baseline together all lie in the window. In every segment the range is that of all rows.
 *
 * Defaults: those of values never seen, as a warning that pages nobody. Values leave their range in healthy streams too: in
 * the census rows of 2016 to 2018 ages come up that the first year did not hold, and accuracy stays. Declared `critical`
 * it pages.
 */
export const outOfRange: MonitorDefinition = {
  kind: "out-of-range",
  layer: "pipeline",
  area: "upstream-data",
  defaults: {
    severity: "warning",
    metrics: { "outside-range": { threshold: 0.001, persistenceWindows: 2, unit: "share of the rows" } },
  },
  covers: ["out-of-range"],
  needs: [],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `at least ${percent(threshold)} of the rows (and ${leastRows}) lie outside the range of the baseline, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${percent(numbers.value)} of ${segmentWords(key)} (${wholeNumber(numbers.value * numbers.rows)} rows) have a \`${key.feature}\` outside the range of the baseline`,
  ask: ({ picture, profile }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) =>
      chosenFeatures(settings, picture.baseline.features).flatMap(({ name, range, binning }): SeriesTest[] => {
        if (binning.kind !== "numeric") return [];
        const key = { monitor: "out-of-range", metric: "outside-range", segment, feature: name } as const;
        const counts = denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(binning));
        const rows = total(counts);
        const baselineRows = total(picture.feature(segment, name).all);
        if (range === undefined)
          return [untested(key, "not-checked", "the baseline holds no range of it", { rows, baselineRows })];
        return [
          shareTest({
            key,
            hits: (counts[0] ?? 0) + (counts[nullBinOf(binning) - 1] ?? 0),
            rows,
            baselineHits: 0,
            baselineRows,
            materialIncrease: metricOf(settings, "outside-range").threshold,
            leastHits: leastRows,
            overdispersion: undefined,
          }),
        ];
      }),
    ),
};
