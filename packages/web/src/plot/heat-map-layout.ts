import type { DriftCell } from "@homeostat/protocol";
import type { Marker } from "./series.ts";

/** Rows are features, most moved first; columns are window starts, oldest first. */
export interface HeatMapLayout {
  readonly features: readonly string[];
  readonly windows: readonly string[];
  /** `cells[row][column]`; null where the server sent nothing: not checked. */
  readonly cells: readonly (readonly (DriftCell | null)[])[];
}

export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

const peakOf = (row: readonly (DriftCell | null)[]): number =>
  row.reduce((peak, cell) => Math.max(peak, cell?.psiDebiased ?? Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY);

/**
 * Arranges drift cells into a grid. `windows` are the columns wanted (ISO starts, in any order); cells of other windows
 * are left out. Features without any known PSI come last; ties are in alphabetical order. Cost: O(cells + grid).
 */
export function heatMapLayout(cells: readonly DriftCell[], windows: readonly string[]): HeatMapLayout {
  const starts = [...new Set(windows.map((start) => Date.parse(start)))].sort((a, b) => a - b);
  const columnOf = new Map(starts.map((start, column) => [start, column]));
  const rows = new Map<string, (DriftCell | null)[]>();
  for (const cell of cells) {
    const column = columnOf.get(Date.parse(cell.window));
    if (column === undefined) continue;
    const row = rows.get(cell.feature) ?? new Array<DriftCell | null>(starts.length).fill(null);
    row[column] = cell;
    rows.set(cell.feature, row);
  }
  const ordered = [...rows].sort(([nameA, a], [nameB, b]) => {
    const [peakA, peakB] = [peakOf(a), peakOf(b)];
    return peakA === peakB ? nameA.localeCompare(nameB) : peakB - peakA;
  });
  return {
    features: ordered.map(([name]) => name),
    windows: starts.map((start) => new Date(start).toISOString()),
    cells: ordered.map(([, row]) => row),
  };
}

/** Which moments fall into which column: a change belongs to the window in which it took effect. */
export function markersByColumn(
  layout: HeatMapLayout,
  markers: readonly Marker[],
  windowMs: number,
): ReadonlyMap<number, readonly Marker[]> {
  const columns = new Map<number, readonly Marker[]>();
  for (const marker of markers) {
    const column = layout.windows.findIndex(
      (start) => marker.at >= Date.parse(start) && marker.at < Date.parse(start) + windowMs,
    );
    if (column !== -1) columns.set(column, [...(columns.get(column) ?? []), marker]);
  }
  return columns;
}

const clamp = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value));

/** Where a key press leads from a place in a grid; null when the key is not one that moves. */
export function placeAfterKey(place: GridPlace, key: string, rows: number, columns: number): GridPlace | null {
  const to = (row: number, column: number): GridPlace => ({ row: clamp(row, rows), column: clamp(column, columns) });
  switch (key) {
    case "ArrowLeft":
      return to(place.row, place.column - 1);
    case "ArrowRight":
      return to(place.row, place.column + 1);
    case "ArrowUp":
      return to(place.row - 1, place.column);
    case "ArrowDown":
      return to(place.row + 1, place.column);
    case "Home":
      return to(place.row, 0);
    case "End":
      return to(place.row, columns - 1);
    default:
      return null;
  }
}
