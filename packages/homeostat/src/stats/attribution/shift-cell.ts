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
    if (cell.baselineRows < 0 || cell.currentRows < 0)
      throw new RangeError("cells cannot hold a negative number of rows");
    baselineRows += cell.baselineRows;
    currentRows += cell.currentRows;
  }
  return { baselineRows, currentRows };
}
