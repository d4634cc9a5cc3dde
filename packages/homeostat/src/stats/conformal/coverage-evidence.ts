import type { Invalid } from "../performance/refusal.ts";
import { bernoulliLogSums } from "../sequential/bet-log-sums.ts";
import { bettingGrid } from "../sequential/betting-grid.ts";
import { gridLogEvidence } from "../sequential/grid-evidence.ts";

export interface CoverageEvidence {
  readonly kind: "coverage-evidence";
  /** ln E against "misses are at most the target"; alarm at ln(1 / level). May be watched at every label. */
  readonly logEvidence: number;
  /** Null before the first label. */
  readonly missRate: number | null;
  readonly labels: number;
}

/**
 * Is the coverage still what was promised? Grid betting e-process on the misses with null rate `target`: one look at a
 * time or thousands, P(ever ln E >= ln(1/level)) <= level while the sets keep their promise. `misses` of `labels`
 * labelled rows; none gives evidence 0. One-sided: sets that are too wide are not an alarm. `overdispersion` tempers
 * clustered rows. O(1).
 */
export function coverageEvidence(
  misses: number,
  labels: number,
  target: number,
  overdispersion = 1,
): CoverageEvidence | Invalid {
  const sums = bernoulliLogSums(misses, labels - misses, bettingGrid(target));
  if (sums.kind !== "bet-log-sums") return sums;
  return {
    kind: "coverage-evidence",
    logEvidence: gridLogEvidence(sums, overdispersion),
    missRate: labels === 0 ? null : misses / labels,
    labels,
  };
}
