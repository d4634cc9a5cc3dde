import { describe, expect, it } from "vitest";
import type { Change } from "../change/change.ts";
import type { LineageEdge } from "../lineage/lineage.ts";
import type { Release } from "../release/release.ts";
import type { StoredSystem, System } from "../system/system.ts";
import { diffState, type StateQuestion } from "./diff-state.ts";

const expression = (text: string) => text as System["outcome"]["expression"];
const system = (change: Partial<System> = {}): System =>
  ({
    name: "s",
    description: "d",
    source: { component: "source:feed", contractId: "feed", contractVersion: "1.0.0", outcomeColumns: [] },
    pipeline: {
      version: "pl-1",
      inputs: [{ name: "x", type: "number", required: true, physicalName: "x" }],
      features: [{ name: "hour", type: "number", expression: expression("toHour(x)") }],
    },
    segments: [],
    owners: { serving: "ann" },
    ...change,
  }) as unknown as System;
const version = (appliedAt: number, change: Partial<System> = {}): StoredSystem => ({
  system: system(change),
  digest: String(appliedAt),
  appliedAt,
});
const release = (id: string, more: Partial<Release> = {}): Release => ({
  id,
  system: "s",
  number: 1,
  stage: "retired",
  model: `m-${id}`,
  pipeline: "pl-1",
  baseline: `b-${id}`,
  note: "",
  createdAt: 0,
  liveSince: undefined,
  retiredAt: undefined,
  ...more,
});
const live = (id: string, since: number, until?: number): LineageEdge => ({
  from: `release:s/${id}`,
  to: "system:s",
  columns: [],
  by: "release",
  run: undefined,
  since,
  until,
});
const change = (component: string, time: number, kind: Change["kind"] = "library"): Change => ({
  id: `${component} ${time}`,
  component,
  kind,
  title: "t",
  time,
  recordedAt: time,
  actor: undefined,
  system: undefined,
});
const ask = (more: Partial<StateQuestion>) =>
  diffState({
    from: 100,
    to: 200,
    versions: [version(10)],
    releases: [],
    feeds: [],
    models: [],
    changes: [],
    upstream: new Set(["system:s", "source:feed", "dataset:raw"]),
    seen: undefined,
    ...more,
  });

describe("the difference of state between two times", () => {
  it("is nothing where nothing changed", () => {
    expect(ask({})).toEqual({ entries: [], contractChanges: [], shifts: [], changes: [], changesElsewhere: 0 });
    expect(ask({ versions: [version(10), version(150)] }).entries).toEqual([]);
  });

  it("names the release that answers with model, baseline and dataset, and when it went live", () => {
    const models = [
      { version: "m-one", dataset: "ds-1" },
      { version: "m-two", dataset: "ds-2" },
    ] as never;
    const { entries } = ask({
      releases: [release("one"), release("two")],
      feeds: [live("one", 50, 150), live("two", 150)],
      models,
    });
    expect(entries.map(({ part, before, after, changedAt }) => [part, before, after, changedAt])).toEqual([
      ["release", "one", "two", 150],
      ["model", "m-one", "m-two", 150],
      ["dataset", "ds-1", "ds-2", 150],
      ["baseline", "b-one", "b-two", 150],
    ]);
  });

  it("does not pass over a release that came and went in between", () => {
    const { entries } = ask({
      releases: [release("one"), release("two")],
      feeds: [live("one", 50, 120), live("two", 120, 180), live("one", 180)],
    });
    expect(entries).toMatchObject([{ part: "release", before: "one", after: "one", changedAt: 180 }]);
    expect(entries[0]?.what).toContain("1 in between");
  });

  it("knows releases from before lineage by their own times", () => {
    const releases = [
      release("one", { liveSince: 50, retiredAt: 150 }),
      release("two", { liveSince: 150, stage: "live" }),
    ];
    expect(ask({ releases }).entries[0]).toMatchObject({
      part: "release",
      before: "one",
      after: "two",
      changedAt: 150,
    });
  });

  it("names features, fields, contract and parts of the declaration one by one, with when each last changed", () => {
    const pipeline = (text: string, more: readonly string[] = []) =>
      ({
        version: text,
        inputs: [{ name: "x", type: "integer", required: true, physicalName: "x" }],
        features: [
          { name: "hour", type: "number", expression: text },
          ...more.map((name) => ({ name, type: "number", expression: name })),
        ],
      }) as never;
    const { entries } = ask({
      versions: [
        version(10),
        version(120, { pipeline: pipeline("x + 1") }),
        version(160, {
          pipeline: pipeline("x + 1", ["day"]),
          source: { ...system().source, contractVersion: "2.0.0" },
          owners: { serving: "bob" } as never,
        }),
        version(250, { description: "later" }),
      ],
    });
    expect(entries.map(({ part, what, before, after, changedAt }) => [part, what, before, after, changedAt])).toEqual([
      ["contract", "source:feed", "feed 1.0.0", "feed 2.0.0", 160],
      ["field", "x", "number, required", "integer, required", 120],
      ["feature", "hour", "number: toHour(x)", "number: x + 1", 120],
      ["declaration", "owners", '{"serving":"ann"}', '{"serving":"bob"}', 160],
      ["feature", "day", undefined, "number: day", 160],
    ]);
  });

  it("says what the source promises otherwise, even where its contract kept its version", () => {
    const contract = (required: boolean) => ({
      id: "feed",
      version: "1.0.0",
      status: "active",
      object: "rows",
      fields: [{ name: "x", physicalName: "x", type: "number", required, isOutcome: false }],
      rules: [],
      unchecked: [],
    });
    const declared = (required: boolean) => ({
      source: { ...system().source, contract: contract(required) } as never,
      outcome: { expression: expression("x > 0") } as never,
    });
    const { contractChanges } = ask({ versions: [version(10, declared(true)), version(150, declared(false))] });
    expect(contractChanges).toMatchObject([{ field: "x", breaking: true, consumers: ["s"] }]);
    expect(ask({ versions: [version(10, declared(true))] }).contractChanges).toEqual([]);
  });

  it("compares long texts to their end", () => {
    const long = "x".repeat(300);
    const { entries } = ask({
      versions: [version(10, { description: long }), version(150, { description: `${long}y` })],
    });
    expect(entries).toMatchObject([{ part: "declaration", what: "description", changedAt: 150 }]);
    expect(entries[0]?.after?.length).toBeLessThan(250);
  });

  it("says so when the system was not declared yet", () => {
    expect(ask({ versions: [version(150)] }).entries).toMatchObject([
      { what: "the system", before: undefined, changedAt: 150 },
    ]);
    expect(ask({ versions: [] }).entries).toEqual([]);
  });

  it("lists logged changes of what is upstream, counts the others, and leaves out training and other times", () => {
    const { changes, changesElsewhere } = ask({
      changes: [
        change("dataset:raw", 100),
        change("pipeline:s", 150),
        change("library:other", 160),
        change("source:feed", 99),
        change("source:feed", 200),
        change("source:feed", 170, "training"),
      ],
    });
    expect(changes.map((one) => one.component)).toEqual(["dataset:raw", "pipeline:s"]);
    expect(changesElsewhere).toBe(1);
  });

  it("tells new values, values that are gone, and shares that moved by a twentieth, and no others", () => {
    const value = (key: string, name: string, before: number, after: number) => ({
      key,
      value: name,
      before,
      after,
      first: 7,
    });
    const { shifts } = ask({
      seen: {
        rowsBefore: 100,
        rowsAfter: 200,
        many: [],
        values: [
          value("state.prompt", "1", 100, 0),
          value("state.prompt", "2", 0, 200),
          value("state.arm", "a", 50, 80),
          value("state.arm", "b", 50, 120),
          value("caller", "k", 96, 200),
          value("cohort", "", 100, 0),
        ],
      },
    });
    expect(shifts.map(({ key, value: name, kind, first }) => [key, name, kind, first])).toEqual([
      ["state.prompt", "1", "gone", undefined],
      ["state.prompt", "2", "new", 7],
      ["state.arm", "a", "share", undefined],
      ["state.arm", "b", "share", undefined],
    ]);
  });

  it("compares no predictions where one of the stretches has none", () => {
    const seen = {
      rowsBefore: 0,
      rowsAfter: 5,
      many: [],
      values: [{ key: "release", value: "r", before: 0, after: 5, first: 1 }],
    };
    expect(ask({ seen }).shifts).toEqual([]);
  });
});
