import { describe, expect, it } from "vitest";
import type { FrozenProbability } from "../../domain/baseline/baseline.ts";
import type { Change } from "../../domain/change/change.ts";
import type { ApiKey } from "../../domain/key/api-key.ts";
import type { WindowRecord } from "../../domain/window/window.ts";
import type { ControlBench } from "./control-bench.ts";
import {
  dayWindow,
  sampleBaseline,
  sampleFinding,
  sampleIncident,
  sampleModel,
  sampleSystem,
} from "./control-sample.ts";

const draft = { model: undefined, pipeline: "pl-1", note: "", createdAt: 1 };
const entry = { at: 5, kind: "opened", text: "opened", actor: undefined } as const;

/** The stores of the nouns, each against its port. */
export function nounConformance(bench: () => ControlBench): void {
  describe("declarations and artifacts", () => declarations(bench));
  describe("releases", () => releases(bench));
  describe("windows", () => windows(bench));
  describe("findings and incidents", () => incidents(bench));
  describe("changes, keys, audit", () => records(bench));
}

function declarations(bench: () => ControlBench): void {
  it("gives back the last declaration of a system with its digest and time", async () => {
    const { systems } = bench().store;
    await systems.save(sampleSystem("declared", "first"), "d1", 1);
    await systems.save(sampleSystem("declared", "second"), "d2", 2);
    expect(await systems.get("declared")).toEqual({
      system: sampleSystem("declared", "second"),
      digest: "d2",
      appliedAt: 2,
    });
    expect(await systems.get("nobody")).toBeUndefined();
    expect((await systems.list()).map((stored) => stored.system.name)).toEqual(["declared"]);
  });

  it("replaces owners by name and keeps the others", async () => {
    const { systems } = bench().store;
    await systems.saveOwners([
      { name: "ann", title: "old", contact: "a" },
      { name: "bob", title: "data", contact: "b" },
    ]);
    await systems.saveOwners([{ name: "ann", title: "new", contact: "a" }]);
    await systems.saveOwners([]);
    expect((await systems.owners()).map((owner) => `${owner.name} ${owner.title}`)).toEqual(["ann new", "bob data"]);
  });

  it("keeps the first record of a dataset digest, per system", async () => {
    const { datasets } = bench().store;
    const dataset = { digest: "ds-1", system: "one", rows: 3, columns: [{ name: "a", type: "String" }], createdAt: 7 };
    await datasets.save(dataset);
    await datasets.save({ ...dataset, rows: 4 });
    await datasets.save({ ...dataset, system: "two", rows: 5 });
    await datasets.save({ ...dataset, digest: "ds-2", createdAt: 8 });
    expect(await datasets.get("one", "ds-1")).toEqual(dataset);
    expect((await datasets.get("two", "ds-1"))?.rows).toBe(5);
    await datasets.replace({ ...dataset, system: "two", rows: 5, erasedRows: 2 });
    expect((await datasets.get("two", "ds-1"))?.erasedRows).toBe(2);
    expect(await datasets.get("one", "ds-1")).toEqual(dataset);
    expect((await datasets.list("one")).map((kept) => kept.digest)).toEqual(["ds-2", "ds-1"]);
  });

  it("keeps the first record of a model and of a pipeline version", async () => {
    const { models } = bench().store;
    await models.save(sampleModel("one", "m-1", 1));
    await models.save(sampleModel("one", "m-1", 2));
    await models.save(sampleModel("one", "m-2", 3));
    expect(await models.get("one", "m-1")).toEqual(sampleModel("one", "m-1", 1));
    expect(await models.get("two", "m-1")).toBeUndefined();
    expect((await models.list("one")).map((model) => model.version)).toEqual(["m-2", "m-1"]);
    const { pipeline } = sampleSystem("any");
    await models.savePipeline(pipeline);
    await models.savePipeline({ ...pipeline, features: [] });
    expect(await models.pipeline(pipeline.version)).toEqual(pipeline);
  });

  it("gives back a baseline bit for bit: infinities, the smallest and largest numbers, NUL and lone surrogates", async () => {
    const { baselines } = bench().store;
    await baselines.save(sampleBaseline("one", "b-1"));
    await baselines.save({ ...sampleBaseline("one", "b-1"), rows: 99 });
    expect(await baselines.get("one", "b-1")).toEqual(sampleBaseline("one", "b-1"));
    expect(await baselines.get("two", "b-1")).toBeUndefined();
    // Baselines of earlier versions do not say what kind of score they hold: all were binary.
    const { kind: _, ...score } = sampleBaseline("one", "b-old").score as FrozenProbability;
    await baselines.save({ ...sampleBaseline("one", "b-old"), score: score as FrozenProbability });
    expect(await baselines.get("one", "b-old")).toEqual(sampleBaseline("one", "b-old"));
  });
}

function releases(bench: () => ControlBench): void {
  it("numbers drafts without gaps under concurrency, per system", async () => {
    const store = bench().store;
    const drafts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.releases.createDraft({ ...draft, system: index % 2 === 0 ? "even" : "odd" }),
      ),
    );
    const numbers = drafts.filter((release) => release.system === "even").map((release) => release.number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await store.releases.list("odd")).map((release) => release.id).slice(0, 2)).toEqual(["odd-10", "odd-9"]);
  });

  it("gives a number back when the transaction that took it is rolled back", async () => {
    const store = bench().store;
    await store.releases.createDraft({ ...draft, system: "rolled" });
    const failed = store.transaction(async (inside) => {
      await inside.releases.createDraft({ ...draft, system: "rolled" });
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect((await store.releases.createDraft({ ...draft, system: "rolled" })).number).toBe(2);
  });

  it("takes a draft with a known id for the release that has it", async () => {
    const { releases } = bench().store;
    const both = await Promise.all([
      releases.createDraft({ ...draft, system: "sender", id: "v7" }),
      releases.createDraft({ ...draft, system: "sender", id: "v7", note: "again" }),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(both[0]?.number).toBe(1);
    expect((await releases.createDraft({ ...draft, system: "sender", id: "v8" })).number).toBe(2);
  });

  it("goes live by retiring the release that was, and back again", async () => {
    const { releases } = bench().store;
    for (const _ of [1, 2]) await releases.createDraft({ ...draft, system: "life" });
    await releases.attachBaseline("life", "life-1", "b-1");
    expect(await releases.live("life")).toBeUndefined();
    expect(await releases.goLive("life", "life-1", 10)).toMatchObject({
      stage: "live",
      liveSince: 10,
      baseline: "b-1",
    });
    expect((await releases.goLive("life", "life-1", 11)).liveSince).toBe(10);
    await releases.goLive("life", "life-2", 20);
    expect(await releases.get("life", "life-1")).toMatchObject({ stage: "retired", liveSince: 10, retiredAt: 20 });
    await releases.goLive("life", "life-1", 30);
    expect(await releases.live("life")).toMatchObject({ id: "life-1", liveSince: 30, retiredAt: undefined });
  });

  it("never has two live releases, however many go live at once", async () => {
    const { releases } = bench().store;
    const ids = await Promise.all(
      Array.from({ length: 8 }, async () => (await releases.createDraft({ ...draft, system: "race" })).id),
    );
    await Promise.all(ids.map((id, index) => releases.goLive("race", id, index)));
    const stages = (await releases.list("race")).map((release) => release.stage);
    expect(stages.filter((stage) => stage === "live")).toHaveLength(1);
    expect(stages.filter((stage) => stage === "retired")).toHaveLength(7);
  });

  it("treats a release that does not exist as a bug of the caller", async () => {
    const { releases } = bench().store;
    await expect(releases.goLive("life", "life-99", 1)).rejects.toThrow("no release life-99");
    await expect(releases.attachBaseline("life", "life-99", "b")).rejects.toThrow("no release life-99");
  });
}

function windows(bench: () => ControlBench): void {
  const hour = 3_600_000;
  const record = (system: string, start: number, over: Partial<WindowRecord> = {}): WindowRecord => ({
    system,
    start,
    end: start + hour,
    rows: 10,
    labelledRows: 4,
    evaluatedAt: 99,
    verdict: "healthy",
    findings: 0,
    restatements: 0,
    profileVersion: 1,
    dirty: false,
    ...over,
  });

  it("creates touched windows as dirty and not checked, oldest first", async () => {
    const { windows } = bench().store;
    await windows.touch("fresh", [hour, 0, hour], hour);
    const blank = {
      rows: 0,
      labelledRows: 0,
      evaluatedAt: undefined,
      verdict: "not-checked",
      profileVersion: 0,
    } as const;
    expect(await windows.dirty("fresh")).toEqual([
      record("fresh", 0, { ...blank, dirty: true }),
      record("fresh", hour, { ...blank, dirty: true }),
    ]);
    expect(await windows.dirty("other")).toEqual([]);
    expect(await windows.touches("fresh", 5 * hour)).toBe(0);
  });

  it("is clean after an evaluation that saw every arrival", async () => {
    const { windows } = bench().store;
    await windows.touch("clean", [0], hour);
    await windows.settle(record("clean", 0), await windows.touches("clean", 0));
    expect(await windows.dirty("clean")).toEqual([]);
    expect(await windows.list("clean", {})).toEqual([record("clean", 0)]);
  });

  it("stays dirty when something arrived after the counter was read", async () => {
    const { windows } = bench().store;
    await windows.touch("late", [0], hour);
    const seen = await windows.touches("late", 0);
    await windows.touch("late", [0], hour);
    await windows.settle(record("late", 0), seen);
    expect(await windows.dirty("late")).toEqual([record("late", 0, { dirty: true })]);
  });

  it("loses no touch under concurrency", async () => {
    const { windows } = bench().store;
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => windows.touch("busy", index % 2 === 0 ? [0, hour] : [hour, 0], hour)),
    );
    expect([await windows.touches("busy", 0), await windows.touches("busy", hour)]).toEqual([40, 40]);
  });

  it("keeps the evaluation that saw more when an older one is stored after it", async () => {
    const { windows } = bench().store;
    await windows.touch("order", [0], hour);
    await windows.touch("order", [0], hour);
    await windows.settle(record("order", 0, { rows: 20, profileVersion: 2 }), 2);
    await windows.settle(record("order", 0, { rows: 10, profileVersion: 1 }), 1);
    expect(await windows.list("order", {})).toEqual([record("order", 0, { rows: 20, profileVersion: 2 })]);
  });

  it("lists by start, the end of the range excluded, and takes thousands of windows at once", async () => {
    const { windows } = bench().store;
    const starts = Array.from({ length: 2_500 }, (_, index) => index * hour);
    await windows.touch("many", starts, hour);
    const listed = await windows.list("many", { from: hour, to: 3 * hour });
    expect(listed.map((window) => window.start)).toEqual([hour, 2 * hour]);
    expect(await windows.list("many", {})).toHaveLength(2_500);
  });
}

function incidents(bench: () => ControlBench): void {
  it("withdraws findings that no longer hold and keeps the identity of those that do", async () => {
    const { findings } = bench().store;
    const a = sampleFinding("found", "found-a", dayWindow);
    const b = sampleFinding("found", "found-b", dayWindow);
    const c = sampleFinding("found", "found-c", dayWindow);
    const next = { start: dayWindow.end, end: dayWindow.end + 86_400_000 };
    const elsewhere = sampleFinding("found", "found-d", next);
    await findings.replace("found", next, [elsewhere], 1, "monitors");
    await findings.replace("found", dayWindow, [a, b], 1, "monitors");
    await findings.replace("found", dayWindow, [{ ...b, value: 0.9 }, c], 2, "monitors");
    const state = async () =>
      (await findings.list("found", {})).map((finding) => [finding.id, finding.value, finding.withdrawnAt]);
    expect(await state()).toEqual([
      ["found-a", 0.4, 2],
      ["found-b", 0.9, undefined],
      ["found-c", 0.4, undefined],
      ["found-d", 0.4, undefined],
    ]);
    await findings.replace("found", dayWindow, [a], 3, "monitors");
    await findings.replace("found", dayWindow, [], 4, "monitors");
    expect((await state()).map(([id, , at]) => [id, at])).toEqual([
      ["found-a", 4],
      ["found-b", 3],
      ["found-c", 3],
      ["found-d", undefined],
    ]);
    expect(await findings.list("found", { from: next.start })).toEqual([elsewhere]);
    expect((await findings.byIds(["found-d", "found-a", "nobody"])).map((finding) => finding.id)).toEqual([
      "found-a",
      "found-d",
    ]);
    expect(await findings.byIds([])).toEqual([]);
  });

  it("opens incidents with numbers of their own and their first entry, newest listed first", async () => {
    const { incidents } = bench().store;
    const opened = await Promise.all([1, 2, 3].map(() => incidents.open(sampleIncident("ill"), entry)));
    const numbers = opened.map((incident) => incident.number).toSorted((a, b) => a - b);
    const first = numbers[0] ?? 0;
    expect(numbers).toEqual([first, first + 1, first + 2]);
    expect((await incidents.list({ system: "ill" })).map((incident) => incident.number)).toEqual(numbers.toReversed());
    expect(await incidents.get(first)).toMatchObject({ ...sampleIncident("ill"), state: "open" });
    expect(await incidents.timeline(first)).toEqual([entry]);
  });

  it("changes an incident and its timeline together, keeping every entry of concurrent changes in order", async () => {
    const { incidents } = bench().store;
    const { number } = await incidents.open(sampleIncident("shared"), entry);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        incidents.change(number, { findingIds: [`f-${index}`] }, { ...entry, kind: "finding", text: `f-${index}` }),
      ),
    );
    const resolved = await incidents.change(
      number,
      { state: "resolved", resolvedAt: 9, acknowledgedBy: undefined },
      { ...entry, kind: "resolved" },
    );
    expect(resolved).toMatchObject({ state: "resolved", resolvedAt: 9 });
    const timeline = await incidents.timeline(number);
    expect(timeline).toHaveLength(12);
    // The findings that stand are those of the last entry about findings: changes and entries have one order.
    expect(resolved?.findingIds).toEqual([timeline.at(-2)?.text]);
    expect(await incidents.list({ system: "shared", state: "open" })).toEqual([]);
    expect(await incidents.list({ system: "shared", state: "resolved" })).toHaveLength(1);
    expect(await incidents.change(1_000_000, {}, entry)).toBeUndefined();
    expect(await incidents.get(1_000_000)).toBeUndefined();
  });

  it("undoes an incident and its audit entry together", async () => {
    const { store } = bench();
    const failed = store.transaction(async (inside) => {
      const { number } = await inside.incidents.open(sampleIncident("undone"), entry);
      await inside.audit.append({ at: 1, actor: "ann", act: "open", subject: `incident:${number}`, detail: {} });
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await store.incidents.list({ system: "undone" })).toEqual([]);
  });
}

function records(bench: () => ControlBench): void {
  it("lists changes oldest first, a system's own and those of no system, the same id once", async () => {
    const { changes } = bench().store;
    const change: Change = {
      id: "c-1",
      component: "source:feed",
      kind: "schema",
      title: "miles became kilometres",
      time: 20,
      recordedAt: 21,
      actor: undefined,
      system: undefined,
    };
    expect(await changes.record(change)).toBe("recorded");
    expect(await changes.record({ ...change, title: "again" })).toBe("known");
    expect(await changes.get(change.id)).toEqual(change);
    expect(await changes.get("c-none")).toBeUndefined();
    await changes.record({ ...change, id: "c-2", time: 10, system: "mine" });
    await changes.record({ ...change, id: "c-3", time: 15, system: "yours" });
    const ids = async (filter: Parameters<typeof changes.list>[0]) =>
      (await changes.list(filter)).map((listed) => listed.id);
    expect(await ids({ system: "mine" })).toEqual(["c-2", "c-1"]);
    expect(await ids({ from: 10, to: 20 })).toEqual(["c-2", "c-3"]);
    expect((await changes.list({ from: 20 }))[0]).toEqual(change);
    await changes.record({ ...change, id: "c-4", time: 16, component: "library:numeric", kind: "library" });
    expect(await ids({ component: "library:numeric" })).toEqual(["c-4"]);
    expect(await ids({ kind: "library", from: 10, to: 17 })).toEqual(["c-4"]);
    expect(await ids({ kind: "library", component: "source:feed" })).toEqual([]);
  });

  it("finds a key by its hash until it is revoked, and keeps the first time of revocation", async () => {
    const { keys } = bench().store;
    const key: ApiKey = {
      id: "k-1",
      name: "laptop",
      scopes: ["read", "ingest"],
      systems: ["mine"],
      createdAt: 1,
      lastUsedAt: undefined,
      revokedAt: undefined,
    };
    await keys.save(key, "hash-1");
    await keys.save({ ...key, id: "k-2", systems: undefined, createdAt: 2 }, "hash-2");
    await keys.markUsed("k-1", 50);
    await keys.markUsed("k-1", 40);
    expect(await keys.byHash("hash-1")).toEqual({ ...key, lastUsedAt: 50 });
    expect((await keys.byHash("hash-2"))?.systems).toBeUndefined();
    expect((await keys.revoke("k-1", 60))?.revokedAt).toBe(60);
    expect((await keys.revoke("k-1", 70))?.revokedAt).toBe(60);
    expect(await keys.byHash("hash-1")).toBeUndefined();
    expect(await keys.revoke("nobody", 1)).toBeUndefined();
    expect((await keys.list()).map((listed) => listed.id)).toEqual(["k-1", "k-2"]);
    await expect(keys.save({ ...key, id: "k-3" }, "hash-2")).rejects.toMatchObject({ code: "control-store-failed" });
  });

  it("consumes a sign-in token once, of several uses at once, and never at or after its expiry", async () => {
    const { keys } = bench().store;
    await keys.saveSignInToken("token-1", 100);
    const uses = await Promise.all(Array.from({ length: 5 }, () => keys.consumeSignInToken("token-1", 99)));
    expect(uses.filter(Boolean)).toHaveLength(1);
    await keys.saveSignInToken("token-2", 100);
    expect(await keys.consumeSignInToken("token-2", 100)).toBe(false);
    expect(await keys.consumeSignInToken("nobody", 1)).toBe(false);
  });

  it("knows a session until it expires or is ended", async () => {
    const { keys } = bench().store;
    const session = { name: "ann", scopes: ["admin"], csrfToken: "csrf", expiresAt: 1_000 } as const;
    await keys.saveSession(session, "session-1");
    await keys.saveSession(session, "session-2");
    expect(await keys.session("session-1", 999)).toEqual(session);
    expect(await keys.session("session-1", 1_000)).toBeUndefined();
    await keys.endSession("session-1");
    expect(await keys.session("session-1", 1)).toBeUndefined();
    expect(await keys.session("session-2", 1)).toEqual(session);
  });

  it("keeps user text as text: quotes and SQL change nothing", async () => {
    const { store } = bench();
    const evil = `'; drop table homeostat.changes; -- $1 \\ "`;
    await store.changes.record({
      id: evil,
      component: evil,
      kind: "policy",
      title: evil,
      time: 5_000,
      recordedAt: 1,
      actor: evil,
      system: evil,
    });
    expect((await store.changes.list({ system: evil, from: 5_000 })).map((change) => change.title)).toEqual([evil]);
    await store.audit.append({ at: 1, actor: evil, act: "x", subject: evil, detail: { evil } });
  });
}
