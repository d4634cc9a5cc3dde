import type { LatticeSupport } from "./enumerate-lattice.ts";
import type { SliceItem } from "./item-bits.ts";
import { orderedPredicates } from "./slice-key.ts";
import type { SlicePredicate } from "./slice-sums.ts";
import type { EncodedRows, ItemCoding } from "./slice-table.ts";

/** Codes that hold enough discovery rows in both periods become items, numbered in order of code. Cost: O(rows * columns). */
export function itemCoding(rows: EncodedRows, support: LatticeSupport): ItemCoding {
  const itemOfCode: Uint8Array[] = [];
  const codeOfItem: number[][] = [];
  const { half, period } = rows;
  for (const codes of rows.columns) {
    const counts = new Uint32Array(512);
    for (let i = 0; i < codes.length; i++) {
      if (half[i] !== 0) continue;
      const cell = (period[i] === 0 ? 0 : 256) + (codes[i] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
    const items = new Uint8Array(256);
    const kept: number[] = [];
    for (let code = 1; code < 256; code++) {
      if ((counts[code] ?? 0) < support.baseline || (counts[256 + code] ?? 0) < support.current) continue;
      kept.push(code);
      items[code] = kept.length;
    }
    itemOfCode.push(items);
    codeOfItem.push(kept);
  }
  return { itemOfCode, codeOfItem };
}

/** Predicates of items, in order of column. */
export function predicatesOf(items: readonly SliceItem[], coding: ItemCoding): readonly SlicePredicate[] {
  return orderedPredicates(
    items.map(({ column, item }) => ({ column, code: coding.codeOfItem[column]?.[item - 1] ?? 0 })),
  );
}

/** Items of predicates; null when a code has no item. */
export function itemsOfPredicates(
  predicates: readonly SlicePredicate[],
  coding: ItemCoding,
): readonly SliceItem[] | null {
  const items = predicates.map(({ column, code }) => ({ column, item: coding.itemOfCode[column]?.[code] ?? 0 }));
  return items.some(({ item }) => item === 0) ? null : items;
}
