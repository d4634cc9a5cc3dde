import { type InsufficientEvidence, LEAST_ROWS } from "./evidence.ts";

/** Two rows of counts over the same bins, with their sums. */
export interface CountPair {
  readonly kind: "counts";
  /** The original indexes of the bins that were kept. */
  readonly kept: readonly number[];
  readonly window: readonly number[];
  readonly baseline: readonly number[];
  readonly windowRows: number;
  readonly baselineRows: number;
  /** `1/N + 1/M`: the scale on which every distance of two samples fluctuates. */
  readonly noise: number;
}

/**
 * Checks two lists of counts and sums them, or says why they cannot be compared.
 *
 * Bins empty on both sides are dropped (they carry nothing and would count as degrees of freedom). Counts must be
 * finite and not negative; at least ten rows on each side and two bins must be left. Different lengths are invalid.
 * Cost: O(B).
 */
export function countPair(
  variant: string,
  window: readonly number[],
  baseline: readonly number[],
): CountPair | InsufficientEvidence {
  const refuse = (reason: InsufficientEvidence["reason"], have: number, need: number): InsufficientEvidence => {
    return { kind: "insufficient", variant, reason, have, need };
  };
  if (window.length !== baseline.length) return refuse("invalid-counts", window.length, baseline.length);
  const wrong = window.concat(baseline).filter((count) => !(count >= 0 && Number.isFinite(count))).length;
  if (wrong > 0) return refuse("invalid-counts", wrong, 0);
  const kept = window.map((_, bin) => bin).filter((bin) => (window[bin] ?? 0) + (baseline[bin] ?? 0) > 0);
  const n = kept.map((bin) => window[bin] ?? 0);
  const m = kept.map((bin) => baseline[bin] ?? 0);
  const windowRows = n.reduce((sum, count) => sum + count, 0);
  const baselineRows = m.reduce((sum, count) => sum + count, 0);
  if (windowRows < LEAST_ROWS) return refuse("window-rows", windowRows, LEAST_ROWS);
  if (baselineRows < LEAST_ROWS) return refuse("baseline-rows", baselineRows, LEAST_ROWS);
  if (kept.length < 2) return refuse("bins", kept.length, 2);
  return {
    kind: "counts",
    kept,
    window: n,
    baseline: m,
    windowRows,
    baselineRows,
    noise: 1 / windowRows + 1 / baselineRows,
  };
}
