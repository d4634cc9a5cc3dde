import { effectiveRows, type Overdispersion } from "../hypothesis/overdispersion.ts";
import { fisherExact, type TwoCounts, twoProportionTest } from "../hypothesis/two-proportions.ts";
import { chiSquaredUpperQuantile } from "../special/chi-squared-quantile.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { compensatedSum } from "../sum/compensated-sum.ts";
import { type CountPair, countPair } from "./count-pair.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";

/** A distance that names the bin which moved most. */
export interface NamedBinEvidence extends DistanceEvidence {
  /** Index, in the counts as given, of the bin with the largest difference of shares. */
  readonly bin: number;
  /** Its window share minus its baseline share. */
  readonly difference: number;
}

/**
 * The largest difference of shares over the bins (L∞): which category moved, and by how much; 0 to 1.
 *
 * The p-value is the smallest two-sided two-proportion p-value over the bins times B (Bonferroni): valid for any
 * dependence, conservative. `expectedByChance` is the mean of the largest of B normal sizes, taken as independent.
 * Refusals: see `psi`. Cost: O(B) tests. Check: shares .2,.15,…,.03 against uniform → .1.
 */
export function largestDifference(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): NamedBinEvidence | InsufficientEvidence {
  const pair = countPair("l-infinity/shares", window, baseline);
  if (pair.kind === "insufficient") return pair;
  const spreads = spreadsOf(pair, options);
  const { bin, difference } = farthestBin(pair);
  return {
    ...judged("l-infinity/shares", pair, options),
    value: Math.abs(difference),
    expectedByChance: meanOfLargest(spreads),
    minimumDetectable: detectable(Math.max(...spreads), spreads.length, options),
    bin,
    difference,
  };
}

/**
 * The total variation distance `½ Σ |p_b − q_b|`: the share of rows that would have to change bin; 0 to 1.
 *
 * p-value and named bin: those of `largestDifference`. `expectedByChance` is `½ Σ √(2/π)·sd_b`. Check: same shares → .18.
 */
export function totalVariation(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): NamedBinEvidence | InsufficientEvidence {
  const pair = countPair("total-variation/shares", window, baseline);
  if (pair.kind === "insufficient") return pair;
  const spreads = spreadsOf(pair, options);
  const sizes = pair.window.map((n, bin) => Math.abs(differenceOf(pair, n, bin)));
  return {
    ...judged("total-variation/shares", pair, options),
    value: compensatedSum(sizes) / 2,
    expectedByChance: (Math.sqrt(2 / Math.PI) * compensatedSum(spreads)) / 2,
    minimumDetectable: detectable(Math.max(...spreads), spreads.length, options),
    ...farthestBin(pair),
  };
}

function judged(
  variant: string,
  pair: CountPair,
  options: EvidenceOptions,
): Omit<DistanceEvidence, "value" | "expectedByChance" | "minimumDetectable"> {
  const bins = pair.window.length;
  const smallest = pair.window.reduce((least, hits, bin) => {
    const counts = {
      hits,
      rows: pair.windowRows,
      baselineHits: pair.baseline[bin] ?? 0,
      baselineRows: pair.baselineRows,
    };
    return Math.min(least, binPValue(counts, options.overdispersion));
  }, 1);
  return {
    kind: "measured",
    variant,
    windowRows: pair.windowRows,
    baselineRows: pair.baselineRows,
    bins,
    pValue: Math.min(1, bins * smallest),
    law: "bonferroni",
  };
}

/**
 * The two-sided p-value of one bin. Bonferroni reads it far in the tail, where the score test's normal law is still too
 * short at a hundred rows, so the exact test is used up to a hundred expected rows.
 */
function binPValue(counts: TwoCounts, overdispersion: Overdispersion | undefined): number {
  const hits = counts.hits + counts.baselineHits;
  const rows = counts.rows + counts.baselineRows;
  const expected = (Math.min(counts.rows, counts.baselineRows) * Math.min(hits, rows - hits)) / rows;
  if (!overdispersion && expected < 100 && Number.isInteger(hits) && Number.isInteger(rows)) return fisherExact(counts);
  const test = twoProportionTest(counts, "two-sided", overdispersion);
  return test.kind === "measured" ? test.pValue : 1;
}

function differenceOf(pair: CountPair, n: number, bin: number): number {
  return n / pair.windowRows - (pair.baseline[bin] ?? 0) / pair.baselineRows;
}

function farthestBin(pair: CountPair): { bin: number; difference: number } {
  let farthest = { bin: pair.kept[0] ?? 0, difference: 0 };
  pair.window.forEach((n, bin) => {
    const difference = differenceOf(pair, n, bin);
    if (Math.abs(difference) > Math.abs(farthest.difference)) farthest = { bin: pair.kept[bin] ?? bin, difference };
  });
  return farthest;
}

/** The standard deviation of each difference of shares when nothing changed. */
function spreadsOf(pair: CountPair, { overdispersion }: EvidenceOptions): number[] {
  const noise =
    1 / effectiveRows(pair.windowRows, overdispersion) + 1 / effectiveRows(pair.baselineRows, overdispersion);
  return pair.window.map((n, bin) => {
    const share = (n + (pair.baseline[bin] ?? 0)) / (pair.windowRows + pair.baselineRows);
    return Math.sqrt(share * (1 - share) * noise);
  });
}

/** `E max_b |Z_b|·sd_b` as `∫ (1 − Π (1 − 2·tail(x/sd_b))) dx`, by the trapezoidal rule. */
function meanOfLargest(spreads: readonly number[]): number {
  const top = 8 * Math.max(...spreads);
  const steps = 400;
  let sum = 0.5;
  for (let step = 1; step < steps; step++) {
    const x = (top * step) / steps;
    sum += 1 - spreads.reduce((inside, spread) => inside * (spread > 0 ? 1 - 2 * normalSurvival(x / spread) : 1), 1);
  }
  return (sum * top) / steps;
}

/** The difference in the widest bin that Bonferroni over B at level alpha finds with the asked power. */
function detectable(spread: number, bins: number, { alpha = 0.01, power = 0.9 }: EvidenceOptions): number {
  const critical = Math.sqrt(chiSquaredUpperQuantile(alpha / bins, 1));
  return Math.min(1, spread * (critical + normalQuantile(power)));
}
