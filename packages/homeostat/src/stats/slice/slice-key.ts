import type { SlicePredicate } from "./slice-sums.ts";

/** Predicates in ascending order of column: the one spelling of a slice. */
export function orderedPredicates(predicates: readonly SlicePredicate[]): readonly SlicePredicate[] {
  return [...predicates].sort((a, b) => a.column - b.column || a.code - b.code);
}

/** Text that is equal for equal slices, whatever the order of their predicates. */
export function sliceKey(predicates: readonly SlicePredicate[]): string {
  return orderedPredicates(predicates)
    .map((p) => `${p.column}:${p.code}`)
    .join("&");
}

/** Whether every predicate of `outer` is one of `inner`'s, so that the rows of `inner` lie within `outer`. */
export function isWithin(inner: readonly SlicePredicate[], outer: readonly SlicePredicate[]): boolean {
  return outer.every((o) => inner.some((i) => i.column === o.column && i.code === o.code));
}
