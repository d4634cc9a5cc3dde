import type { LineageGraph } from "@homeostat/protocol";

/** One box of the drawing: a component, or several of one kind that have the same neighbours. */
export interface LineageBox {
  readonly id: string;
  readonly kind: string;
  readonly names: readonly string[];
  readonly column: number;
  readonly row: number;
}

export interface LineageDrawing {
  readonly boxes: readonly LineageBox[];
  readonly lines: readonly { readonly from: string; readonly to: string }[];
  readonly columns: number;
  readonly rows: number;
}

/** Fewer than this are drawn one by one. */
const leastGroup = 4;

/**
 * Places a lineage in columns from its sources on the left to what is made of them on the right: every line leads to the
 * right, save those that close a cycle. `root` is always a box of its own. Pure; cost: O(nodes + edges).
 */
export function layOutLineage(graph: LineageGraph): LineageDrawing {
  const boxOf = groupsOf(graph);
  const seen = new Map<string, { readonly from: string; readonly to: string }>();
  for (const edge of graph.edges) {
    const [from, to] = [boxOf.get(edge.from) ?? edge.from, boxOf.get(edge.to) ?? edge.to];
    if (from !== to) seen.set(`${from}\n${to}`, { from, to });
  }
  const lines = [...seen.values()];
  const members = new Map<string, string[]>();
  for (const { name } of graph.nodes) {
    const id = boxOf.get(name) ?? name;
    members.set(id, [...(members.get(id) ?? []), name]);
  }
  const columns = columnsOf([...members.keys()], lines);
  const taken = new Map<number, number>();
  const boxes = [...members].map(([id, names]): LineageBox => {
    const column = columns.get(id) ?? 0;
    const row = taken.get(column) ?? 0;
    taken.set(column, row + 1);
    return { id, kind: kindOf(names[0] ?? id), names, column, row };
  });
  return {
    boxes,
    lines,
    columns: Math.max(0, ...boxes.map((box) => box.column)) + 1,
    rows: Math.max(0, ...taken.values()),
  };
}

const kindOf = (name: string): string => name.slice(0, name.indexOf(":"));

/** Components of one kind with the same neighbours on both sides are one box. */
function groupsOf(graph: LineageGraph): ReadonlyMap<string, string> {
  const alike = new Map<string, string[]>();
  for (const { name } of graph.nodes) {
    if (name === graph.root) continue;
    const before = graph.edges.filter((edge) => edge.to === name).map((edge) => edge.from);
    const after = graph.edges.filter((edge) => edge.from === name).map((edge) => edge.to);
    const key = JSON.stringify([kindOf(name), before.sort(), after.sort()]);
    alike.set(key, [...(alike.get(key) ?? []), name]);
  }
  const groups = [...alike.values()].filter((names) => names.length >= leastGroup);
  return new Map(groups.flatMap((names) => names.map((name) => [name, `group ${names[0]}`] as const)));
}

/** The longest way to each box from the left; a line that closes a cycle is passed over. */
function columnsOf(
  ids: readonly string[],
  lines: readonly { readonly from: string; readonly to: string }[],
): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  const open = new Set<string>();
  const columnOf = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    open.add(id);
    const before = lines
      .filter((line) => line.to === id && !open.has(line.from))
      .map((line) => columnOf(line.from) + 1);
    open.delete(id);
    const column = Math.max(0, ...before);
    columns.set(id, column);
    return column;
  };
  for (const id of ids) columnOf(id);
  // What nothing leads to stands right before what it goes into, not at the far left.
  for (const id of ids) {
    if (lines.some((line) => line.to === id)) continue;
    const after = lines.filter((line) => line.from === id).map((line) => columns.get(line.to) ?? 0);
    if (after.length > 0) columns.set(id, Math.max(0, Math.min(...after) - 1));
  }
  return columns;
}
