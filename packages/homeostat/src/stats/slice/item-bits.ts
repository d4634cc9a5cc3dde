import { SUMS } from "./joint-sums.ts";
import type { SliceTable } from "./slice-table.ts";

/** One item: its column and its number within the column (1 and up). */
export interface SliceItem {
  readonly column: number;
  readonly item: number;
}

/** Bitsets of a table's items, made column by column when first asked for, and sums over their intersections. */
export interface ItemBits {
  /** Adds the sums of the rows holding all the items to `sums` (length SUMS, set to zero first). */
  readonly sumsOf: (items: readonly SliceItem[], sums: Float64Array) => void;
  /** Positions of the rows holding all the items, ascending. */
  readonly rowsOf: (items: readonly SliceItem[]) => Int32Array;
}

/**
 * Bitsets over the rows of a table: one bit per row and item, groups on whole words.
 *
 * For 0/1 losses the sums are population counts of the intersection per group. For real losses the set bits are walked and
 * losses added exactly: on slices of a few percent this is cheaper than one pass per bit plane, and rounds nothing.
 * Memory: items * rows / 8 bytes. Cost of a query: O(items asked * rows / 32), plus the rows found for real losses.
 */
export function itemBits(table: SliceTable): ItemBits {
  const words = (table.starts[table.ends.length] ?? 0) >>> 5;
  const made = new Map<number, Uint32Array>();
  const bitsOf = ({ column, item }: SliceItem): Uint32Array => {
    let bits = made.get(column);
    if (bits === undefined) {
      bits = columnBits(table, column, words);
      made.set(column, bits);
    }
    return bits.subarray((item - 1) * words, item * words);
  };
  const scratch = new Uint32Array(words);
  const intersect = (items: readonly SliceItem[]): Uint32Array => {
    const [first, second, ...others] = items;
    if (first === undefined) return allRows(table, scratch);
    if (second === undefined) return bitsOf(first);
    intersectInto(bitsOf(first), bitsOf(second), scratch);
    for (const other of others) intersectInto(scratch, bitsOf(other), scratch);
    return scratch;
  };
  return {
    sumsOf: (items, sums) => {
      sums.fill(0);
      const bits = intersect(items);
      if (table.loss === null) binarySums(table, bits, sums);
      else realLossSums(table, bits, table.loss, sums);
    },
    rowsOf: (items) => positionsOf(intersect(items)),
  };
}

function columnBits(table: SliceTable, column: number, words: number): Uint32Array {
  const items = table.columns[column] ?? new Uint8Array(0);
  const bits = new Uint32Array((table.itemCounts[column] ?? 0) * words);
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as number;
    if (item === 0) continue;
    const word = (item - 1) * words + (i >>> 5);
    bits[word] = (bits[word] as number) | (1 << (i & 31));
  }
  return bits;
}

function allRows(table: SliceTable, bits: Uint32Array): Uint32Array {
  bits.fill(0);
  for (let g = 0; g < table.ends.length; g++) {
    const end = table.ends[g] ?? 0;
    for (let i = table.starts[g] ?? 0; i < end; i++) bits[i >>> 5] = (bits[i >>> 5] as number) | (1 << (i & 31));
  }
  return bits;
}

function intersectInto(a: Uint32Array, b: Uint32Array, target: Uint32Array): void {
  for (let w = 0; w < target.length; w++) target[w] = (a[w] as number) & (b[w] as number);
}

/** Bits set in the words from `start` to `end`. The usual sideways addition: pairs, nibbles, bytes, then one multiply. */
function countBits(bits: Uint32Array, start: number, end: number): number {
  let count = 0;
  for (let w = start; w < end; w++) {
    let v = bits[w] as number;
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    count += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

function binarySums(table: SliceTable, bits: Uint32Array, sums: Float64Array): void {
  for (let period = 0; period < 2; period++) {
    const right = countBits(bits, (table.starts[2 * period] ?? 0) >>> 5, (table.starts[2 * period + 1] ?? 0) >>> 5);
    const wrong = countBits(bits, (table.starts[2 * period + 1] ?? 0) >>> 5, (table.starts[2 * period + 2] ?? 0) >>> 5);
    const at = (period * SUMS) / 2;
    sums[at] = right + wrong;
    sums[at + 1] = wrong;
    sums[at + 2] = wrong;
  }
}

function realLossSums(table: SliceTable, bits: Uint32Array, loss: Float64Array, sums: Float64Array): void {
  for (let period = 0; period < 2; period++) {
    let rows = 0;
    let total = 0;
    let squares = 0;
    for (let w = (table.starts[period] ?? 0) >>> 5; w < (table.starts[period + 1] ?? 0) >>> 5; w++) {
      for (let left = bits[w] as number; left !== 0; left &= left - 1) {
        const value = loss[(w << 5) + 31 - Math.clz32(left & -left)] as number;
        rows += 1;
        total += value;
        squares += value * value;
      }
    }
    const at = (period * SUMS) / 2;
    sums[at] = rows;
    sums[at + 1] = total;
    sums[at + 2] = squares;
  }
}

function positionsOf(bits: Uint32Array): Int32Array {
  const positions = new Int32Array(countBits(bits, 0, bits.length));
  let at = 0;
  for (let w = 0; w < bits.length; w++) {
    for (let left = bits[w] as number; left !== 0; left &= left - 1) {
      positions[at++] = (w << 5) + 31 - Math.clz32(left & -left);
    }
  }
  return positions;
}
