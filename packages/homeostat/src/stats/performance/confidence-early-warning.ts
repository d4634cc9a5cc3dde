/** What can be seen before labels arrive. Every p-value is one-sided; null means "not measured", not "fine". */
export interface EarlyEvidence {
  /** P of confidence this high if nothing changed. */
  readonly pConfidenceUp: number;
  /** Calibrated p-value of input drift, after multiplicity. */
  readonly pInputDrift: number | null;
  /** P of this many out-of-training rows if nothing changed. */
  readonly pUnfamiliar: number | null;
  /** P of so little agreement with the shadow model if nothing changed. */
  readonly pAgreementDown: number | null;
}

export type EarlyWarningSupport = "input-drift" | "unfamiliar-input" | "agreement-down";

export type EarlyWarning =
  | { readonly kind: "amber"; readonly support: readonly EarlyWarningSupport[] }
  | { readonly kind: "quiet"; readonly reason: "confidence-not-up" | "no-support" }
  | { readonly kind: "unknown"; readonly reason: "nothing-measured" };

/**
 * The pre-label form of the confidence paradox: confidence rose (p < alpha) AND the input became unfamiliar in at least
 * one measured way (p < alpha / number measured). Amber at most, never red: without outcomes nobody knows that the
 * model got worse. Each support is Bonferroni-corrected over those measured, so the false alarm rate of the whole is at
 * most alpha. O(1).
 */
export function confidenceEarlyWarning(evidence: EarlyEvidence, alpha = 0.01): EarlyWarning {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie in (0, 1), got ${alpha}`);
  const all: readonly (readonly [EarlyWarningSupport, number | null])[] = [
    ["input-drift", evidence.pInputDrift],
    ["unfamiliar-input", evidence.pUnfamiliar],
    ["agreement-down", evidence.pAgreementDown],
  ];
  const measured = all.filter((entry): entry is readonly [EarlyWarningSupport, number] => entry[1] !== null);
  if (measured.length === 0 || Number.isNaN(evidence.pConfidenceUp))
    return { kind: "unknown", reason: "nothing-measured" };
  if (!(evidence.pConfidenceUp < alpha)) return { kind: "quiet", reason: "confidence-not-up" };
  const support = measured.filter(([, p]) => p < alpha / measured.length).map(([name]) => name);
  return support.length > 0 ? { kind: "amber", support } : { kind: "quiet", reason: "no-support" };
}
