import type { SliceCover } from "./select-slices.ts";
import { sliceKey } from "./slice-key.ts";
import { type SlicePredicate, type SliceSums, squaresOf, sumsWithout } from "./slice-sums.ts";

/** Counts of slices by spelling, as a GROUPING SETS query gives them, and of all rows. */
export interface GroupedCounts {
  readonly byKey: ReadonlyMap<string, SliceSums>;
  readonly total: SliceSums;
}

const nothing: SliceSums = {
  baselineRows: 0,
  baselineLoss: 0,
  baselineSquares: 0,
  currentRows: 0,
  currentLoss: 0,
  currentSquares: 0,
};

/**
 * Uncovered sums of slices when only grouped counts are at hand.
 *
 * The overlap of two slices is the slice of all their predicates. Where that was counted it is exact; contradictory
 * predicates overlap nowhere; otherwise each sum is estimated by Kirkwood's superposition,
 * P(T | s) = min(prod P(t | s) * P(T) / prod P(t), min P(t | s)), and the least over the predicates s of the slice.
 * Overlaps with several chosen slices are subtracted one after another, so rows in two of them are taken twice: the
 * residual errs towards "already explained". Cost: O(chosen) per residual.
 */
export function groupedCover(candidates: readonly (readonly SlicePredicate[])[], counts: GroupedCounts): SliceCover {
  const chosen: (readonly SlicePredicate[])[] = [];
  const residualOf = (predicates: readonly SlicePredicate[]): SliceSums | null => {
    const own = counts.byKey.get(sliceKey(predicates));
    if (own === undefined) return null;
    return chosen.reduce((left, other) => sumsWithout(left, overlapOf(predicates, other, own, counts)), own);
  };
  return {
    residualOf,
    residualAt: (index) => residualOf(candidates[index] ?? []) ?? nothing,
    cover: (predicates) => {
      chosen.push(predicates);
    },
  };
}

function overlapOf(
  slice: readonly SlicePredicate[],
  other: readonly SlicePredicate[],
  own: SliceSums,
  counts: GroupedCounts,
): SliceSums {
  const union = new Map<number, number>();
  for (const { column, code } of [...slice, ...other]) {
    const held = union.get(column);
    if (held !== undefined && held !== code) return nothing;
    union.set(column, code);
  }
  const joined = [...union].map(([column, code]) => ({ column, code }));
  if (joined.length === slice.length) return own;
  const counted = counts.byKey.get(sliceKey(joined));
  return counted ?? estimatedOverlap(slice, other, own, counts);
}

function estimatedOverlap(
  slice: readonly SlicePredicate[],
  other: readonly SlicePredicate[],
  own: SliceSums,
  counts: GroupedCounts,
): SliceSums {
  const share = (field: (sums: SliceSums) => number): number => {
    return Math.min(1, ...slice.map((s) => superposition(s, other, field, counts)));
  };
  return {
    baselineRows: own.baselineRows * share((c) => c.baselineRows),
    baselineLoss: own.baselineLoss * share((c) => c.baselineLoss),
    baselineSquares: squaresOf(own, "baseline") * share((c) => squaresOf(c, "baseline")),
    currentRows: own.currentRows * share((c) => c.currentRows),
    currentLoss: own.currentLoss * share((c) => c.currentLoss),
    currentSquares: squaresOf(own, "current") * share((c) => squaresOf(c, "current")),
  };
}

/** P(all of `other` | s) by superposition of what was counted; 1 where nothing bounds it. */
function superposition(
  s: SlicePredicate,
  other: readonly SlicePredicate[],
  field: (sums: SliceSums) => number,
  counts: GroupedCounts,
): number {
  const total = field(counts.total);
  const alone = countOf([s], field, counts);
  if (!(alone > 0 && total > 0)) return 0;
  let least = 1;
  let product = 1;
  let independent = 1;
  for (const t of other) {
    const both = t.column === s.column && t.code === s.code ? alone : countOf([s, t], field, counts);
    least = Math.min(least, both / alone);
    product *= both / alone;
    independent *= countOf([t], field, counts) / total;
  }
  const joint = countOf(other, field, counts) / total;
  return Math.min(least, independent > 0 ? (product * joint) / independent : least);
}

function countOf(
  predicates: readonly SlicePredicate[],
  field: (sums: SliceSums) => number,
  counts: GroupedCounts,
): number {
  const sums = counts.byKey.get(sliceKey(predicates));
  return sums === undefined ? 0 : field(sums);
}
