/**
 * A table that answers "how many edges lie at or below x" without a search: the stretch from the first edge to the last
 * is cut into equal cells, and the answer is the edges in the cells before x's, and those of its own cell that a few
 * comparisons find. On numbers in no order this costs a third of a binary search, whose every step is a wrong guess of
 * the processor's.
 */
export interface EdgeCells {
  readonly first: number;
  /** Cells a unit of x. */
  readonly scale: number;
  readonly cells: number;
  /** By cell: edges in the cells before it. */
  readonly before: readonly number[];
  /** By layer, then by cell: the cell's first edge, second edge, …; NaN, which nothing reaches, where it has no more. */
  readonly layers: readonly (readonly number[])[];
}

/** A heavy value has two edges, itself and the number after it; two such values may share a cell. */
const mostLayers = 4;
const cellCounts = [256, 1_024, 4_096];
const fewestEdges = 3;

/**
 * The cells of ascending edges; undefined where a table does not pay: few edges, or edges so uneven that many share a
 * cell. Exact: a cell is `cellOf`, which never falls as x grows, so edges in earlier cells lie below x and edges in later
 * ones above it. Cost: O(edges + cells).
 */
export function edgeCellsOf(edges: readonly number[]): EdgeCells | undefined {
  const first = edges[0];
  const last = edges.at(-1);
  if (first === undefined || last === undefined || edges.length < fewestEdges) return undefined;
  for (const cells of cellCounts) {
    const scale = cells / (last - first);
    if (!Number.isFinite(scale) || scale === 0) return undefined;
    const byCell = Array.from({ length: cells }, (): number[] => []);
    for (const edge of edges) byCell[cellOf(edge, first, scale, cells)]?.push(edge);
    const depth = Math.max(...byCell.map((inside) => inside.length));
    if (depth > mostLayers) continue;
    let passed = 0;
    const before = byCell.map((inside) => {
      const known = passed;
      passed += inside.length;
      return known;
    });
    const layers = Array.from({ length: depth }, (_, layer) => byCell.map((inside) => inside[layer] ?? Number.NaN));
    return { first, scale, cells, before, layers };
  }
  return undefined;
}

/** The cell of a finite number. The same arithmetic in SQL: any change here is a change there. */
export function cellOf(x: number, first: number, scale: number, cells: number): number {
  return Math.trunc(Math.min(Math.max((x - first) * scale, 0), cells - 1));
}

/** Edges at or below a finite number, by the table. Cost: O(layers). */
export function edgesReached(x: number, { first, scale, cells, before, layers }: EdgeCells): number {
  const cell = cellOf(x, first, scale, cells);
  return layers.reduce((count, layer) => count + (x >= (layer[cell] ?? Number.NaN) ? 1 : 0), before[cell] ?? 0);
}
