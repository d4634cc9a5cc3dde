import { effectiveRows } from "../hypothesis/overdispersion.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import type { DistanceEvidence, EvidenceOptions, InsufficientEvidence } from "./evidence.ts";
import { LEAST_ROWS } from "./evidence.ts";
import { orderedAtomsOf } from "./ordered-atoms.ts";

/** How well a classifier tells window rows from baseline rows. */
export interface DomainAucEvidence extends DistanceEvidence {
  /** `√((N+M+1)/(12NM))`, less for ties, times √φ: the standard error when nothing changed. */
  readonly standardError: number;
  /** `AUC − 1.645·standardError`; alarm where it exceeds .55. */
  readonly lower95: number;
}

/**
 * The area under the ROC curve of a domain classifier: the chance that a window row scores above a baseline row, ties
 * counting half; .5 when nothing changed, toward 1 under a multivariate shift that no single feature shows.
 *
 * Shapes: scores of rows the classifier was NOT trained on. One 50/50 split, not cross-fitting: pooled cross-fitted scores
 * are dependent, and the Mann–Whitney law then fires 8.5 % of the time at nominal 5 %. One-sided p by the normal law with
 * tie-corrected variance. At least ten finite scores a side. Cost: O(n log n). Check: baseline .1,.4,.35,.8, window
 * .3,.6,.9 → .6666666667 (as `areaUnderCurve`).
 */
export function domainAuc(
  window: Iterable<number>,
  baseline: Iterable<number>,
  { overdispersion, alpha = 0.01, power = 0.9 }: EvidenceOptions = {},
): DomainAucEvidence | InsufficientEvidence {
  const variant = "domain-auc/holdout";
  const { value, windowRows, baselineRows, tieShrink } = rankedArea(window, baseline);
  const refusal = { kind: "insufficient", variant, need: LEAST_ROWS } as const;
  if (windowRows < LEAST_ROWS) return { ...refusal, reason: "window-rows", have: windowRows };
  if (baselineRows < LEAST_ROWS) return { ...refusal, reason: "baseline-rows", have: baselineRows };
  const n = effectiveRows(windowRows, overdispersion);
  const m = effectiveRows(baselineRows, overdispersion);
  const standardError = Math.sqrt((Math.max(0, tieShrink) * (n + m + 1)) / (12 * n * m));
  return {
    kind: "measured",
    variant,
    value,
    windowRows,
    baselineRows,
    bins: 0,
    expectedByChance: 0.5,
    pValue: standardError > 0 ? normalSurvival((value - 0.5) / standardError) : 1,
    law: "normal",
    minimumDetectable: Math.min(1, 0.5 + standardError * (normalQuantile(power) - normalQuantile(alpha))),
    standardError,
    lower95: value - 1.6448536269514722 * standardError,
  };
}

/** The chance that a draw of `positive` exceeds a draw of `negative`, ties half; NaN when a side is empty. O(n log n). */
export function areaUnderCurve(positive: Iterable<number>, negative: Iterable<number>): number {
  return rankedArea(positive, negative).value;
}

function rankedArea(
  positive: Iterable<number>,
  negative: Iterable<number>,
): {
  readonly value: number;
  readonly windowRows: number;
  readonly baselineRows: number;
  readonly tieShrink: number;
} {
  const atoms = orderedAtomsOf(positive, negative);
  let wins = 0;
  let below = 0;
  let ties = 0;
  atoms.window.forEach((count, index) => {
    const other = atoms.baseline[index] ?? 0;
    const tied = count + other;
    wins += count * (below + other / 2);
    below += other;
    ties += tied ** 3 - tied;
  });
  const rows = atoms.windowRows + atoms.baselineRows;
  return {
    value: wins / (atoms.windowRows * atoms.baselineRows),
    windowRows: atoms.windowRows,
    baselineRows: atoms.baselineRows,
    tieShrink: 1 - ties / Math.max(1, rows ** 3 - rows),
  };
}
