import type { Random } from "../random/random.ts";
import { sampleMultivariateHypergeometric } from "../random/sample-multivariate-hypergeometric.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { momentsOf, varianceOf } from "../sum/moments.ts";
import type { OrderedAtoms } from "./ordered-atoms.ts";

/** What a Monte Carlo permutation test needs: a generator, and how many relabellings (the smallest p is 1/(this + 1)). */
export interface Resampling {
  readonly random: Random;
  /** Default 200. */
  readonly resamples?: number;
}

/** The result of relabelling rows at random. */
export interface RelabelledTail {
  readonly pValue: number;
  readonly mean: number;
  /** The distance found at level alpha with the asked power: the alpha quantile plus the power's share of the spread. */
  readonly minimumDetectable: number;
}

/**
 * The permutation p-value `(1 + #{relabelled ≥ observed})/(R + 1)` of a statistic of ordered atoms: exact in level for
 * every R, whatever the law of the values, ties included.
 *
 * Each relabelling draws the window's share of every pooled atom (multivariate hypergeometric). Whole counts.
 * Cost: R·(atoms draws + one statistic).
 */
export function relabelledTail(
  atoms: OrderedAtoms,
  statistic: (atoms: OrderedAtoms) => number,
  { random, resamples = 200 }: Resampling,
  { alpha = 0.01, power = 0.9 }: { readonly alpha?: number; readonly power?: number } = {},
): RelabelledTail {
  const pooled = atoms.window.map((count, index) => count + (atoms.baseline[index] ?? 0));
  const observed = statistic(atoms);
  const draws = Array.from({ length: resamples }, () => {
    const window = sampleMultivariateHypergeometric(random, pooled, atoms.windowRows);
    return statistic({ ...atoms, window, baseline: pooled.map((count, index) => count - (window[index] ?? 0)) });
  });
  return tailOfDraws(observed, draws, alpha, power);
}

/** The permutation p-value, mean and smallest visible value behind a list of statistics of relabelled data. */
export function tailOfDraws(observed: number, draws: readonly number[], alpha: number, power: number): RelabelledTail {
  const slack = 1e-12 * Math.abs(observed);
  const reached = draws.filter((draw) => draw >= observed - slack).length;
  const sorted = [...draws].sort((a, b) => a - b);
  const moments = momentsOf(draws);
  const spread = Math.sqrt(varianceOf(moments, 0));
  const critical = sorted[Math.min(sorted.length - 1, Math.floor((1 - alpha) * sorted.length))] ?? Number.NaN;
  return {
    pValue: (1 + reached) / (draws.length + 1),
    mean: moments.mean,
    minimumDetectable: critical + normalQuantile(power) * spread,
  };
}
