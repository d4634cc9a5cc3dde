import { unusualBin, unusualSubject } from "../../baseline/unusual.ts";
import { denseCounts, total } from "../count-series.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const leastRows = 20;

/**
 * Rows far from anything in the baseline (R21): the share of rows whose features together lie further out than all but one
 * in a thousand of the baseline's rows (`domain/baseline/unusual.ts`), against the baseline's own share in the segment.
 *
 * A warning unless declared otherwise: in the census rows of 2016 to 2018 the share of rows far out grows in the third
 * year, truly, and accuracy stays. Blind to rows that are strange only in how ordinary values go together: that is what multivariate drift asks.
 */
export const outOfDistribution: MonitorDefinition = {
  kind: "out-of-distribution",
  layer: "model",
  area: "upstream-data",
  defaults: {
    severity: "warning",
    metrics: { "unusual-share": { threshold: 0.05, persistenceWindows: 2, unit: "growth of the share of the rows" } },
  },
  covers: ["out-of-distribution"],
  needs: [],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `the share of rows far from the baseline grew by at least ${percent(threshold)} (and ${leastRows} rows), significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${percent(numbers.value)} of ${segmentWords(key)} (${wholeNumber(numbers.value * numbers.rows)} rows) lie further out than all but one in a thousand rows of the baseline; there ${percent(numbers.baselineValue ?? 0)} do`,
  ask: ({ picture, profile }, settings) =>
    chosenSegments(settings, picture.segments).map((segment): SeriesTest => {
      const key = { monitor: "out-of-distribution", metric: "unusual-share", segment, feature: undefined } as const;
      const counts = denseCounts(profile.features.get(keyOf(segment))?.get(unusualSubject), 2);
      const rows = total(counts);
      const reference = picture.unusual(segment);
      if (reference === undefined)
        return untested(key, "not-checked", "the baseline does not say what is unusual", { rows, baselineRows: 0 });
      return shareTest({
        key,
        hits: counts[unusualBin] ?? 0,
        rows,
        baselineHits: reference.hits,
        baselineRows: reference.rows,
        materialIncrease: metricOf(settings, "unusual-share").threshold,
        leastHits: leastRows,
        overdispersion: reference.overdispersion,
      });
    }),
};
