import type { PerformanceCell } from "@homeostat/protocol";
import { metricWords } from "../../text/metric.ts";
import { differenceOf } from "../../text/slice-sentence.ts";

/** The headline metric minus the baseline's; null when either is not known. */
export function headlineDifference({ headline }: PerformanceCell): number | null {
  return differenceOf(headline.value?.value ?? null, headline.baseline?.value ?? null);
}

/** The same as a gain: positive is better, whichever way the metric runs. */
function gainOf(cell: PerformanceCell): number | null {
  const difference = headlineDifference(cell);
  return difference === null || metricWords[cell.headline.name].better === "higher" ? difference : -difference;
}

/** All rows first, then the worst segment: largest loss against the baseline on top, segments without a comparison at the end, larger first. */
export function worstFirst(cells: readonly PerformanceCell[]): readonly PerformanceCell[] {
  return cells.toSorted((a, b) => {
    if (a.segment === null || b.segment === null) return Number(b.segment === null) - Number(a.segment === null);
    const [gainA, gainB] = [gainOf(a), gainOf(b)];
    if (gainA === null && gainB === null) return b.rows - a.rows;
    if (gainA === null || gainB === null) return gainA === null ? 1 : -1;
    return gainA - gainB;
  });
}
