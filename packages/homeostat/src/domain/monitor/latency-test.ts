import { studentTSurvival } from "../../stats/special/student-t-survival.ts";
import { latencyQuantileMs, type ServiceCounts, timedRows } from "../baseline/service-counts.ts";
import { untested } from "./untested.ts";
import type { SeriesKey, SeriesTest } from "./verdict.ts";

export interface LatencyQuestion {
  readonly key: SeriesKey;
  /** Which share of the rows must be answered in time, in 0..1. */
  readonly share: number;
  readonly live: ServiceCounts | undefined;
  /** Windows that show what is normal. */
  readonly normal: readonly ServiceCounts[];
  /** Growth that matters, e.g. 0.5 for half as long again. */
  readonly materialGrowth: number;
}

/** Rows behind the quantile in question: fewer, and it is one slow answer. */
const leastRowsBehind = 5;
const leastWindows = 3;
/** A difference nobody waits for. */
const leastDifferenceMs = 5;
/** Healthy windows are never taken to agree better than to this share: about half a bin of the histogram. */
const leastSpread = 0.05;
/** Of the median absolute deviation to a standard deviation, in a normal law. */
const deviationScale = 1.4826;

/**
 * Did the slow answers become slower? One-sided, on the logarithm of the quantile: distance from the median of the normal
 * windows over their spread (median absolute deviation, so that a bad window among the normal ones neither hides nor makes
 * an alarm), held against Student's t with one degree of freedom less than there are windows. Cost: O(windows × bins).
 */
export function latencyTest(question: LatencyQuestion): SeriesTest {
  const { key, share, live, normal, materialGrowth } = question;
  const rows = live === undefined ? 0 : timedRows(live);
  const leastRows = Math.ceil(leastRowsBehind / (1 - share));
  const usable = normal.filter((window) => timedRows(window) >= leastRows);
  const baselineRows = usable.reduce((sum, window) => sum + timedRows(window), 0);
  if (live === undefined || rows === 0)
    return untested(key, "not-checked", "no row told how long it took", { rows, baselineRows });
  if (rows < leastRows)
    return untested(key, "not-enough-data", `${rows} of ${leastRows} timed rows`, { rows, baselineRows });
  if (usable.length < leastWindows)
    return untested(
      key,
      "not-enough-data",
      `${usable.length} of ${leastWindows} windows that show what latency is normal`,
      { rows, baselineRows },
    );
  const logs = usable.map((window) =>
    Math.log(Math.max(leastDifferenceMs / 10, latencyQuantileMs(window, share) ?? 0)),
  );
  const center = median(logs);
  const spread = Math.max(leastSpread, deviationScale * median(logs.map((value) => Math.abs(value - center))));
  const value = latencyQuantileMs(live, share) ?? 0;
  const normalMs = Math.exp(center);
  const z = (Math.log(Math.max(leastDifferenceMs / 10, value)) - center) / (spread * Math.sqrt(1 + 1 / usable.length));
  return {
    kind: "tested",
    key,
    numbers: {
      variant: `${key.metric}/log-mad`,
      value,
      baselineValue: normalMs,
      effect: value - normalMs < leastDifferenceMs ? 0 : value / normalMs - 1,
      threshold: materialGrowth,
      pValue: studentTSurvival(z, usable.length - 1),
      expectedByChance: normalMs,
      lowerBound: undefined,
      overdispersion: undefined,
      rows,
      baselineRows,
      bins: undefined,
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
}
