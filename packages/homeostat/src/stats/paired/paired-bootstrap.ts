import type { Random } from "../random/random.ts";
import { samplePoisson } from "../random/sample-poisson.ts";

/** A statistic of the rows when row i counts `weights[i]` times; null when it cannot be computed for these weights. */
export type WeightedStatistic = (weights: Float64Array) => number | null;

export type PairedBootstrap =
  | {
      readonly kind: "estimated";
      /** The statistic with every row counted once. */
      readonly estimate: number;
      readonly standardError: number;
      /** Percentile interval at the stated confidence. */
      readonly lower: number;
      readonly upper: number;
      /** Share of replicates above zero. */
      readonly shareAboveZero: number;
      readonly replicates: number;
    }
  | { readonly kind: "insufficient"; readonly reason: "no-rows" | "undefined-statistic" };

/**
 * Bootstrap of any statistic of paired rows: both models keep the same rows in every replicate.
 *
 * Each row's weight is an independent Poisson(1) draw, which differs from redrawing n rows only in that n varies, and can
 * be done in a stream. Percentile interval over `replicates` (default 1000). Rows are taken as independent; give one row
 * per cluster otherwise. `undefined-statistic` when the statistic is null on the data or on half of the replicates.
 * Cost: O(replicates * rows). Source: Efron 1979; Chamandy et al. 2012; algorithms specification, section 7.
 */
export function pairedBootstrap(
  rows: number,
  statistic: WeightedStatistic,
  random: Random,
  replicates = 1000,
  confidence = 0.95,
): PairedBootstrap {
  if (!(rows > 0 && replicates >= 2)) return { kind: "insufficient", reason: "no-rows" };
  const weights = new Float64Array(rows).fill(1);
  const estimate = statistic(weights);
  if (estimate === null) return { kind: "insufficient", reason: "undefined-statistic" };
  const values: number[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let i = 0; i < rows; i++) weights[i] = samplePoisson(random, 1);
    const value = statistic(weights);
    if (value !== null) values.push(value);
  }
  if (values.length < Math.max(2, replicates / 2)) return { kind: "insufficient", reason: "undefined-statistic" };
  values.sort((a, b) => a - b);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  return {
    kind: "estimated",
    estimate,
    standardError: Math.sqrt(variance),
    lower: quantileOf(values, (1 - confidence) / 2),
    upper: quantileOf(values, (1 + confidence) / 2),
    shareAboveZero: values.filter((v) => v > 0).length / values.length,
    replicates: values.length,
  };
}

/** Linear interpolation between order statistics. */
function quantileOf(sorted: readonly number[], level: number): number {
  const at = level * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] ?? 0;
  return a + (at - low) * ((sorted[low + 1] ?? a) - a);
}
