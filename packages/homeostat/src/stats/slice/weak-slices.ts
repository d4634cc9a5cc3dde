import { type DegradationOptions, degradationOf } from "./degradation.ts";
import { isWithin } from "./slice-key.ts";
import { sliceLineScore } from "./slice-line-score.ts";
import type { WeakSlice } from "./slice-report.ts";
import type { SlicePredicate, SliceSums } from "./slice-sums.ts";

export interface WeakSliceInput {
  readonly slices: readonly { readonly predicates: readonly SlicePredicate[]; readonly sums: SliceSums }[];
  readonly total: SliceSums;
  readonly alpha: number;
  readonly maximumSlices: number;
  readonly degradation: DegradationOptions;
}

/**
 * Slices that are bad in the current period by the SliceLine score, best first, without one slice inside another.
 *
 * The caller leaves out slices that are known to be degraded. Only positive scores are listed. Of a slice and its parts,
 * the one with the higher score is listed. Cost: O(slices log slices). Source: sections 5.2 and 5.4.
 */
export function weakSlices(input: WeakSliceInput): readonly WeakSlice[] {
  const { alpha, total } = input;
  const scored = input.slices
    .map(({ predicates, sums }) => {
      const scope = {
        sliceRows: sums.currentRows,
        sliceLoss: sums.currentLoss,
        rows: total.currentRows,
        loss: total.currentLoss,
      };
      return { predicates, sums, score: sliceLineScore({ alpha, ...scope }) };
    })
    .filter((s) => s.score > 0)
    .sort(
      (a, b) =>
        b.score - a.score || b.sums.currentRows - a.sums.currentRows || a.predicates.length - b.predicates.length,
    );
  const listed: WeakSlice[] = [];
  for (const { predicates, sums, score } of scored) {
    if (listed.length >= input.maximumSlices) break;
    if (listed.some((l) => isWithin(predicates, l.predicates) || isWithin(l.predicates, predicates))) continue;
    const meanLoss = sums.currentLoss / sums.currentRows;
    const change = degradationOf(sums, input.degradation);
    listed.push({ predicates, score, rows: sums.currentRows, loss: sums.currentLoss, meanLoss, change });
  }
  return listed;
}
