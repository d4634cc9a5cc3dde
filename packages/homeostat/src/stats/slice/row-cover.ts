import { type ItemBits, itemBits, type SliceItem } from "./item-bits.ts";
import { SUMS } from "./joint-sums.ts";
import type { SliceCover } from "./select-slices.ts";
import { sumsFrom } from "./slice-store.ts";
import type { SlicePredicate, SliceSums } from "./slice-sums.ts";
import { type SliceTable, subTable } from "./slice-table.ts";

export interface RowCoverInput {
  readonly table: SliceTable;
  readonly bits: ItemBits;
  readonly candidates: readonly { readonly items: readonly SliceItem[]; readonly sums: SliceSums }[];
  /** Items of predicates; null when a predicate names a code that has no item. */
  readonly itemsOf: (predicates: readonly SlicePredicate[]) => readonly SliceItem[] | null;
}

/**
 * Uncovered sums of slices, exactly, from the rows.
 *
 * Each chosen slice's newly covered rows are copied into a small table of their own, and what a candidate holds there is
 * taken off. A round therefore costs O(candidates * rows of the chosen slice / 32), not of all rows.
 */
export function rowCover(input: RowCoverInput): SliceCover {
  const { table, candidates, itemsOf } = input;
  const realValued = table.loss !== null;
  const residuals = new Float64Array(candidates.length * SUMS);
  candidates.forEach(({ sums }, i) => {
    residuals.set([sums.baselineRows, sums.baselineLoss, sums.baselineSquares ?? sums.baselineLoss], i * SUMS);
    residuals.set([sums.currentRows, sums.currentLoss, sums.currentSquares ?? sums.currentLoss], i * SUMS + 3);
  });
  const covered = new Uint8Array(table.starts[table.ends.length] ?? 0);
  const parts: ItemBits[] = [];
  const scratch = new Float64Array(SUMS);
  const residualOf = (predicates: readonly SlicePredicate[]): SliceSums | null => {
    const items = itemsOf(predicates);
    if (items === null) return null;
    input.bits.sumsOf(items, scratch);
    const left = scratch.slice();
    for (const part of parts) {
      part.sumsOf(items, scratch);
      for (let k = 0; k < SUMS; k++) left[k] = Math.max(0, (left[k] as number) - (scratch[k] as number));
    }
    return sumsFrom(left, 0, realValued);
  };
  return {
    residualAt: (index) => sumsFrom(residuals, index * SUMS, realValued),
    residualOf,
    cover: (predicates) => {
      const items = itemsOf(predicates);
      if (items === null) return;
      const fresh = input.bits.rowsOf(items).filter((row) => covered[row] === 0);
      for (const row of fresh) covered[row] = 1;
      const part = itemBits(subTable(table, fresh, () => true));
      parts.push(part);
      candidates.forEach((candidate, i) => {
        part.sumsOf(candidate.items, scratch);
        for (let k = 0; k < SUMS; k++) {
          const at = i * SUMS + k;
          residuals[at] = Math.max(0, (residuals[at] as number) - (scratch[k] as number));
        }
      });
    },
  };
}
