import { describe, expect, it } from "vitest";
import { columnReach } from "./column-reach.ts";
import type { ColumnStep, LineageEdge, LineageStore } from "./lineage.ts";

function storeOf(
  edges: readonly (readonly [from: string, to: string, columns?: readonly ColumnStep[]])[],
): Pick<LineageStore, "edges"> {
  const all = edges.map(
    ([from, to, columns = []]): LineageEdge => ({
      from,
      to,
      columns,
      by: "hand",
      run: undefined,
      since: 0,
      until: undefined,
    }),
  );
  return { edges: async (_, names) => all.filter(({ to }) => names.includes(to)) };
}
const reach = async (edges: Parameters<typeof storeOf>[0], node: string) =>
  Object.fromEntries(await columnReach(storeOf(edges) as LineageStore, node));

describe("what feeds a feature", () => {
  it("follows only the paths that carry the columns it reads, through jobs too", async () => {
    const edges: Parameters<typeof storeOf>[0] = [
      ["source:feed", "feature:s/hour", [{ of: "source:feed", from: "departure", to: "hour" }]],
      ["job:times", "source:feed", [{ of: "dataset:clocks", from: "at", to: "departure" }]],
      ["job:places", "source:feed", [{ of: "dataset:map", from: "name", to: "origin" }]],
      ["dataset:clocks", "job:times"],
      ["dataset:other", "job:times"],
      ["dataset:map", "job:places"],
      ["contract:feed@1", "source:feed"],
    ];
    expect(await reach(edges, "feature:s/hour")).toEqual({
      "feature:s/hour": 0,
      "source:feed": 1,
      "job:times": 2,
      "contract:feed@1": 2,
      "dataset:clocks": 3,
    });
  });

  it("asks for everything where no edge tells of the columns asked for", async () => {
    const edges: Parameters<typeof storeOf>[0] = [
      ["source:feed", "feature:s/hour", [{ of: "source:feed", from: "departure", to: "hour" }]],
      ["dataset:raw", "source:feed", [{ of: "dataset:raw", from: "x", to: "date" }]],
    ];
    expect(await reach(edges, "feature:s/hour")).toHaveProperty("dataset:raw", 2);
  });

  it("ends in cycles", async () => {
    expect(
      await reach(
        [
          ["a", "b"],
          ["b", "a"],
        ],
        "a",
      ),
    ).toEqual({ a: 0, b: 1 });
  });
});
