import type { PerformanceCell } from "@homeostat/protocol";
import { performanceSentence } from "../text/performance-sentence.ts";
import { segmentKey, segmentName } from "../text/segment.ts";
import type { Series, SeriesPoint } from "./series.ts";

type NameWindow = (startIso: string) => string;

function pointOf(cell: PerformanceCell, windowMs: number, nameWindow: NameWindow): SeriesPoint {
  const start = Date.parse(cell.window);
  return {
    start,
    end: start + windowMs,
    value: cell.headline.value?.value ?? null,
    low: cell.headline.value?.low ?? null,
    high: cell.headline.value?.high ?? null,
    expected: cell.headline.baseline,
    sentence: performanceSentence(cell, nameWindow(cell.window)),
  };
}

/**
 * The metric that the task is judged by over windows, one line per segment: all rows first, then the others in order of first appearance. Cells of one
 * window may come in any order; a segment's windows are put oldest first.
 */
export function headlineSeries(
  cells: readonly PerformanceCell[],
  windowMs: number,
  nameWindow: NameWindow,
): readonly Series[] {
  const groups = new Map<string | null, PerformanceCell[]>();
  for (const cell of cells) {
    const key = segmentKey(cell.segment);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  const ordered = [...groups].sort(([a], [b]) => Number(a !== null) - Number(b !== null));
  return ordered.map(([, group]) => ({
    name: segmentName(group[0]?.segment ?? null),
    points: group.map((cell) => pointOf(cell, windowMs, nameWindow)).sort((a, b) => a.start - b.start),
  }));
}

/** The length of windows as far as their starts tell: the smallest distance between two, `otherwise` when there is none. */
export function windowLengthOf(startsIso: readonly string[], otherwiseMs: number): number {
  const starts = [...new Set(startsIso.map((iso) => Date.parse(iso)))].sort((a, b) => a - b);
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  return gaps.length === 0 ? otherwiseMs : Math.min(...gaps);
}
