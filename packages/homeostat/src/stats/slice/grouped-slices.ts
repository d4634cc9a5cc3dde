import { benjaminiHochberg } from "../hypothesis/benjamini-hochberg.ts";
import { complementContrast } from "./complement-contrast.ts";
import { confirmSlices } from "./confirm-slices.ts";
import { type DegradationOptions, defaultDegradationOptions, degradationOf } from "./degradation.ts";
import { groupedCover } from "./grouped-cover.ts";
import { defaultSelectionLimits, selectSlices } from "./select-slices.ts";
import { orderedPredicates, sliceKey } from "./slice-key.ts";
import type { DegradedSlice, SliceSearch } from "./slice-report.ts";
import { minimumSupport, type SlicePredicate, type SliceSums } from "./slice-sums.ts";
import { weakSlices } from "./weak-slices.ts";

/** Counts of one slice (one to three predicates) out of a GROUPING SETS query. */
export interface GroupedSlice {
  readonly predicates: readonly SlicePredicate[];
  /** Rows of the half that slices are looked for in. */
  readonly discovery: SliceSums;
  /** Rows of the held-out half (split by entity); absent when nothing was held out. */
  readonly confirmation?: SliceSums;
}

export interface GroupedSliceInput {
  readonly slices: readonly GroupedSlice[];
  /** Sums over all rows, by half. */
  readonly total: Omit<GroupedSlice, "predicates">;
}

export interface GroupedSliceOptions {
  readonly degradation: DegradationOptions;
  /** False discovery rate, for discovery over all tested slices and again for confirmation. */
  readonly q: number;
  readonly maximumSlices: number;
  readonly simplerWithin: number;
  readonly minimumRows: number;
  readonly minimumShare: number;
  /** Weight of error against size in the weak list. */
  readonly weakAlpha: number;
}

export const defaultGroupedSliceOptions: GroupedSliceOptions = {
  degradation: defaultDegradationOptions,
  q: 0.05,
  ...defaultSelectionLimits,
  minimumRows: 50,
  minimumShare: 0.005,
  weakAlpha: 0.95,
};

/**
 * Finds degraded slices from grouped counts alone: levels one and two out of SQL, or any set of counted slices.
 *
 * Every slice with enough rows in both periods is tested (one-sided, H0: not worse), Benjamini-Hochberg over all of them;
 * the significant ones are chosen from greedily (`selectSlices`) and confirmed on the held-out counts. Slices below the
 * support rule, max(50, 0.5 % of the half's rows) in each period, are not tested. Overlaps that were not counted are
 * estimated (`groupedCover`), which affects which slices are listed, never their numbers.
 * Cost: O(slices log slices + maximumSlices * discovered). Source: algorithms specification, sections 5.3 to 5.5.
 */
export function searchGroupedSlices(
  input: GroupedSliceInput,
  options: GroupedSliceOptions = defaultGroupedSliceOptions,
): SliceSearch {
  const total = input.total.discovery;
  const need = options.minimumRows;
  if (total.baselineRows < need || total.currentRows < need) {
    return {
      kind: "insufficient",
      reason: "too-few-rows",
      baselineRows: total.baselineRows,
      currentRows: total.currentRows,
      need,
    };
  }
  const tested = supportedSlices(input, options);
  const discovered = discoveredSlices(tested, options);
  const byKey = new Map(input.slices.map((slice) => [sliceKey(slice.predicates), slice]));
  const candidates = discovered.map((slice) => orderedPredicates(slice.predicates));
  const counts = { byKey: new Map(input.slices.map((slice) => [sliceKey(slice.predicates), slice.discovery])), total };
  const chosen = selectSlices(candidates, groupedCover(candidates, counts), options);
  const found = new Set(discovered);
  const weak = weakSlices({
    slices: tested
      .filter((slice) => !found.has(slice))
      .map((s) => ({ predicates: orderedPredicates(s.predicates), sums: s.discovery })),
    total,
    alpha: options.weakAlpha,
    maximumSlices: options.maximumSlices,
    degradation: options.degradation,
  });
  const picked = chosen.map((predicates) => byKey.get(sliceKey(predicates))).filter((slice) => slice !== undefined);
  return {
    kind: "searched",
    degraded: degradedSlices(picked, input, options),
    weak,
    tested: tested.length,
    discovered: discovered.length,
  };
}

function supportedSlices(input: GroupedSliceInput, options: GroupedSliceOptions): readonly GroupedSlice[] {
  const { discovery } = input.total;
  const baseline = minimumSupport(discovery.baselineRows, options.minimumRows, options.minimumShare);
  const current = minimumSupport(discovery.currentRows, options.minimumRows, options.minimumShare);
  return input.slices.filter((s) => s.discovery.baselineRows >= baseline && s.discovery.currentRows >= current);
}

function discoveredSlices(tested: readonly GroupedSlice[], options: GroupedSliceOptions): readonly GroupedSlice[] {
  const pValues = tested.map(({ discovery }) => {
    const answer = degradationOf(discovery, options.degradation);
    return answer.kind === "measured" ? answer.pValue : 1;
  });
  const rejected = new Set(benjaminiHochberg(pValues, options.q).rejected);
  return tested.filter((_, index) => rejected.has(index));
}

function degradedSlices(
  picked: readonly GroupedSlice[],
  input: GroupedSliceInput,
  options: GroupedSliceOptions,
): readonly DegradedSlice[] {
  const heldOut = picked.map((slice) => slice.confirmation).filter((sums) => sums !== undefined);
  const confirmations = confirmSlices(heldOut, options.q, options.degradation);
  let next = 0;
  return picked.map((slice): DegradedSlice => {
    const held = slice.confirmation;
    const heldTotal = input.total.confirmation;
    const confirmation = held === undefined ? undefined : confirmations[next++];
    const complement =
      held !== undefined && heldTotal !== undefined
        ? complementContrast(held, heldTotal, options.degradation)
        : complementContrast(slice.discovery, input.total.discovery, options.degradation);
    return {
      predicates: orderedPredicates(slice.predicates),
      discovery: degradationOf(slice.discovery, options.degradation),
      confirmation: confirmation ?? { kind: "not-held-out" },
      complement,
      aliases: [],
    };
  });
}
