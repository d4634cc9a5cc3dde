import type { Random } from "../random/random.ts";
import { samplePoisson } from "../random/sample-poisson.ts";
import { normalCdf } from "../special/normal-cdf.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { type Estimate, type IntervalOptions, resolveInterval } from "./estimate.ts";
import { firstBadCount, type Insufficient, type Invalid, insufficient } from "./refusal.ts";

export interface BootstrapOptions extends IntervalOptions {
  readonly random: Random;
  /** Default 1000. Below 200 the ends of a 95 % interval are noise. */
  readonly replicates?: number;
}

/**
 * Interval of any statistic of counts by the Poisson bootstrap: every count c is redrawn as phi · Poisson(c / phi), the
 * statistic is recomputed, and the bias-corrected percentiles are taken.
 *
 * `counts` are whatever the statistic is a function of: rows (pass ones, then the draws are row weights), clusters of
 * rows, or cells of a histogram by label — for cells it is as if all rows had been resampled, at the cost of the cells.
 * `statistic` returns null when it is not defined on a draw; more than one draw in ten undefined refuses the interval.
 *
 * Assumes independent counts up to `overdispersion` phi. Poor for statistics at the edge of their range (a maximum, an
 * AUC of 1) and below about 20 rows. Reproducible from the state of `random`. O(replicates x (counts + statistic)).
 * Source: Hanley and MacGibbon (2006), Comput. Methods Programs Biomed. 83; Efron (1981) for the bias correction.
 */
export function poissonBootstrap(
  counts: ArrayLike<number>,
  statistic: (counts: Float64Array) => number | null,
  options: BootstrapOptions,
): Estimate | Insufficient | Invalid {
  const { alpha, overdispersion } = resolveInterval(options);
  const replicates = options.replicates ?? 1000;
  if (!(Number.isInteger(replicates) && replicates >= 50))
    throw new RangeError(`replicates must be an integer >= 50, got ${replicates}`);
  const bad = firstBadCount(counts);
  if (bad !== null) return bad;
  const n = Array.from(counts).reduce((sum, c) => sum + c, 0);
  if (n === 0) return insufficient("no-rows", 0, 1);
  const value = statistic(Float64Array.from(counts));
  if (value === null || !Number.isFinite(value)) return insufficient("degenerate", 0, 1);
  const draw = new Float64Array(counts.length);
  const results: number[] = [];
  for (let r = 0; r < replicates; r++) {
    for (let i = 0; i < counts.length; i++)
      draw[i] = overdispersion * samplePoisson(options.random, (counts[i] as number) / overdispersion);
    const result = statistic(draw);
    if (result !== null && Number.isFinite(result)) results.push(result);
  }
  if (results.length < 0.9 * replicates) return insufficient("degenerate", results.length, Math.ceil(0.9 * replicates));
  const sorted = Float64Array.from(results).sort();
  const [lower, upper] = biasCorrected(sorted, value, alpha);
  return {
    kind: "estimate",
    value,
    standardError: deviation(sorted),
    lower,
    upper,
    alpha,
    n,
    effectiveN: n / overdispersion,
    method: "poisson-bootstrap",
  };
}

function biasCorrected(sorted: Float64Array, value: number, alpha: number): readonly [number, number] {
  let below = 0;
  for (const result of sorted) below += result < value ? 1 : result === value ? 0.5 : 0;
  const m = sorted.length;
  const shift = normalQuantile(Math.min(1 - 0.5 / m, Math.max(0.5 / m, below / m)));
  const z = normalQuantile(alpha / 2);
  return [percentile(sorted, normalCdf(2 * shift + z)), percentile(sorted, normalCdf(2 * shift - z))];
}

function percentile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(sorted.length - 1, low + 1);
  const from = sorted[low] as number;
  return from + (position - low) * ((sorted[high] as number) - from);
}

function deviation(values: Float64Array): number {
  let mean = 0;
  for (const v of values) mean += v / values.length;
  let sum = 0;
  for (const v of values) sum += (v - mean) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}
