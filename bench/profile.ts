import { randomUUID } from "node:crypto";
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
interface EngineRoom {
  startEngine(options: object): Promise<Engine>;
}
interface Data {
  command(statement: string): Promise<void>;
  rows<T>(statement: string): Promise<readonly T[]>;
  close(): Promise<void>;
}
interface Events {
  ensureTables(system: object): Promise<unknown>;
  storePredictions(system: object, blocks: readonly Uint8Array[]): Promise<{ readonly stored: number }>;
}
interface Profiles {
  freeze(system: object, release: string): Promise<{ readonly windows: readonly object[] }>;
  profileReference(system: object, baseline: object): Promise<void>;
  profileLive(system: object, baseline: object, window: object, version: number): Promise<{ readonly rows: number }>;
  live(baseline: object, windows: readonly object[]): Promise<readonly object[]>;
}

const room = (name: string): string => new URL(`../../packages/homeostat/dist/${name}.js`, import.meta.url).href;
const hourMs = 3_600_000;
const start = Date.parse("2026-01-05T00:00:00Z");
const liveRows = 1_000_000;
const referenceRows = 200_000;
const segmentValues = 20;

const numbers = Array.from({ length: 40 }, (_, n) => ({ name: `n${n}`, type: "number", expression: `n${n}` }));
const categories = Array.from({ length: 10 }, (_, n) => ({ name: `c${n}`, type: "category", expression: `c${n}` }));
const features = [...numbers, ...categories];
const field = (name: string, type: string) => ({ name, type, required: true, physicalName: name });

const system = {
  name: "bench",
  task: { type: "binary-classification", threshold: 0.5 },
  source: { outcomeColumns: [] },
  pipeline: {
    version: "pl-bench",
    inputs: [
      ...numbers.map(({ name }) => field(name, "number")),
      ...categories.map(({ name }) => field(name, "string")),
    ],
    features,
  },
  segments: [{ name: "region", expression: "c0", top: segmentValues }],
  windows: { lengthMs: 24 * hourMs, latenessMs: 0, season: "none" },
};

const values = [
  ...numbers.map(({ name }, n) => `sin(number * ${n + 3}) * ${n + 1} AS f_${name}`),
  ...categories.map(({ name }, n) => `toString(cityHash64(number, ${n}) % ${20 + n}) AS f_${name}`),
  "f_c0 AS s_region",
].join(", ");

/**
 * Claims of the README and of the design's section 6: a window of a million rows of 50 features over 20 values of a
 * segment is counted in under three seconds, whether outcomes have arrived or not. The median of three.
 */
export async function benchProfile(): Promise<readonly BenchRow[]> {
  const { startEngine } = (await import(room("engine/supervise-engine"))) as EngineRoom;
  const { openDataClient } = (await import(room("store/data/data-client"))) as {
    openDataClient(address: Address): Data;
  };
  const { ensureSharedTables } = (await import(room("store/data/shared-table"))) as {
    ensureSharedTables(client: Data): Promise<void>;
  };
  const { createEventStore } = (await import(room("store/data/event-store"))) as {
    createEventStore(client: Data, clock: { now(): number }, door: unknown, hash: unknown): Events;
  };
  const { createProfileStore } = (await import(room("store/data/profile-store"))) as {
    createProfileStore(client: Data): Profiles;
  };
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-profile-"));
  const engine = await startEngine({ dataPath: directory, memoryLimitBytes: 2 * 1024 ** 3 });
  const client = openDataClient(engine.address);
  try {
    await ensureSharedTables(client);
    const { subjectHashOf } = (await import(room("store/data/subject-hash"))) as {
      subjectHashOf(key: string): unknown;
    };
    const events = createEventStore(client, Date, undefined, subjectHashOf("0".repeat(32)));
    await events.ensureTables(system);
    await fill(client);
    const profiles = createProfileStore(client);
    return [...(await benchCounting(profiles)), ...(await benchStoring(client, events))];
  } finally {
    await client.close();
    await engine.stop(5_000);
    await rm(directory, { recursive: true, force: true });
  }
}

async function fill(client: Data): Promise<void> {
  const names = [...features.map(({ name }) => `f_${name}`), "s_region"].join(", ");
  const time = (from: number, rows: number): string =>
    `fromUnixTimestamp64Milli(toInt64(${from} + intDiv(number * ${24 * hourMs - 1}, ${rows})), 'UTC')`;
  await client.command(
    `INSERT INTO reference_bench (release, time, probability, scored, outcome, ${names})
     SELECT 'r1', ${time(start, referenceRows)}, (cityHash64(number) % 1000) / 1000, 1, number % 2, ${values} FROM numbers(${referenceRows})`,
  );
  await client.command(
    `INSERT INTO predictions_bench (id, time, received, release, probability, ${names})
     SELECT toString(generateUUIDv4(number)), ${time(start + 24 * hourMs, liveRows)}, now64(3), 'r1', (cityHash64(number) % 1000) / 1000, ${values}
     FROM numbers(${liveRows})`,
  );
  await client.command(
    "INSERT INTO outcomes SELECT 'bench', id, time, received, cityHash64(id) % 2 FROM predictions_bench WHERE cityHash64(id) % 3 > 0",
  );
}

async function benchCounting(profiles: Profiles): Promise<readonly BenchRow[]> {
  let frozen: { readonly windows: readonly object[] } = { windows: [] };
  const freezing = await timeMs(async () => {
    frozen = await profiles.freeze(system, "r1");
  });
  const baseline = { ...frozen, id: "bl-bench", system: "bench", release: "r1" };
  const counting = await timeMs(() => profiles.profileReference(system, baseline));
  const window = { start: start + 24 * hourMs, end: start + 48 * hourMs };
  const times: number[] = [];
  for (let version = 1; version <= 3; version++)
    times.push(await timeMs(() => profiles.profileLive(system, baseline, window, version)));
  const reading: number[] = [];
  for (let n = 0; n < 5; n++)
    reading.push(await timeMs(() => profiles.live(baseline, [{ ...window, profileVersion: 3 }])));
  return [
    { name: "profile: freeze 200,000 reference rows x 50 features", value: freezing, unit: "ms" },
    { name: "profile: count them", value: counting, unit: "ms" },
    {
      name: "profile: window of 1 M rows x 50 features x 20 segments",
      value: median(times),
      unit: "ms",
      budget: 3_000,
    },
    { name: "profile: read the counts of a window", value: median(reading), unit: "ms", budget: 300 },
  ];
}

const sensors = {
  ...system,
  name: "sensors",
  pipeline: {
    version: "pl-sensors",
    inputs: [
      ...numbers.slice(0, 15).map(({ name }) => field(name, "number")),
      ...categories.slice(0, 5).map(({ name }) => field(name, "string")),
    ],
    features: [...numbers.slice(0, 15), ...categories.slice(0, 5)],
  },
};

const blockRows = 50_000;
const encoder = new TextEncoder();

/** A block as the shipper hands it over; values of the kind that sensors and shops have. */
function blockOf(n: number): Uint8Array {
  const lines = Array.from({ length: blockRows }, (_, row) => {
    const line: Record<string, unknown> = {
      id: randomUUID(),
      time: start + 30 * hourMs + n * hourMs + row,
      received: start + 31 * hourMs + n * hourMs,
      release: "r1",
      probability: Math.round(Math.abs(Math.sin(row)) * 1e6) / 1e6,
      vector_seen: 0,
    };
    for (let at = 0; at < 15; at++) line[`i_n${at}`] = Math.round(Math.sin(row * (at + 3)) * 1e6) / 1e3;
    for (let at = 0; at < 5; at++) line[`i_c${at}`] = `value ${(row * 7) % (20 + at)}`;
    return JSON.stringify(line);
  });
  return encoder.encode(`${lines.join("\n")}\n`);
}

/** The store alone: blocks as the shipper hands them over, each id looked up among a million known ones. */
async function benchStoring(client: Data, events: Events): Promise<readonly BenchRow[]> {
  await events.ensureTables(sensors);
  await client.command(
    `INSERT INTO predictions_sensors (id, time, received, release)
     SELECT toString(generateUUIDv4(number)), fromUnixTimestamp64Milli(toInt64(${start} + number), 'UTC'), now64(3), 'r1' FROM numbers(${liveRows})`,
  );
  const bytesBefore = await bytesOf(client);
  const times: number[] = [];
  const again: number[] = [];
  const blocks = 5;
  for (let n = 0; n < blocks; n++) {
    const bytes = blockOf(n);
    times.push(await timeMs(() => events.storePredictions(sensors, [bytes])));
    if (n < 3) again.push(await timeMs(() => events.storePredictions(sensors, [bytes])));
  }
  const perRow = ((await bytesOf(client)) - bytesBefore) / (blocks * blockRows);
  const single = encoder.encode(
    `${JSON.stringify({ id: "one", time: start, received: start, probability: 0.5, vector_seen: 0 })}\n`,
  );
  const ones: number[] = [];
  for (let n = 0; n < 20; n++) ones.push(await timeMs(() => events.storePredictions(sensors, [single])));
  return [
    {
      name: "store: blocks of 50,000 lines, 20 features, a million ids known",
      value: blockRows / (median(times) / 1_000),
      unit: "rows/s",
      budget: 60_000,
    },
    { name: "store: the same blocks again, all known", value: blockRows / (median(again) / 1_000), unit: "rows/s" },
    { name: "store: a block of one known line", value: median(ones), unit: "ms" },
    { name: "store: disk for a prediction of 20 inputs and 20 features", value: perRow, unit: "bytes" },
  ];
}

async function bytesOf(client: Data): Promise<number> {
  const [row] = await client.rows<{ bytes: string }>(
    "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table = 'predictions_sensors'",
  );
  return Number(row?.bytes ?? 0);
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}
