/** One stratum: rows and summed loss in the baseline and in the current period. */
export interface ShiftCell {
  readonly baselineRows: number;
  readonly baselineLoss: number;
  readonly currentRows: number;
  readonly currentLoss: number;
}

/** Rows of all cells in each period. */
export function shiftTotals(cells: readonly ShiftCell[]): {
  readonly baselineRows: number;
  readonly currentRows: number;
} {
  let baselineRows = 0;
  let currentRows = 0;
  for (const cell of cells) {
    if (![cell.baselineRows, cell.currentRows].every((rows) => rows >= 0 && Number.isFinite(rows)))
      throw new RangeError("cells hold a finite number of rows, none negative");
    baselineRows += cell.baselineRows;
    currentRows += cell.currentRows;
  }
  return { baselineRows, currentRows };
}
