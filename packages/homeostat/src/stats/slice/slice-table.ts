/**
 * Rows of a model's traffic, encoded for slice search. One entry per row in every array.
 *
 * Codes are 1 to 255 per column; 0 means "belongs to no item of this column" (missing, or not of interest).
 */
export interface EncodedRows {
  readonly columns: readonly Uint8Array[];
  /** Loss of each row: 0 or 1, or any non-negative finite number. */
  readonly loss: ArrayLike<number>;
  /** 0 baseline, 1 current. */
  readonly period: Uint8Array;
  /** 0 discovery, 1 confirmation: split by entity, never by row. */
  readonly half: Uint8Array;
}

/**
 * The same rows laid out for counting.
 *
 * Rows are sorted into groups: by period, and for 0/1 losses also by loss, so that counting rows of a group counts
 * errors too and no loss needs to be read. Each group starts at a multiple of 32, so that a bitset over the rows has
 * whole words per group. Columns hold item numbers (1 to the column's item count), 0 in the padding.
 */
export interface SliceTable {
  readonly columns: readonly Uint8Array[];
  /** Items per column. */
  readonly itemCounts: readonly number[];
  /** First row of each group; the last entry is the padded length. */
  readonly starts: readonly number[];
  /** One past the last real row of each group. */
  readonly ends: readonly number[];
  /** Losses by row for real-valued losses; null when groups carry the loss. */
  readonly loss: Float64Array | null;
}

/** Groups of a table with 0/1 losses: baseline right, baseline wrong, current right, current wrong. */
export const BINARY_GROUPS = 4;
/** Groups of a table with real-valued losses: baseline, current. */
export const REAL_GROUPS = 2;

/** Which codes of each column take part: item number by code (0 = none) and code by item number minus one. */
export interface ItemCoding {
  readonly itemOfCode: readonly Uint8Array[];
  readonly codeOfItem: readonly (readonly number[])[];
}

/** Whether every loss is 0 or 1. Throws on a negative or non-finite loss. Cost: O(rows). */
export function isBinaryLoss(loss: ArrayLike<number>): boolean {
  let binary = true;
  for (let i = 0; i < loss.length; i++) {
    const value = loss[i] ?? 0;
    if (value === 0 || value === 1) continue;
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`loss of row ${i} is ${value}; it must be a non-negative number`);
    binary = false;
  }
  return binary;
}

/** Lays out the rows of one half. Cost: O(rows * columns), memory one byte per cell. */
export function buildSliceTable(rows: EncodedRows, half: 0 | 1, coding: ItemCoding, binary: boolean): SliceTable {
  const groups = binary ? BINARY_GROUPS : REAL_GROUPS;
  const groupOf = groupsOf(rows, half, binary);
  const sizes = new Array<number>(groups).fill(0);
  for (const group of groupOf) if (group < groups) sizes[group] = (sizes[group] ?? 0) + 1;
  const { starts, ends } = layout(sizes);
  const place = placesOf(groupOf, starts.slice(0, groups));
  const length = starts[groups] ?? 0;
  const columns = rows.columns.map((codes, c) =>
    scatterItems(codes, coding.itemOfCode[c] ?? new Uint8Array(256), place, length),
  );
  const loss = binary ? null : scatterLoss(rows.loss, place, length);
  return { columns, itemCounts: coding.codeOfItem.map((codes) => codes.length), starts, ends, loss };
}

/** Group of each row; 255 for rows of the other half. */
function groupsOf(rows: EncodedRows, half: 0 | 1, binary: boolean): Uint8Array {
  const groupOf = new Uint8Array(rows.loss.length).fill(255);
  for (let i = 0; i < groupOf.length; i++) {
    if (rows.half[i] !== half) continue;
    const period = rows.period[i] === 0 ? 0 : 1;
    groupOf[i] = binary ? period * 2 + (rows.loss[i] ?? 0) : period;
  }
  return groupOf;
}

/** Position of each row in the sorted order, -1 for rows left out. `next` is used up. */
function placesOf(groupOf: Uint8Array, next: number[]): Int32Array {
  const place = new Int32Array(groupOf.length).fill(-1);
  for (let i = 0; i < place.length; i++) {
    const group = groupOf[i] as number;
    if (group === 255) continue;
    const position = next[group] as number;
    place[i] = position;
    next[group] = position + 1;
  }
  return place;
}

function scatterItems(codes: Uint8Array, items: Uint8Array, place: Int32Array, length: number): Uint8Array {
  const column = new Uint8Array(length);
  for (let i = 0; i < codes.length; i++) {
    const position = place[i] as number;
    if (position >= 0) column[position] = items[codes[i] as number] as number;
  }
  return column;
}

function scatterLoss(loss: ArrayLike<number>, place: Int32Array, length: number): Float64Array {
  const placed = new Float64Array(length);
  for (let i = 0; i < loss.length; i++) {
    const position = place[i] as number;
    if (position >= 0) placed[position] = loss[i] as number;
  }
  return placed;
}

/** Group starts at multiples of 32, with the padded length at the end, and the true group ends. */
export function layout(sizes: readonly number[]): {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
} {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const size of sizes) {
    starts.push(at);
    ends.push(at + size);
    at = (at + size + 31) & ~31;
  }
  starts.push(at);
  return { starts, ends };
}

/**
 * The table of some of its rows: `positions` ascending. Columns that `keeps` does not want are left empty: a search that
 * goes up the columns never looks back. Cost: O(positions * columns kept).
 */
export function subTable(table: SliceTable, positions: Int32Array, keeps: (column: number) => boolean): SliceTable {
  const groups = table.ends.length;
  const sizes: number[] = [];
  const cuts: number[] = [0];
  let at = 0;
  for (let g = 0; g < groups; g++) {
    const end = table.ends[g] ?? 0;
    const first = at;
    while (at < positions.length && (positions[at] ?? 0) < end) at += 1;
    sizes.push(at - first);
    cuts.push(at);
  }
  const { starts, ends } = layout(sizes);
  const length = starts[groups] ?? 0;
  const columns = table.columns.map((column, c) => {
    if (!keeps(c)) return new Uint8Array(0);
    const kept = new Uint8Array(length);
    for (let g = 0; g < groups; g++) gather(column, positions, cuts[g] ?? 0, cuts[g + 1] ?? 0, kept, starts[g] ?? 0);
    return kept;
  });
  const { loss } = table;
  if (loss === null) return { columns, itemCounts: table.itemCounts, starts, ends, loss };
  const keptLoss = new Float64Array(length);
  for (let g = 0; g < groups; g++) gather(loss, positions, cuts[g] ?? 0, cuts[g + 1] ?? 0, keptLoss, starts[g] ?? 0);
  return { columns, itemCounts: table.itemCounts, starts, ends, loss: keptLoss };
}

function gather(
  source: Uint8Array | Float64Array,
  positions: Int32Array,
  from: number,
  to: number,
  target: Uint8Array | Float64Array,
  start: number,
): void {
  for (let i = from, j = start; i < to; i++, j++) target[j] = source[positions[i] as number] as number;
}
