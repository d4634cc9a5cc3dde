import { ownLineageEvent } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import type { Model } from "../../domain/model/model-store.ts";
import { datasetEvents, releaseEvents, trainingEvents } from "../../service/learn/own-runs.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { readOpenLineage } from "./read-open-lineage.ts";

const system = sampleSystem("told");
const at = Date.parse("2026-03-01T12:00:00Z");
const dataset = { digest: "ds-1", system: "told", rows: 5, columns: [{ name: "x", type: "Float64" }], createdAt: at };
const model = {
  version: "m-1",
  system: "told",
  pipeline: "pl-1",
  dataset: "ds-1",
  trainer: "forest",
  trainedRows: 4,
  heldOutRows: 1,
  trainingMs: 1_500.4,
  createdAt: at,
} as Model;
const release = {
  id: "told-1",
  system: "told",
  number: 1,
  stage: "live",
  model: "m-1",
  pipeline: "pl-1",
  baseline: "b-1",
  note: "",
  createdAt: at,
  liveSince: at + 5,
  retiredAt: undefined,
} as const;
const events = [...datasetEvents(system, dataset), ...trainingEvents(model), ...releaseEvents(release)];

describe("our own runs as OpenLineage events", () => {
  it("are what the specification asks for", () => {
    expect(events).toHaveLength(6);
    for (const event of events) expect(ownLineageEvent.parse(event)).toEqual(event);
    const { run: _, ...broken } = events[0]!;
    expect(ownLineageEvent.safeParse(broken).success).toBe(false);
  });

  it("have a start and an end under one id, which is the same when told again", () => {
    for (const pair of [events.slice(0, 2), events.slice(2, 4), events.slice(4)]) {
      expect(pair.map((event) => event.eventType)).toEqual(["START", "COMPLETE"]);
      expect(new Set(pair.map((event) => event.run.runId)).size).toBe(1);
    }
    expect(new Set(events.map((event) => event.run.runId)).size).toBe(3);
    expect(trainingEvents(model)[0]).toEqual(events[2]);
    expect(releaseEvents({ ...release, liveSince: at + 9 })[0]?.run.runId).not.toBe(events[4]?.run.runId);
    expect(events[2]?.eventTime).toBe("2026-03-01T11:59:58.500Z");
  });

  it("carry facets of their own for models and releases", () => {
    expect(events[3]?.outputs[0]?.facets.homeostat_model).toMatchObject({ version: "m-1", trainer: "forest" });
    expect(events[5]?.outputs[0]?.facets.homeostat_release).toMatchObject({
      id: "told-1",
      model: "m-1",
      baseline: "b-1",
    });
    expect(releaseEvents({ ...release, liveSince: undefined })).toEqual([]);
  });

  it("are our own components again when they are read back", () => {
    const names = events.flatMap((event) => {
      const reading = readOpenLineage(event);
      if (reading.kind !== "event" || reading.event.kind !== "run") throw new Error("not a run");
      return [...reading.event.inputs, ...reading.event.outputs].map((one) => one.name);
    });
    expect(new Set(names)).toEqual(
      new Set([
        system.source.component,
        "dataset:ds-1",
        "pipeline:pl-1",
        "model:m-1",
        "baseline:b-1",
        "release:told/told-1",
      ]),
    );
  });
});
