import type { Random } from "../random/random.ts";
import { sampleDirichlet } from "../random/sample-dirichlet.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";

/** Window and baseline counts over the same bins. */
export interface WindowPair {
  readonly window: readonly number[];
  readonly baseline: readonly number[];
}

/** A healthy system whose bins are fixed categories with these shares: both samples are multinomial draws of one law. */
export function healthyCategories(
  random: Random,
  shares: readonly number[],
  windowRows: number,
  baselineRows: number,
): WindowPair {
  return {
    window: sampleMultinomial(random, windowRows, shares),
    baseline: sampleMultinomial(random, baselineRows, shares),
  };
}

/**
 * A healthy system whose bins are quantiles of its own baseline: every bin holds M/B baseline rows exactly, and the true
 * shares between the edges are Dirichlet. `tilt` multiplies the shares, for windows that have shifted.
 */
export function healthyQuantiles(
  random: Random,
  bins: number,
  windowRows: number,
  baselineRows: number,
  tilt: readonly number[] = [],
): WindowPair {
  const each = Math.floor(baselineRows / bins);
  const baseline = Array.from({ length: bins }, () => each);
  const shares = sampleDirichlet(random, baseline).map((share, bin) => share * (tilt[bin] ?? 1));
  return { window: sampleMultinomial(random, windowRows, shares), baseline };
}

/** Equal shares. */
export function equalShares(bins: number): number[] {
  return Array.from({ length: bins }, () => 1 / bins);
}

/** Shares falling as 1/rank^1.2, as names of cities or products do. */
export function zipfShares(bins: number): number[] {
  const weights = Array.from({ length: bins }, (_, rank) => (rank + 1) ** -1.2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** A window whose rows come in clusters of equal rows (one device reporting `size` times), from the given shares. */
export function clusteredWindow(random: Random, shares: readonly number[], rows: number, size: number): number[] {
  return sampleMultinomial(random, Math.floor(rows / size), shares).map((count) => count * size);
}
