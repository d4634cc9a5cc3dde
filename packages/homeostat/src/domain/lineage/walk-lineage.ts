import type {
  ComponentName,
  LineageEdge,
  LineageGraph,
  LineageNode,
  LineageQuestion,
  LineageReached,
  LineageStore,
} from "./lineage.ts";

/** More than a person can look at; a walk that meets more says so. */
const mostNodes = 1_000;
/** Edges of one step: a table that everybody reads has more than anybody can look at. */
const mostEdges = 10_000;

/**
 * Walks from a node upstream, downstream or both, breadth first: each component once, at its shortest distance, so a
 * cycle ends by itself. undefined when nobody ever recorded the node. Cost: one query a step and direction.
 */
export async function walkLineage(store: LineageStore, question: LineageQuestion): Promise<LineageGraph | undefined> {
  const { node: root, direction } = question;
  const known = await store.node(root);
  if (known === undefined) return undefined;
  const distances = new Map<ComponentName, number>([[root, 0]]);
  const edges = new Map<string, LineageEdge>();
  let more = false;
  if (direction !== "down") more = (await walkOneWay(store, question, "up", distances, edges)) || more;
  if (direction !== "up") more = (await walkOneWay(store, question, "down", distances, edges)) || more;
  const nodes = await store.nodes([...distances.keys()]);
  return { root, nodes: reached(nodes, distances), edges: [...edges.values()].sort(byNames), more };
}

/** Answers whether something stands beyond. */
async function walkOneWay(
  store: LineageStore,
  { node: root, depth, at }: LineageQuestion,
  way: "up" | "down",
  distances: Map<ComponentName, number>,
  edges: Map<string, LineageEdge>,
): Promise<boolean> {
  const [here, beyond, sign] = way === "up" ? (["to", "from", -1] as const) : (["from", "to", 1] as const);
  const seen = new Set([root]);
  let more = false;
  let front: readonly ComponentName[] = [root];
  for (let step = 1; front.length > 0; step += 1) {
    const found = await store.edges(here, front, at, mostEdges + 1);
    more ||= found.length > mostEdges;
    const fresh = [...new Set(found.map((edge) => edge[beyond]))].filter((name) => !distances.has(name));
    if (fresh.length > 0 && step > depth) return true;
    // Where there is not room for all of a step, as many as there is room for are shown.
    const room = mostNodes - distances.size;
    more ||= fresh.length > room;
    for (const name of fresh.slice(0, room)) distances.set(name, sign * step);
    const walked = found.slice(0, mostEdges).filter((edge) => distances.has(edge[beyond]));
    for (const edge of walked) edges.set(`${edge.from}\n${edge.to}`, edge);
    front = [...new Set(walked.map((edge) => edge[beyond]))].filter((name) => !seen.has(name));
    for (const name of front) seen.add(name);
  }
  return more;
}

function reached(
  nodes: readonly LineageNode[],
  distances: ReadonlyMap<ComponentName, number>,
): readonly LineageReached[] {
  return nodes
    .map((node) => ({ ...node, distance: distances.get(node.name) ?? 0 }))
    .sort((left, right) => left.distance - right.distance || compare(left.name, right.name));
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const byNames = (left: LineageEdge, right: LineageEdge): number =>
  compare(left.from, right.from) || compare(left.to, right.to);
