import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Incident } from "../domain/incident/incident.ts";
import { walkLineage } from "../domain/lineage/walk-lineage.ts";
import type { System } from "../domain/system/system.ts";
import { dayWindow, sampleFinding, sampleIncident, sampleSystem } from "../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../store/control/open-control-store.ts";
import { rollBack } from "./act/roll-back.ts";
import { settleIncident } from "./act/settle-incident.ts";
import { type ApplyPlan, applyDeclarations, planDeclarations } from "./intake/apply-declarations.ts";
import { judgeWindow } from "./judge/judge-window.ts";

let root: string;
let store: ControlStore;
let now = 1_700_100_000_000;
const clock = { now: () => now };
const diagnosed: number[] = [];
/** A busy machine may need long; a broken one needs for ever. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-services-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
  await store.jobs.work<{ incident: number }>("diagnose", async (job) => void diagnosed.push(job.payload.incident));
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

async function goLive(system: string, at: number): Promise<string> {
  const draft = await store.releases.createDraft({ system, model: `m-${at}`, pipeline: "pl", note: "", createdAt: at });
  return (await store.releases.goLive(system, draft.id, at)).id;
}

function appliedPlan(applied: Awaited<ReturnType<typeof applyDeclarations>>): ApplyPlan {
  if ("kind" in applied) throw new Error(applied.message);
  return applied;
}

describe("rolling back", () => {
  it("puts the release that was live before live again and logs the change with who did it", async () => {
    await goLive("rolled", 10);
    await goLive("rolled", 20);
    const outcome = await rollBack({ ...store, clock }, "rolled", "ann");
    expect(outcome).toMatchObject({
      kind: "rolled-back",
      from: "rolled-2",
      release: { id: "rolled-1", stage: "live", model: "m-10" },
    });
    expect((await store.releases.live("rolled"))?.id).toBe("rolled-1");
    const feeds = await store.lineage.edges("to", ["system:rolled"], undefined);
    expect(feeds.map((edge) => edge.from)).toEqual(["release:rolled/rolled-1"]);
    expect(await store.changes.list({ system: "rolled" })).toMatchObject([
      {
        component: "release:rolled",
        kind: "deploy",
        actor: "ann",
        time: now,
        title: expect.stringContaining("from rolled-2 to rolled-1"),
      },
    ]);
  });

  it("does not return to a release that was rolled back from", async () => {
    now += 60_000;
    await goLive("rolled", now);
    now += 60_000;
    expect(await rollBack({ ...store, clock }, "rolled", "ann")).toMatchObject({
      kind: "rolled-back",
      from: "rolled-3",
      release: { id: "rolled-1" },
    });
  });

  it("goes back wholly or not at all: a log that cannot be written leaves the live release as it was", async () => {
    const transaction: typeof store.transaction = (work) =>
      store.transaction((inside) =>
        work({ ...inside, lineage: { ...inside.lineage, record: () => Promise.reject(new Error("cut off")) } }),
      );
    await goLive("whole", 10);
    await goLive("whole", 20);
    await expect(rollBack({ ...store, transaction, clock }, "whole", "ann")).rejects.toThrow("cut off");
    expect((await store.releases.live("whole"))?.id).toBe("whole-2");
    expect(await store.changes.list({ system: "whole" })).toEqual([]);
  });

  it("is refused, and logs nothing, when there is nothing to return to", async () => {
    expect(await rollBack({ ...store, clock }, "unheard", "ann")).toMatchObject({
      kind: "refused",
      reason: "nothing-live",
    });
    await goLive("first", 10);
    expect(await rollBack({ ...store, clock }, "first", "ann")).toMatchObject({
      kind: "refused",
      reason: "no-earlier-release",
    });
    expect(await store.changes.list({ system: "first" })).toEqual([]);
  });
});

const opened = (system: string): Promise<Incident> =>
  store.incidents.open(sampleIncident(system), { at: now, kind: "opened", text: "opened", actor: undefined });

describe("settling an incident", () => {
  it("writes who, when and why into the timeline", async () => {
    const { number } = await opened("settled");
    const acknowledged = await settleIncident({ ...store, clock }, number, { kind: "acknowledge", by: "ann" }, "on it");
    expect(acknowledged).toMatchObject({
      kind: "settled",
      incident: { state: "acknowledged", acknowledgedBy: "ann" },
    });
    now += 60_000;
    const resolved = await settleIncident({ ...store, clock }, number, { kind: "resolve", by: "bob" }, undefined);
    expect(resolved).toMatchObject({ incident: { state: "resolved", acknowledgedBy: "ann", resolvedAt: now } });
    expect((await store.incidents.timeline(number)).slice(1)).toEqual([
      { at: now - 60_000, kind: "acknowledged", text: "acknowledged by ann: on it", actor: "ann" },
      { at: now, kind: "resolved", text: "resolved by bob", actor: "bob" },
    ]);
    expect(await settleIncident({ ...store, clock }, number, { kind: "acknowledge", by: "ann" }, "")).toEqual({
      kind: "refused",
      reason: "already-resolved",
    });
    expect(await store.incidents.timeline(number)).toHaveLength(3);
  });

  it("is refused for an incident that does not exist", async () => {
    expect(await settleIncident({ ...store, clock }, 99_999, { kind: "resolve", by: "ann" }, "")).toEqual({
      kind: "refused",
      reason: "unknown-incident",
    });
  });
});

describe("judging a window", () => {
  const system = sampleSystem("judged");
  const judge = async (day: number, ...ids: readonly string[]) => {
    const window = { start: dayWindow.start + day * 86_400_000, end: dayWindow.end + day * 86_400_000 };
    const findings = ids.map((id) => sampleFinding("judged", id, window));
    await store.findings.replace("judged", window, findings, now, "monitors");
    return judgeWindow({ ...store, clock }, system, window, findings);
  };
  const told = (number: number) => until(() => expect(diagnosed).toContain(number));

  it("opens one incident for one problem, with owner and layer, and has it diagnosed", async () => {
    const incident = (await judge(0, "j-1", "j-2"))!;
    expect(incident).toMatchObject({
      state: "open",
      owner: "cid",
      findingIds: ["j-1", "j-2"],
      detectedAtEventTime: dayWindow.end,
    });
    await told(incident.number);
    expect((await judge(1, "j-3"))?.number).toBe(incident.number);
    expect((await store.incidents.get(incident.number))?.findingIds).toEqual(["j-1", "j-2", "j-3"]);
    expect((await store.incidents.timeline(incident.number)).map((entry) => entry.kind)).toEqual(["opened", "finding"]);
  });

  it("changes nothing when the same findings are judged again, but has an undiagnosed incident diagnosed", async () => {
    const [incident] = await store.incidents.list({ system: "judged" });
    diagnosed.length = 0;
    expect((await judge(1, "j-3"))?.number).toBe(incident!.number);
    expect(await store.incidents.timeline(incident!.number)).toHaveLength(2);
    await told(incident!.number);
  });

  it("pages nobody when a restated window finds again what a resolved incident was about", async () => {
    const [incident] = await store.incidents.list({ system: "judged" });
    await settleIncident({ ...store, clock }, incident!.number, { kind: "resolve", by: "ann" }, "fixed");
    expect(await judge(0, "j-1")).toBeUndefined();
    expect(await store.incidents.list({ system: "judged" })).toHaveLength(1);
    const next = await judge(2, "j-4");
    expect(next?.number).toBeGreaterThan(incident!.number);
  });

  it("does nothing without findings", async () => {
    expect(await judge(3)).toBeUndefined();
  });
});

describe("applying declarations", () => {
  /** The event log is the data plane's; here only the columns it says it added matter. */
  const events = { ensureTables: async () => ["p.i_new"], typeConflicts: async () => [] };
  const ports = () => ({ ...store, clock, events: events as never, systemChanged: () => undefined });
  const declared = (system: System, digest: string) => ({
    systems: [{ system, digest }],
    owners: [],
    channels: [],
    people: [],
    schedules: [],
    policies: [],
  });
  const system = { ...sampleSystem("applied"), unchecked: ["freshness of the feed"] };

  it("plans without doing: created, with what is declared but not checked", async () => {
    const plan = await planDeclarations(ports(), declared(system, "d-1"));
    expect(plan).toMatchObject({
      systems: ["applied"],
      applied: false,
      warnings: [expect.stringContaining("freshness of the feed")],
    });
    expect(plan.steps.map((step) => `${step.action} ${step.what}`)).toEqual([
      "create system applied",
      `create pipeline ${system.pipeline.version}`,
    ]);
    expect(await store.systems.get("applied")).toBeUndefined();
  });

  it("does what was planned, tells added columns, and logs the change", async () => {
    const plan = appliedPlan(
      await applyDeclarations(
        ports(),
        { ...declared(system, "d-1"), owners: [{ name: "ann", title: "", contact: "" }] },
        "ann",
      ),
    );
    expect(plan.applied).toBe(true);
    expect(plan.steps.at(-1)).toEqual({ action: "create", what: "column p.i_new", detail: "added to the event table" });
    expect((await store.systems.get("applied"))?.digest).toBe("d-1");
    expect(await store.models.pipeline(system.pipeline.version)).toEqual(system.pipeline);
    expect(await store.systems.owners()).toMatchObject([{ name: "ann" }]);
    expect(await store.changes.list({ system: "applied" })).toMatchObject([
      { kind: "policy", title: "applied was declared", actor: "ann" },
    ]);
    const graph = await walkLineage(store.lineage, { node: "system:applied", direction: "up", depth: 9 });
    expect(graph?.nodes.map((node) => node.name)).toEqual(
      expect.arrayContaining([system.source.component, `pipeline:${system.pipeline.version}`]),
    );
  });

  it("changes nothing the second time", async () => {
    const plan = appliedPlan(await applyDeclarations(ports(), declared(system, "d-1"), "ann"));
    expect(plan.steps).toEqual([{ action: "keep", what: "system applied", detail: "as declared" }]);
    expect(await store.changes.list({ system: "applied" })).toHaveLength(1);
  });

  it("names the parts that changed and the pipeline that replaces another", async () => {
    const changed = { ...system, description: "other", pipeline: { ...system.pipeline, version: "pl-2" } };
    const plan = appliedPlan(await applyDeclarations(ports(), declared(changed, "d-2"), "bob"));
    expect(plan.steps.map((step) => `${step.action} ${step.what}: ${step.detail}`).slice(0, 2)).toEqual([
      "change system applied: description, pipeline",
      `create pipeline pl-2: replaces ${system.pipeline.version} for new models; releases keep the pipeline they were made with`,
    ]);
    expect((await store.changes.list({ system: "applied" })).map((change) => change.title)).toContain(
      "applied was changed: description, pipeline",
    );
    const feeds = await store.lineage.edges("to", ["system:applied"], undefined);
    expect(feeds.map((edge) => edge.from)).toEqual(["pipeline:pl-2"]);
  });

  it("logs a new version of the contract as a change of the source", async () => {
    const source = { ...system.source, contractVersion: "9.9.9" };
    await applyDeclarations(ports(), declared({ ...system, source }, "d-3"), "bob");
    expect(await store.changes.list({ system: "applied", component: source.component })).toMatchObject([
      { kind: "schema", title: expect.stringContaining("9.9.9"), actor: "bob" },
    ]);
    const feeds = await store.lineage.edges("to", [source.component], undefined);
    expect(feeds.map((edge) => edge.from)).toEqual([`contract:${source.contractId}@9.9.9`]);
  });
});
