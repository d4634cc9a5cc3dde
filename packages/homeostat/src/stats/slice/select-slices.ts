import { type DegradationOptions, degradationOf, type MeasuredDegradation } from "./degradation.ts";
import { isWithin, orderedPredicates } from "./slice-key.ts";
import { type SlicePredicate, type SliceSums, sumsWithout } from "./slice-sums.ts";

/**
 * Sums of slices over rows that no chosen slice has covered yet. Implemented on bitsets (exact) and on grouped counts
 * (exact where the overlap was counted).
 */
export interface SliceCover {
  /** Uncovered sums of the candidate at this index. */
  readonly residualAt: (index: number) => SliceSums;
  /** Uncovered sums of any slice, or null when they cannot be known. */
  readonly residualOf: (predicates: readonly SlicePredicate[]) => SliceSums | null;
  /** Marks the rows of a slice as covered. */
  readonly cover: (predicates: readonly SlicePredicate[]) => void;
}

export interface SelectionOptions {
  readonly degradation: DegradationOptions;
  readonly maximumSlices: number;
  /** A slice with fewer predicates is preferred when its rank is within this share of the best. */
  readonly simplerWithin: number;
}

export const defaultSelectionLimits = { maximumSlices: 10, simplerWithin: 0.1 } as const;

/**
 * Chooses few slices that together explain a degradation, each on rows the earlier ones left uncovered.
 *
 * Greedy on the impact bound `rank`; ties within 10 % go to fewer predicates. Then each choice is refined down to a
 * child that holds at least half of its excess, is clearer (z larger by 1) and leaves nothing significant behind
 * (z of the rest < 2.58); and generalised up, dropping a predicate when the rows gained are degraded too (delta at
 * least 0.6 of the slice's and z > 3). Stops when no uncovered slice has a positive rank.
 * Returns predicates in order of choice. Cost: O(maximumSlices * candidates) residuals.
 * Source: algorithms specification, section 5.5.
 */
export function selectSlices(
  candidates: readonly (readonly SlicePredicate[])[],
  cover: SliceCover,
  options: SelectionOptions,
): readonly (readonly SlicePredicate[])[] {
  const chosen: (readonly SlicePredicate[])[] = [];
  while (chosen.length < options.maximumSlices) {
    const residuals = candidates.map((_, index) => measured(cover.residualAt(index), options));
    const start = bestIndex(candidates, residuals, options.simplerWithin);
    if (start === -1) break;
    const refined = refineDown(start, candidates, residuals, cover, options);
    const slice = orderedPredicates(generaliseUp(candidates[refined] ?? [], cover, options));
    chosen.push(slice);
    cover.cover(slice);
  }
  return chosen;
}

type Measured = MeasuredDegradation | null;

function measured(sums: SliceSums | null, options: SelectionOptions): Measured {
  if (sums === null) return null;
  const answer = degradationOf(sums, options.degradation);
  return answer.kind === "measured" ? answer : null;
}

/** Index of the slice to take: the best rank, or a simpler slice almost as good. -1 when nothing is worth taking. */
function bestIndex(
  candidates: readonly (readonly SlicePredicate[])[],
  residuals: readonly Measured[],
  within: number,
): number {
  let best = 0;
  for (const residual of residuals) best = Math.max(best, residual?.rank ?? 0);
  if (!(best > 0)) return -1;
  let taken = -1;
  for (let i = 0; i < candidates.length; i++) {
    const rank = residuals[i]?.rank ?? 0;
    if (rank <= 0 || rank < (1 - within) * best) continue;
    const length = candidates[i]?.length ?? 0;
    const takenLength = candidates[taken]?.length ?? Number.POSITIVE_INFINITY;
    const takenRank = residuals[taken]?.rank ?? 0;
    if (length < takenLength || (length === takenLength && rank > takenRank)) taken = i;
  }
  return taken;
}

function refineDown(
  start: number,
  candidates: readonly (readonly SlicePredicate[])[],
  residuals: readonly Measured[],
  cover: SliceCover,
  options: SelectionOptions,
): number {
  const parent = candidates[start] ?? [];
  const whole = residuals[start];
  if (whole === null || whole === undefined) return start;
  let refined = start;
  let clearest = whole.z + 1;
  for (let i = 0; i < candidates.length; i++) {
    const child = residuals[i];
    const predicates = candidates[i] ?? [];
    if (child === null || child === undefined || child.z <= clearest || child.excess < 0.5 * whole.excess) continue;
    if (predicates.length <= parent.length || !isWithin(predicates, parent)) continue;
    const rest = measured(sumsWithout(cover.residualAt(start), cover.residualAt(i)), options);
    if (rest !== null && rest.z >= 2.58) continue;
    refined = i;
    clearest = child.z;
  }
  return refined;
}

function generaliseUp(
  slice: readonly SlicePredicate[],
  cover: SliceCover,
  options: SelectionOptions,
): readonly SlicePredicate[] {
  let current = slice;
  while (current.length > 1) {
    const wider = widerSlice(current, cover, options);
    if (wider === null) return current;
    current = wider;
  }
  return current;
}

/** The slice with one predicate dropped whose gained rows are the most clearly degraded, if any are enough. */
function widerSlice(
  slice: readonly SlicePredicate[],
  cover: SliceCover,
  options: SelectionOptions,
): readonly SlicePredicate[] | null {
  const own = cover.residualOf(slice);
  const ownMeasured = measured(own, options);
  if (own === null || ownMeasured === null) return null;
  let wider: readonly SlicePredicate[] | null = null;
  let clearest = 3;
  for (const dropped of slice) {
    const parent = slice.filter((p) => p !== dropped);
    const parentSums = cover.residualOf(parent);
    if (parentSums === null) continue;
    const gained = measured(sumsWithout(parentSums, own), options);
    if (gained === null || gained.z <= clearest || gained.delta < 0.6 * ownMeasured.delta) continue;
    wider = parent;
    clearest = gained.z;
  }
  return wider;
}
