import { additiveEvidence } from "./additive-evidence.ts";
import { pearsonTerm } from "./chi-square.ts";
import { countPair } from "./count-pair.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";

/** Cramér's V of a 2×B table, plain and corrected for its bias. */
export interface CramersVEvidence extends DistanceEvidence {
  /** `√(χ²/(N+M))`, biased up: with nothing changed it is near √((B−1)/(N+M)), not 0. */
  readonly uncorrected: number;
}

/**
 * Cramér's V between "window or baseline" and the bin, bias-corrected; 0 to 1.
 *
 * `φ̃² = max(0, χ²/n − (B−1)/(n−1))`, `V = √(φ̃² / min(r̃−1, k̃−1))` with `r̃ = 2 − 1/(n−1)`, `k̃ = B − (B−1)²/(n−1)`, n the
 * rows of both. An effect size for very unequal samples, though it shrinks as they get more unequal. The p-value is that
 * of the two-sample chi-square. Refusals and cost: see `additiveNullTail`. Source: Bergsma (2013).
 */
export function cramersV(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): CramersVEvidence | InsufficientEvidence {
  const variant = "cramers-v/bias-corrected";
  const pair = countPair(variant, window, baseline);
  if (pair.kind === "insufficient") return pair;
  const rows = pair.windowRows + pair.baselineRows;
  const toValue = (statistic: number): number => biasCorrectedV(statistic, rows, pair.window.length);
  const evidence = additiveEvidence(pair, { variant, term: pearsonTerm(pair), toValue }, options);
  return { ...evidence, uncorrected: Math.sqrt(evidence.statistic / rows) };
}

/** The bias-corrected V of a chi-squared statistic of a 2×B table with this many rows in all. */
export function biasCorrectedV(statistic: number, rows: number, bins: number): number {
  const excess = Math.max(0, statistic / rows - (bins - 1) / (rows - 1));
  const width = Math.min(1 - 1 / (rows - 1), bins - 1 - (bins - 1) ** 2 / (rows - 1));
  return width > 0 ? Math.min(1, Math.sqrt(excess / width)) : 0;
}
