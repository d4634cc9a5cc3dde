import { benjaminiHochberg } from "../hypothesis/benjamini-hochberg.ts";
import { type DegradationOptions, degradationOf, type MeasuredDegradation } from "./degradation.ts";
import type { SliceSums } from "./slice-sums.ts";

/** What the held-out half says about a slice that the other half suggested. */
export type SliceConfirmation =
  | { readonly kind: "confirmed"; readonly heldOut: MeasuredDegradation }
  | { readonly kind: "not-confirmed"; readonly heldOut: MeasuredDegradation }
  | { readonly kind: "insufficient"; readonly baselineRows: number; readonly currentRows: number };

/**
 * Tests chosen slices on rows that took no part in choosing them.
 *
 * One p-value per slice, Benjamini-Hochberg at `q` over the slices that can be tested at all. Effect, interval and excess
 * come from these rows only, so they carry no winner's curse. The split must be by entity, never by row.
 * Cost: O(slices log slices). Source: algorithms specification, section 5.5.
 */
export function confirmSlices(
  heldOut: readonly SliceSums[],
  q: number,
  options: DegradationOptions,
): readonly SliceConfirmation[] {
  const answers = heldOut.map((sums) => degradationOf(sums, options));
  const tested = answers.filter((answer) => answer.kind === "measured");
  const pValues = tested.map((answer) => answer.pValue);
  const rejected = new Set(benjaminiHochberg(pValues, q).rejected);
  let next = 0;
  return answers.map((answer): SliceConfirmation => {
    if (answer.kind === "insufficient") return answer;
    const passes = rejected.has(next++);
    return { kind: passes ? "confirmed" : "not-confirmed", heldOut: answer };
  });
}
