import { expect, it } from "vitest";
import type { QuarantinedRow } from "../../domain/quarantine/quarantine.ts";
import { openGapLog } from "../data/gap-log.ts";
import type { DataBench } from "./data-bench.ts";
import { firstWindow } from "./data-sample.ts";

/** Small, so that tests reach them. */
export const sampleLimits = { rows: 5, bytes: 200 };

const row = (id: string, change: Partial<QuarantinedRow> = {}): QuarantinedRow => ({
  id,
  stream: "predictions",
  form: "row",
  receivedAt: firstWindow,
  caller: "key",
  reason: "shape",
  path: "inputs.amount",
  expected: "a finite number",
  found: 'text "12,50"',
  payload: `{"id":"${id}","n":9223372036854775807}`,
  ...change,
});

/** The quarantine against its port. */
export function quarantineConformance(bench: () => DataBench): void {
  const listed = async (system: string, query: object = {}) =>
    (await bench().quarantine.list(system, { limit: 100, ...query })).map((entry) => entry.id);

  it("keeps rows byte for byte, each once, also when they are sent again after a crash", async () => {
    const odd = row("odd", { payload: 'not json \u0000 😀 "\\\t', path: "", found: "'); DROP TABLE x --" });
    expect(await bench().quarantine.keep("q-once", [odd, odd])).toEqual({ noRoom: 0 });
    await bench().place.crash();
    expect(await bench().quarantine.keep("q-once", [odd])).toEqual({ noRoom: 0 });
    expect(await bench().quarantine.list("q-once", { limit: 10 })).toEqual([
      { ...odd, state: "open", fixed: false, changedAt: undefined, changedBy: "" },
    ]);
    expect(await bench().quarantine.counts("q-other")).toEqual({ open: 0, replayed: 0, discarded: 0, openBytes: 0 });
  });

  it("is searched by state, stream, reason, time, id and text of any case, newest first", async () => {
    await bench().quarantine.keep("q-search", [
      row("a", { payload: "Zürich %_" }),
      row("b", { receivedAt: firstWindow + 10, stream: "outcomes", reason: "not-json" }),
      row("c", { receivedAt: firstWindow + 5, found: "null" }),
    ]);
    expect(await listed("q-search")).toEqual(["b", "c", "a"]);
    expect(await listed("q-search", { limit: 1 })).toEqual(["b"]);
    expect(await listed("q-search", { stream: "outcomes" })).toEqual(["b"]);
    expect(await listed("q-search", { reason: "shape" })).toEqual(["c", "a"]);
    expect(await listed("q-search", { text: "zÜRICH %" })).toEqual(["a"]);
    expect(await listed("q-search", { text: "NULL" })).toEqual(["c"]);
    expect(await listed("q-search", { from: firstWindow + 5, to: firstWindow + 10 })).toEqual(["c"]);
    expect(await listed("q-search", { ids: ["a", "b", "none"] })).toEqual(["b", "a"]);
    expect(await listed("q-search", { state: "discarded" })).toEqual([]);
  });

  it("has room for so many rows and bytes, and says for how many it had none", async () => {
    const many = Array.from({ length: 7 }, (_, n) => row(`r${n}`, { payload: "x" }));
    expect(await bench().quarantine.keep("q-rows", many)).toEqual({ noRoom: 2 });
    expect(await bench().quarantine.keep("q-rows", many)).toEqual({ noRoom: 2 });
    expect(await bench().quarantine.keep("q-bytes", [row("a", { payload: "é".repeat(90) }), row("b")])).toEqual({
      noRoom: 1,
    });
    expect(await bench().quarantine.counts("q-bytes")).toMatchObject({ open: 1, openBytes: 180 });
  });

  it("is changed entry by entry; only what the engine refuses anew is opened again", async () => {
    const { quarantine } = bench();
    await quarantine.keep("q-change", [row("a"), row("b"), row("c")]);
    const entries = await quarantine.list("q-change", { limit: 10 });
    const close = (id: string, state: "replayed" | "discarded") =>
      entries
        .filter((entry) => entry.id === id)
        .map((entry) => ({ ...entry, state, payload: "", changedAt: 7, changedBy: "ann" }));
    await quarantine.update("q-change", [...close("a", "replayed"), ...close("b", "discarded")]);
    await quarantine.keep("q-change", [row("a"), row("b"), row("c")]);
    expect(await quarantine.counts("q-change")).toMatchObject({ open: 1, replayed: 1, discarded: 1 });
    expect(await quarantine.list("q-change", { state: "replayed", limit: 1 })).toMatchObject([
      { id: "a", payload: "", changedAt: 7, changedBy: "ann" },
    ]);
    await quarantine.keep("q-change", [row("a", { reason: "engine" }), row("b", { reason: "engine" })]);
    expect(await quarantine.counts("q-change")).toMatchObject({ open: 2, replayed: 0, discarded: 1 });
  });
}

/** Counted gaps: kept over restarts. */
export function gapConformance(bench: () => DataBench): void {
  it("are counted at once and written down once", async () => {
    const { client } = bench().place;
    let now = firstWindow;
    const clock = { now: () => now };
    const log = await openGapLog(client, clock);
    log.note("gap-shop", "spool-full", 3);
    now += 10;
    log.note("gap-shop", "spool-full", 4);
    log.note("gap-shop", "not-logged", 1);
    const expected = [
      { system: "gap-shop", kind: "not-logged", rows: 1, lastAt: now },
      { system: "gap-shop", kind: "spool-full", rows: 7, lastAt: now },
    ];
    expect(log.list()).toEqual(expected);
    await log.flush();
    await log.flush();
    expect(log.list()).toEqual(expected);
    expect((await openGapLog(client, clock)).list()).toEqual(expected);
  });

  it("are not forgotten when they cannot be written down yet", async () => {
    const { client } = bench().place;
    const clock = { now: () => firstWindow };
    const down = { ...client, insertLines: () => Promise.reject(new Error("down")) };
    const log = await openGapLog(down, clock);
    const before = log.list();
    log.note("gap-later", "spool-old", 2);
    await expect(log.flush()).rejects.toThrow("down");
    expect(log.list()).toHaveLength(before.length + 1);
  });
}
