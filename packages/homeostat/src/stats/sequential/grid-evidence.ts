import { logSumExp } from "../sum/log-sum-exp.ts";
import type { BetLogSums } from "./bet-log-sums.ts";

/**
 * Log evidence of the grid betting e-process: ln E = logsumexp_k(sums_k / phi) - ln K.
 *
 * Under H0 (every row's mean, given the past, on the right side of nullMean) P(E ever >= 1/alpha) <= alpha, however
 * often one looks: reject now or at any time when ln E >= ln(1/alpha). Zero rows give exactly 0.
 * `overdispersion` phi >= 1 tempers the evidence for rows that come in clusters; the rigorous cure is one observation
 * per cluster (its mean), for which phi = 1. O(bets).
 * Source: Waudby-Smith and Ramdas (2024); Ville (1939) for the inequality.
 */
export function gridLogEvidence(logSums: BetLogSums, overdispersion = 1): number {
  if (!(overdispersion >= 1)) throw new RangeError(`overdispersion must be >= 1, got ${overdispersion}`);
  return logSumExp(Array.from(logSums.sums, (sum) => sum / overdispersion)) - Math.log(logSums.sums.length);
}

/**
 * The anytime p-value of an e-process: min(1, exp(-largest ln E so far)). Valid at every moment at once; it can only
 * fall, so pass the running maximum. O(1).
 */
export function anytimePValue(largestLogEvidence: number): number {
  return Math.min(1, Math.exp(-largestLogEvidence));
}
