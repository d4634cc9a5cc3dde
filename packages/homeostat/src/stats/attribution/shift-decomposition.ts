import { compensatedSum } from "../sum/compensated-sum.ts";
import { type ShiftCell, shiftTotals } from "./shift-cell.ts";

export type ShiftDecomposition =
  | {
      readonly kind: "decomposed";
      /** Change of the mean loss, current minus baseline: the sum of the three parts. */
      readonly total: number;
      /** Because other rows arrive (the mix of cells moved). */
      readonly covariate: number;
      /** Because the same rows fare worse (the loss within cells moved). */
      readonly concept: number;
      /** Because of cells that exist in one period only. */
      readonly unseen: number;
      /** Share of current rows in cells without any baseline row. */
      readonly unseenShare: number;
      /** `extrapolation` when more than the allowed share of current rows was never seen: do not trust the split. */
      readonly reading: "split" | "extrapolation";
    }
  | { readonly kind: "insufficient"; readonly baselineRows: number; readonly currentRows: number };

/**
 * Splits a change of mean loss into a covariate, a concept and an unseen part that add up to it exactly.
 *
 * With p, q the current and baseline shares of a cell and l1, l0 its mean losses:
 *
 *     covariate = sum (p - q)(l0 + l1)/2     concept = sum (p + q)/2 (l1 - l0)       over cells seen in both periods
 *     unseen    = sum over q = 0 of p l1  -  sum over p = 0 of q l0
 *
 * A shifted variable that is not in the strata is booked as concept; strata should include a score decile. Shares of
 * unseen rows above `extrapolationShare` (default 10 %) make the reading `extrapolation`.
 * Cost: O(cells). Source: Kitagawa 1955, Oaxaca 1973, Blinder 1973; algorithms specification, section 6.3.
 */
export function shiftDecomposition(cells: readonly ShiftCell[], extrapolationShare = 0.1): ShiftDecomposition {
  const { baselineRows, currentRows } = shiftTotals(cells);
  if (!(baselineRows > 0 && currentRows > 0)) return { kind: "insufficient", baselineRows, currentRows };
  const covariate: number[] = [];
  const concept: number[] = [];
  const unseen: number[] = [];
  let unseenRows = 0;
  for (const cell of cells) {
    const p = cell.currentRows / currentRows;
    const q = cell.baselineRows / baselineRows;
    if (p > 0 && q > 0) {
      const before = cell.baselineLoss / cell.baselineRows;
      const after = cell.currentLoss / cell.currentRows;
      covariate.push(((p - q) * (before + after)) / 2);
      concept.push(((p + q) / 2) * (after - before));
    } else {
      unseen.push(cell.currentLoss / currentRows - cell.baselineLoss / baselineRows);
      unseenRows += cell.currentRows;
    }
  }
  const parts = {
    covariate: compensatedSum(covariate),
    concept: compensatedSum(concept),
    unseen: compensatedSum(unseen),
  };
  const unseenShare = unseenRows / currentRows;
  const reading = unseenShare > extrapolationShare ? "extrapolation" : "split";
  return { kind: "decomposed", total: parts.covariate + parts.concept + parts.unseen, ...parts, unseenShare, reading };
}
