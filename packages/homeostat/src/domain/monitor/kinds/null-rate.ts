import { binCountOf, nullBinOf } from "../../../stats/histogram/binning.ts";
import { denseCounts, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { shareTest } from "../share-test.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber } from "../wording.ts";

/** A share of missing values that matters: a tenth of R2's 1 %, because the evidence for it is exact. */
const materialIncrease = 0.001;
const leastRows = 20;
const persistenceWindows = 2;

/** Missing values where the baseline has fewer or none (R2), by exact test, or by score test allowing for bursts. */
export const nullRate: MonitorDefinition = {
  kind: "null-rate",
  layer: "pipeline",
  area: "upstream-data",
  persistence: () => persistenceWindows,
  rule: () =>
    `the share of missing values grew by at least ${percent(materialIncrease)} (and ${leastRows} rows), significant after control of false discoveries, in ${persistenceWindows} windows running`,
  sentence: (key, numbers) =>
    `\`${key.feature}\` is missing in ${percent(numbers.value)} of ${segmentWords(key)} (${wholeNumber(numbers.value * numbers.rows)} rows); in the baseline ${percent(numbers.baselineValue ?? 0)}`,
  ask: ({ picture, profile }) =>
    picture.segments.flatMap((segment) =>
      picture.baseline.features.map(({ name }): SeriesTest => {
        const reference = picture.feature(segment, name);
        const counts = denseCounts(profile.features.get(keyOf(segment))?.get(name), binCountOf(reference.binning));
        return shareTest({
          key: { monitor: "null-rate", metric: "null-share", segment, feature: name },
          hits: counts[nullBinOf(reference.binning)] ?? 0,
          rows: total(counts),
          baselineHits: reference.all[nullBinOf(reference.binning)] ?? 0,
          baselineRows: total(reference.all),
          materialIncrease,
          leastHits: leastRows,
          overdispersion: reference.nullOverdispersion,
        });
      }),
    ),
};
