import { effectiveRows } from "../hypothesis/overdispersion.ts";
import { kolmogorovSurvival } from "../special/kolmogorov-survival.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { solveIncreasing } from "../special/solve-increasing.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";
import { LEAST_ROWS } from "./evidence.ts";
import { forEachGap, type OrderedAtoms, orderedAtomsOf } from "./ordered-atoms.ts";

/** Below this product of sample sizes the p-value is computed exactly (a lattice of that many steps). */
const EXACT_UP_TO = 250_000;

/**
 * The Kolmogorov–Smirnov distance of two samples: the largest difference of their distribution functions, 0 to 1.
 *
 * Sees a change of location without bins to argue about; weak in tails. Finite values only (others left out), at least
 * ten a side. p-value: exact (`kolmogorovSmirnovExactTail`) while N·M ≤ 250 000 and rows are independent, else Kolmogorov's
 * law at Stephens' `λ = (√e + .12 + .11/√e)·D`, `e = NM/(N+M)`. Both are conservative with ties. Cost: O(n log n).
 * `expectedByChance` is `√(π/2)·ln 2/√e`.
 */
export function kolmogorovSmirnov(
  window: Iterable<number>,
  baseline: Iterable<number>,
  options: EvidenceOptions = {},
): DistanceEvidence | InsufficientEvidence {
  return evidenceOf("kolmogorov-smirnov/values", orderedAtomsOf(window, baseline), 0, options);
}

/**
 * The Kolmogorov–Smirnov distance seen at the edges of ordered bins: a lower bound of that of the values, short by at most
 * the largest bin share. Leave the null bin out. The p-value is conservative for the same reason.
 */
export function kolmogorovSmirnovOfBins(
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const bins = Math.max(window.length, baseline.length);
  const atoms = {
    positions: Array.from({ length: bins }, (_, bin) => bin),
    window,
    baseline,
    windowRows: total(window),
    baselineRows: total(baseline),
  };
  return evidenceOf("kolmogorov-smirnov/bins", atoms, bins, options);
}

/** `sup |F − G|` of pooled atoms. NaN when a side has no rows. Cost: O(atoms). */
export function kolmogorovSmirnovOfAtoms(atoms: OrderedAtoms): number {
  if (!(atoms.windowRows > 0 && atoms.baselineRows > 0)) return Number.NaN;
  let largest = 0;
  forEachGap(atoms, (difference) => {
    largest = Math.max(largest, Math.abs(difference));
  });
  return Math.min(1, largest);
}

/** `P(D ≥ distance)` by Kolmogorov's law at Stephens' small-sample argument; e = NM/(N+M) may be fractional. */
export function kolmogorovSmirnovTail(distance: number, windowRows: number, baselineRows: number): number {
  const root = Math.sqrt((windowRows * baselineRows) / (windowRows + baselineRows));
  return kolmogorovSurvival((root + 0.12 + 0.11 / root) * distance);
}

/**
 * `P(D ≥ distance)` exactly, for continuous values: the share of lattice paths from (0,0) to (N,M) that touch a point
 * with |i/N − j/M| ≥ distance. Computed as the chance of touching, which adds positive terms only, so small p-values
 * keep their digits. Cost: O(N·M). Source: Hodges (1958). Check: D = .625, 8 against 8 → .08702408702408702.
 */
export function kolmogorovSmirnovExactTail(distance: number, windowRows: number, baselineRows: number): number {
  const touches = (i: number, j: number): boolean =>
    Math.abs(i * baselineRows - j * windowRows) >= (distance - 1e-12) * windowRows * baselineRows;
  const chance = new Float64Array(baselineRows + 1);
  for (let i = 0; i <= windowRows; i++) {
    for (let j = 0; j <= baselineRows; j++) {
      if (touches(i, j)) chance[j] = 1;
      else if (i + j === 0) chance[j] = 0;
      else chance[j] = (i * (chance[j] ?? 0) + j * (j > 0 ? (chance[j - 1] ?? 0) : 0)) / (i + j);
    }
  }
  return chance[baselineRows] ?? Number.NaN;
}

function evidenceOf(
  variant: string,
  atoms: OrderedAtoms,
  bins: number,
  { overdispersion, alpha = 0.01, power = 0.9 }: EvidenceOptions,
): DistanceEvidence | InsufficientEvidence {
  const { windowRows, baselineRows } = atoms;
  const refusal = { kind: "insufficient", variant, need: LEAST_ROWS } as const;
  if (!(windowRows >= LEAST_ROWS)) return { ...refusal, reason: "window-rows", have: windowRows };
  if (!(baselineRows >= LEAST_ROWS)) return { ...refusal, reason: "baseline-rows", have: baselineRows };
  const value = kolmogorovSmirnovOfAtoms(atoms);
  const n = effectiveRows(windowRows, overdispersion);
  const m = effectiveRows(baselineRows, overdispersion);
  const root = Math.sqrt((n * m) / (n + m));
  const exact =
    !overdispersion && windowRows * baselineRows <= EXACT_UP_TO && Number.isInteger(windowRows + baselineRows);
  const tail = exact ? kolmogorovSmirnovExactTail : kolmogorovSmirnovTail;
  const critical =
    solveIncreasing((lambda) => alpha - kolmogorovSurvival(lambda), 1.3, 0.3) / (root + 0.12 + 0.11 / root);
  return {
    kind: "measured",
    variant,
    value,
    windowRows,
    baselineRows,
    bins,
    expectedByChance: Math.min(1, (Math.sqrt(Math.PI / 2) * Math.LN2) / root),
    pValue: tail(value, n, m),
    law: exact ? "exact" : "kolmogorov",
    // At a true distance d the empirical one has a standard deviation of at most ½/√e around at least d.
    minimumDetectable: Math.min(1, critical + normalQuantile(power) / (2 * root)),
  };
}
