import { compensatedSum } from "../sum/compensated-sum.ts";
import { additiveEvidence } from "./additive-evidence.ts";
import { countPair } from "./count-pair.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";

/**
 * The Hellinger distance of two lists of shares: `√(½ Σ (√p − √q)²)`, 0 to 1. Robust to tiny cells.
 *
 * Written as differences of roots, not as `1 − Σ√(pq)`, which cancels for near shares. Cost: O(B).
 * Check: the shares of `jensenShannonOfShares` → .16798444832144827.
 */
export function hellingerOfShares(p: readonly number[], q: readonly number[]): number {
  return Math.sqrt(compensatedSum(p.map((share, bin) => (Math.sqrt(share) - Math.sqrt(q[bin] ?? 0)) ** 2)) / 2);
}

/**
 * The Hellinger distance of a window from its baseline, with its null law: `T = 8H²/v` is χ²_{B−1} when nothing changed.
 *
 * Shapes, refusals, cost: see `psi`, `additiveNullTail`.
 */
export function hellinger(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const variant = "hellinger/unsmoothed";
  const pair = countPair(variant, window, baseline);
  if (pair.kind === "insufficient") return pair;
  const { windowRows, baselineRows, noise } = pair;
  const distance = {
    variant,
    term: (n: number, m: number) => (4 / noise) * (Math.sqrt(n / windowRows) - Math.sqrt(m / baselineRows)) ** 2,
    toValue: (statistic: number) => Math.sqrt(Math.min(1, (statistic * noise) / 8)),
  };
  return additiveEvidence(pair, distance, options);
}
