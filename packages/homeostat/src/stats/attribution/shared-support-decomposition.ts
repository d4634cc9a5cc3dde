import { compensatedSum } from "../sum/compensated-sum.ts";
import { type ShiftCell, shiftTotals } from "./shift-cell.ts";

export type SharedSupportDecomposition =
  | {
      readonly kind: "decomposed";
      /** From the baseline mix to the shared one, at baseline losses. */
      readonly baselineToShared: number;
      /** Loss given the inputs, on the shared mix: the concept part. */
      readonly onShared: number;
      /** From the shared mix to the current one, at current losses. */
      readonly sharedToCurrent: number;
      /** Because of cells that exist in one period only, as in `shiftDecomposition`. */
      readonly unseen: number;
    }
  | { readonly kind: "insufficient"; readonly reason: "no-rows" | "no-shared-cells" };

/**
 * Splits a change of mean loss through a mix of cells that both periods share (DISDE).
 *
 *     s proportional to p q / (p + q);   sum (s - q) l0  |  sum s (l1 - l0)  |  sum (p - s) l1      over cells of both
 *
 * The middle term weighs cells by how well both periods know them, so it never extrapolates. The three and `unseen` add
 * up to the change of the mean exactly. Cost: O(cells).
 * Source: Cai, Namkoong and Yadlowsky, arXiv 2303.02011; algorithms specification, section 6.3.
 */
export function sharedSupportDecomposition(cells: readonly ShiftCell[]): SharedSupportDecomposition {
  const { baselineRows, currentRows } = shiftTotals(cells);
  if (!(baselineRows > 0 && currentRows > 0)) return { kind: "insufficient", reason: "no-rows" };
  const weights = cells.map((cell) => {
    const p = cell.currentRows / currentRows;
    const q = cell.baselineRows / baselineRows;
    return p + q > 0 ? (p * q) / (p + q) : 0;
  });
  const norm = compensatedSum(weights);
  if (!(norm > 0)) return { kind: "insufficient", reason: "no-shared-cells" };
  const first: number[] = [];
  const middle: number[] = [];
  const last: number[] = [];
  const unseen: number[] = [];
  cells.forEach((cell, index) => {
    const s = (weights[index] ?? 0) / norm;
    if (cell.baselineRows === 0 || cell.currentRows === 0) {
      unseen.push(cell.currentLoss / currentRows - cell.baselineLoss / baselineRows);
      return;
    }
    const before = cell.baselineLoss / cell.baselineRows;
    const after = cell.currentLoss / cell.currentRows;
    first.push((s - cell.baselineRows / baselineRows) * before);
    middle.push(s * (after - before));
    last.push((cell.currentRows / currentRows - s) * after);
  });
  return {
    kind: "decomposed",
    baselineToShared: compensatedSum(first),
    onShared: compensatedSum(middle),
    sharedToCurrent: compensatedSum(last),
    unseen: compensatedSum(unseen),
  };
}
