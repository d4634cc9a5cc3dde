import type { LineageGraph } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import { componentKind, type LineageQuestion, type LineageGraph as WalkedGraph } from "../../domain/lineage/lineage.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import type { House } from "./house.ts";

type LineageRoutes = "lineage" | "lineageNodes" | "linkLineage" | "unlinkLineage";

const mostNames = 100;
/** How much of the surroundings the answer to a link shows. */
const nearby = { direction: "both", depth: 1 } as const;

/** What is made from what. */
export function lineageHandlers(house: House): Pick<Handlers, LineageRoutes> {
  const walk = async (
    question: LineageQuestion,
  ): Promise<{ readonly kind: "ok"; readonly value: LineageGraph } | Refusal> => {
    const graph = await walkLineage(house.lineage, question);
    if (graph !== undefined) return { kind: "ok", value: graphAnswer(graph) };
    const similar = await house.lineage.search(question.node.slice(question.node.indexOf(":") + 1), 5);
    const hint = similar.length === 0 ? "" : ` Similar: ${similar.join(", ")}.`;
    return refused("not-found", `Lineage knows no component ${JSON.stringify(question.node)}.${hint}`);
  };
  return {
    lineage: ({ query }) =>
      walk({
        node: query.node,
        direction: query.direction,
        depth: query.depth,
        ...(query.at === undefined ? {} : { at: Date.parse(query.at) }),
      }),
    lineageNodes: async ({ query }) => ({
      kind: "ok",
      value: { items: [...(await house.lineage.search(query.text, mostNames))] },
    }),
    linkLineage: async ({ body, receivedAt }) => {
      if (body.from === body.to)
        return refused("malformed-body", "A component is not made from itself.", {
          issues: [{ path: "to", expected: "another component than `from`", found: body.to }],
        });
      const { from, to, columns } = body;
      const edge = columns === undefined ? { from, to } : { from, to, columns };
      await house.lineage.record({ at: receivedAt, by: "hand", nodes: [], edges: [edge] });
      return walk({ node: to, ...nearby });
    },
    unlinkLineage: async ({ query, receivedAt }) =>
      (await house.lineage.end(query.from, query.to, receivedAt))
        ? walk({ node: query.to, ...nearby })
        : refused("not-found", `There is no edge from ${query.from} to ${query.to} that still holds.`),
  };
}

function graphAnswer(graph: WalkedGraph): LineageGraph {
  return {
    root: graph.root,
    nodes: graph.nodes.map((node) => ({
      name: node.name,
      kind: componentKind(node.name),
      title: node.title ?? null,
      version: node.version ?? null,
      distance: node.distance,
      facts: { ...node.facts },
    })),
    edges: graph.edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      columns: edge.columns.map((step) => ({ ...step })),
      by: edge.by,
      run: edge.run ?? null,
      since: isoOf(edge.since),
      until: edge.until === undefined ? null : isoOf(edge.until),
    })),
    more: graph.more,
  };
}
