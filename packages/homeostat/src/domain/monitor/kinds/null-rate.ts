import { binCountOf, nullBinOf } from "../../../stats/histogram/binning.ts";
import { denseCounts, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { chosenFeatures, chosenSegments, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { smallestShareGrowth } from "../smallest-seen.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const leastRows = 20;

/** Missing values where the baseline has fewer or none (R2), by exact test, or by score test allowing for bursts. */
export const nullRate: MonitorDefinition = {
  kind: "null-rate",
  layer: "pipeline",
  area: "upstream-data",
  defaults: {
    severity: "critical",
    // a tenth of R2's 1 %, because the evidence for it is exact
    metrics: { "null-share": { threshold: 0.001, persistenceWindows: 2, unit: "growth of the share of the rows" } },
  },
  covers: ["missing-values"],
  needs: [],
  smallestSeen: ({ numbers }, level) => smallestShareGrowth(numbers, level),
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `the share of missing values grew by at least ${percent(threshold)} (and ${leastRows} rows), significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `\`${key.feature}\` is missing in ${percent(numbers.value)} of ${segmentWords(key)} (${wholeNumber(numbers.value * numbers.rows)} rows); in the baseline ${percent(numbers.baselineValue ?? 0)}`,
  ask: ({ picture, profile }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) =>
      chosenFeatures(settings, picture.baseline.features).map(({ name }): SeriesTest => {
        const reference = picture.feature(segment, name);
        const counts = denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(reference.binning));
        return shareTest({
          key: { monitor: "null-rate", metric: "null-share", segment, feature: name },
          hits: counts[nullBinOf(reference.binning)] ?? 0,
          rows: total(counts),
          baselineHits: reference.all[nullBinOf(reference.binning)] ?? 0,
          baselineRows: total(reference.all),
          materialIncrease: metricOf(settings, "null-share").threshold,
          leastHits: leastRows,
          overdispersion: reference.nullOverdispersion,
        });
      }),
    ),
};
