import { shuffle } from "../random/shuffle.ts";
import type { DistanceEvidence, InsufficientEvidence } from "./evidence.ts";
import { tailOfDraws } from "./relabelled-tail.ts";
import type { ResampledOptions } from "./wasserstein.ts";

/** A row of an embedding. All rows of one comparison have the same length. */
export type Point = readonly number[];

/** Fewest rows a side for which a quadratic two-sample statistic is shown. */
const LEAST_POINTS = 3;

/**
 * The unbiased squared maximum mean discrepancy with the kernel `exp(−γ·|x−y|²)`; near 0 (also below) when nothing changed.
 *
 * `gamma` must be frozen with the baseline (see `medianHeuristic`). Shapes: points of equal dimension, at least three a
 * side. p-value by shuffling rows when `resampling` is given. Cost: O((N+M)²·d), and O((N+M)²) per shuffle: for more than
 * a few thousand rows use `kernelMeanDistance` on blocks. Source: Gretton et al. (2012).
 * Check: (0,0),(1,0),(0,1),(1,1) against (2,2),(3,2),(2,3), γ = 1/5 → 1.010730186859857.
 */
export function maximumMeanDiscrepancy(
  window: readonly Point[],
  baseline: readonly Point[],
  gamma: number,
  options: ResampledOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const kernel = (x: Point, y: Point): number => Math.exp(-gamma * squaredDistance(x, y));
  return pairwiseEvidence("mmd-squared/unbiased-rbf", window, baseline, kernel, unbiased, options);
}

/**
 * The energy statistic `2E|X−Y| − E|X−X′| − E|Y−Y′|` of two sets of points, Euclidean; ≥ 0.
 *
 * For few dimensions and small samples. Its root is the energy distance. Contract and cost as `maximumMeanDiscrepancy`.
 */
export function energyOfPoints(
  window: readonly Point[],
  baseline: readonly Point[],
  options: ResampledOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const kernel = (x: Point, y: Point): number => -Math.sqrt(squaredDistance(x, y));
  return pairwiseEvidence("energy/points", window, baseline, kernel, biased, options);
}

/** `1 / median |x − y|²` over pairs of distinct rows of a baseline sample; 1 when all rows coincide. Cost: O(n²·d). */
export function medianHeuristic(points: readonly Point[]): number {
  const distances: number[] = [];
  points.forEach((x, index) => {
    for (const y of points.slice(index + 1)) distances.push(squaredDistance(x, y));
  });
  distances.sort((a, b) => a - b);
  const half = distances.length >> 1;
  const upper = distances[half] ?? 1;
  const median = distances.length % 2 === 1 ? upper : ((distances[half - 1] ?? upper) + upper) / 2;
  return median > 0 ? 1 / median : 1;
}

function squaredDistance(x: Point, y: Point): number {
  let sum = 0;
  for (let axis = 0; axis < x.length; axis++) sum += ((x[axis] ?? 0) - (y[axis] ?? 0)) ** 2;
  return sum;
}

/** Sums of kernel values inside the first sample, inside the second, and across; diagonals apart. */
interface KernelSums {
  readonly inside: number;
  readonly insideOther: number;
  readonly across: number;
  readonly diagonal: number;
  readonly diagonalOther: number;
}

type Combine = (sums: KernelSums, n: number, m: number) => number;

const unbiased: Combine = ({ inside, insideOther, across }, n, m) =>
  inside / (n * (n - 1)) + insideOther / (m * (m - 1)) - (2 * across) / (n * m);

const biased: Combine = ({ inside, insideOther, across, diagonal, diagonalOther }, n, m) =>
  (inside + diagonal) / (n * n) + (insideOther + diagonalOther) / (m * m) - (2 * across) / (n * m);

function pairwiseEvidence(
  variant: string,
  window: readonly Point[],
  baseline: readonly Point[],
  kernel: (x: Point, y: Point) => number,
  combine: Combine,
  { resampling, alpha = 0.01, power = 0.9 }: ResampledOptions,
): DistanceEvidence | InsufficientEvidence {
  const [n, m] = [window.length, baseline.length];
  const refusal = { kind: "insufficient", variant, need: LEAST_POINTS } as const;
  if (n < LEAST_POINTS) return { ...refusal, reason: "window-rows", have: n };
  if (m < LEAST_POINTS) return { ...refusal, reason: "baseline-rows", have: m };
  const points = [...window, ...baseline];
  const matrix = points.map((x) => Float64Array.from(points, (y) => kernel(x, y)));
  const order = points.map((_, index) => index);
  const statistic = (labels: readonly number[]): number => combine(kernelSums(matrix, labels, n), n, m);
  const value = statistic(order);
  const draws = resampling
    ? Array.from({ length: resampling.resamples ?? 200 }, () => statistic(shuffle(resampling.random, order.slice())))
    : [];
  const tail = resampling ? tailOfDraws(value, draws, alpha, power) : undefined;
  return {
    kind: "measured",
    variant,
    value,
    windowRows: n,
    baselineRows: m,
    bins: 0,
    expectedByChance: combine === unbiased ? 0 : meanUnderRelabelling(matrix, n, m),
    pValue: tail?.pValue ?? null,
    law: tail ? "permutation" : "none",
    minimumDetectable: tail?.minimumDetectable ?? null,
  };
}

function kernelSums(matrix: readonly Float64Array[], order: readonly number[], n: number): KernelSums {
  const sums = { inside: 0, insideOther: 0, across: 0, diagonal: 0, diagonalOther: 0 };
  order.forEach((row, place) => {
    const line = matrix[row];
    if (line === undefined) return;
    if (place < n) sums.diagonal += line[row] ?? 0;
    else sums.diagonalOther += line[row] ?? 0;
    for (let other = 0; other < place; other++) {
      const value = line[order[other] ?? 0] ?? 0;
      if (place < n) sums.inside += 2 * value;
      else if (other >= n) sums.insideOther += 2 * value;
      else sums.across += value;
    }
  });
  return sums;
}

/** The mean of the biased statistic over all relabellings: `(1/n + 1/m)·(mean diagonal − mean off-diagonal)`. */
function meanUnderRelabelling(matrix: readonly Float64Array[], n: number, m: number): number {
  const rows = n + m;
  let diagonal = 0;
  let all = 0;
  matrix.forEach((line, row) => {
    diagonal += line[row] ?? 0;
    for (const value of line) all += value;
  });
  return (1 / n + 1 / m) * (diagonal / rows - (all - diagonal) / (rows * (rows - 1)));
}
