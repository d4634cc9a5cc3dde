import { binomialCdf } from "../../../stats/special/binomial-cdf.ts";
import type { MetricName } from "../quality/metric-name.ts";
import type { EstimatedMetric, EstimateRecord, EstimateStanding } from "./estimated-performance.ts";

const leastWindows = 5;
/** The intervals of estimates claim to hold the truth so often. */
const claimed = 0.95;
/** Fewer hits than chance gives in one of a hundred true records speak against the claim. */
const level = 0.01;

/**
 * Holds the estimates of past windows against what the outcomes said later. `material` is the change of the metric that
 * matters: an estimate that misses by less than half of it does no harm, whatever its interval claimed. O(windows).
 */
export function estimateRecord(metric: MetricName, past: readonly EstimatedMetric[], material: number): EstimateRecord {
  const known = past.flatMap(({ name, estimated, realised }) =>
    name === metric && realised !== undefined ? [{ estimated, realised }] : [],
  );
  const windows = known.length;
  const covered = known.filter(
    ({ estimated, realised }) => realised >= estimated.low && realised <= estimated.high,
  ).length;
  const mean = (of: (one: (typeof known)[number]) => number): number | undefined =>
    windows === 0 ? undefined : known.reduce((sum, one) => sum + of(one), 0) / windows;
  const meanMiss = mean(({ estimated, realised }) => Math.abs(estimated.value - realised));
  return {
    metric,
    windows,
    covered,
    meanMiss,
    meanBias: mean(({ estimated, realised }) => estimated.value - realised),
    standing: standingOf(windows, covered, meanMiss ?? 0, material),
  };
}

/** An estimate that misses by as much as the change it is to see cannot see it, however wide its interval is. */
function standingOf(windows: number, covered: number, meanMiss: number, material: number): EstimateStanding {
  if (windows < leastWindows) return "too-few";
  if (meanMiss >= material) return "do-not-trust";
  if (binomialCdf(covered, windows, claimed) >= level) return "trusted";
  return meanMiss < material / 2 ? "narrow" : "do-not-trust";
}
