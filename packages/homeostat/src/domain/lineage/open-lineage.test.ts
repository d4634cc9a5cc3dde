import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LineageRun } from "./lineage-run.ts";
import { datasetComponent, lineageOfEvent, type OpenLineageEvent, runWith } from "./open-lineage.ts";

type RunEvent = Extract<OpenLineageEvent, { kind: "run" }>;

const dataset = (name: string) => ({ name, version: undefined, facets: {}, columns: [] });
const event = (at: number, type: RunEvent["type"], runFacets = {}): RunEvent => ({
  kind: "run",
  at,
  type,
  run: "r",
  runFacets,
  job: { name: "job:n/j", facets: { sql: 1 } },
  inputs: [dataset("dataset:n/in")],
  outputs: [{ ...dataset("dataset:n/out"), version: "3", columns: [{ of: "dataset:n/in", from: "a", to: "b" }] }],
});
const runOf = (events: readonly RunEvent[]): LineageRun | undefined =>
  events.reduce<LineageRun | undefined>((run, one) => runWith(run, one), undefined);

describe("lineage of an OpenLineage event", () => {
  it("leads from inputs through the job to outputs, with the columns that it tells", () => {
    expect(lineageOfEvent(event(5, "COMPLETE"))).toEqual({
      at: 5,
      by: "openlineage",
      run: "r",
      nodes: [
        { name: "job:n/j", facts: { sql: 1 } },
        { name: "dataset:n/in", version: undefined, facts: {} },
        { name: "dataset:n/out", version: "3", facts: {} },
      ],
      edges: [
        { from: "dataset:n/in", to: "job:n/j" },
        { from: "job:n/j", to: "dataset:n/out", columns: [{ of: "dataset:n/in", from: "a", to: "b" }] },
      ],
    });
  });

  it("of a run that failed or was aborted makes nothing", () => {
    for (const type of ["FAIL", "ABORT"] as const) {
      expect(lineageOfEvent(event(5, type)).edges).toEqual([]);
      expect(lineageOfEvent(event(5, type)).nodes).toHaveLength(3);
    }
  });

  it("knows our own components again, and takes nothing else for them", () => {
    expect(datasetComponent("homeostat", "release/s/s-3")).toBe("release:s/s-3");
    expect(datasetComponent("homeostat", "odd")).toBe("dataset:homeostat/odd");
    expect(datasetComponent("s3://bucket", "model/m-1")).toBe("dataset:s3://bucket/model/m-1");
  });
});

describe("a run", () => {
  it("collects the facets of its events, and ends when one says so", () => {
    const run = runOf([
      event(1, "START", { a: 1 }),
      event(2, "RUNNING", { a: 2, b: 1 }),
      event(3, "COMPLETE", { c: 1 }),
    ]);
    expect(run).toEqual({
      id: "r",
      job: "job:n/j",
      state: "COMPLETE",
      startedAt: 1,
      endedAt: 3,
      toldAt: 3,
      facets: { a: 2, b: 1, c: 1 },
      facetsToldAt: { a: 2, b: 2, c: 3 },
    });
  });

  it("keeps facets whose names every object has", () => {
    expect(runOf([event(1, "START", { constructor: 1, toString: 2 })])?.facets).toEqual({
      constructor: 1,
      toString: 2,
    });
    const twice = runOf([event(1, "START", { constructor: 1 }), event(2, "COMPLETE", { constructor: 3 })]);
    expect(twice?.facets.constructor).toBe(3);
  });

  it("is the same in whatever order its events come, and however often", () => {
    const told = [event(1, "START", { a: 1 }), event(2, "RUNNING", { a: 2 }), event(3, "COMPLETE", { b: 3 })];
    const order = fc.shuffledSubarray([...told, ...told], { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(order, (events) => {
        expect(runOf(events)).toEqual(runOf(told));
      }),
    );
  });
});
