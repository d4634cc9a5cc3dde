import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../../domain/fault.ts";
import { dayMs } from "../../domain/instant.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { QuarantinedRow, QuarantineStore } from "../../domain/quarantine/quarantine.ts";
import type { Spool } from "../../domain/spool/spool.ts";
import { openSpool } from "../../spool/open-spool.ts";
import { openSpoolFiles } from "../../spool/spool-files.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../../store/control/open-control-store.ts";
import { createQuietGate } from "../keep/quiet-gate.ts";
import { createShipper, type Shipper } from "./shipper.ts";
import { takeOutcomes, takeRefused } from "./take-rows.ts";

let root: string;
let store: ControlStore;
const sensed: string[] = [];
/** A busy machine may need long; a broken one needs for ever. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });
const clock = { now: () => Date.now() };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-shipper-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
  await store.jobs.work<{ system: string }>("sense", async (job) => void sensed.push(job.payload.system));
  for (const name of ["good", "bad"]) await store.systems.save(sampleSystem(name), "d", 1);
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

/** The event log is written by hand, because it must fail. It keeps the ids it was given, once each. */
function eventLog() {
  const kept = new Map<string, Set<string>>();
  const failing = new Map<string, Fault>();
  const poisoned = new Set<string>();
  let blocks = 0;
  const keep = async (system: { readonly name: string }, ndjson: readonly Uint8Array[]) => {
    blocks += 1;
    const fault = failing.get(system.name);
    if (fault !== undefined) throw fault;
    const text = ndjson.map((block) => new TextDecoder().decode(block)).join("");
    if ([...poisoned].some((id) => text.includes(`"${id}"`)))
      throw new Fault("rows-refused", { reason: "cannot parse" });
    const ids = kept.get(system.name) ?? new Set<string>();
    kept.set(system.name, ids);
    const before = ids.size;
    const lines = ndjson.flatMap((block) => new TextDecoder().decode(block).trim().split("\n"));
    for (const line of lines) ids.add((JSON.parse(line) as { prediction_id: string }).prediction_id);
    const stored = ids.size - before;
    return { stored, duplicates: lines.length - stored, touched: stored > 0 ? [0] : [] };
  };
  const events = { storePredictions: keep, storeOutcomes: keep } as Partial<EventStore> as EventStore;
  return { events, kept, failing, poisoned, blocks: () => blocks };
}

/** Where refused rows go, with room for so many. */
function quarantineOf(room: number) {
  const kept = new Map<string, QuarantinedRow>();
  const state = { room };
  const keep: QuarantineStore["keep"] = async (_system, rows) => {
    const fresh = rows.filter((row) => !kept.has(row.id));
    for (const row of fresh.slice(0, state.room)) kept.set(row.id, row);
    const taken = Math.min(state.room, fresh.length);
    state.room -= taken;
    return { noRoom: fresh.length - taken };
  };
  return { store: { keep } as Partial<QuarantineStore> as QuarantineStore, kept, state };
}

const noted: string[] = [];
const gaps = {
  note: (system: string, kind: string, rows: number) => void noted.push(`${system} ${kind} ${rows}`),
  list: () => [],
  flush: async () => undefined,
};

let quarantine: ReturnType<typeof quarantineOf>;
let spool: Spool;
let shipper: Shipper;
let log: ReturnType<typeof eventLog>;
let stop: () => Promise<void>;
let pauses = 0;

async function start(directory: string): Promise<void> {
  spool = await openSpool({ directory, limitBytes: 1e9, segmentBytes: 1e6, clock });
  // Pauses are cut to a millisecond: what counts is that the shipper comes back, not when.
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
    pauses += 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
  shipper = createShipper({
    ...store,
    spool,
    spoolFiles: await openSpoolFiles(join(directory, "files")),
    gaps,
    quarantine: quarantine.store,
    events: log.events,
    clock: { now: () => now },
    gate: createQuietGate(),
    sleep,
  });
  const abort = new AbortController();
  const running = shipper.run(abort.signal);
  stop = async () => {
    abort.abort();
    await running;
    await spool.close();
  };
}
const send = (system: string, ...ids: readonly string[]) =>
  takeOutcomes(
    { spool, gaps, clock },
    sampleSystem(system),
    ids.map((predictionId) => ({
      predictionId,
      time: 1,
      receivedAt: 2,
      kind: "label",
      name: "",
      unit: "",
      value: true,
    })),
  );
const keptBy = (system: string) => [...(log.kept.get(system) ?? [])];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(root, "spool-"));
  log = eventLog();
  quarantine = quarantineOf(1_000);
  noted.length = 0;
  await start(directory);
});
afterEach(() => stop());

describe("the shipper", () => {
  it("takes rows to the store, lets go of them, and has their windows looked at", async () => {
    sensed.length = 0;
    await send("good", "a", "b");
    await until(() => expect(keptBy("good")).toEqual(["a", "b"]));
    await until(() => expect(spool.state().rows).toBe(0));
    await until(() => expect(shipper.state()).toMatchObject({ kind: "shipping", shippedRows: 2 }));
    await until(() => expect(sensed).toContain("good"));
    expect(await store.windows.dirty("good")).toMatchObject([{ start: 0, end: dayMs, dirty: true }]);
  });

  it("holds rows while the store is down, says so, and ships them when it is back", async () => {
    log.failing.set("good", new Fault("engine-unavailable", { reason: "connection refused" }));
    await send("good", "a");
    await until(() =>
      expect(shipper.state()).toMatchObject({
        kind: "stuck",
        reason: expect.stringMatching(/^outcomes:good: .*connection refused/),
      }),
    );
    expect(spool.state().rows).toBe(1);
    log.failing.clear();
    await until(() => expect(keptBy("good")).toEqual(["a"]));
    await until(() => expect(shipper.state().kind).toBe("shipping"));
  });

  it("ships other streams while one is refused for good, and never drops its rows", async () => {
    log.failing.set("bad", new Fault("engine-query-failed", { reason: "cannot parse" }));
    await send("bad", "poison");
    await until(() => expect(shipper.state().kind).toBe("stuck"));
    await send("good", "a");
    await until(() => expect(keptBy("good")).toEqual(["a"]));
    await send("good", "b");
    await until(() => expect(keptBy("good")).toEqual(["a", "b"]));
    expect(spool.pendingRows("outcomes:bad")).toBe(1);
    await until(() => expect(shipper.state()).toMatchObject({ kind: "stuck", shippedRows: 2 }));
  });

  it("halves a block until the rows that can never be stored stand alone: they go to quarantine, all others are stored", async () => {
    const ids = Array.from({ length: 300 }, (_, n) => `id-${n}.`);
    for (const n of [0, 17, 18, 299]) log.poisoned.add(`id-${n}.`);
    await send("good", ...ids.slice(0, 100));
    await send("good", ...ids.slice(100));
    await until(() => expect(spool.state().rows).toBe(0));
    expect(keptBy("good").sort()).toEqual(ids.filter((id) => !log.poisoned.has(id)).sort());
    const refused = [...quarantine.kept.values()];
    expect(refused.map((row) => (JSON.parse(row.payload) as { prediction_id: string }).prediction_id).sort()).toEqual(
      [...log.poisoned].sort(),
    );
    expect(refused[0]).toMatchObject({
      stream: "outcomes",
      form: "line",
      reason: "engine",
      found: expect.stringContaining("cannot parse"),
    });
    expect(shipper.state().kind).toBe("shipping");
  });

  it("lets go of no acknowledged row while the quarantine has no room for it", async () => {
    quarantine.state.room = 1;
    log.poisoned.add("bad-1").add("bad-2");
    await send("good", "bad-1", "a", "bad-2");
    await until(() =>
      expect(shipper.state()).toMatchObject({ kind: "stuck", reason: expect.stringContaining("no room") }),
    );
    expect(spool.pendingRows("outcomes:good")).toBe(3);
    quarantine.state.room = 1;
    await until(() => expect(spool.state().rows).toBe(0));
    expect([keptBy("good"), quarantine.kept.size]).toEqual([["a"], 2]);
  });

  it("counts the rows of a table whose file is gone as a gap, and goes on with what is behind it", async () => {
    const record = (name: string) => new TextEncoder().encode(JSON.stringify({ name, stream: "outcomes" }));
    await spool.append("outcome-files:good", {
      rows: 7,
      bytes: record("rows-000000000000000000000000"),
      receivedAt: 1,
    });
    await send("good", "a");
    await until(() => expect(spool.state().rows).toBe(0));
    expect(noted).toEqual(["good file-lost 7"]);
    expect([keptBy("good"), shipper.state().kind]).toEqual([["a"], "shipping"]);
  });

  it("does not pause after each of many small files, which cannot be gathered", async () => {
    noted.length = 0;
    pauses = 0;
    const files = 60;
    const names = Array.from({ length: files }, (_, n) => `rows-${String(n).padStart(24, "0")}`);
    await Promise.all(
      names.map((name) =>
        spool.append("outcome-files:good", {
          rows: 1,
          bytes: new TextEncoder().encode(JSON.stringify({ name, stream: "outcomes" })),
          receivedAt: 1,
        }),
      ),
    );
    await until(() => expect(spool.state().rows).toBe(0));
    expect(noted).toHaveLength(files);
    expect(pauses).toBeLessThan(files / 2);
  });

  it("leaves to people a block of which more than single rows are refused", async () => {
    const ids = Array.from({ length: 600 }, (_, n) => `all-${n}.`);
    for (const id of ids) log.poisoned.add(id);
    await send("good", ...ids);
    await until(() =>
      expect(shipper.state()).toMatchObject({ kind: "stuck", reason: expect.stringContaining("refuses rows") }),
    );
    expect([spool.pendingRows("outcomes:good"), quarantine.kept.size]).toEqual([600, 0]);
  });

  it("brings rows refused at the door to the quarantine, and counts those without room", async () => {
    quarantine.state.room = 1;
    const row = (id: string): QuarantinedRow => ({
      ...{ id, stream: "outcomes", form: "row", receivedAt: 5, caller: "key", reason: "shape" },
      ...{ path: "value", expected: "true or false", found: "nothing", payload: `{"predictionId":"${id}"}` },
    });
    await takeRefused({ spool, gaps, clock }, "good", [row("q-1"), row("q-2")]);
    await until(() => expect(spool.state().rows).toBe(0));
    expect([...quarantine.kept.values()]).toEqual([row("q-1")]);
    expect(noted).toEqual(["good quarantine-full 1"]);
  });

  it("ships other streams while one belongs to no declared system", async () => {
    await send("unheard", "x");
    await send("good", "a");
    await until(() => expect(keptBy("good")).toEqual(["a"]));
    await until(() =>
      expect(shipper.state()).toMatchObject({ kind: "stuck", reason: expect.stringContaining("not declared") }),
    );
    expect(spool.pendingRows("outcomes:unheard")).toBe(1);
  });

  it("ships after a restart what was acknowledged before", async () => {
    log.failing.set("good", new Fault("engine-unavailable", { reason: "down" }));
    await send("good", "a", "b");
    await until(() => expect(log.blocks()).toBeGreaterThan(0));
    await stop();
    log.failing.clear();
    await start(directory);
    await until(() => expect(keptBy("good")).toEqual(["a", "b"]));
  });

  it("stops when told, also while it rests", async () => {
    log.failing.set("good", new Fault("engine-unavailable", { reason: "down" }));
    await send("good", "a");
    await until(() => expect(shipper.state().kind).toBe("stuck"));
    await stop();
    const tries = log.blocks();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(log.blocks()).toBe(tries);
    await start(directory);
  });
});
