import type { ComplementContrast } from "./complement-contrast.ts";
import type { SliceConfirmation } from "./confirm-slices.ts";
import type { Degradation } from "./degradation.ts";
import type { SlicePredicate } from "./slice-sums.ts";

/** A slice that got worse since the baseline. */
export interface DegradedSlice {
  readonly predicates: readonly SlicePredicate[];
  /** On the rows that suggested it: biased upwards, shown for comparison only. */
  readonly discovery: Degradation;
  /** On held-out rows: the numbers to report. */
  readonly confirmation: SliceConfirmation | { readonly kind: "not-held-out" };
  /** The slice against all other rows, on held-out rows where there are any. */
  readonly complement: ComplementContrast;
  /** Other slices holding nearly the same rows (Jaccard at least 0.98). */
  readonly aliases: readonly (readonly SlicePredicate[])[];
}

/** A slice that is bad now but was as bad before: worth knowing, not an incident. */
export interface WeakSlice {
  readonly predicates: readonly SlicePredicate[];
  /** SliceLine score over the current period. */
  readonly score: number;
  readonly rows: number;
  readonly loss: number;
  readonly meanLoss: number;
  /** Change since the baseline: not significant, or it would be among the degraded. */
  readonly change: Degradation;
}

export type SliceSearch =
  | {
      readonly kind: "searched";
      readonly degraded: readonly DegradedSlice[];
      readonly weak: readonly WeakSlice[];
      /** Slices with enough rows in both periods: the multiplicity that was corrected for. */
      readonly tested: number;
      /** Tested slices significant on the discovery half at the false discovery rate. */
      readonly discovered: number;
    }
  | {
      readonly kind: "insufficient";
      readonly reason: "too-few-rows";
      readonly baselineRows: number;
      readonly currentRows: number;
      readonly need: number;
    };
