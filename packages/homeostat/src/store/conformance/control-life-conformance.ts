import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { describe, expect, it } from "vitest";
import type { ControlStoreEvent } from "../control/control-store-event.ts";
import { migrate } from "../control/migrate.ts";
import { migrations } from "../control/migrations/migrations.ts";
import { openControlStore } from "../control/open-control-store.ts";
import { openPgliteEngine } from "../control/pglite-engine.ts";
import { openPostgresEngine } from "../control/postgres-engine.ts";
import type { SqlEngine } from "../control/sql-engine.ts";
import type { ControlBench } from "./control-bench.ts";
import { finished } from "./control-job-conformance.ts";
import type { ControlPlace } from "./control-place.ts";
import { sampleIncident, sampleSystem } from "./control-sample.ts";

const quiet = (): void => undefined;
const draft = { model: undefined, pipeline: "pl-1", note: "", createdAt: 1 };
const entry = { at: 5, kind: "opened", text: "opened", actor: undefined } as const;

/** Opening, closing, dying, growing. */
export function lifeConformance(bench: () => ControlBench): void {
  describe("life", () => {
    it("keeps everything over a restart and goes on numbering", async () => {
      const place = await bench().createPlace();
      const first = await openControlStore({ ...place, onEvent: quiet });
      await first.systems.save(sampleSystem("kept"), "d", 1);
      await first.releases.createDraft({ ...draft, system: "kept" });
      await first.incidents.open(sampleIncident("kept"), entry);
      const job = await first.jobs.send("sense", { day: 1 });
      await first.close();
      const second = await openControlStore({ ...place, onEvent: quiet });
      expect((await second.systems.get("kept"))?.system).toEqual(sampleSystem("kept"));
      expect((await second.releases.createDraft({ ...draft, system: "kept" })).number).toBe(2);
      expect((await second.incidents.open(sampleIncident("kept"), entry)).number).toBe(2);
      expect(await second.incidents.timeline(1)).toEqual([entry]);
      expect(await second.jobs.find(job ?? "")).toMatchObject({ state: "waiting" });
      await second.close();
    });

    it("keeps every acknowledged write of a process that is killed, and takes up the job it was doing", async () => {
      const place = await bench().createPlace();
      const { acknowledged, job } = await writeAndBeKilled(place);
      if (place.url !== undefined) await pretendLongSilence(place.url);
      const events: ControlStoreEvent[] = [];
      const store = await openControlStore({ ...place, onEvent: (event) => events.push(event) });
      const ids = new Set((await store.changes.list({})).map((change) => change.id));
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      expect(events).toContainEqual({ kind: "job-interrupted", id: job, job: "train", next: "tried-again" });
      await store.jobs.work("train", async () => "second process");
      expect(await finished(store, job)).toMatchObject({ state: "done", result: "second process" });
      await store.close();
    });

    it("refuses a database of a newer version, without touching it", async () => {
      const place = await bench().createPlace();
      const newer = { number: migrations.length + 1, name: "future", statements: "select 1" };
      await withEngine(place, (engine) => migrate(engine, [...migrations, newer]));
      await expect(openControlStore({ ...place, onEvent: quiet })).rejects.toMatchObject({
        code: "data-directory-newer",
        detail: { found: migrations.length + 1, known: migrations.length },
      });
    });

    it("refuses a database whose old step had another text", async () => {
      const place = await bench().createPlace();
      const altered = { number: 1, name: "nouns", statements: "create table homeostat.other (id text)" };
      await withEngine(place, (engine) => migrate(engine, [altered]));
      await expect(openControlStore({ ...place, onEvent: quiet })).rejects.toMatchObject({
        code: "data-directory-corrupt",
      });
    });

    it("applies all due steps or none, each once, however many processes start at once", async () => {
      const place = await bench().createPlace();
      const good = { number: 1, name: "good", statements: "create table homeostat.good (id text)" };
      const bad = { number: 2, name: "bad", statements: "create table homeostat.bad (id text); select 1/0" };
      await withEngine(place, async (engine) => {
        await expect(migrate(engine, [good, bad])).rejects.toMatchObject({ code: "control-store-failed" });
        const applied = await Promise.all([1, 2, 3].map(() => migrate(engine, [good])));
        expect(applied.flat()).toEqual([1]);
        expect(await migrate(engine, [good, { ...bad, statements: "create table homeostat.bad (id text)" }])).toEqual([
          2,
        ]);
      });
    });

    it("refuses to be used from inside its own transaction, where it would wait for itself", async () => {
      const { store } = bench();
      const nested = store.transaction(() => store.systems.list());
      await expect(nested).rejects.toThrow("from outside of it");
      await store.probe();
    });

    it("says that it is closed", async () => {
      const store = await openControlStore({ ...(await bench().createPlace()), onEvent: quiet });
      await Promise.all([store.close(), store.close()]);
      await expect(store.systems.list()).rejects.toMatchObject({ code: "control-store-unavailable" });
    });
  });
}

async function withEngine(place: ControlPlace, work: (engine: SqlEngine) => Promise<unknown>): Promise<void> {
  const engine =
    place.url === undefined ? await openPgliteEngine(place.directory ?? "") : openPostgresEngine(place.url, quiet);
  await work(engine).finally(() => engine.close());
}

/** What the other process runs: it starts a job that never ends and records changes, saying each id when it is acknowledged. */
const writer = `
  const { openControlStore } = await import(process.env.STORE_MODULE);
  const store = await openControlStore({ ...JSON.parse(process.env.STORE_PLACE), onEvent: () => undefined });
  await store.jobs.work("train", async (job) => { console.log("job " + job.id); await new Promise(() => undefined); });
  await store.jobs.send("train", {}, { retryLimit: 0 });
  for (let index = 0; ; index += 1) {
    const id = "change-" + index;
    const change = { id, component: "source:feed", kind: "deploy", title: id, time: index, recordedAt: index };
    await store.changes.record(change);
    console.log(id);
  }
`;

async function writeAndBeKilled(
  place: ControlPlace,
): Promise<{ readonly acknowledged: readonly string[]; readonly job: string }> {
  const storeModule = new URL("../../../dist/store/control/open-control-store.js", import.meta.url);
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "--eval", writer], {
    env: { ...process.env, STORE_MODULE: storeModule.href, STORE_PLACE: JSON.stringify(place) },
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const acknowledged: string[] = [];
  let job = "";
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("job ")) job = line.slice("job ".length);
    else acknowledged.push(line);
    if (acknowledged.length >= 200 && job !== "" && !child.killed) child.kill("SIGKILL");
  }
  expect((await ended)[1]).toBe("SIGKILL");
  return { acknowledged, job };
}

/** On a server only silence tells that a process died; half a minute of it is too long for a test. */
async function pretendLongSilence(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("update homeostat.job_progress set heartbeat_at = heartbeat_at - interval '1 minute'");
  await client.query("update pgboss.job set started_on = started_on - interval '1 minute' where state = 'active'");
  await client.end();
}
