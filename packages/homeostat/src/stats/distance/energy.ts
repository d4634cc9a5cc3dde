import type { DistanceEvidence, InsufficientEvidence } from "./evidence.ts";
import { LEAST_ROWS } from "./evidence.ts";
import { forEachGap, type OrderedAtoms, orderedAtomsOf } from "./ordered-atoms.ts";
import { relabelledTail } from "./relabelled-tail.ts";
import type { ResampledOptions } from "./wasserstein.ts";

/**
 * The energy distance of two samples of numbers: `√(2 ∫ (F − G)² dx)`, the root of `2E|X−Y| − E|X−X′| − E|Y−Y′|`.
 *
 * For several dimensions see `energyOfPoints`. Contract as `wasserstein`. `expectedByChance` is the root of
 * `2v·∫ F(1−F) dx`. Source: Székely & Rizzo (2004). Check: the samples of `wasserstein` → .18874586088.
 */
export function energy(
  window: Iterable<number>,
  baseline: Iterable<number>,
  { resampling, alpha = 0.01, power = 0.9, overdispersion }: ResampledOptions = {},
): DistanceEvidence | InsufficientEvidence {
  const variant = "energy/one-dimensional";
  const atoms = orderedAtomsOf(window, baseline);
  const { windowRows, baselineRows } = atoms;
  const refusal = { kind: "insufficient", variant, need: LEAST_ROWS } as const;
  if (windowRows < LEAST_ROWS) return { ...refusal, reason: "window-rows", have: windowRows };
  if (baselineRows < LEAST_ROWS) return { ...refusal, reason: "baseline-rows", have: baselineRows };
  const tail = resampling ? relabelledTail(atoms, energyOfAtoms, resampling, { alpha, power }) : undefined;
  let variance = 0;
  forEachGap(atoms, (_, width, share) => {
    variance += share * (1 - share) * width;
  });
  const noise = Math.max(1, overdispersion?.phi ?? 1) * (1 / windowRows + 1 / baselineRows);
  return {
    kind: "measured",
    variant,
    value: energyOfAtoms(atoms),
    windowRows,
    baselineRows,
    bins: 0,
    expectedByChance: Math.sqrt(2 * noise * variance),
    pValue: tail?.pValue ?? null,
    law: tail ? "permutation" : "none",
    minimumDetectable: tail?.minimumDetectable ?? null,
  };
}

/** `√(2 ∫ (F − G)² dx)` of pooled atoms. NaN when a side has no rows. Cost: O(atoms). */
export function energyOfAtoms(atoms: OrderedAtoms): number {
  let sum = 0;
  forEachGap(atoms, (difference, width) => {
    sum += difference * difference * width;
  });
  return Math.sqrt(2 * sum);
}
