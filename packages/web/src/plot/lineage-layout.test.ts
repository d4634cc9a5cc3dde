import type { LineageGraph } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { layOutLineage } from "./lineage-layout.ts";

function graphOf(root: string, ...edges: readonly (readonly [string, string])[]): LineageGraph {
  const names = [...new Set([root, ...edges.flat()])];
  const nodes = names.map((name) => ({ name, kind: "x", title: null, version: null, distance: 0, facts: {} }));
  const since = "2026-03-01T00:00:00Z";
  const told = edges.map(([from, to]) => ({ from, to, columns: [], by: "hand", run: null, since, until: null }));
  return { root, nodes, edges: told, more: false };
}
const columnsOf = (graph: LineageGraph) =>
  Object.fromEntries(layOutLineage(graph).boxes.map((box) => [box.id, box.column]));

describe("the drawing of a lineage", () => {
  it("has every line lead to the right, by the longest way", () => {
    const graph = graphOf(
      "s:s",
      ["c:c", "o:o"],
      ["k:k", "s:s"],
      ["o:o", "p:p"],
      ["p:p", "m:m"],
      ["m:m", "s:s"],
      ["p:p", "s:s"],
      ["o:o", "d:d"],
      ["d:d", "m:m"],
    );
    const { boxes, lines, columns } = layOutLineage(graph);
    const at = new Map(boxes.map((box) => [box.id, box.column]));
    for (const line of lines) expect(at.get(line.from)).toBeLessThan(at.get(line.to) ?? -1);
    expect(columns).toBe(5);
    expect(at.get("k:k"), "right before what it goes into").toBe(3);
    expect(new Set(boxes.map((box) => `${box.column} ${box.row}`)).size).toBe(boxes.length);
  });

  it("draws many alike as one box, never the one asked about", () => {
    const features = ["f:a", "f:b", "f:c", "f:d"];
    const edges = features.flatMap((name) => [["o:o", name] as const, [name, "p:p"] as const]);
    const { boxes, lines } = layOutLineage(graphOf("p:p", ...edges));
    expect(boxes.map((box) => box.names.length).sort()).toEqual([1, 1, 4]);
    expect(lines).toHaveLength(2);
    expect(layOutLineage(graphOf("f:a", ...edges)).boxes).toHaveLength(6);
  });

  it("ends for a cycle, and for a component alone", () => {
    expect(Object.keys(columnsOf(graphOf("j:1", ["j:1", "j:2"], ["j:2", "j:3"], ["j:3", "j:1"])))).toHaveLength(3);
    expect(columnsOf(graphOf("j:1"))).toEqual({ "j:1": 0 });
  });
});
