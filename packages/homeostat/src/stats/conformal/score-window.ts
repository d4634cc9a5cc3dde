/** The last `capacity` scores, by arrival and sorted. Plain data. */
export interface ScoreWindow {
  readonly capacity: number;
  readonly arrivals: readonly number[];
  readonly sorted: readonly number[];
}

export function createScoreWindow(capacity: number): ScoreWindow {
  if (!(Number.isInteger(capacity) && capacity >= 1)) throw new RangeError(`capacity must be >= 1, got ${capacity}`);
  return { capacity, arrivals: [], sorted: [] };
}

/**
 * Adds a score, dropping the oldest beyond the capacity. NaN is a bug of the caller. O(capacity) copies, O(log) search.
 */
export function withScore(window: ScoreWindow, score: number): ScoreWindow {
  if (Number.isNaN(score)) throw new RangeError("a score is NaN");
  const full = window.arrivals.length === window.capacity;
  const sorted = [...window.sorted];
  if (full) sorted.splice(positionOf(sorted, window.arrivals[0] ?? score), 1);
  sorted.splice(positionOf(sorted, score), 0, score);
  return { capacity: window.capacity, arrivals: [...window.arrivals.slice(full ? 1 : 0), score], sorted };
}

/** How many scores in the window are at least `score`. O(log capacity). */
export function countAtLeast(window: ScoreWindow, score: number): number {
  return window.sorted.length - positionOf(window.sorted, score);
}

/** The first index whose value is >= x. */
function positionOf(sorted: readonly number[], x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
