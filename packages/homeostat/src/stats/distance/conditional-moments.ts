import type { Urn } from "../special/hypergeometric.ts";
import type { CountPair } from "./count-pair.ts";

/** The part of a statistic that one bin contributes: a function of its window count and its baseline count. */
export type BinTerm = (windowCount: number, baselineCount: number) => number;

/** Moments of a statistic when window and baseline are one law, given the pooled count of every bin. */
export interface ConditionalMoments {
  readonly mean: number;
  readonly variance: number;
  /** Third standardised moment; √(8/(B−1)) for χ²_{B−1}. */
  readonly skewness: number;
}

/**
 * How much of the excess skewness of independent terms is left once they are tied together by their sum. Not derived: chosen
 * between ½ (too quiet nowhere, 1.4 times nominal at .001 for Zipf bins) and 1 (too quiet at five rows a bin) on the cells of
 * the calibration tests.
 */
const DEPENDENCE = 0.75;

/**
 * Mean, variance and skewness of `T = Σ_b term(n_b, m_b)` given the pooled counts `n_b + m_b`, under which the window counts are
 * multivariate hypergeometric whatever the common law is.
 *
 * The mean is exact. For the variance each term is split along the orthogonal polynomials of degree 1 and 2 of its count;
 * two bins correlate −√(r_a r_b) along the first and r_a r_b along the second (r = share/(1 − share)), and what remains
 * is taken as uncorrelated. For a quadratic term this gives the 2(B−1) of χ² exactly. The skewness is that of χ²_{B−1} times
 * how much more skewed the sum of independent terms is than the same sum of squared normals: logarithms of small counts have
 * a longer tail than squares, which matters at the levels that many features need. Cost: O(Σ_b √n_b).
 */
export function conditionalMoments(pair: CountPair, term: BinTerm): ConditionalMoments {
  const total = pair.windowRows + pair.baselineRows;
  let mean = 0;
  let variance = 0;
  let linear = 0;
  let quadratic = 0;
  const independent = { second: 0, third: 0, normalSecond: 0, normalThird: 0 };
  pair.window.forEach((count, bin) => {
    const marked = count + (pair.baseline[bin] ?? 0);
    const parts = termParts({ total, marked, drawn: pair.windowRows }, term);
    const ratio = marked / Math.max(1, total - marked);
    mean += parts.mean;
    variance += parts.variance + ratio * parts.linear ** 2 - (ratio * parts.quadratic) ** 2;
    linear += Math.sqrt(ratio) * parts.linear;
    quadratic += ratio * parts.quadratic;
    const weight = 1 - marked / total;
    independent.second += parts.variance;
    independent.third += parts.third;
    independent.normalSecond += 2 * weight ** 2;
    independent.normalThird += 8 * weight ** 3;
  });
  const { second, third, normalSecond, normalThird } = independent;
  // A window of a few rows against a huge baseline can lean the other way; the law is then taken as all but normal.
  const excess = Math.max(0, third / second ** 1.5 / (normalThird / normalSecond ** 1.5)) ** DEPENDENCE;
  const skewness = Math.sqrt(8 / (pair.window.length - 1)) * excess;
  return { mean, variance: variance - linear ** 2 + quadratic ** 2, skewness };
}

interface TermParts {
  readonly mean: number;
  readonly variance: number;
  readonly third: number;
  readonly linear: number;
  readonly quadratic: number;
}

/** Central moments of one term over its hypergeometric count, and its coefficients along the first two polynomials. */
function termParts(urn: Urn, term: BinTerm): TermParts {
  const { weights, first } = hypergeometricWeights(urn);
  const start = first - (urn.marked * urn.drawn) / urn.total;
  let [mean, second, third, fourth, cross, crossSquare] = [0, 0, 0, 0, 0, 0];
  const values = new Float64Array(weights.length);
  for (let index = 0; index < values.length; index++) {
    const value = term(first + index, urn.marked - first - index);
    values[index] = value;
    mean += (weights[index] ?? 0) * value;
  }
  let variance = 0;
  let cubes = 0;
  for (let index = 0; index < values.length; index++) {
    const weight = weights[index] ?? 0;
    const off = (values[index] ?? 0) - mean;
    const shift = start + index;
    const square = shift * shift;
    variance += weight * off * off;
    cubes += weight * off * off * off;
    second += weight * square;
    third += weight * square * shift;
    fourth += weight * square * square;
    cross += weight * off * shift;
    crossSquare += weight * off * square;
  }
  if (!(second > 0)) return { mean, variance: 0, third: 0, linear: 0, quadratic: 0 };
  const squareNorm = fourth - second * second - (third * third) / second;
  const quadratic =
    squareNorm > 1e-9 * second * second ? (crossSquare - (third / second) * cross) / Math.sqrt(squareNorm) : 0;
  return { mean, variance, third: cubes, linear: cross / Math.sqrt(second), quadratic };
}

/**
 * The chance of every possible number of marked balls, around the mode, cut where it falls below 1e-15 of the largest;
 * `first` is the number that the first weight belongs to. The weights sum to one. Cost: O(√(marked·drawn/total)).
 */
export function hypergeometricWeights({ total, marked, drawn }: Urn): { weights: Float64Array; first: number } {
  const least = Math.max(0, marked + drawn - total);
  const most = Math.min(marked, drawn);
  const mode = Math.min(most, Math.max(least, Math.floor(((marked + 1) * (drawn + 1)) / (total + 2))));
  const up: number[] = [1];
  let sum = 1;
  let weight = 1;
  for (let k = mode; k < most && weight > 1e-15; k++) {
    weight *= ((marked - k) / (k + 1)) * ((drawn - k) / (total - marked - drawn + k + 1));
    up.push(weight);
    sum += weight;
  }
  const down: number[] = [];
  weight = 1;
  for (let k = mode; k > least && weight > 1e-15; k--) {
    weight *= (k / (marked - k + 1)) * ((total - marked - drawn + k) / (drawn - k + 1));
    down.push(weight);
    sum += weight;
  }
  const weights = new Float64Array(down.length + up.length);
  for (let index = 0; index < down.length; index++) weights[down.length - 1 - index] = (down[index] ?? 0) / sum;
  for (let index = 0; index < up.length; index++) weights[down.length + index] = (up[index] ?? 0) / sum;
  return { weights, first: mode - down.length };
}
