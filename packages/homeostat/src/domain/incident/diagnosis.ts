import type { SentQuery, SliceCondition } from "../baseline/slice-store.ts";
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
  /** Slices that the trouble is in, the likeliest first; absent in diagnoses of earlier versions. */
  readonly slices?: readonly RankedSlice[];
  /** Slices that got worse, as the search over conjunctions found and confirmed them; absent in diagnoses of earlier versions. */
  readonly foundSlices?: readonly FoundSlice[];
  /** Bad now and as bad before: worth knowing, not what this is about. */
  readonly weakSlices?: readonly WeakSlice[];
  readonly features: readonly FeatureAudit[];
  readonly suspects: readonly Suspect[];
  /** Only when its posterior earns it. */
  readonly namedCause: Suspect | undefined;
  /** The likeliest hour at which it began; absent in diagnoses of earlier versions. */
  readonly onset?: Instant;
  /** What would end the harm, as far as it was tried; absent in diagnoses of earlier versions. */
  readonly fix?: FixProposal | undefined;
}

/** What could be done, the most promising first, each tried on logged inputs where it can be. */
export interface FixProposal {
  readonly options: readonly FixOption[];
}

export type FixAction = "roll-back" | "exclude-feature" | "repair-feature" | "fall-back" | "retrain" | "undo-change";

export interface FixOption {
  readonly action: FixAction;
  readonly words: string;
  readonly check: FixCheck;
}

/** What the fix would have answered on logged rows of the incident, beside what was answered. */
export type FixCheck =
  | {
      readonly kind: "scored";
      readonly rows: number;
      readonly labelled: number;
      /** Share of rows with the same decision. */
      readonly agreement: number;
      /** Mean squared error of the probabilities of labelled rows. */
      readonly loss: number | undefined;
      readonly fixedLoss: number | undefined;
      /** PSI of the probabilities against the baseline's on the same slice. */
      readonly scorePsi: number | undefined;
      readonly fixedScorePsi: number | undefined;
      readonly verdict: "better" | "no-worse" | "worse" | "undecided" | "nearer" | "no-nearer";
    }
  | { readonly kind: "not-checked"; readonly reason: string };

export interface DiagnosisStep {
  readonly step: number;
  readonly title: string;
  readonly status: "done" | "not-enough-data" | "waiting-for-labels" | "not-checked";
  readonly verdict: string;
  readonly tookMs: number;
  /** The numbers that the verdict rests on; absent in diagnoses of earlier versions. */
  readonly evidence?: readonly StepNumber[];
  /** The statements that were asked, to be asked again; absent in diagnoses of earlier versions. */
  readonly queries?: readonly SentQuery[];
}

/** One number of a step's evidence, in words. undefined: unknown. */
export interface StepNumber {
  readonly name: string;
  readonly value: number | string | undefined;
  /** What it is compared with. */
  readonly usual?: number | undefined;
}

/** A slice among those that the trouble may be in. */
export interface RankedSlice {
  readonly words: string;
  readonly conditions: readonly SliceCondition[];
  /** How it was found, in words. */
  readonly how: string;
}

/** A conjunction of up to three conditions that got worse since the baseline, measured on held-out rows. */
export interface FoundSlice {
  readonly conditions: readonly SliceCondition[];
  readonly words: string;
  /** What grew: the loss of labelled rows, or the share of rows in the values of a feature that became more frequent. */
  readonly measure: { readonly kind: "loss" } | { readonly kind: "moved"; readonly feature: string };
  readonly rows: number;
  readonly baselineRows: number;
  readonly value: number;
  readonly baselineValue: number;
  /** Rows harmed beyond what the baseline had, on the held-out half, with one-sided 95 % bounds. */
  readonly excess: number;
  readonly excessLower: number;
  readonly excessUpper: number;
  readonly z: number;
  readonly pValue: number;
  /** Whether all other rows got worse as well. */
  readonly extent: "slice" | "everyone" | "unclear";
}

export interface WeakSlice {
  readonly conditions: readonly SliceCondition[];
  readonly words: string;
  readonly rows: number;
  readonly value: number;
  readonly baselineValue: number | undefined;
  /** SliceLine score. */
  readonly score: number;
}

/** The slice beside all rows. */
export interface SliceEvidence {
  /** Where the slice is values of one declared segment: its name with the first of them. */
  readonly segment: SegmentValue | undefined;
  readonly values: readonly string[];
  /** Absent in diagnoses of earlier versions. */
  readonly words?: string;
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
  /** Mean loss of labelled rows: share of wrong decisions or classes, or the mean absolute error. Absent in earlier versions. */
  readonly losses?: {
    readonly slice: number | undefined;
    readonly sliceBaseline: number | undefined;
    readonly global: number | undefined;
    readonly globalBaseline: number | undefined;
  };
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
