import type { Change } from "../change/change.ts";
import type { SegmentValue } from "../finding/finding.ts";
import type { Instant } from "../instant.ts";

/** What the diagnosis found, step by step, with the numbers it rests on. */
export interface Diagnosis {
  readonly completedAt: Instant;
  readonly tookMs: number;
  readonly sentence: string;
  readonly steps: readonly DiagnosisStep[];
  readonly slice: SliceEvidence | undefined;
  readonly otherSlices: readonly SliceEvidence[];
  readonly features: readonly FeatureAudit[];
  readonly suspects: readonly Suspect[];
  /** Only when its posterior earns it. */
  readonly namedCause: Suspect | undefined;
}

export interface DiagnosisStep {
  readonly step: number;
  readonly title: string;
  readonly status: "done" | "not-enough-data" | "waiting-for-labels" | "not-checked";
  readonly verdict: string;
  readonly tookMs: number;
}

/** A slice is one segment and the values of it that moved together. */
export interface SliceEvidence {
  readonly segment: SegmentValue | undefined;
  readonly values: readonly string[];
  readonly rows: number;
  /** Share of all rows in the windows looked at. */
  readonly share: number;
  readonly auc: number | undefined;
  readonly baselineAuc: number | undefined;
  readonly globalAuc: number | undefined;
  readonly globalBaselineAuc: number | undefined;
  readonly slicePsi: number | undefined;
  /** The same feature over all rows: the calm number. */
  readonly globalPsi: number | undefined;
}

export interface FeatureAudit {
  readonly feature: string;
  readonly psi: number;
  readonly psiDebiased: number;
  readonly expectedByChance: number;
  readonly pValue: number;
  readonly rows: number;
  readonly baselineRows: number;
  readonly bins: number;
}

export interface Suspect {
  /** undefined: none of the logged changes. */
  readonly change: Change | undefined;
  readonly posterior: number;
  readonly why: readonly string[];
}
