import { edgeCellsOf } from "../../stats/histogram/edge-cells.ts";
import type { QueryParameters } from "./data-client.ts";

/** A piece of a statement with the parameters it names. */
export interface Fragment {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** Stands for "below every edge" in `roundDown`, which gives back an element of its array. */
const belowAll = -1.7e308;

/**
 * The number of edges at or below a number, as SQL over `value`: the twin of `edgesReached`, a look-up in a table of
 * cells and a few comparisons; a binary search (`roundDown`, then `transform`, a hash look-up) where a table does not pay.
 * `tag` keeps the parameters of several in one statement apart.
 */
export function edgeBin(value: string, edges: readonly number[], tag: string): Fragment {
  const table = edgeCellsOf(edges);
  if (table === undefined) return searchedBin(value, edges, tag);
  const cell = `toUInt16(least(greatest((${value} - {first${tag}:Float64}) * {scale${tag}:Float64}, 0), ${table.cells - 1})) + 1`;
  const reached = table.layers.map((_, layer) => `(${value} >= {layer${layer}${tag}:Array(Float64)}[${cell}])`);
  return {
    sql: `toInt16(${[`{before${tag}:Array(Int16)}[${cell}]`, ...reached].join(" + ")})`,
    parameters: {
      [`first${tag}`]: table.first,
      [`scale${tag}`]: table.scale,
      [`before${tag}`]: table.before,
      ...Object.fromEntries(table.layers.map((layer, index) => [`layer${index}${tag}`, layer])),
    },
  };
}

function searchedBin(value: string, edges: readonly number[], tag: string): Fragment {
  const steps = `{edges${tag}:Array(Float64)}`;
  return {
    sql: `transform(roundDown(${value}, ${steps}), ${steps}, {ids${tag}:Array(Int16)}, toInt16(0))`,
    parameters: { [`edges${tag}`]: [belowAll, ...edges], [`ids${tag}`]: [0, ...edges.map((_, index) => index + 1)] },
  };
}
