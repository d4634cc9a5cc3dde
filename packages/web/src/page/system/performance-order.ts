import type { PerformanceCell } from "@homeostat/protocol";
import { differenceOf } from "../../text/slice-sentence.ts";

/** AUC minus the baseline's AUC; null when either is not known. */
export function aucDifference(cell: PerformanceCell): number | null {
  return differenceOf(cell.auc?.value ?? null, cell.baselineAuc?.value ?? null);
}

/** All rows first, then the worst segment: largest loss against the baseline on top, segments without a comparison at the end, larger first. */
export function worstFirst(cells: readonly PerformanceCell[]): readonly PerformanceCell[] {
  return cells.toSorted((a, b) => {
    if (a.segment === null || b.segment === null) return Number(b.segment === null) - Number(a.segment === null);
    const [lossA, lossB] = [aucDifference(a), aucDifference(b)];
    if (lossA === null && lossB === null) return b.rows - a.rows;
    if (lossA === null || lossB === null) return lossA === null ? 1 : -1;
    return lossA - lossB;
  });
}
