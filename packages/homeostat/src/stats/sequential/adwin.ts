import { type Invalid, invalid } from "../performance/refusal.ts";

export interface AdwinOptions {
  /** Default 0.002. */
  readonly delta?: number;
  /** Test every so many observations. Default 32. */
  readonly clock?: number;
  /** Buckets per power of two. Default 5. */
  readonly maximumBuckets?: number;
  /** Smallest side of a cut. Default 5. */
  readonly minimumWindow?: number;
  /** Observations before the first test. Default 10. */
  readonly gracePeriod?: number;
}

interface BucketRow {
  /** Oldest first; each bucket of row r holds 2^r observations. */
  totals: number[];
  squares: number[];
}

/** The window as an exponential histogram. Plain data, changed in place by `updateAdwin`: O(log n) numbers. */
export interface AdwinState {
  rows: BucketRow[];
  width: number;
  total: number;
  /** Sum of squared deviations from the window mean. */
  squares: number;
  ticks: number;
  detected: boolean;
}

export interface AdwinStep {
  readonly kind: "adwin-step";
  readonly detected: boolean;
  readonly width: number;
  readonly mean: number;
}

/** A window that has seen nothing. */
export function createAdwin(): AdwinState {
  return { rows: [{ totals: [], squares: [] }], width: 0, total: 0, squares: 0, ticks: 0, detected: false };
}

/**
 * One observation into ADWIN, the adaptive window; every `clock` observations the oldest buckets are dropped while any
 * cut of the window separates two unequal means:
 *
 *   |mean0 - mean1| > sqrt(2 s2 d / m) + 2 d / (3 m),  d = ln(2 ln W / delta),  1/m = 1/(n0 - w + 1) + 1/(n1 - w + 1)
 *
 * with s2 the window variance and w the minimum window. Every boundary is tried, the newest bucket of each row included
 * (the corrected form, as MOA). The whole window restarts on the step after a detection. Use it for the length of a
 * training window; as an alarm it is slow and has no budget. `state` is changed in place; a non-finite observation is
 * refused and leaves it untouched. O(log n) amortised, O(log^2 n) at a test.
 * Source: Bifet and Gavaldà (2007), SDM; the cut with the variance term from MOA.
 */
export function updateAdwin(state: AdwinState, x: number, options: AdwinOptions = {}): AdwinStep | Invalid {
  if (!Number.isFinite(x)) return invalid("not-finite", state.ticks);
  const settings = {
    delta: options.delta ?? 0.002,
    clock: options.clock ?? 32,
    maximumBuckets: options.maximumBuckets ?? 5,
    minimumWindow: options.minimumWindow ?? 5,
    gracePeriod: options.gracePeriod ?? 10,
  };
  if (state.detected) Object.assign(state, createAdwin());
  insert(state, x, settings.maximumBuckets);
  state.ticks += 1;
  if (state.ticks % settings.clock === 0 && state.width > settings.gracePeriod)
    while (cutFound(state, settings)) {
      dropOldest(state);
      state.detected = true;
    }
  return { kind: "adwin-step", detected: state.detected, width: state.width, mean: state.total / state.width };
}

type Settings = Required<AdwinOptions>;

function insert(state: AdwinState, x: number, maximumBuckets: number): void {
  const first = rowAt(state, 0);
  first.totals.push(x);
  first.squares.push(0);
  if (state.width > 0) {
    const distance = x - state.total / state.width;
    state.squares += (state.width * distance * distance) / (state.width + 1);
  }
  state.width += 1;
  state.total += x;
  for (let r = 0; rowAt(state, r).totals.length > maximumBuckets; r++) mergeOldestPair(state, r);
}

function mergeOldestPair(state: AdwinState, r: number): void {
  const row = rowAt(state, r);
  const next = rowAt(state, r + 1);
  const [first = 0, second = 0] = row.totals.splice(0, 2);
  const [firstSquares = 0, secondSquares = 0] = row.squares.splice(0, 2);
  const size = 2 ** r;
  const distance = (first - second) / size;
  next.totals.push(first + second);
  next.squares.push(firstSquares + secondSquares + (size * distance * distance) / 2);
}

function rowAt(state: AdwinState, r: number): BucketRow {
  const row = state.rows[r];
  if (row !== undefined) return row;
  const added: BucketRow = { totals: [], squares: [] };
  state.rows.push(added);
  return added;
}

/** Walks the boundaries from the oldest; the newest observation alone is never a side of its own. */
function cutFound(state: AdwinState, settings: Settings): boolean {
  const { minimumWindow } = settings;
  let older = 0;
  let olderTotal = 0;
  for (let r = state.rows.length - 1; r >= 0; r--)
    for (const total of rowAt(state, r).totals) {
      older += 2 ** r;
      olderTotal += total;
      const newer = state.width - older;
      if (newer < minimumWindow) return false;
      if (older < minimumWindow) continue;
      const difference = Math.abs(olderTotal / older - (state.total - olderTotal) / newer);
      if (difference > adwinCut(older, newer, state.squares / state.width, settings.delta, minimumWindow)) return true;
    }
  return false;
}

/** The cut above for sides of `older` and `newer` observations and window variance `variance`. O(1). */
export function adwinCut(older: number, newer: number, variance: number, delta: number, minimumWindow: number): number {
  const logTerm = Math.log((2 * Math.log(older + newer)) / delta);
  const inverse = 1 / (older - minimumWindow + 1) + 1 / (newer - minimumWindow + 1);
  return Math.sqrt(2 * inverse * variance * logTerm) + (2 / 3) * logTerm * inverse;
}

function dropOldest(state: AdwinState): void {
  const last = state.rows.length - 1;
  const row = rowAt(state, last);
  const total = row.totals.shift() ?? 0;
  const squares = row.squares.shift() ?? 0;
  const size = 2 ** last;
  state.width -= size;
  state.total -= total;
  const distance = total / size - state.total / state.width;
  state.squares = Math.max(
    0,
    state.squares - squares - (size * state.width * distance * distance) / (size + state.width),
  );
  while (state.rows.length > 1 && state.rows[state.rows.length - 1]?.totals.length === 0) state.rows.pop();
}
