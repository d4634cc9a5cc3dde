import { logBinomialProbability } from "./log-binomial-probability.ts";

/** An urn: `total` balls of which `marked` are marked, and `drawn` of them drawn without replacement. */
export interface Urn {
  readonly total: number;
  readonly marked: number;
  readonly drawn: number;
}

/**
 * `P(X = k)`: the chance of k marked balls among those drawn.
 *
 * Shapes: whole numbers, 0 ≤ marked ≤ total, 0 ≤ drawn ≤ total; an impossible k gives 0. Built from three binomial
 * probabilities in deviance form, so totals of 10⁹ keep their digits. Cost: O(1). Source: Loader (2000).
 */
export function hypergeometricProbability(k: number, urn: Urn): number {
  const { total, marked, drawn } = urn;
  if (k < Math.max(0, marked + drawn - total) || k > Math.min(marked, drawn)) return 0;
  if (total === 0 || drawn === 0 || drawn === total) return 1;
  const p = drawn / total;
  const complement = (total - drawn) / total;
  const hits = logBinomialProbability(k, marked, p, complement);
  const misses = logBinomialProbability(drawn - k, total - marked, p, complement);
  return Math.exp(hits + misses - logBinomialProbability(drawn, total, p, complement));
}

/**
 * `P(X ≥ k)`: the upper tail, k included.
 *
 * Summed from k away from the mean, so small tails keep relative accuracy. Cost: O(√total) terms. k at or below the
 * smallest possible count gives 1, above the largest 0.
 */
export function hypergeometricUpperTail(k: number, urn: Urn): number {
  const { total, marked, drawn } = urn;
  const least = Math.max(0, marked + drawn - total);
  const most = Math.min(marked, drawn);
  if (k <= least) return 1;
  if (k > most) return 0;
  if (k > (marked * drawn) / Math.max(1, total)) return Math.min(1, sumUpward(k, most, urn));
  return Math.max(0, 1 - sumDownward(k - 1, least, urn));
}

/** `P(X ≤ k)`: the lower tail, k included. Same contract as `hypergeometricUpperTail`. */
export function hypergeometricLowerTail(k: number, urn: Urn): number {
  return hypergeometricUpperTail(urn.drawn - k, { ...urn, marked: urn.total - urn.marked });
}

function sumUpward(from: number, most: number, { total, marked, drawn }: Urn): number {
  let term = hypergeometricProbability(from, { total, marked, drawn });
  let sum = term;
  for (let k = from; k < most && term > sum * 1e-17; k++) {
    term *= ((marked - k) / (k + 1)) * ((drawn - k) / (total - marked - drawn + k + 1));
    sum += term;
  }
  return sum;
}

function sumDownward(from: number, least: number, { total, marked, drawn }: Urn): number {
  let term = hypergeometricProbability(from, { total, marked, drawn });
  let sum = term;
  for (let k = from; k > least && term > sum * 1e-17; k--) {
    term *= (k / (marked - k + 1)) * ((total - marked - drawn + k) / (drawn - k + 1));
    sum += term;
  }
  return sum;
}
