import { compensatedSum } from "../sum/compensated-sum.ts";
import { additiveEvidence } from "./additive-evidence.ts";
import { countPair } from "./count-pair.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";
import { entropyExcess, sharesOf } from "./shares.ts";

/**
 * The Jensen–Shannon divergence in nats of two lists of shares: `½KL(p‖m) + ½KL(q‖m)`, m their mean; 0 to ln 2.
 *
 * Shapes: shares summing to one, equal lengths. Zeros need no smoothing. NaN spreads. Cost: O(B). Tiny negative rounding
 * is cut to 0. Source: Lin (1991).
 */
export function jensenShannonDivergence(p: readonly number[], q: readonly number[]): number {
  const terms = p.map((share, bin) => divergenceTerm(share, q[bin] ?? 0));
  return Math.max(0, compensatedSum(terms));
}

/**
 * The Jensen–Shannon distance in base 2 of two lists of shares: the root of the divergence in bits, 0 to 1.
 *
 * Check: p = .2,.15,.12,.11,.1,.09,.08,.07,.05,.03 against uniform → .20024465256006746.
 */
export function jensenShannonOfShares(p: readonly number[], q: readonly number[]): number {
  return Math.sqrt(Math.min(1, jensenShannonDivergence(p, q) / Math.LN2));
}

/**
 * The Jensen–Shannon distance (base 2, no smoothing) of a window from its baseline, with its null law:
 * `T = 8·ln2·JS²/v` is χ²_{B−1} when nothing changed.
 *
 * A bounded score, comparable across numbers of bins. Shapes, refusals, cost: see `psi`, `additiveNullTail`.
 */
export function jensenShannon(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const variant = "jensen-shannon/base2-distance";
  const pair = countPair(variant, window, baseline);
  if (pair.kind === "insufficient") return pair;
  const { windowRows, baselineRows, noise } = pair;
  const evidence = additiveEvidence(
    pair,
    {
      variant,
      term: (n, m) => (8 / noise) * divergenceTerm(n / windowRows, m / baselineRows),
      toValue: (statistic) => Math.sqrt(Math.min(1, (statistic * noise) / (8 * Math.LN2))),
    },
    options,
  );
  return { ...evidence, value: jensenShannonOfShares(sharesOf(pair.window), sharesOf(pair.baseline)) };
}

function divergenceTerm(p: number, q: number): number {
  const middle = (p + q) / 2;
  return (entropyExcess(p, middle) + entropyExcess(q, middle)) / 2;
}
