/** One window of one line. `value` null is a gap: the line is broken there, never drawn through. */
export interface SeriesPoint {
  readonly start: number;
  readonly end: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** What the baseline expects here, with its interval. */
  readonly expected: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** The point in words. */
  readonly sentence: string;
}

export interface Series {
  readonly name: string;
  /** Oldest first. */
  readonly points: readonly SeriesPoint[];
}

/** A moment worth a vertical line. */
export interface Marker {
  readonly at: number;
  readonly kind: "change" | "detected";
  /** Short, drawn at the top of the line: `1`, `detected`. */
  readonly flag: string;
  readonly title: string;
}

/** Unbroken stretches of points with a value, in order; a lone point is a stretch of one. */
export function unbroken(points: readonly SeriesPoint[]): readonly (readonly SeriesPoint[])[] {
  const runs: SeriesPoint[][] = [];
  let run: SeriesPoint[] = [];
  let previous: SeriesPoint | undefined;
  for (const point of points) {
    const follows = previous !== undefined && point.start <= previous.end;
    if (point.value === null || !follows) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    if (point.value !== null) run.push(point);
    previous = point;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/** Stretches over which the baseline is the same, so that each is drawn as one band. */
export interface ExpectedRun {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Joins neighbouring windows whose baseline is equal. */
export function expectedRuns(points: readonly SeriesPoint[]): readonly ExpectedRun[] {
  const runs: ExpectedRun[] = [];
  for (const { start, end, expected } of points) {
    if (expected === null) continue;
    const last = runs.at(-1);
    const same =
      last !== undefined &&
      last.value === expected.value &&
      last.low === expected.low &&
      last.high === expected.high &&
      start <= last.end;
    if (same) runs[runs.length - 1] = { ...last, end };
    else runs.push({ start, end, ...expected });
  }
  return runs;
}

/** Distinct window starts over all series, oldest first. */
export function windowStarts(series: readonly Series[]): readonly number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ start }) => start)))].sort((a, b) => a - b);
}
