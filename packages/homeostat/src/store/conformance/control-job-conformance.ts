import { describe, expect, it, vi } from "vitest";
import { Fault } from "../../domain/fault.ts";
import type { JobRecord, RunningJob } from "../../domain/job/job-queue.ts";
import { type ControlStore, openControlStore } from "../control/open-control-store.ts";
import type { ControlBench } from "./control-bench.ts";
import { sampleIncident } from "./control-sample.ts";

const quiet = (): void => undefined;

/** The queue: what is sent is done, once, and told. Each test works on a kind of its own. */
export function jobConformance(bench: () => ControlBench): void {
  describe("jobs", () => {
    it("does a job, says what it is doing and keeps its result", async () => {
      const { jobs } = bench().store;
      await jobs.work<{ readonly rows: number }>("sense", async (job) => {
        await job.progress("counting", 0.25);
        return { doubled: job.payload.rows * 2, text: "a\0b" };
      });
      const id = await jobs.send("sense", { rows: 21 });
      expect(await finished(bench().store, id)).toEqual({
        id,
        kind: "sense",
        state: "done",
        step: "counting",
        progress: 0.25,
        result: { doubled: 42, text: "a\0b" },
        error: undefined,
      });
      expect(await jobs.find("nobody")).toBeUndefined();
    });

    it("tries a failing job again up to its limit, then shows why it failed", async () => {
      const { store, events } = bench();
      let runs = 0;
      await store.jobs.work("notify", async () => {
        runs += 1;
        throw new Error(`refused ${runs}`);
      });
      const id = await store.jobs.send("notify", {}, { retryLimit: 1 });
      expect(await finished(store, id)).toMatchObject({ state: "failed", error: "refused 2", result: undefined });
      expect(runs).toBe(2);
      const told = events.flatMap((event) => (event.kind === "job-failed" && event.id === id ? [event.next] : []));
      expect(told).toEqual(["tried-again", "given-up"]);
    });

    it("does not try again what cannot be helped", async () => {
      const { store } = bench();
      let runs = 0;
      await store.jobs.work("train", async () => {
        runs += 1;
        throw new Fault("training-failed", { reason: "no rows" });
      });
      const id = await store.jobs.send("train", {}, { retryLimit: 5 });
      expect(await finished(store, id)).toMatchObject({ state: "failed", error: "training failed: no rows" });
      expect(runs).toBe(1);
    });

    it("makes no second waiting job with the same singleton key, and any number without one", async () => {
      const { jobs } = bench().store;
      const sent = await Promise.all([1, 2, 3].map(() => jobs.send("release", {}, { singleton: "a" })));
      expect(sent.filter((id) => id !== undefined)).toHaveLength(1);
      expect(await jobs.send("release", {}, { singleton: "b" })).toBeDefined();
      expect(await jobs.send("release", {})).toBeDefined();
      expect(await jobs.send("release", {})).toBeDefined();
      expect(await jobs.find((await jobs.send("release", {})) ?? "")).toMatchObject({ state: "waiting" });
    });

    it("never runs two jobs of one key at once, and lets others pass", async () => {
      const { jobs } = bench().store;
      const running: string[] = [];
      let twice = 0;
      const gate = { open: quiet };
      const held = new Promise<void>((resolve) => {
        gate.open = resolve;
      });
      await jobs.work<{ readonly key: string; readonly hold: boolean }>("diagnose", async ({ payload }) => {
        if (running.includes(payload.key)) twice += 1;
        running.push(payload.key);
        if (payload.hold) await held;
        running.splice(running.indexOf(payload.key), 1);
      });
      const first = await jobs.send("diagnose", { key: "x", hold: true }, { singleton: "x" });
      await vi.waitFor(async () => expect((await jobs.find(first ?? ""))?.state).toBe("running"), fast);
      const second = await jobs.send("diagnose", { key: "x", hold: false }, { singleton: "x" });
      const other = await jobs.send("diagnose", { key: "y", hold: false }, { singleton: "y" });
      expect(await finished(bench().store, other)).toMatchObject({ state: "done" });
      expect(await jobs.find(second ?? "")).toMatchObject({ state: "waiting" });
      gate.open();
      expect(await finished(bench().store, first)).toMatchObject({ state: "done" });
      expect(await finished(bench().store, second)).toMatchObject({ state: "done" });
      expect(twice).toBe(0);
    });

    it("sends with a transaction: the job exists when it commits and never when it is rolled back", async () => {
      const { store } = bench();
      let undone: string | undefined;
      const failed = store.transaction(async (inside) => {
        undone = await inside.jobs.send("release", { rolled: "back" });
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(undone).toBeDefined();
      expect(await store.jobs.find(undone ?? "")).toBeUndefined();
      const kept = await store.transaction((inside) => inside.jobs.send("release", {}));
      expect(await store.jobs.find(kept ?? "")).toMatchObject({ state: "waiting" });
    });

    it("keeps an acknowledged job when a transaction that was open meanwhile is rolled back", async () => {
      const { store } = bench();
      const gate = { open: quiet };
      const held = new Promise<void>((resolve) => (gate.open = resolve));
      const begun = { tell: quiet };
      const isOpen = new Promise<void>((resolve) => (begun.tell = resolve));
      const failed = store.transaction(async (inside) => {
        await inside.incidents.open(sampleIncident("unrelated"), entry);
        begun.tell();
        await held;
        throw new Error("unrelated");
      });
      await isOpen;
      const sends = [1, 2, 3].map(() => store.jobs.send("release", {}));
      const record = store.audit.append({ at: 1, actor: "ann", act: "send", subject: "job", detail: {} });
      // Long enough for an engine without isolation to write into the open transaction.
      await new Promise((resolve) => setTimeout(resolve, 50));
      gate.open();
      await expect(failed).rejects.toThrow("unrelated");
      for (const id of await Promise.all(sends)) {
        expect(await store.jobs.find(id ?? "")).toMatchObject({ state: "waiting" });
      }
      await record;
      expect(await store.incidents.list({ system: "unrelated" })).toEqual([]);
    });

    it("gives unfinished jobs back when it stops, and they are done after the next start", async () => {
      const place = await bench().createPlace();
      const first = await openControlStore({ ...place, onEvent: quiet });
      const begun = { tell: quiet };
      const isRunning = new Promise<void>((resolve) => (begun.tell = resolve));
      let aborted = false;
      await first.jobs.work("baseline", async ({ signal }) => {
        begun.tell();
        await new Promise<void>((resolve) => signal.addEventListener("abort", resolve));
        aborted = signal.aborted;
        return "too late";
      });
      const id = await first.jobs.send("baseline", {}, { retryLimit: 0 });
      await isRunning;
      await first.close();
      expect(aborted).toBe(true);
      const second = await openControlStore({ ...place, onEvent: quiet });
      expect(await second.jobs.find(id ?? "")).toMatchObject({ state: "waiting" });
      await second.jobs.work("baseline", async () => "in time");
      expect(await finished(second, id)).toMatchObject({ state: "done", result: "in time" });
      await second.close();
    });

    it("does each job once, with as many processes as the engine admits", async () => {
      const place = await bench().createPlace();
      const store = await openControlStore({ ...place, onEvent: quiet });
      const replicas = [store];
      if (place.url !== undefined) replicas.push(await openControlStore({ ...place, onEvent: quiet }));
      const done: number[] = [];
      const handler = async (job: RunningJob<{ readonly number: number }>): Promise<void> => {
        done.push(job.payload.number);
      };
      for (const replica of replicas) await replica.jobs.work("notify", handler);
      const numbers = Array.from({ length: 40 }, (_, index) => index);
      const ids = await Promise.all(numbers.map((number) => store.jobs.send("notify", { number })));
      for (const id of ids) expect(await finished(store, id)).toMatchObject({ state: "done" });
      expect(done.toSorted((a, b) => a - b)).toEqual(numbers);
      await Promise.all(replicas.map((replica) => replica.close()));
    });
  });
}

const entry = { at: 5, kind: "opened", text: "opened", actor: undefined } as const;
const fast = { timeout: 10_000, interval: 5 };

/** The record of a job when it is neither waiting nor running any more. */
export async function finished(store: ControlStore, id: string | undefined): Promise<JobRecord | undefined> {
  return vi.waitFor(async () => {
    const record = await store.jobs.find(id ?? "");
    expect(record?.state).toMatch(/^(done|failed)$/);
    return record;
  }, fast);
}
