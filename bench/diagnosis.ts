import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchRow } from "./bench-row.ts";

interface Address {
  readonly url: string;
}
interface Engine {
  readonly address: Address;
  stop(limitMs: number): Promise<void>;
}
interface Data {
  command(statement: string): Promise<void>;
  close(): Promise<void>;
}

const room = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../../packages/homeostat/dist/${name}.js`, import.meta.url).href)) as T;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.parse("2026-01-05T00:00:00Z");
const referenceDays = 10;
const liveRows = 1_000_000;
const referenceRows = 200_000;
const clock = { now: () => Date.now() };

const numbers = Array.from({ length: 8 }, (_, n) => `n${n}`);
const categories = Array.from({ length: 6 }, (_, n) => `c${n}`);
const names = [...numbers, ...categories];
const field = (name: string, type: string) => ({ name, type, required: true, physicalName: name });

const system = {
  name: "bench",
  serving: "monitor-only",
  task: { type: "binary-classification", threshold: 0.5 },
  source: { component: "source:bench", outcomeColumns: [] },
  pipeline: {
    version: "pl-bench",
    inputs: [...numbers.map((name) => field(name, "number")), ...categories.map((name) => field(name, "string"))],
    features: [
      ...numbers.map((name) => ({ name, type: "number", expression: name })),
      ...categories.map((name) => ({ name, type: "category", expression: name })),
    ],
  },
  outcome: { name: "y", expression: "1", maturityMs: 0 },
  segments: [{ name: "region", expression: "c0", top: 20 }],
  windows: { lengthMs: dayMs, latenessMs: 0, season: "none" },
  fallback: [],
};

/** Eight numbers and six categories; where `moved`, a number of one region is ten times what it was. */
const values = (moved: string): string =>
  [
    ...numbers.map((name, n) => {
      const value = `abs(sin(number * ${n + 3})) * ${n + 1}`;
      return `${n === 0 ? `if(${moved} AND region = '3', 10, 1) * ` : ""}${value} AS f_${name}`;
    }),
    ...categories.map((name, n) => `toString(cityHash64(number, ${n}) % ${n === 0 ? 20 : 6 + n}) AS f_${name}`),
  ].join(", ");

/** The mark to hold: the seven steps on a window of a million rows of 14 features, outcomes arrived, in under fifteen seconds. */
export async function benchDiagnosis(): Promise<readonly BenchRow[]> {
  const { startEngine } = await room<{ startEngine(options: object): Promise<Engine> }>("engine/supervise-engine");
  const { openDataClient } = await room<{ openDataClient(address: Address): Data }>("store/data/data-client");
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-diagnosis-"));
  const engine = await startEngine({ dataPath: join(directory, "engine"), memoryLimitBytes: 2 * 1024 ** 3 });
  const client = openDataClient(engine.address);
  const { openControlStore } = await room<{ openControlStore(options: object): Promise<Control> }>(
    "store/control/open-control-store",
  );
  const control = await openControlStore({ directory: join(directory, "control"), onEvent: () => undefined });
  try {
    const tookMs = await diagnoseMillion(client, control);
    return [{ name: "seven steps on 1 M rows x 14 features", value: tookMs, unit: "ms", budget: 15_000 }];
  } finally {
    await Promise.all([client.close(), control.close()]);
    await engine.stop(5_000);
    await rm(directory, { recursive: true, force: true });
  }
}

interface Control {
  readonly windows: object;
  close(): Promise<void>;
}

async function diagnoseMillion(client: Data, control: Control): Promise<number> {
  const { ensureSharedTables } = await room<{ ensureSharedTables(of: Data): Promise<void> }>("store/data/shared-table");
  const { createEventStore } = await room<{
    createEventStore(...of: readonly unknown[]): { ensureTables(of: object): Promise<void> };
  }>("store/data/event-store");
  const { subjectHashOf } = await room<{ subjectHashOf(key: string): unknown }>("store/data/subject-hash");
  const { createProfileStore } = await room<{ createProfileStore(of: Data): object }>("store/data/profile-store");
  const { createVerdictStore } = await room<{ createVerdictStore(of: Data): object }>("store/data/verdict-store");
  const { createSliceStore } = await room<{ createSliceStore(of: Data): object }>("store/data/slice-store");
  const { freezeReceived } = await room<{
    freezeReceived(...of: readonly unknown[]): Promise<{ readonly kind: string; readonly baseline: object }>;
  }>("service/learn/freeze-received");
  const { diagnoseWindow } = await room<{
    diagnoseWindow(...of: readonly unknown[]): Promise<{ readonly kind: string }>;
  }>("service/judge/diagnose-window");
  await ensureSharedTables(client);
  await createEventStore(client, clock, undefined, subjectHashOf("0".repeat(32))).ensureTables(system);
  const liveFrom = start + referenceDays * dayMs;
  await fill(client, "r", referenceRows, start, referenceDays * dayMs, "0");
  await fill(client, "l", liveRows, liveFrom, dayMs, "1");
  const ports = {
    ...control,
    clock,
    profiles: createProfileStore(client),
    verdicts: createVerdictStore(client),
    slices: createSliceStore(client),
    runtime: undefined,
    features: undefined,
    runs: undefined,
  };
  const order = { release: "r1", from: start, to: liveFrom, actor: "bench" };
  await freezeReceived(ports, system, order, async () => undefined);
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const beganMs = performance.now();
    const { kind } = await diagnoseWindow(ports, system, { from: liveFrom, to: liveFrom + dayMs });
    if (kind !== "diagnosed") throw new Error(kind);
    times.push(performance.now() - beganMs);
  }
  return times.sort((a, b) => a - b)[1] ?? Number.NaN;
}

async function fill(
  client: Data,
  tag: string,
  rows: number,
  from: number,
  spanMs: number,
  moved: string,
): Promise<void> {
  const region = "toString(cityHash64(number, 0) % 20)";
  const time = `fromUnixTimestamp64Milli(toInt64(${from} + intDiv(number * ${spanMs}, ${rows})), 'UTC')`;
  await client.command(
    `INSERT INTO predictions_bench (id, time, received, release, served_by, probability, vector_seen, ${names.map((name) => `f_${name}`).join(", ")}, s_region)
     SELECT concat('${tag}', toString(number)), ${time}, now64(3, 'UTC'), 'r1', 'elsewhere', (cityHash64(number, 99) % 1000) / 1000, 1, ${values(moved)}, region
     FROM (SELECT number, ${region} AS region FROM numbers(${rows}))`,
  );
  await client.command(
    `INSERT INTO outcomes (system, prediction_id, time, received, value)
     SELECT 'bench', concat('${tag}', toString(number)), ${time}, now64(3, 'UTC'), cityHash64(number, 77) % 100 < 40 FROM numbers(${rows})`,
  );
}
