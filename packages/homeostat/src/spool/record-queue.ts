import type { Instant } from "../domain/instant.ts";
import type { SpoolPosition } from "../domain/spool/spool.ts";

/** Where a record lies and what must be known of it without reading it. */
export interface RecordPlace<Segment> {
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
  readonly position: SpoolPosition;
  readonly receivedAt: Instant;
}

/**
 * The unreleased records of one stream, oldest first. Each costs 28 bytes of memory however long it is: the numbers lie
 * in typed arrays, one set per segment, and go when the segment's records are released.
 */
export interface RecordQueue<Segment> {
  push(place: RecordPlace<Segment>): void;
  /** The oldest records up to the limits, and always one when there is one: a record beyond the limits must pass too. */
  select(limits: { readonly maxRows: number; readonly maxBytes: number }): readonly RecordPlace<Segment>[];
  /** Takes out every record up to and including the position. */
  takeUpTo(position: SpoolPosition): readonly RecordPlace<Segment>[];
  oldest(): RecordPlace<Segment> | undefined;
  /** Rows of the unreleased records. */
  rows(): number;
}

interface Run<Segment> {
  readonly segment: Segment;
  offsets: Uint32Array;
  lengths: Uint32Array;
  rows: Uint32Array;
  positions: Float64Array;
  receivedAts: Float64Array;
  /** Index of the oldest record still here. */
  head: number;
  count: number;
}

export function createRecordQueue<Segment>(): RecordQueue<Segment> {
  const runs: Run<Segment>[] = [];
  return {
    push(place) {
      let run = runs.at(-1);
      if (run === undefined || run.segment !== place.segment) {
        run = emptyRun(place.segment);
        runs.push(run);
      }
      add(run, place);
    },
    rows: () => [...places(runs)].reduce((sum, place) => sum + place.rows, 0),
    select(limits) {
      const selected: RecordPlace<Segment>[] = [];
      let rows = 0;
      let bytes = 0;
      for (const place of places(runs)) {
        rows += place.rows;
        bytes += place.length;
        if (selected.length > 0 && (rows > limits.maxRows || bytes > limits.maxBytes)) break;
        selected.push(place);
      }
      return selected;
    },
    takeUpTo(position) {
      const taken: RecordPlace<Segment>[] = [];
      for (const place of places(runs)) {
        if (place.position > position) break;
        taken.push(place);
      }
      drop(runs, taken.length);
      return taken;
    },
    oldest() {
      for (const place of places(runs)) return place;
      return undefined;
    },
  };
}

function* places<Segment>(runs: readonly Run<Segment>[]): Generator<RecordPlace<Segment>> {
  for (const run of runs) {
    for (let index = run.head; index < run.count; index++) yield placeAt(run, index);
  }
}

function placeAt<Segment>(run: Run<Segment>, index: number): RecordPlace<Segment> {
  return {
    segment: run.segment,
    offset: run.offsets[index] ?? 0,
    length: run.lengths[index] ?? 0,
    rows: run.rows[index] ?? 0,
    position: run.positions[index] ?? 0,
    receivedAt: run.receivedAts[index] ?? 0,
  };
}

function drop<Segment>(runs: Run<Segment>[], count: number): void {
  let left = count;
  while (left > 0) {
    const run = runs[0];
    if (run === undefined) return;
    const here = Math.min(left, run.count - run.head);
    run.head += here;
    left -= here;
    if (run.head === run.count) runs.shift();
  }
}

function emptyRun<Segment>(segment: Segment): Run<Segment> {
  return {
    segment,
    offsets: new Uint32Array(16),
    lengths: new Uint32Array(16),
    rows: new Uint32Array(16),
    positions: new Float64Array(16),
    receivedAts: new Float64Array(16),
    head: 0,
    count: 0,
  };
}

function add<Segment>(run: Run<Segment>, place: RecordPlace<Segment>): void {
  if (run.count === run.offsets.length) grow(run);
  run.offsets[run.count] = place.offset;
  run.lengths[run.count] = place.length;
  run.rows[run.count] = place.rows;
  run.positions[run.count] = place.position;
  run.receivedAts[run.count] = place.receivedAt;
  run.count++;
}

function grow<Segment>(run: Run<Segment>): void {
  const size = run.count * 2;
  run.offsets = enlarged(run.offsets, new Uint32Array(size));
  run.lengths = enlarged(run.lengths, new Uint32Array(size));
  run.rows = enlarged(run.rows, new Uint32Array(size));
  run.positions = enlarged(run.positions, new Float64Array(size));
  run.receivedAts = enlarged(run.receivedAts, new Float64Array(size));
}

function enlarged<Numbers extends Uint32Array | Float64Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from);
  return into;
}
