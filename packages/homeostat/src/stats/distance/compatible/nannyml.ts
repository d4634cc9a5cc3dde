import { chiSquaredSurvival } from "../../special/chi-squared-survival.ts";
import { hellingerOfShares } from "../hellinger.ts";
import { jensenShannonOfShares } from "../jensen-shannon.ts";
import { kolmogorovSmirnovOfAtoms } from "../kolmogorov-smirnov.ts";
import { orderedAtomsOf } from "../ordered-atoms.ts";
import { sharesOf } from "../shares.ts";
import { wassersteinOfAtoms } from "../wasserstein.ts";
import { countBetween, doaneEdges, equalWidthEdges, rangeOf } from "./equal-width-histogram.ts";
import type { PairedCounts } from "./evidently.ts";

/*
 * The numbers that NannyML 0.13 shows. Reference first. Bins come from the reference; current mass outside of it goes to
 * one leftover bin. From 10 000 reference rows its KS and Wasserstein are estimates on 10 000 equal-width bins, which one
 * outlier in the reference makes blind.
 */

const ESTIMATED_FROM = 10_000;

/** `js/nannyml` of categories: base 2 distance, current categories absent from the reference summed into one bin. */
export function nannymlJensenShannon(counts: PairedCounts): number {
  const [p, q] = withLeftover(counts);
  return jensenShannonOfShares(p, q);
}

/** `js/nannyml` of numbers, on Doane bins of the reference. */
export function nannymlJensenShannonOfNumbers(reference: readonly number[], current: readonly number[]): number {
  const [p, q] = binnedShares(reference, current);
  return jensenShannonOfShares(p, q);
}

/** `hellinger/nannyml` of numbers, on Doane bins of the reference. */
export function nannymlHellingerOfNumbers(reference: readonly number[], current: readonly number[]): number {
  const [p, q] = binnedShares(reference, current);
  return hellingerOfShares(p, q);
}

/** `l-infinity/nannyml`: the largest difference of shares. */
export function nannymlLargestDifference({ reference, current }: PairedCounts): number {
  const q = sharesOf(current);
  return Math.max(...sharesOf(reference).map((share, bin) => Math.abs(share - (q[bin] ?? 0))));
}

/** A chi-squared statistic with its p-value. */
export interface ChiSquareNumbers {
  readonly statistic: number;
  readonly pValue: number;
}

/** `chi2/nannyml`: the two-sample statistic, with Yates' correction on 2×2 tables. Empty columns are dropped. */
export function nannymlChiSquare({ reference, current }: PairedCounts): ChiSquareNumbers {
  return contingencyChiSquare(reference, current);
}

/** The homogeneity statistic of two rows, Yates-corrected when the table is 2×2. */
export function contingencyChiSquare(first: readonly number[], second: readonly number[]): ChiSquareNumbers {
  const columns = first
    .map((count, bin) => [count, second[bin] ?? 0] as const)
    .filter(([count, other]) => count + other > 0);
  const n = columns.reduce((sum, [count]) => sum + count, 0);
  const m = columns.reduce((sum, [, other]) => sum + other, 0);
  const correction = columns.length === 2 ? 0.5 : 0;
  const cell = (observed: number, expected: number): number => {
    const gap = Math.abs(observed - expected);
    return (gap - Math.min(correction, gap)) ** 2 / expected;
  };
  const statistic = columns.reduce((sum, [count, other]) => {
    const share = (count + other) / (n + m);
    return sum + cell(count, share * n) + cell(other, share * m);
  }, 0);
  return { statistic, pValue: columns.length > 1 ? chiSquaredSurvival(statistic, columns.length - 1) : 1 };
}

/** `ks/nannyml`: exact below 10 000 reference rows, else from the distribution functions at 10 000 equal-width edges. */
export function nannymlKolmogorovSmirnov(reference: readonly number[], current: readonly number[]): number {
  if (reference.length < ESTIMATED_FROM) return kolmogorovSmirnovOfAtoms(orderedAtomsOf(reference, current));
  const { gaps } = estimatedGaps(reference, current);
  return gaps.reduce((largest, gap) => Math.max(largest, Math.abs(gap)), 0);
}

/**
 * `wasserstein/nannyml`: exact below 10 000 reference rows, else the sum over 10 000 equal-width bins, plus the current
 * mass outside the reference range. (Its own tail terms count one row too many; here each row outside counts once, so
 * windows that leave the reference range differ from it by at most one row's mass times the overshoot.)
 */
export function nannymlWasserstein(reference: readonly number[], current: readonly number[]): number {
  if (reference.length < ESTIMATED_FROM) return wassersteinOfAtoms(orderedAtomsOf(reference, current));
  const { gaps, edges } = estimatedGaps(reference, current);
  const low = edges[0] ?? 0;
  const high = edges.at(-1) ?? 0;
  const outside = current.reduce((sum, value) => sum + Math.max(0, low - value) + Math.max(0, value - high), 0);
  const width = (edges[1] ?? 0) - low;
  return gaps.reduce((sum, gap) => sum + Math.abs(gap) * width, 0) + outside / current.length;
}

/** `threshold/nannyml`: mean ± 3 standard deviations (ddof 0) of a metric over reference chunks. */
export function nannymlThreshold(values: readonly number[], low = 3, high = 3): readonly [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return [mean - low * deviation, mean + high * deviation];
}

function estimatedGaps(reference: readonly number[], current: readonly number[]): { gaps: number[]; edges: number[] } {
  const { low, high } = rangeOf(reference);
  const edges = equalWidthEdges(low, high, ESTIMATED_FROM);
  const counts = countBetween(reference, edges);
  const others = countBetween(current, edges);
  let below = 0;
  let belowOther = current.filter((value) => value < low).length;
  const gaps = counts.map((count, bin) => {
    below += count;
    belowOther += others[bin] ?? 0;
    return below / reference.length - belowOther / current.length;
  });
  return { gaps, edges };
}

function binnedShares(reference: readonly number[], current: readonly number[]): [number[], number[]] {
  const edges = doaneEdges(reference);
  const p = countBetween(reference, edges).map((count) => count / reference.length);
  const q = countBetween(current, edges).map((count) => count / current.length);
  const leftover = 1 - q.reduce((sum, share) => sum + share, 0);
  return leftover > 0
    ? [
        [...p, 0],
        [...q, leftover],
      ]
    : [p, q];
}

function withLeftover({ reference, current }: PairedCounts): [number[], number[]] {
  const kept = reference.map((_, bin) => bin).filter((bin) => (reference[bin] ?? 0) > 0);
  const q = sharesOf(current);
  const shares = kept.map((bin) => q[bin] ?? 0);
  const unseen = q.reduce((sum, share, bin) => sum + ((reference[bin] ?? 0) > 0 ? 0 : share), 0);
  const p = sharesOf(kept.map((bin) => reference[bin] ?? 0));
  return unseen > 0
    ? [
        [...p, 0],
        [...shares, unseen],
      ]
    : [p, shares];
}
