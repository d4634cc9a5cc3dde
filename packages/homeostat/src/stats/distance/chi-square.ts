import { additiveEvidence } from "./additive-evidence.ts";
import { type CountPair, countPair } from "./count-pair.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";
import { entropyExcess } from "./shares.ts";

/** A homogeneity test of two rows of counts; `value` is the statistic, with `df` degrees of freedom. */
export interface HomogeneityEvidence extends DistanceEvidence {
  readonly df: number;
}

/**
 * Pearson's two-sample homogeneity statistic `Σ (observed − expected)²/expected` over the 2×B table.
 *
 * The two-sample form: the baseline is a sample too, and a test that treats it as exact fires 33 % of the time at nominal
 * 5 % when the sizes are equal. No continuity correction (see `compatible/nannyml` for Yates). Null law, refusals, cost:
 * see `additiveNullTail`. `expectedByChance` and `minimumDetectable` are on the scale of the statistic.
 */
export function chiSquare(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): HomogeneityEvidence | InsufficientEvidence {
  const variant = "chi-square/two-sample";
  const pair = countPair(variant, window, baseline);
  if (pair.kind === "insufficient") return pair;
  return homogeneity(variant, pair, pearsonTerm(pair), options);
}

/**
 * The likelihood-ratio statistic `G = 2 Σ observed·ln(observed/expected)` over the 2×B table. Contract as `chiSquare`.
 */
export function gTest(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): HomogeneityEvidence | InsufficientEvidence {
  const variant = "g-test/two-sample";
  const pair = countPair(variant, window, baseline);
  if (pair.kind === "insufficient") return pair;
  const share = pair.windowRows / (pair.windowRows + pair.baselineRows);
  const term = (n: number, m: number): number => {
    return 2 * (entropyExcess(n, (n + m) * share) + entropyExcess(m, (n + m) * (1 - share)));
  };
  return homogeneity(variant, pair, term, options);
}

/** One bin's part of Pearson's statistic; with `t = n + m`, both rows together are `(n − t·s)²/(t·s·(1 − s))`. */
export function pearsonTerm(pair: CountPair): (n: number, m: number) => number {
  const share = pair.windowRows / (pair.windowRows + pair.baselineRows);
  return (n, m) => (n + m === 0 ? 0 : (n - (n + m) * share) ** 2 / ((n + m) * share * (1 - share)));
}

function homogeneity(
  variant: string,
  pair: CountPair,
  term: (n: number, m: number) => number,
  options: EvidenceOptions,
): HomogeneityEvidence {
  const evidence = additiveEvidence(pair, { variant, term, toValue: (statistic) => statistic }, options);
  return { ...evidence, df: pair.window.length - 1 };
}
