import type { InsufficientEvidence } from "./evidence.ts";
import type { PsiEvidence } from "./psi.ts";

/** The conventional cuts of PSI, now read as sizes of effect and not as tests, and the level of the test itself. */
export interface DriftThresholds {
  readonly minor: number;
  readonly major: number;
  readonly alpha: number;
}

/** .10 and .25 on the debiased PSI, at level .01 after multiplicity. */
export const DRIFT_THRESHOLDS: DriftThresholds = { minor: 0.1, major: 0.25, alpha: 0.01 };

/** The folk rule, shown beside the verdict with how often it is wrong for a window of this size. */
export interface ConventionalBadge {
  readonly reads: "above" | "below";
  readonly falseAlarm: number;
}

/** What a verdict rests on. */
export interface DriftFindings {
  readonly effect: number;
  readonly lower95: number;
  readonly upper95: number;
  readonly adjustedPValue: number;
  readonly minimumDetectable: number | null;
  readonly conventional: ConventionalBadge;
  /** Red: real and material. Amber: one of the two. Green: neither. */
  readonly tone: "green" | "amber" | "red";
}

/** One rung of the ladder. `stable` is never "no change": it is no change as large as `minimumDetectable` would show. */
export type DriftVerdict =
  | InsufficientEvidence
  | ({ readonly kind: "stable" } & DriftFindings)
  | ({ readonly kind: "shift-minor" } & DriftFindings)
  | ({ readonly kind: "shift-major" } & DriftFindings)
  | ({ readonly kind: "confirmed" } & DriftFindings)
  | ({ readonly kind: "certain" } & DriftFindings);

/**
 * The verdict on one feature in one window: is the shift real, is it material, how sure.
 *
 * Real: adjusted p ≤ alpha. Material: debiased PSI ≥ major. Real but below major is `shift-minor`; real and material is
 * `shift-major`, `confirmed` once the 95 % lower bound reaches minor, `certain` once it reaches major. The bound only
 * grades: demanding it would miss a true PSI of .25 nineteen times in twenty. `adjustedPValue` is the p-value after
 * false-discovery control over the batch this feature was judged in (pass `evidence.pValue` for a single test).
 */
export function driftVerdict(
  evidence: PsiEvidence | InsufficientEvidence,
  adjustedPValue: number,
  thresholds: DriftThresholds = DRIFT_THRESHOLDS,
): DriftVerdict {
  if (evidence.kind === "insufficient") return evidence;
  const real = adjustedPValue <= thresholds.alpha;
  const material = evidence.debiased >= thresholds.major;
  const findings: DriftFindings = {
    effect: Math.max(0, evidence.debiased),
    lower95: evidence.lower95,
    upper95: evidence.upper95,
    adjustedPValue,
    minimumDetectable: evidence.minimumDetectable,
    conventional: {
      reads: evidence.value > 0.25 ? "above" : "below",
      falseAlarm: evidence.conventionalFalseAlarm,
    },
    tone: real && material ? "red" : real || material ? "amber" : "green",
  };
  if (!real) return { kind: "stable", ...findings };
  if (!material) return { kind: "shift-minor", ...findings };
  if (evidence.lower95 >= thresholds.major) return { kind: "certain", ...findings };
  return { kind: evidence.lower95 >= thresholds.minor ? "confirmed" : "shift-major", ...findings };
}
