export interface DriftedFeature {
  readonly feature: string;
  /** Debiased PSI of the feature on the affected slice; negative values count as zero. */
  readonly psiDebiased: number;
  /** Importance of the feature to the model, any non-negative unit. */
  readonly importance: number;
}

export type DriftShares =
  | { readonly kind: "shares"; readonly shares: readonly { readonly feature: string; readonly share: number }[] }
  /** No feature moved: lineage says nothing, which is not the same as "nothing upstream is at fault". */
  | { readonly kind: "no-drift" };

/**
 * Share of the drift that each feature carries: phi_f proportional to max(0, PSI_f) times importance_f, summing to 1.
 *
 * When every importance is zero or unknown, importance is taken as equal. Cost: O(features).
 * Source: algorithms specification, section 6.1.
 */
export function driftShares(features: readonly DriftedFeature[]): DriftShares {
  const anyImportance = features.some((f) => f.importance > 0);
  const weights = features.map((f) => Math.max(0, f.psiDebiased) * (anyImportance ? Math.max(0, f.importance) : 1));
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0) || !Number.isFinite(total)) return { kind: "no-drift" };
  return { kind: "shares", shares: features.map((f, i) => ({ feature: f.feature, share: (weights[i] ?? 0) / total })) };
}
