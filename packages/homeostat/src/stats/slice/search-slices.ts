import { complementContrast } from "./complement-contrast.ts";
import { confirmSlices } from "./confirm-slices.ts";
import { type DegradationOptions, defaultDegradationOptions, degradationOf } from "./degradation.ts";
import { enumerateLattice, type LatticeSupport } from "./enumerate-lattice.ts";
import { type ItemBits, itemBits, type SliceItem } from "./item-bits.ts";
import { itemCoding, itemsOfPredicates, predicatesOf } from "./item-coding.ts";
import { SUMS } from "./joint-sums.ts";
import { rowCover } from "./row-cover.ts";
import { defaultSelectionLimits, selectSlices } from "./select-slices.ts";
import { createSliceCollector, type SliceCollector } from "./slice-collector.ts";
import type { DegradedSlice, SliceSearch, WeakSlice } from "./slice-report.ts";
import { sumsFrom } from "./slice-store.ts";
import { minimumSupport, type SlicePredicate, type SliceSums } from "./slice-sums.ts";
import { buildSliceTable, type EncodedRows, type ItemCoding, isBinaryLoss, type SliceTable } from "./slice-table.ts";
import { stepUpDiscoveries } from "./step-up-discoveries.ts";
import { weakSlices } from "./weak-slices.ts";

export interface SliceSearchOptions {
  readonly degradation: DegradationOptions;
  /** 1, 2 or 3. */
  readonly maximumPredicates: number;
  /** False discovery rate, over all tested slices on the discovery half and over the chosen ones on the other. */
  readonly q: number;
  readonly maximumSlices: number;
  readonly simplerWithin: number;
  readonly minimumRows: number;
  readonly minimumShare: number;
  /** The greedy choice looks at this many significant slices, the best ranked first. */
  readonly maximumCandidates: number;
  /** Jaccard overlap from which two slices are one slice with two names. */
  readonly aliasOverlap: number;
  /** Weight of error against size in the weak list. */
  readonly weakAlpha: number;
}

export const defaultSliceSearchOptions: SliceSearchOptions = {
  degradation: defaultDegradationOptions,
  maximumPredicates: 3,
  q: 0.05,
  ...defaultSelectionLimits,
  minimumRows: 50,
  minimumShare: 0.005,
  maximumCandidates: 4000,
  aliasOverlap: 0.98,
  weakAlpha: 0.95,
};

/**
 * Finds the conjunctions of up to three conditions whose loss got worse since the baseline, and confirms them.
 *
 * On the discovery half every conjunction with enough rows in both periods is tested exactly (`enumerateLattice`), and
 * Benjamini-Hochberg is applied over all of them. A greedy choice removes what one slice explains before looking for the
 * next (`selectSlices`). Effects, intervals and excess come from the confirmation half only. Slices that are bad but
 * were so before are listed apart. Slices holding nearly the same rows as a chosen one are its aliases.
 * Shapes: `rows.columns` each as long as `rows.loss`, `rows.period` and `rows.half`.
 * Assumes that halves are split by entity, that both periods cover comparable hours, and that no column is derived from
 * the outcome (such a column would explain everything and nothing).
 * Cost: about n_A * C(columns, 3) nanoseconds for n_A discovery rows, plus maximumSlices * maximumCandidates bitset sums.
 * Source: algorithms specification, sections 5.3 to 5.5; SliceLine (SIGMOD 2021) for the weak list.
 */
export function searchSlices(rows: EncodedRows, options: SliceSearchOptions = defaultSliceSearchOptions): SliceSearch {
  checkShapes(rows);
  const sizes = discoverySizes(rows);
  const need = options.minimumRows;
  if (sizes.baseline < need || sizes.current < need) {
    return {
      kind: "insufficient",
      reason: "too-few-rows",
      baselineRows: sizes.baseline,
      currentRows: sizes.current,
      need,
    };
  }
  const support = {
    baseline: minimumSupport(sizes.baseline, options.minimumRows, options.minimumShare),
    current: minimumSupport(sizes.current, options.minimumRows, options.minimumShare),
  };
  const coding = itemCoding(rows, support);
  const binary = isBinaryLoss(rows.loss);
  const discovery = openHalf(buildSliceTable(rows, 0, coding, binary));
  const collector = createSliceCollector(
    discovery.total,
    options.q,
    options.degradation.overdispersion,
    options.weakAlpha,
    !binary,
  );
  enumerateLattice(discovery.table, support, options.maximumPredicates, collector.visit);
  const found = discoveriesOf(collector, coding, options);
  const candidates = found.slices.slice(0, options.maximumCandidates);
  const itemsOf = (predicates: readonly SlicePredicate[]): readonly SliceItem[] | null =>
    itemsOfPredicates(predicates, coding);
  const cover = rowCover({ table: discovery.table, bits: discovery.bits, candidates, itemsOf });
  const chosen = selectSlices(
    candidates.map((c) => c.predicates),
    cover,
    options,
  );
  const confirmation = openHalf(buildSliceTable(rows, 1, coding, binary));
  return {
    kind: "searched",
    degraded: reportDegraded(chosen, candidates, { discovery, confirmation, coding }, options),
    weak: reportWeak(collector, found.keys, coding, discovery.total, options),
    tested: collector.tested(),
    discovered: found.slices.length,
  };
}

/** One half, laid out and indexed. */
interface OpenHalf {
  readonly table: SliceTable;
  readonly bits: ItemBits;
  readonly total: SliceSums;
}

interface Halves {
  readonly discovery: OpenHalf;
  readonly confirmation: OpenHalf;
  readonly coding: ItemCoding;
}

interface FoundSlice {
  readonly items: readonly SliceItem[];
  readonly predicates: readonly SlicePredicate[];
  readonly sums: SliceSums;
}

function openHalf(table: SliceTable): OpenHalf {
  const bits = itemBits(table);
  return { table, bits, total: sumsOfItems(bits, [], table.loss !== null) };
}

function sumsOfItems(bits: ItemBits, items: readonly SliceItem[], realValued: boolean): SliceSums {
  const sums = new Float64Array(SUMS);
  bits.sumsOf(items, sums);
  return sumsFrom(sums, 0, realValued);
}

function checkShapes(rows: EncodedRows): void {
  const n = rows.loss.length;
  const lengths = [rows.period.length, rows.half.length, ...rows.columns.map((c) => c.length)];
  if (lengths.some((length) => length !== n)) throw new RangeError(`every column, period and half must have ${n} rows`);
}

function discoverySizes(rows: EncodedRows): LatticeSupport {
  let baseline = 0;
  let current = 0;
  for (let i = 0; i < rows.half.length; i++) {
    if (rows.half[i] !== 0) continue;
    if (rows.period[i] === 0) baseline += 1;
    else current += 1;
  }
  return { baseline, current };
}

/** Significant slices, best ranked first, and the spellings of all of them. */
function discoveriesOf(
  collector: SliceCollector,
  coding: ItemCoding,
  options: SliceSearchOptions,
): { readonly slices: readonly FoundSlice[]; readonly keys: ReadonlySet<string> } {
  const { suspects } = collector;
  const pValues: number[] = [];
  const ranks: number[] = [];
  for (let i = 0; i < suspects.size(); i++) {
    const answer = degradationOf(suspects.sumsAt(i), options.degradation);
    pValues.push(answer.kind === "measured" ? answer.pValue : 1);
    ranks.push(answer.kind === "measured" ? answer.rank : Number.NEGATIVE_INFINITY);
  }
  const rejected = [...stepUpDiscoveries(pValues, collector.tested(), options.q)];
  rejected.sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b);
  const keys = new Set(rejected.map((i) => itemsKey(suspects.itemsAt(i))));
  const slices = rejected.map((i) => {
    const items = suspects.itemsAt(i);
    return { items, predicates: predicatesOf(items, coding), sums: suspects.sumsAt(i) };
  });
  return { slices, keys };
}

function itemsKey(items: readonly SliceItem[]): string {
  return items.map(({ column, item }) => `${column}:${item}`).join("&");
}

function reportDegraded(
  chosen: readonly (readonly SlicePredicate[])[],
  candidates: readonly FoundSlice[],
  halves: Halves,
  options: SliceSearchOptions,
): readonly DegradedSlice[] {
  const realValued = halves.discovery.table.loss !== null;
  const sumsIn = (half: OpenHalf, predicates: readonly SlicePredicate[]): SliceSums =>
    sumsOfItems(half.bits, itemsOfPredicates(predicates, halves.coding) ?? [], realValued);
  const heldOut = chosen.map((predicates) => sumsIn(halves.confirmation, predicates));
  const confirmations = confirmSlices(heldOut, options.q, options.degradation);
  return chosen.map((predicates, index): DegradedSlice => {
    const discovery = sumsIn(halves.discovery, predicates);
    return {
      predicates,
      discovery: degradationOf(discovery, options.degradation),
      confirmation: confirmations[index] ?? { kind: "not-held-out" },
      complement: complementContrast(heldOut[index] ?? discovery, halves.confirmation.total, options.degradation),
      aliases: aliasesOf(predicates, discovery, candidates, halves, options.aliasOverlap),
    };
  });
}

/** Candidates whose rows are nearly those of the slice, both periods together. */
function aliasesOf(
  predicates: readonly SlicePredicate[],
  sums: SliceSums,
  candidates: readonly FoundSlice[],
  halves: Halves,
  overlap: number,
): readonly (readonly SlicePredicate[])[] {
  const { discovery, coding } = halves;
  const items = itemsOfPredicates(predicates, coding) ?? [];
  const own = itemsKey(items);
  const rows = sums.baselineRows + sums.currentRows;
  const aliases: (readonly SlicePredicate[])[] = [];
  for (const other of candidates) {
    const otherRows = other.sums.baselineRows + other.sums.currentRows;
    if (Math.min(rows, otherRows) < overlap * Math.max(rows, otherRows) || itemsKey(other.items) === own) continue;
    const both = sumsOfItems(discovery.bits, [...items, ...other.items], discovery.table.loss !== null);
    const shared = both.baselineRows + both.currentRows;
    if (shared >= overlap * (rows + otherRows - shared)) aliases.push(other.predicates);
  }
  return aliases;
}

function reportWeak(
  collector: SliceCollector,
  degraded: ReadonlySet<string>,
  coding: ItemCoding,
  total: SliceSums,
  options: SliceSearchOptions,
): readonly WeakSlice[] {
  const pool = collector.weakest();
  const slices: { predicates: readonly SlicePredicate[]; sums: SliceSums }[] = [];
  for (let i = 0; i < pool.size(); i++) {
    const items = pool.itemsAt(i);
    if (!degraded.has(itemsKey(items))) slices.push({ predicates: predicatesOf(items, coding), sums: pool.sumsAt(i) });
  }
  return weakSlices({
    slices,
    total,
    alpha: options.weakAlpha,
    maximumSlices: options.maximumSlices,
    degradation: options.degradation,
  });
}
