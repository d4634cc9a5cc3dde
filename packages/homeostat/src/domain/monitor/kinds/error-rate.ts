import type { ServiceCounts } from "../../baseline/service-counts.ts";
import { healthyShareVariation } from "../healthy-variation.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const leastRows = 10;

/** What is counted of the rows, by metric. */
const counted: Readonly<Record<string, (counts: ServiceCounts) => number>> = {
  "failed-share": (counts) => counts.failed,
  "degraded-share": (counts) => counts.degraded,
};

const words: Readonly<Record<string, string>> = { "failed-share": "failed", "degraded-share": "came from a fallback" };

/**
 * Answers that fail or come from a fallback more often than in the normal windows (R16), by exact test where there were
 * none, otherwise by score test allowing for bursts.
 */
export const errorRate: MonitorDefinition = {
  kind: "error-rate",
  layer: "infrastructure",
  area: "serving",
  defaults: {
    severity: "critical",
    metrics: {
      // the same growth that a null rate is an incident for (R2)
      "failed-share": { threshold: 0.01, persistenceWindows: 2, unit: "growth of the share of the rows" },
      "degraded-share": { threshold: 0.01, persistenceWindows: 2, unit: "growth of the share of the rows" },
    },
  },
  covers: ["failed-answers"],
  needs: ["service"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `the share of answers that ${words[metric] ?? metric} grew by at least ${percent(threshold)} (and ${leastRows} rows), significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${percent(numbers.value)} of the answers in ${segmentWords(key)} ${words[key.metric] ?? key.metric} (${wholeNumber(numbers.value * numbers.rows)} of ${wholeNumber(numbers.rows)}); normal is ${percent(numbers.baselineValue ?? 0)}`,
  ask: ({ picture, profile, evidence }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) =>
      Object.entries(counted).flatMap(([metric, count]): readonly SeriesTest[] => {
        if (!asks(settings, metric)) return [];
        const key = { monitor: "error-rate", metric, segment, feature: undefined } as const;
        const live = profile.service?.get(keyOf(segment));
        if (live === undefined) return [untested(key, "not-checked", "no row was served", nothing)];
        const normal = (evidence.service?.normal ?? []).flatMap((window) => window.get(keyOf(segment)) ?? []);
        return [
          shareTest({
            key,
            hits: count(live),
            rows: live.rows,
            baselineHits: normal.reduce((sum, window) => sum + count(window), 0),
            baselineRows: normal.reduce((sum, window) => sum + window.rows, 0),
            materialIncrease: metricOf(settings, metric).threshold,
            leastHits: leastRows,
            overdispersion: healthyShareVariation(
              normal.map(count),
              normal.map((window) => window.rows),
            ),
          }),
        ];
      }),
    ),
};

const nothing = { rows: 0, baselineRows: 0 };
