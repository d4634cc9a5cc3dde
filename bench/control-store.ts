import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value to hold: at most for times, at least for rates. */
  readonly budget?: number;
}

/** The part of the control store that is measured. */
interface ControlStore {
  readonly changes: { record(change: object): Promise<void> };
  readonly jobs: {
    work(kind: string, handler: () => Promise<unknown>): Promise<void>;
    send(kind: string, payload: object): Promise<string | undefined>;
  };
  close(): Promise<void>;
}

interface ControlRoom {
  openControlStore(options: { readonly directory: string; onEvent(): void }): Promise<ControlStore>;
}

const module = new URL("../../packages/homeostat/dist/store/control/open-control-store.js", import.meta.url);

const inserts = 5_000;
const jobCount = 1_000;
const roundTrips = 100;

/**
 * The embedded control store: time to open it, single-row inserts, jobs per second from first send to last result, and
 * the time from sending one job to its start in an idle process. Uses a directory of its own and removes it.
 */
export async function benchControlStore(): Promise<readonly BenchRow[]> {
  const { openControlStore } = (await import(module.href)) as ControlRoom;
  const root = await mkdtemp(join(tmpdir(), "homeostat-bench-control-"));
  const options = { directory: join(root, "control"), onEvent: () => undefined };
  try {
    const firstMs = await timed(async () => (await openControlStore(options)).close());
    const begun = performance.now();
    const store = await openControlStore(options);
    const openMs = performance.now() - begun;
    const insertMs = await timed(() => insertChanges(store));
    const startMs = await startDelays(store);
    const jobMs = await timed(() => doJobs(store));
    await store.close();
    return [
      { name: "control store: first opening, initdb and schema included", value: firstMs, unit: "ms" },
      { name: "control store: opening", value: openMs, unit: "ms", budget: 1_500 },
      { name: "control store: single-row inserts", value: (inserts / insertMs) * 1_000, unit: "1/s", budget: 1_000 },
      { name: "jobs: send to start, median", value: middle(startMs), unit: "ms", budget: 50 },
      { name: "jobs: sent, done and stored", value: (jobCount / jobMs) * 1_000, unit: "1/s", budget: 50 },
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function insertChanges(store: ControlStore): Promise<void> {
  const change = {
    component: "source:feed",
    kind: "deploy",
    recordedAt: 0,
    actor: undefined,
    system: "bench",
  } as const;
  for (let index = 0; index < inserts; index += 1) {
    await store.changes.record({ ...change, id: `change-${index}`, title: `change ${index}`, time: index });
  }
}

async function doJobs(store: ControlStore): Promise<void> {
  let left = jobCount;
  const all = new Promise<void>((resolve, reject) => {
    store.jobs
      .work("notify", async () => {
        left -= 1;
        if (left === 0) resolve();
      })
      .catch(reject);
  });
  for (let index = 0; index < jobCount; index += 1) await store.jobs.send("notify", { index });
  await all;
}

async function startDelays(store: ControlStore): Promise<readonly number[]> {
  let started = (): void => undefined;
  await store.jobs.work("diagnose", async () => started());
  const delays: number[] = [];
  for (let index = 0; index < roundTrips; index += 1) {
    const begun = performance.now();
    const start = new Promise<void>((resolve) => {
      started = resolve;
    });
    await store.jobs.send("diagnose", {});
    await start;
    delays.push(performance.now() - begun);
  }
  return delays;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
