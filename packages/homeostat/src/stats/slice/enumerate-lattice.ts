import { type ItemBits, itemBits, type SliceItem } from "./item-bits.ts";
import { jointSums, SUMS } from "./joint-sums.ts";
import { type SliceTable, subTable } from "./slice-table.ts";

/** Least rows a slice must hold in each period to be visited. */
export interface LatticeSupport {
  readonly baseline: number;
  readonly current: number;
}

/**
 * Called once for every slice with enough rows. `path` holds column and item of each of the `depth` predicates in turn;
 * the six sums start at `sums[at]`. Both arrays are reused: copy what is to be kept.
 */
export type SliceVisitor = (path: Int32Array, depth: number, sums: Float64Array, at: number) => void;

/** Up to this many cells, intersecting bitsets costs less than passing over the rows (measured: about ten). */
const SPARSE_CELLS = 10;

/**
 * Visits every conjunction of one to `maximumPredicates` (at most 3) items that has enough rows in both periods. Exact.
 *
 * Bottom-up: the rows of each item of a column are copied out together with the columns after it (so they lie side by
 * side in the cache), and all pairs of items of two later columns are counted in one pass over that copy. A conjunction
 * therefore costs, with its whole family, one pass over the rows of its first item: n * C(columns, 3) steps in all, a
 * nanosecond each, whatever the number of slices. Where few items survive, bitsets are intersected instead.
 * Support can only shrink as predicates are added, so nothing that has enough rows is missed.
 * Source: the bottom-up cube of Beyer and Ramakrishnan (1999) applied to algorithms specification, section 5.3.
 */
export function enumerateLattice(
  table: SliceTable,
  support: LatticeSupport,
  maximumPredicates: number,
  visit: SliceVisitor,
): void {
  const path = new Int32Array(6);
  const columns = table.columns.length;
  const enough = (sums: Float64Array, at: number): boolean =>
    (sums[at] as number) >= support.baseline && (sums[at + 3] as number) >= support.current;
  for (let column = 0; column < columns; column++) {
    const alive = visitColumn(table, column, path, 0, enough, visit);
    if (maximumPredicates < 2 || alive.length === 0 || column === columns - 1) continue;
    const rows = rowsByItem(table, column);
    for (const item of alive) {
      path[0] = column;
      path[1] = item;
      visitWithin(
        subTable(table, rows[item] ?? new Int32Array(0), (other) => other > column),
        column + 1,
        maximumPredicates,
        path,
        enough,
        visit,
      );
    }
  }
}

type Enough = (sums: Float64Array, at: number) => boolean;

/** Visits each item of one column as the predicate at `level`, and says which had enough rows. */
function visitColumn(
  table: SliceTable,
  column: number,
  path: Int32Array,
  level: number,
  enough: Enough,
  visit: SliceVisitor,
): readonly number[] {
  const sums = jointSums(table, column, null);
  const alive: number[] = [];
  path[2 * level] = column;
  for (let item = 1; item <= (table.itemCounts[column] ?? 0); item++) {
    if (!enough(sums, item * SUMS)) continue;
    alive.push(item);
    path[2 * level + 1] = item;
    visit(path, level + 1, sums, item * SUMS);
  }
  return alive;
}

/** Row positions of every item of a column, ascending (index 0 is left empty). */
export function rowsByItem(table: SliceTable, column: number): readonly Int32Array[] {
  const items = table.columns[column] ?? new Uint8Array(0);
  const sizes = new Int32Array((table.itemCounts[column] ?? 0) + 1);
  for (let i = 0; i < items.length; i++) sizes[items[i] as number] = (sizes[items[i] as number] as number) + 1;
  const rows = Array.from(sizes, (size, item) => new Int32Array(item === 0 ? 0 : size));
  const next = new Int32Array(sizes.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as number;
    const list = rows[item];
    if (item === 0 || list === undefined) continue;
    const at = next[item] as number;
    list[at] = i;
    next[item] = at + 1;
  }
  return rows;
}

function visitWithin(
  table: SliceTable,
  from: number,
  maximumPredicates: number,
  path: Int32Array,
  enough: Enough,
  visit: SliceVisitor,
): void {
  const alive: (readonly number[])[] = [];
  for (let column = from; column < table.columns.length; column++) {
    alive[column] = visitColumn(table, column, path, 1, enough, visit);
  }
  if (maximumPredicates < 3) return;
  const bits = itemBits(table);
  for (let first = from; first < table.columns.length - 1; first++) {
    for (let second = first + 1; second < table.columns.length; second++) {
      path[2] = first;
      path[4] = second;
      visitPairs(table, bits, alive[first] ?? [], alive[second] ?? [], path, enough, visit);
    }
  }
}

/** Visits all pairs of items of the two columns named in `path`, as predicates two and three. */
function visitPairs(
  table: SliceTable,
  bits: ItemBits,
  firstAlive: readonly number[],
  secondAlive: readonly number[],
  path: Int32Array,
  enough: Enough,
  visit: SliceVisitor,
): void {
  const cells = firstAlive.length * secondAlive.length;
  if (cells === 0) return;
  const first = path[2] as number;
  const second = path[4] as number;
  const dense = cells > SPARSE_CELLS ? jointSums(table, first, second) : null;
  const sums = dense ?? new Float64Array(SUMS);
  const width = (table.itemCounts[second] ?? 0) + 1;
  for (const b of firstAlive) {
    for (const c of secondAlive) {
      const at = dense === null ? 0 : (b * width + c) * SUMS;
      if (dense === null) bits.sumsOf(pairOf(first, b, second, c), sums);
      if (!enough(sums, at)) continue;
      path[3] = b;
      path[5] = c;
      visit(path, 3, sums, at);
    }
  }
}

function pairOf(first: number, b: number, second: number, c: number): readonly SliceItem[] {
  return [
    { column: first, item: b },
    { column: second, item: c },
  ];
}
