import { detectableNoncentrality } from "../special/noncentrality-of-tail.ts";
import { compensatedSum } from "../sum/compensated-sum.ts";
import { additiveNullTail } from "./additive-null-law.ts";
import type { BinTerm } from "./conditional-moments.ts";
import type { CountPair } from "./count-pair.ts";
import type { DistanceEvidence, EvidenceOptions } from "./evidence.ts";

/** A distance that is a function of a chi-squared-like sum over bins. */
export interface AdditiveDistance {
  readonly variant: string;
  /** One bin's part of the statistic T. */
  readonly term: BinTerm;
  /** The distance belonging to a T; increasing. */
  readonly toValue: (statistic: number) => number;
}

/**
 * The evidence of a distance whose statistic `T = Σ_b term` is asymptotically χ²_{B−1}.
 *
 * `expectedByChance` is the distance at the mean of T (φ·(B−1)), `minimumDetectable` the distance at the noncentrality
 * that the asked level and power need (φ·ncp). Cost: that of `additiveNullTail`.
 */
export function additiveEvidence(
  pair: CountPair,
  { variant, term, toValue }: AdditiveDistance,
  { overdispersion, alpha = 0.01, power = 0.9 }: EvidenceOptions,
): DistanceEvidence & { readonly statistic: number } {
  const df = pair.window.length - 1;
  const phi = Math.max(1, overdispersion?.phi ?? 1);
  const statistic = Math.max(0, compensatedSum(pair.window.map((n, bin) => term(n, pair.baseline[bin] ?? 0))));
  return {
    kind: "measured",
    variant,
    value: toValue(statistic),
    windowRows: pair.windowRows,
    baselineRows: pair.baselineRows,
    bins: pair.window.length,
    expectedByChance: toValue(df * phi),
    ...additiveNullTail(statistic, pair, term, overdispersion),
    minimumDetectable: toValue(phi * detectableNoncentrality(alpha, power, df)),
    statistic,
  };
}
