import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LineageRecord } from "../../domain/lineage/lineage.ts";
import { type OpenLineageEvent, runWith } from "../../domain/lineage/open-lineage.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import type { ControlBench } from "./control-bench.ts";

const told = (at: number, edges: LineageRecord["edges"], more: Partial<LineageRecord> = {}): LineageRecord => ({
  at,
  by: "hand",
  nodes: [],
  edges,
  ...more,
});

/** Everything within so many steps upstream, by going through all edges again and again. */
function upstreamOf(root: string, edges: LineageRecord["edges"], steps: number): ReadonlySet<string> {
  const found = new Set([root]);
  for (let step = 0; step < steps; step += 1)
    for (const name of edges.filter((edge) => found.has(edge.to)).map((edge) => edge.from)) found.add(name);
  return found;
}

/** Components, edges with a beginning and an end, walks. */
export function lineageConformance(bench: () => ControlBench): void {
  describe("lineage", () => {
    it("walks up and down by the shortest way, each component once, and says when more stands beyond", async () => {
      const { lineage } = bench().store;
      await lineage.record(
        told(1, [
          { from: "source:w", to: "feature:w/a", columns: [{ of: "source:w", from: "x", to: "a" }] },
          { from: "source:w", to: "feature:w/b" },
          { from: "feature:w/a", to: "pipeline:w" },
          { from: "feature:w/b", to: "pipeline:w" },
          { from: "pipeline:w", to: "model:w" },
          { from: "source:w", to: "dataset:w" },
          { from: "dataset:w", to: "model:w" },
        ]),
      );
      const up = await walkLineage(lineage, { node: "model:w", direction: "up", depth: 10 });
      expect(up?.nodes.map(({ name, distance }) => [name, distance])).toEqual([
        ["feature:w/a", -2],
        ["feature:w/b", -2],
        ["source:w", -2],
        ["dataset:w", -1],
        ["pipeline:w", -1],
        ["model:w", 0],
      ]);
      expect(up?.edges).toHaveLength(7);
      expect(up?.more).toBe(false);
      const near = await walkLineage(lineage, { node: "model:w", direction: "up", depth: 1 });
      expect(near).toMatchObject({ more: true, nodes: { length: 3 }, edges: { length: 2 } });
      const middle = await walkLineage(lineage, { node: "pipeline:w", direction: "both", depth: 10 });
      expect(middle?.nodes.map(({ distance }) => distance)).toEqual([-2, -1, -1, 0, 1]);
      expect(up?.edges.find((edge) => edge.to === "feature:w/a")?.columns).toEqual([
        { of: "source:w", from: "x", to: "a" },
      ]);
      expect(await walkLineage(lineage, { node: "model:unheard", direction: "up", depth: 1 })).toBeUndefined();
    });

    it("ends in a cycle", async () => {
      const { lineage } = bench().store;
      const ring = ["job:1", "job:2", "job:3"];
      await lineage.record(
        told(
          1,
          ring.map((from, index) => ({ from, to: ring[(index + 1) % 3] ?? "" })),
        ),
      );
      const graph = await walkLineage(lineage, { node: "job:1", direction: "both", depth: 50 });
      expect(graph?.nodes.map((node) => node.name).sort()).toEqual(ring);
      expect(graph?.edges).toHaveLength(3);
      expect(graph?.more).toBe(false);
    });

    it("changes nothing when the same is told again, and begins an edge anew when its columns changed", async () => {
      const { lineage } = bench().store;
      const step = (from: string) => [{ of: "source:again", from, to: "f" }];
      const edge = (from: string) => [{ from: "source:again", to: "feature:again", columns: step(from) }];
      await lineage.record(told(10, edge("x")));
      await lineage.record(told(20, edge("x")));
      await lineage.record(told(25, [{ from: "source:again", to: "feature:again" }]));
      expect(await lineage.history("feature:again")).toMatchObject([{ since: 10, until: undefined }]);
      await lineage.record(told(30, edge("y")));
      expect(await lineage.history("feature:again")).toMatchObject([
        { since: 10, until: 30, columns: step("x") },
        { since: 30, until: undefined, columns: step("y") },
      ]);
    });

    it("lets one component of a kind replace another, and still knows what held then", async () => {
      const { lineage } = bench().store;
      const live = (id: string, at: number) =>
        lineage.record(
          told(
            at,
            [
              { from: `release:r/${id}`, to: "system:r" },
              { from: "pipeline:r", to: "system:r" },
            ],
            { replaces: [{ to: "system:r", kind: "release" }] },
          ),
        );
      await live("one", 10);
      await live("two", 20);
      await live("one", 30);
      const liveAt = async (at?: number) =>
        (await lineage.edges("to", ["system:r"], at)).map((edge) => edge.from).sort();
      expect(await liveAt()).toEqual(["pipeline:r", "release:r/one"]);
      expect(await liveAt(20)).toEqual(["pipeline:r", "release:r/two"]);
      expect(await liveAt(19)).toEqual(["pipeline:r", "release:r/one"]);
      expect(await liveAt(9)).toEqual([]);
      expect((await lineage.history("system:r")).filter((edge) => edge.from.startsWith("release"))).toMatchObject([
        { from: "release:r/one", since: 10, until: 20 },
        { from: "release:r/two", since: 20, until: 30 },
        { from: "release:r/one", since: 30, until: undefined },
      ]);
    });

    it("adds to what is known of a component and forgets nothing of it", async () => {
      const { lineage } = bench().store;
      const say = (at: number, node: LineageRecord["nodes"][number]) => lineage.record(told(at, [], { nodes: [node] }));
      await say(1, { name: "dataset:known", title: "Flights", facts: { schema: { a: 1 }, rows: 1 } });
      await say(2, { name: "dataset:known", version: "7", facts: { rows: 2, "\0odd": "\ud800" } });
      expect(await lineage.node("dataset:known")).toEqual({
        name: "dataset:known",
        title: "Flights",
        version: "7",
        facts: { schema: { a: 1 }, rows: 2, "\0odd": "\ud800" },
      });
    });

    it("finds names by any part of them, taking signs of patterns for what they are", async () => {
      const { lineage } = bench().store;
      await lineage.record(
        told(1, [], { nodes: [{ name: "dataset:db/100%_sure" }, { name: "dataset:db/1000 sure" }] }),
      );
      expect(await lineage.search("0%_s", 10)).toEqual(["dataset:db/100%_sure"]);
      expect(await lineage.search("dataset:db/1", 1)).toHaveLength(1);
    });

    it("takes what others tell late for what it was: an edge is older than thought, had other columns, or ended since", async () => {
      const { lineage } = bench().store;
      const columns = (from: string) => [{ of: "dataset:late", from, to: "c" }];
      const event = (at: number, from?: string) =>
        told(
          at,
          [{ from: "dataset:late", to: "job:late", ...(from === undefined ? {} : { columns: columns(from) }) }],
          {
            by: "openlineage",
          },
        );
      await lineage.record(event(20, "x"));
      await lineage.record(event(15));
      expect(await lineage.history("job:late")).toMatchObject([{ since: 15, until: undefined }]);
      for (let again = 0; again < 2; again += 1) await lineage.record(event(10, "y"));
      expect(await lineage.history("job:late")).toMatchObject([
        { since: 10, until: 15, columns: columns("y") },
        { since: 15, until: undefined, columns: columns("x") },
      ]);
      await lineage.end("dataset:late", "job:late", 30);
      await lineage.record(event(25, "x"));
      expect(await lineage.edges("to", ["job:late"], undefined)).toEqual([]);
      await lineage.record(event(30, "x"));
      expect(await lineage.edges("to", ["job:late"], undefined)).toHaveLength(1);
    });

    it("shows as much as there is room for of a component that very many are made from", async () => {
      const { lineage } = bench().store;
      const readers = Array.from({ length: 1_200 }, (_, index) => ({ from: "dataset:wide", to: `job:wide-${index}` }));
      await lineage.record(told(1, readers));
      const graph = await walkLineage(lineage, { node: "dataset:wide", direction: "down", depth: 3 });
      expect(graph).toMatchObject({ more: true, nodes: { length: 1_000 }, edges: { length: 999 } });
    });

    it("lets others add to what is known of our own components, and change none of it", async () => {
      const { lineage } = bench().store;
      const node = (name: string, version: string, facts: Record<string, unknown>) => ({ name, version, facts });
      const names = ["model:m-ours", "dataset:theirs/t"];
      await lineage.record(told(1, [], { nodes: names.map((name) => node(name, "1", { rows: 1 })) }));
      const event = { by: "openlineage", nodes: names.map((name) => node(name, "2", { rows: 2, more: 3 })) };
      await lineage.record(told(2, [], event));
      expect(await lineage.node("model:m-ours")).toMatchObject({ version: "1", facts: { rows: 1, more: 3 } });
      expect(await lineage.node("dataset:theirs/t")).toMatchObject({ version: "2", facts: { rows: 2, more: 3 } });
    });

    it("ends an edge once", async () => {
      const { lineage } = bench().store;
      await lineage.record(told(1, [{ from: "service:e", to: "system:e" }]));
      expect(await lineage.end("service:e", "system:e", 5)).toBe(true);
      expect(await lineage.end("service:e", "system:e", 6)).toBe(false);
      expect(await lineage.edges("to", ["system:e"], undefined)).toEqual([]);
      expect(await lineage.edges("to", ["system:e"], 4)).toHaveLength(1);
    });

    it("keeps what many events at once tell of one run", async () => {
      const { lineage } = bench().store;
      const event = (index: number): Extract<OpenLineageEvent, { kind: "run" }> => ({
        kind: "run",
        at: index,
        type: index === 7 ? "COMPLETE" : "RUNNING",
        run: "run-1",
        runFacets: { [`facet${index}`]: { index } },
        job: { name: "job:n/j", facets: {} },
        inputs: [],
        outputs: [],
      });
      const told = Array.from({ length: 8 }, (_, index) => event(index));
      await Promise.all([...told, ...told].map((one) => lineage.changeRun("run-1", (run) => runWith(run, one))));
      const run = await lineage.run("run-1");
      expect(run).toMatchObject({ id: "run-1", job: "job:n/j", state: "COMPLETE", endedAt: 7, toldAt: 7 });
      expect(Object.keys(run?.facets ?? {})).toHaveLength(8);
      expect(await lineage.run("run-none")).toBeUndefined();
    });

    it("tells the same when the same is told by many at once", async () => {
      const { lineage } = bench().store;
      const record = told(1, [{ from: "source:race", to: "feature:race" }], { nodes: [{ name: "source:race" }] });
      await Promise.all(Array.from({ length: 6 }, () => lineage.record(record)));
      expect(await lineage.history("feature:race")).toHaveLength(1);
    });

    it("answers a walk as a search through the edges in memory would, whatever the graph", async () => {
      const { lineage } = bench().store;
      let graphs = 0;
      const pair = fc.tuple(fc.nat(6), fc.nat(6));
      await fc.assert(
        fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 14 }), fc.nat(5), async (pairs, depth) => {
          graphs += 1;
          const name = (index: number) => `job:g${graphs}/${index}`;
          const edges = pairs
            .filter(([from, to]) => from !== to)
            .map(([from, to]) => ({ from: name(from), to: name(to) }));
          await lineage.record(told(1, edges, { nodes: [{ name: name(0) }] }));
          const expected = upstreamOf(name(0), edges, depth + 1);
          const graph = await walkLineage(lineage, { node: name(0), direction: "up", depth: 50 });
          const bounded = await walkLineage(lineage, { node: name(0), direction: "up", depth: depth + 1 });
          expect(new Set(bounded?.nodes.map((node) => node.name))).toEqual(expected);
          const all = new Set(graph?.nodes.map((node) => node.name));
          expect(bounded?.more).toBe((bounded?.nodes.length ?? 0) < all.size);
        }),
        { numRuns: 25 },
      );
    });
  });
}
