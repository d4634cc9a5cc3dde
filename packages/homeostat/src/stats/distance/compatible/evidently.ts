import { chiSquaredSurvival } from "../../special/chi-squared-survival.ts";
import { normalSurvival } from "../../special/normal-survival.ts";
import { momentsOf, varianceOf } from "../../sum/moments.ts";
import { hellingerOfShares } from "../hellinger.ts";
import { jensenShannonDivergence } from "../jensen-shannon.ts";
import { kolmogorovSmirnovExactTail, kolmogorovSmirnovOfAtoms } from "../kolmogorov-smirnov.ts";
import { kullbackLeiblerOfShares } from "../kullback-leibler.ts";
import { orderedAtomsOf } from "../ordered-atoms.ts";
import { sharesOf } from "../shares.ts";
import { wassersteinOfAtoms } from "../wasserstein.ts";
import { countBetween, sturgesEdges } from "./equal-width-histogram.ts";

/*
 * The numbers that Evidently 0.7 shows, for users who compare. Reference first, current second, as there. They move
 * their bins with the window and know no sample size; none of our verdicts use them. Missing values are dropped there.
 */

/** Reference and current counts over the same bins. */
export interface PairedCounts {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * `evidently` binning of numbers: more than 20 distinct reference values give Sturges bins over BOTH samples together,
 * otherwise every distinct value of either sample is a bin.
 */
export function evidentlyBins(reference: readonly number[], current: readonly number[]): PairedCounts {
  if (new Set(reference).size > 20) {
    const edges = sturgesEdges([...reference, ...current]);
    return { reference: countBetween(reference, edges), current: countBetween(current, edges) };
  }
  return evidentlyCategories(reference, current);
}

/** `evidently` binning of categories: every distinct value of either sample, sorted by its text. */
export function evidentlyCategories(
  reference: readonly (string | number)[],
  current: readonly (string | number)[],
): PairedCounts {
  const names = [...new Set([...reference, ...current])].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  const countsOf = (values: readonly (string | number)[]): number[] => {
    const counts = new Map<string | number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return names.map((name) => counts.get(name) ?? 0);
  };
  return { reference: countsOf(reference), current: countsOf(current) };
}

/** `psi/evidently`: `Σ (p − q)·ln(p/q)`, empty cells replaced by 1e-4 (or a millionth of a smaller smallest share). */
export function evidentlyPsi(counts: PairedCounts): number {
  const [p, q] = filledShares(counts);
  return p.reduce((sum, share, bin) => sum + (share - (q[bin] ?? 0)) * Math.log(share / (q[bin] ?? 0)), 0);
}

/** `kl/evidently`: KL(reference‖current) in nats after the same replacement, both renormalised. */
export function evidentlyKullbackLeibler(counts: PairedCounts): number {
  const [p, q] = filledShares(counts);
  return kullbackLeiblerOfShares(sharesOf(p), sharesOf(q));
}

/** `js/evidently`: the Jensen–Shannon distance with natural logarithms, at most √(ln 2) ≈ .8326. */
export function evidentlyJensenShannon({ reference, current }: PairedCounts): number {
  return Math.sqrt(jensenShannonDivergence(sharesOf(reference), sharesOf(current)));
}

/** `hellinger/evidently` of categories. */
export function evidentlyHellinger({ reference, current }: PairedCounts): number {
  return hellingerOfShares(sharesOf(reference), sharesOf(current));
}

/** `hellinger/evidently` of numbers: Sturges bins over the set of DISTINCT values of both samples. */
export function evidentlyHellingerOfNumbers(reference: readonly number[], current: readonly number[]): number {
  const edges = sturgesEdges([...new Set([...reference, ...current])]);
  return evidentlyHellinger({ reference: countBetween(reference, edges), current: countBetween(current, edges) });
}

/** `tvd/evidently`: the total variation distance. */
export function evidentlyTotalVariation({ reference, current }: PairedCounts): number {
  const q = sharesOf(current);
  return sharesOf(reference).reduce((sum, share, bin) => sum + Math.abs(share - (q[bin] ?? 0)), 0) / 2;
}

/**
 * `chisquare/evidently`: the ONE-sample chi-squared p-value, reference shares taken as exact; real size 33 % at nominal
 * 5 % when both samples are alike in size. A new category gives 0.
 */
export function evidentlyChiSquare({ reference, current }: PairedCounts): number {
  const rows = current.reduce((sum, count) => sum + count, 0);
  const statistic = sharesOf(reference).reduce((sum, share, bin) => {
    const expected = share * rows;
    const gap = (current[bin] ?? 0) - expected;
    return gap === 0 ? sum : sum + (gap * gap) / expected;
  }, 0);
  return chiSquaredSurvival(statistic, reference.length - 1);
}

/** `z/evidently`: the pooled two-sided two-proportion p-value of two categories; 1 when both samples are constant. */
export function evidentlyZ({ reference, current }: PairedCounts): number {
  const [n, m] = [reference, current].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [
    number,
    number,
  ];
  const [hits, otherHits] = [reference[1] ?? 0, current[1] ?? 0];
  const pooled = (hits + otherHits) / (n + m);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return spread > 0 ? 2 * normalSurvival(Math.abs(hits / n - otherHits / m) / spread) : 1;
}

/** `wasserstein/evidently`: W1 divided by the reference's standard deviation (ddof 0, at least .001). */
export function evidentlyWasserstein(reference: readonly number[], current: readonly number[]): number {
  const scale = Math.max(0.001, Math.sqrt(varianceOf(momentsOf(reference), 0)));
  return wassersteinOfAtoms(orderedAtomsOf(reference, current)) / scale;
}

/** `ks/evidently`: the two-sided Kolmogorov–Smirnov p-value (exact, as its library does up to 10 000 rows). O(N·M). */
export function evidentlyKolmogorovSmirnov(reference: readonly number[], current: readonly number[]): number {
  const atoms = orderedAtomsOf(reference, current);
  return kolmogorovSmirnovExactTail(kolmogorovSmirnovOfAtoms(atoms), atoms.windowRows, atoms.baselineRows);
}

function filledShares({ reference, current }: PairedCounts): [number[], number[]] {
  return [filled(sharesOf(reference)), filled(sharesOf(current))];
}

function filled(shares: readonly number[]): number[] {
  const least = Math.min(...shares.filter((share) => share > 0));
  return shares.map((share) => (share > 0 ? share : least <= 1e-4 ? least / 1e6 : 1e-4));
}
