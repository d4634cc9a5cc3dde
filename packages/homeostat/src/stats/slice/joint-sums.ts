import type { SliceTable } from "./slice-table.ts";

/** Numbers per cell of a sums array: baseline rows, loss, squares; current rows, loss, squares. */
export const SUMS = 6;

/**
 * Sums of every combination of items of two columns, in one pass over the rows.
 *
 * Cell (b, c) of columns with K_b and K_c items starts at `(b * (K_c + 1) + c) * SUMS`; item 0 gathers the rest and is to be
 * ignored. One pass costs about a nanosecond a row whatever the number of cells, which beats bitsets (one pass of the
 * words per cell) as soon as there are a couple of dozen cells. Passing the same table with `second` null gives the sums of
 * one column. Returns a fresh array. Cost: O(rows + cells).
 */
export function jointSums(table: SliceTable, first: number, second: number | null): Float64Array {
  const a = table.columns[first];
  const width = second === null ? 1 : (table.itemCounts[second] ?? 0) + 1;
  const cells = ((table.itemCounts[first] ?? 0) + 1) * width;
  if (a === undefined) return new Float64Array(cells * SUMS);
  const b = second === null ? null : (table.columns[second] ?? null);
  if (table.loss !== null) return realSums(table, a, b, width, cells, table.loss);
  return sumsOfGroups(countGroups(table, a, b, width, cells), cells);
}

/** Rows per group and cell. */
function countGroups(
  table: SliceTable,
  a: Uint8Array,
  b: Uint8Array | null,
  width: number,
  cells: number,
): Uint32Array {
  const counts = new Uint32Array(cells * table.ends.length);
  for (let g = 0; g < table.ends.length; g++) {
    const part = counts.subarray(g * cells, (g + 1) * cells);
    if (b === null) countOne(a, table.starts[g] ?? 0, table.ends[g] ?? 0, part);
    else countPairs(a, b, width, table.starts[g] ?? 0, table.ends[g] ?? 0, part);
  }
  return counts;
}

/** The six sums per cell from counts of the four groups of a 0/1 loss. */
function sumsOfGroups(counts: Uint32Array, cells: number): Float64Array {
  const sums = new Float64Array(cells * SUMS);
  for (let cell = 0, at = 0; cell < cells; cell++, at += SUMS) {
    const baselineWrong = counts[cells + cell] as number;
    const currentWrong = counts[3 * cells + cell] as number;
    sums[at] = (counts[cell] as number) + baselineWrong;
    sums[at + 1] = baselineWrong;
    sums[at + 2] = baselineWrong;
    sums[at + 3] = (counts[2 * cells + cell] as number) + currentWrong;
    sums[at + 4] = currentWrong;
    sums[at + 5] = currentWrong;
  }
  return sums;
}

function countOne(a: Uint8Array, start: number, end: number, counts: Uint32Array): void {
  for (let i = start; i < end; i++) {
    const cell = a[i] as number;
    counts[cell] = (counts[cell] as number) + 1;
  }
}

function countPairs(
  a: Uint8Array,
  b: Uint8Array,
  width: number,
  start: number,
  end: number,
  counts: Uint32Array,
): void {
  for (let i = start; i < end; i++) {
    const cell = (a[i] as number) * width + (b[i] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
}

function realSums(
  table: SliceTable,
  a: Uint8Array,
  b: Uint8Array | null,
  width: number,
  cells: number,
  loss: Float64Array,
): Float64Array {
  const sums = new Float64Array(cells * SUMS);
  for (let g = 0; g < table.ends.length; g++) {
    const shift = g * 3;
    const end = table.ends[g] ?? 0;
    for (let i = table.starts[g] ?? 0; i < end; i++) {
      const cell = b === null ? (a[i] as number) : (a[i] as number) * width + (b[i] as number);
      const at = cell * SUMS + shift;
      const value = loss[i] as number;
      sums[at] = (sums[at] as number) + 1;
      sums[at + 1] = (sums[at + 1] as number) + value;
      sums[at + 2] = (sums[at + 2] as number) + value * value;
    }
  }
  return sums;
}
