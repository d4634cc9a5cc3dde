import { latencyTest } from "../latency-test.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenSegments, metricOf } from "../settings.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const shares: Readonly<Record<string, number>> = { p95: 0.95, p99: 0.99 };

const replayed =
  "rows were replayed long after their time: how fast they were answered says how hard the replay pushed";
const nothing = { rows: 0, baselineRows: 0 };

/** Milliseconds as people say them. */
const milliseconds = (value: number): string => `${value < 10 ? value.toPrecision(2) : wholeNumber(value)} ms`;

/**
 * Answers that became slow (R16): the 95th and 99th percentile of the latency against its normal windows. Defaults:
 * calibrated on healthy windows of log-normal latencies in latency.calibration.test.ts.
 */
export const latency: MonitorDefinition = {
  kind: "latency",
  layer: "infrastructure",
  area: "serving",
  defaults: {
    severity: "critical",
    metrics: {
      p95: { threshold: 0.5, persistenceWindows: 2, unit: "growth of the percentile, 0.5 for half as long again" },
      p99: { threshold: 1, persistenceWindows: 2, unit: "growth of the percentile, 1 for twice as long" },
    },
  },
  covers: ["slow-answers"],
  needs: ["service"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `the ${metric} of the latency grew by at least ${percent(threshold)} and 5 ms over its normal windows, significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${percent(shares[key.metric] ?? 0)} of the answers in ${segmentWords(key)} came within ${milliseconds(numbers.value)}; normal is ${milliseconds(numbers.baselineValue ?? 0)}`,
  ask: ({ picture, profile, evidence }, settings) =>
    chosenSegments(settings, picture.segments).flatMap((segment) =>
      Object.entries(shares).flatMap(([metric, share]): readonly SeriesTest[] =>
        asks(settings, metric)
          ? [
              evidence.service?.isLive === false
                ? untested(
                    { monitor: "latency", metric, segment, feature: undefined },
                    "not-checked",
                    replayed,
                    nothing,
                  )
                : latencyTest({
                    key: { monitor: "latency", metric, segment, feature: undefined },
                    share,
                    live: profile.service?.get(keyOf(segment)),
                    normal: (evidence.service?.normal ?? []).flatMap((window) => window.get(keyOf(segment)) ?? []),
                    materialGrowth: metricOf(settings, metric).threshold,
                  }),
            ]
          : [],
      ),
    ),
};
