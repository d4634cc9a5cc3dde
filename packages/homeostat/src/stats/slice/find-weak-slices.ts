import { rowsByItem } from "./enumerate-lattice.ts";
import { type ItemBits, itemBits, type SliceItem } from "./item-bits.ts";
import { itemCoding, predicatesOf } from "./item-coding.ts";
import { jointSums, SUMS } from "./joint-sums.ts";
import { sliceLineScore, sliceLineUpperBound } from "./slice-line-score.ts";
import type { SlicePredicate } from "./slice-sums.ts";
import { buildSliceTable, type ItemCoding, isBinaryLoss, type SliceTable, subTable } from "./slice-table.ts";
import { createTopSlices, type TopSlices } from "./top-slices.ts";

export interface WeakSliceRows {
  /** Codes 1 to 255 per column, 0 for "no item". */
  readonly columns: readonly Uint8Array[];
  /** 0 or 1, or any non-negative number. */
  readonly loss: ArrayLike<number>;
}

export interface WeakSliceSearchOptions {
  readonly alpha: number;
  readonly topK: number;
  /** Least rows of a slice (sigma); null takes one percent of the rows. */
  readonly minimumRows: number | null;
  /** 1, 2 or 3. */
  readonly maximumPredicates: number;
}

export const defaultWeakSliceSearchOptions: WeakSliceSearchOptions = {
  alpha: 0.95,
  topK: 10,
  minimumRows: null,
  maximumPredicates: 3,
};

export interface ScoredSlice {
  readonly predicates: readonly SlicePredicate[];
  readonly score: number;
  readonly rows: number;
  readonly loss: number;
}

export type WeakSliceSearch =
  | {
      readonly kind: "searched";
      /** Best first; of equal scores the larger slice first. */
      readonly slices: readonly ScoredSlice[];
      /** Slices whose score was computed, by number of predicates: what pruning left. */
      readonly evaluated: readonly [number, number, number];
    }
  | { readonly kind: "insufficient"; readonly reason: "no-rows" | "no-loss" };

/**
 * The K slices of up to three predicates with the best SliceLine scores. Exact: equal to trying all of them.
 *
 * Level by level; a conjunction is tried only if all its parts were kept and the upper bound over its parts exceeds both
 * zero and the K-th best score so far. Sums are taken by one pass over the rows of a first item for all pairs of items
 * of two further columns, or by intersecting bitsets when few pairs are left.
 * Cost: at most rows * C(columns, 3) steps; Adult (32,561 x 14) takes some tens of milliseconds.
 * Source: Sagadeeva and Boehm, SliceLine, SIGMOD 2021; algorithms specification, section 5.2.
 */
export function findWeakSlices(
  rows: WeakSliceRows,
  options: WeakSliceSearchOptions = defaultWeakSliceSearchOptions,
): WeakSliceSearch {
  const n = rows.loss.length;
  if (rows.columns.some((column) => column.length !== n)) throw new RangeError(`every column must have ${n} rows`);
  if (n === 0) return { kind: "insufficient", reason: "no-rows" };
  const minimumRows = Math.max(1, options.minimumRows ?? Math.ceil(n / 100));
  const encoded = {
    columns: rows.columns,
    loss: rows.loss,
    period: new Uint8Array(n).fill(1),
    half: new Uint8Array(n),
  };
  const coding = itemCoding(encoded, { baseline: 0, current: minimumRows });
  const table = buildSliceTable(encoded, 0, coding, isBinaryLoss(rows.loss));
  let loss = 0;
  for (let i = 0; i < n; i++) loss += rows.loss[i] ?? 0;
  if (!(loss > 0)) return { kind: "insufficient", reason: "no-loss" };
  const top = createTopSlices(options.topK);
  const search: Search = {
    table,
    coding,
    alpha: options.alpha,
    minimumRows,
    rows: n,
    loss,
    top,
    items: [],
    pairs: new Map(),
    evaluated: [0, 0, 0],
  };
  searchItems(search);
  const whole = itemBits(table);
  if (options.maximumPredicates >= 2) searchPairs(search, whole);
  if (options.maximumPredicates >= 3) searchTriples(search, whole);
  const slices = top.best().map(({ path, score, rows: size, loss: sum }): ScoredSlice => {
    return { predicates: predicatesOf(path, coding), score, rows: size, loss: sum };
  });
  return { kind: "searched", slices, evaluated: search.evaluated };
}

/** Rows, loss and greatest single loss of an item, or of a pair. */
interface Part {
  readonly rows: number;
  readonly loss: number;
  readonly maximum: number;
}

interface Search {
  readonly table: SliceTable;
  readonly coding: ItemCoding;
  readonly alpha: number;
  readonly minimumRows: number;
  readonly rows: number;
  readonly loss: number;
  readonly top: TopSlices;
  /** Kept items by column and item number. */
  readonly items: (Part | undefined)[][];
  /** Kept pairs by `pairKey`. */
  readonly pairs: Map<number, Part>;
  readonly evaluated: [number, number, number];
}

/** One number per pair of items of two columns; columns and items both stay below 2^16 and 2^8. */
function pairKey(first: number, b: number, second: number, c: number): number {
  return ((first * 256 + b) * 65536 + second) * 256 + c;
}

function searchItems(search: Search): void {
  const { table } = search;
  for (let column = 0; column < table.columns.length; column++) {
    const sums = jointSums(table, column, null);
    const maxima = largestLosses(table, column);
    const kept: (Part | undefined)[] = [];
    for (let item = 1; item <= (table.itemCounts[column] ?? 0); item++) {
      const part = partAt(sums, item * SUMS, maxima[item] ?? 0);
      if (offer(search, 0, [{ column, item }], part)) kept[item] = part;
    }
    search.items[column] = kept;
  }
}

/** Scores a slice and says whether it may be part of larger ones. */
function offer(search: Search, level: 0 | 1 | 2, path: readonly SliceItem[], part: Part): boolean {
  search.evaluated[level] += 1;
  if (part.rows < search.minimumRows || !(part.loss > 0)) return false;
  const score = sliceLineScore({
    alpha: search.alpha,
    sliceRows: part.rows,
    sliceLoss: part.loss,
    rows: search.rows,
    loss: search.loss,
  });
  search.top.offer({ path, score, rows: part.rows, loss: part.loss });
  return true;
}

/** Whether a slice inside all these parts could still be among the best. */
function isPromising(search: Search, parts: readonly Part[]): boolean {
  let parentRows = Number.POSITIVE_INFINITY;
  let parentLoss = Number.POSITIVE_INFINITY;
  let parentMaximumLoss = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (part.rows < parentRows) parentRows = part.rows;
    if (part.loss < parentLoss) parentLoss = part.loss;
    if (part.maximum < parentMaximumLoss) parentMaximumLoss = part.maximum;
  }
  const { alpha, minimumRows, rows, loss } = search;
  return (
    sliceLineUpperBound({ alpha, minimumRows, parentRows, parentLoss, parentMaximumLoss, rows, loss }) >
    search.top.threshold()
  );
}

function partAt(sums: Float64Array, at: number, maximum: number): Part {
  return { rows: sums[at + 3] ?? 0, loss: sums[at + 4] ?? 0, maximum };
}

function searchPairs(search: Search, whole: ItemBits): void {
  const { columns } = search.table;
  for (let first = 0; first < columns.length; first++) {
    for (let second = first + 1; second < columns.length; second++) scoreColumnPair(search, whole, first, second);
  }
}

function scoreColumnPair(search: Search, whole: ItemBits, first: number, second: number): void {
  const { table } = search;
  const candidates = candidatePairs(search, first, second);
  const words = (table.starts[table.ends.length] ?? 0) >>> 5;
  // Two passes over the words per pair, against one pass over the rows for all pairs at three times the price.
  const dense = 2 * candidates.length * words > 3 * search.rows ? jointSums(table, first, second) : null;
  const sums = dense ?? new Float64Array(SUMS);
  const width = (table.itemCounts[second] ?? 0) + 1;
  for (const { path, itemB, itemC, b, c } of candidates) {
    if (!isPromising(search, [b, c])) continue;
    if (dense === null) whole.sumsOf(path, sums);
    const part = partAt(sums, dense === null ? 0 : (itemB * width + itemC) * SUMS, Math.min(b.maximum, c.maximum));
    if (offer(search, 1, path, part)) search.pairs.set(pairKey(first, itemB, second, itemC), part);
  }
}

interface CandidatePair {
  readonly path: readonly [SliceItem, SliceItem];
  readonly itemB: number;
  readonly itemC: number;
  readonly b: Part;
  readonly c: Part;
}

function candidatePairs(search: Search, first: number, second: number): readonly CandidatePair[] {
  const candidates: CandidatePair[] = [];
  search.items[first]?.forEach((b, itemB) => {
    search.items[second]?.forEach((c, itemC) => {
      if (b === undefined || c === undefined || !isPromising(search, [b, c])) return;
      candidates.push({
        path: [
          { column: first, item: itemB },
          { column: second, item: itemC },
        ],
        itemB,
        itemC,
        b,
        c,
      });
    });
  });
  return candidates;
}

function searchTriples(search: Search, whole: ItemBits): void {
  const { table, items } = search;
  const words = (table.starts[table.ends.length] ?? 0) >>> 5;
  for (let column = 0; column < table.columns.length - 2; column++) {
    let rows: readonly Int32Array[] | null = null;
    items[column]?.forEach((part, item) => {
      if (part === undefined) return;
      const a = { column, item };
      const groups = promisingGroups(search, a);
      const pairs = groups.reduce((total, group) => total + group.pairs.length, 0);
      if (pairs === 0) return;
      const wanted = new Set(groups.flatMap((group) => [group.first, group.second]));
      // Three intersections per pair over all rows, against copying the rows out and passing over them once per group.
      if (3 * pairs * words <= part.rows * (2 * wanted.size + groups.length)) {
        for (const group of groups) scoreByBits(search, whole, a, group);
        return;
      }
      rows ??= rowsByItem(table, column);
      const within = subTable(table, rows[item] ?? new Int32Array(0), (c) => wanted.has(c));
      for (const group of groups) scoreByCounting(search, within, a, group);
    });
  }
}

/** Pairs of items of two columns that may extend an item to a slice among the best. */
interface PromisingGroup {
  readonly first: number;
  readonly second: number;
  readonly pairs: readonly PromisingPair[];
}

function promisingGroups(search: Search, a: SliceItem): readonly PromisingGroup[] {
  const partners = partnersOf(search, a.column, a.item);
  const groups: PromisingGroup[] = [];
  for (let first = a.column + 1; first < partners.length; first++) {
    if (partners[first]?.length === 0) continue;
    for (let second = first + 1; second < partners.length; second++) {
      const pairs = promisingPairs(search, a, first, second, partners);
      if (pairs.length > 0) groups.push({ first, second, pairs });
    }
  }
  return groups;
}

/** Items of each later column that form a kept pair with this item. */
function partnersOf(search: Search, column: number, item: number): readonly (readonly number[])[] {
  return search.table.columns.map((_, other) => {
    if (other <= column) return [];
    const partners: number[] = [];
    for (let c = 1; c <= (search.table.itemCounts[other] ?? 0); c++) {
      if (search.pairs.has(pairKey(column, item, other, c))) partners.push(c);
    }
    return partners;
  });
}

function scoreByBits(search: Search, whole: ItemBits, a: SliceItem, group: PromisingGroup): void {
  const sums = new Float64Array(SUMS);
  for (const { b, c, parts } of group.pairs) {
    if (!isPromising(search, parts)) continue;
    const path = [a, { column: group.first, item: b }, { column: group.second, item: c }];
    whole.sumsOf(path, sums);
    offer(search, 2, path, partAt(sums, 0, leastMaximum(parts)));
  }
}

/** `within` holds the rows of item `a` only. */
function scoreByCounting(search: Search, within: SliceTable, a: SliceItem, group: PromisingGroup): void {
  const { first, second } = group;
  const sums = jointSums(within, first, second);
  const width = (within.itemCounts[second] ?? 0) + 1;
  for (const { b, c, parts } of group.pairs) {
    const path = [a, { column: first, item: b }, { column: second, item: c }];
    if (isPromising(search, parts)) offer(search, 2, path, partAt(sums, (b * width + c) * SUMS, leastMaximum(parts)));
  }
}

function leastMaximum(parts: readonly Part[]): number {
  return Math.min(...parts.map((part) => part.maximum));
}

interface PromisingPair {
  readonly b: number;
  readonly c: number;
  readonly parts: readonly Part[];
}

function promisingPairs(
  search: Search,
  a: SliceItem,
  first: number,
  second: number,
  partners: readonly (readonly number[])[],
): readonly PromisingPair[] {
  const pairs: PromisingPair[] = [];
  for (const b of partners[first] ?? []) {
    const ab = search.pairs.get(pairKey(a.column, a.item, first, b));
    for (const c of partners[second] ?? []) {
      const ac = search.pairs.get(pairKey(a.column, a.item, second, c));
      const bc = search.pairs.get(pairKey(first, b, second, c));
      if (ab === undefined || ac === undefined || bc === undefined) continue;
      const parts = [ab, ac, bc];
      if (isPromising(search, parts)) pairs.push({ b, c, parts });
    }
  }
  return pairs;
}

/** Greatest loss of any row of each item: 1 for 0/1 losses. */
function largestLosses(table: SliceTable, column: number): Float64Array {
  const maxima = new Float64Array((table.itemCounts[column] ?? 0) + 1);
  if (table.loss === null) return maxima.fill(1);
  const items = table.columns[column] ?? new Uint8Array(0);
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as number;
    maxima[item] = Math.max(maxima[item] as number, table.loss[i] as number);
  }
  return maxima;
}
