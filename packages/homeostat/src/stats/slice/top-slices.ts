import type { SliceItem } from "./item-bits.ts";

/** A slice and its score. */
export interface TopSlice {
  readonly path: readonly SliceItem[];
  readonly score: number;
  readonly rows: number;
  readonly loss: number;
}

/** The K best slices seen so far. */
export interface TopSlices {
  readonly offer: (slice: TopSlice) => void;
  /** The score a slice must exceed to matter: the K-th best so far, at least zero. */
  readonly threshold: () => number;
  /** Best first; of equal scores the larger, then the one with fewer predicates. */
  readonly best: () => readonly TopSlice[];
}

/** Keeps the `limit` best slices with a positive score, by insertion: O(limit) per slice that enters. */
export function createTopSlices(limit: number): TopSlices {
  const kept: TopSlice[] = [];
  const before = (a: TopSlice, b: TopSlice): boolean =>
    a.score > b.score ||
    (a.score === b.score && (a.rows > b.rows || (a.rows === b.rows && a.path.length < b.path.length)));
  return {
    offer: (slice) => {
      if (!(slice.score > 0)) return;
      let at = kept.length;
      while (at > 0 && before(slice, kept[at - 1] ?? slice)) at -= 1;
      if (at >= limit) return;
      kept.splice(at, 0, slice);
      if (kept.length > limit) kept.pop();
    },
    threshold: () => (kept.length < limit ? 0 : (kept[limit - 1]?.score ?? 0)),
    best: () => kept,
  };
}
