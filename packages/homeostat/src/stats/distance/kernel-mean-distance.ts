import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { shuffle } from "../random/shuffle.ts";
import type { DistanceEvidence, InsufficientEvidence } from "./evidence.ts";
import type { Point } from "./kernel-two-sample.ts";
import { tailOfDraws } from "./relabelled-tail.ts";
import type { ResampledOptions } from "./wasserstein.ts";

/** Frozen random directions and phases that stand for the kernel `exp(−γ|x−y|²)`; kept with the baseline. */
export interface FourierFeatures {
  readonly directions: readonly Point[];
  readonly phases: readonly number[];
}

/**
 * Draws random Fourier features `√(2/D)·cos(W·x + b)` for `exp(−γ|x−y|²)`: W normal with variance 2γ, b uniform.
 *
 * Error of the kernel about 1/√D. Source: Rahimi & Recht (2007). Cost: O(D·dimension), once per baseline.
 */
export function fourierFeatures(random: Random, dimension: number, gamma: number, features = 256): FourierFeatures {
  const scale = Math.sqrt(2 * gamma);
  const directions = Array.from({ length: features }, () => normalPairs(random, dimension).map((z) => z * scale));
  return { directions, phases: Array.from({ length: features }, () => 2 * Math.PI * random.next()) };
}

/** A block of rows summed in feature space: mergeable, and the unit that permutations move. */
export interface FeatureBlock {
  readonly rows: number;
  readonly sums: readonly number[];
  /** `Σ |φ(x)|²` over the rows, near the number of rows. */
  readonly squares: number;
}

/** The block of a list of points. The data plane computes the same sums by SQL. Cost: O(rows·D·dimension). */
export function featureBlockOf(features: FourierFeatures, points: readonly Point[]): FeatureBlock {
  const sums = features.directions.map(() => 0);
  const scale = Math.sqrt(2 / sums.length);
  let squares = 0;
  for (const point of points) {
    features.directions.forEach((direction, feature) => {
      const angle = direction.reduce(
        (dot, weight, axis) => dot + weight * (point[axis] ?? 0),
        features.phases[feature] ?? 0,
      );
      const value = scale * Math.cos(angle);
      sums[feature] = (sums[feature] ?? 0) + value;
      squares += value * value;
    });
  }
  return { rows: points.length, sums, squares };
}

/** Two blocks put together. */
export function mergeFeatureBlocks(left: FeatureBlock, right: FeatureBlock): FeatureBlock {
  return {
    rows: left.rows + right.rows,
    sums: left.sums.map((sum, feature) => sum + (right.sums[feature] ?? 0)),
    squares: left.squares + right.squares,
  };
}

/**
 * The squared distance of mean features, corrected for sampling (so near 0 when nothing changed): the unbiased MMD² of the
 * random-feature kernel, from block sums alone.
 *
 * `|φ̄_X − φ̄_Y|² − s²_X/N − s²_Y/M`, `s² = (Σ|φ|² − N|φ̄|²)/(N−1)`. p-value by shuffling blocks between window and baseline when
 * `resampling` is given: clusters inside a block stay together, so it is valid for rows that are alike within blocks.
 * Blocks should be of like size, at least four a side. Cost: O(blocks·D) per shuffle.
 */
export function kernelMeanDistance(
  window: readonly FeatureBlock[],
  baseline: readonly FeatureBlock[],
  { resampling, alpha = 0.01, power = 0.9 }: ResampledOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const variant = "mmd-squared/random-fourier-blocks";
  const refusal = { kind: "insufficient", variant, need: LEAST_BLOCKS } as const;
  if (window.length < LEAST_BLOCKS) return { ...refusal, reason: "window-rows", have: window.length };
  if (baseline.length < LEAST_BLOCKS) return { ...refusal, reason: "baseline-rows", have: baseline.length };
  const blocks = [...window, ...baseline];
  const statistic = (order: readonly FeatureBlock[]): number =>
    correctedDistance(mergedOf(order.slice(0, window.length)), mergedOf(order.slice(window.length)));
  const value = statistic(blocks);
  const draws = resampling
    ? Array.from({ length: resampling.resamples ?? 200 }, () => statistic(shuffle(resampling.random, blocks.slice())))
    : [];
  const tail = resampling ? tailOfDraws(value, draws, alpha, power) : undefined;
  return {
    kind: "measured",
    variant,
    value,
    windowRows: mergedOf(window).rows,
    baselineRows: mergedOf(baseline).rows,
    bins: 0,
    expectedByChance: 0,
    pValue: tail?.pValue ?? null,
    law: tail ? "permutation" : "none",
    minimumDetectable: tail?.minimumDetectable ?? null,
  };
}

const LEAST_BLOCKS = 4;

function mergedOf(blocks: readonly FeatureBlock[]): FeatureBlock {
  return blocks.reduce(mergeFeatureBlocks, { rows: 0, sums: blocks[0]?.sums.map(() => 0) ?? [], squares: 0 });
}

function correctedDistance(x: FeatureBlock, y: FeatureBlock): number {
  let gap = 0;
  let normX = 0;
  let normY = 0;
  x.sums.forEach((sum, feature) => {
    const meanX = sum / x.rows;
    const meanY = (y.sums[feature] ?? 0) / y.rows;
    gap += (meanX - meanY) ** 2;
    normX += meanX * meanX;
    normY += meanY * meanY;
  });
  const noise = (block: FeatureBlock, norm: number): number =>
    (block.squares / block.rows - norm) / Math.max(1, block.rows - 1);
  return gap - noise(x, normX) - noise(y, normY);
}
