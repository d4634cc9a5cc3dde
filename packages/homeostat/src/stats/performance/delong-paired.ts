import { normalSurvival } from "../special/normal-survival.ts";
import { type IntervalOptions, resolveInterval } from "./estimate.ts";
import {
  firstNotBinary,
  type Insufficient,
  type Invalid,
  insufficient,
  invalid,
  requireSameLength,
} from "./refusal.ts";

export interface DelongPaired {
  readonly kind: "delong-paired";
  readonly aucA: number;
  readonly aucB: number;
  /** B - A. */
  readonly difference: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  readonly z: number;
  readonly pTwoSided: number;
  /** P of a drop of B below A at least this large when both rank equally well. */
  readonly pWorse: number;
  readonly varianceA: number;
  readonly varianceB: number;
  readonly covariance: number;
}

/**
 * DeLong's test for two scores of the same rows (a champion and a challenger on the same traffic).
 *
 *   V10 = P(placement of each positive), V01 = of each negative; S = covariance of (V_A, V_B) over rows
 *   var(B - A) = (S10_AA + S10_BB - 2 S10_AB)/P + (S01_AA + S01_BB - 2 S01_AB)/N
 *
 * `labels` 0 or 1; scores without NaN; two rows of each class needed. When the two scores rank every pair alike the
 * variance is 0: refused as "no-spread" (the answer is an exact tie, not a test). Assumes independent rows up to
 * `overdispersion`. O(n log n).
 * Source: DeLong, DeLong, Clarke-Pearson (1988); mid-rank algorithm of Sun and Xu (2014).
 */
export function delongPaired(
  labels: ArrayLike<number>,
  scoresA: ArrayLike<number>,
  scoresB: ArrayLike<number>,
  options: IntervalOptions = {},
): DelongPaired | Insufficient | Invalid {
  requireSameLength(labels, scoresA, "labels and scores of A");
  requireSameLength(labels, scoresB, "labels and scores of B");
  const interval = resolveInterval(options);
  const bad = firstNotBinary(labels) ?? firstNan(scoresA) ?? firstNan(scoresB);
  if (bad !== null) return bad;
  const rows = splitByLabel(labels);
  if (rows.positive.length < 2) return insufficient("no-positives", rows.positive.length, 2);
  if (rows.negative.length < 2) return insufficient("no-negatives", rows.negative.length, 2);
  const a = placementsOf(scoresA, rows);
  const b = placementsOf(scoresB, rows);
  const aucA = mean(a.positive);
  const aucB = mean(b.positive);
  const cross = (x: Placements, y: Placements): number =>
    covariance(x.positive, y.positive) / rows.positive.length +
    covariance(x.negative, y.negative) / rows.negative.length;
  const varianceA = cross(a, a);
  const varianceB = cross(b, b);
  const covarianceAb = cross(a, b);
  // The difference of placements directly: subtracting 2cov from nearly equal variances would lose every digit.
  const delta = { positive: subtract(b.positive, a.positive), negative: subtract(b.negative, a.negative) };
  const variance = cross(delta, delta) * interval.overdispersion;
  if (!(variance > 1e-30)) return insufficient("no-spread", 0, 1);
  const difference = aucB - aucA;
  const standardError = Math.sqrt(variance);
  const z = difference / standardError;
  return {
    kind: "delong-paired",
    aucA,
    aucB,
    difference,
    standardError,
    lower: Math.max(-1, difference - interval.z * standardError),
    upper: Math.min(1, difference + interval.z * standardError),
    z,
    pTwoSided: Math.min(1, 2 * normalSurvival(Math.abs(z))),
    pWorse: normalSurvival(-z),
    varianceA,
    varianceB,
    covariance: covarianceAb,
  };
}

interface Split {
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

interface Placements {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

function splitByLabel(labels: ArrayLike<number>): Split {
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < labels.length; i++) (labels[i] === 1 ? positive : negative).push(i);
  return { positive, negative };
}

/** Share of the other class that each row beats, ties counting half: binary search in the sorted other class. */
function placementsOf(scores: ArrayLike<number>, rows: Split): Placements {
  const sorted = (of: readonly number[]): Float64Array => Float64Array.from(of, (i) => scores[i] as number).sort();
  const positives = sorted(rows.positive);
  const negatives = sorted(rows.negative);
  return {
    positive: Float64Array.from(rows.positive, (i) => shareBelow(negatives, scores[i] as number)),
    negative: Float64Array.from(rows.negative, (i) => 1 - shareBelow(positives, scores[i] as number)),
  };
}

function shareBelow(sorted: Float64Array, x: number): number {
  return (bound(sorted, x, false) + bound(sorted, x, true)) / (2 * sorted.length);
}

/** Number of elements < x, or <= x when `inclusive`. */
function bound(sorted: Float64Array, x: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] as number;
    if (value < x || (inclusive && value === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(x: Float64Array): number {
  let sum = 0;
  for (const v of x) sum += v;
  return sum / x.length;
}

function covariance(x: Float64Array, y: Float64Array): number {
  const mx = mean(x);
  const my = mean(y);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += ((x[i] as number) - mx) * ((y[i] as number) - my);
  return sum / (x.length - 1);
}

function subtract(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((v, i) => v - (y[i] as number));
}

function firstNan(scores: ArrayLike<number>): Invalid | null {
  for (let i = 0; i < scores.length; i++) if (Number.isNaN(scores[i])) return invalid("not-finite", i);
  return null;
}
