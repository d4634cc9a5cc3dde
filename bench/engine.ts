import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value to hold: at most for times and sizes, at least for rates. */
  readonly budget?: number;
}

interface Address {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}
interface Engine {
  readonly address: Address;
  readonly shipper: Address;
  readonly expressions: Address;
  state(): { readonly pid: number | undefined };
  stop(limitMs: number): Promise<void>;
}
interface EngineRoom {
  startEngine(options: object): Promise<Engine>;
}
interface Computer {
  compute(pipeline: object, rows: readonly object[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}
interface ComputeRoom {
  createFeatureComputer(address: Address): Computer;
}

const room = new URL("../../packages/homeostat/dist/engine/", import.meta.url);
const memoryLimitBytes = 2e9;
const numbers = Array.from({ length: 20 }, (_, n) => `f${n}`);
const columns = `id Int64, at DateTime64(3, 'UTC'), s String, c LowCardinality(String), ${numbers.map((name) => `${name} Float64`).join(", ")}`;
const field = (name: string, type: string) => ({ name, type, required: true, physicalName: name });
const feature = (name: string, type: string, expression: string) => ({ name, type, expression });

/** Ten features of the kinds that tabular systems use. */
const pipeline = {
  version: "pl-bench",
  inputs: [
    field("at", "timestamp"),
    field("distance", "number"),
    field("weight", "number"),
    field("age", "integer"),
    field("origin", "string"),
    field("carrier", "string"),
    field("express", "boolean"),
  ],
  features: [
    feature("hour", "number", "toHour(at)"),
    feature("weekday", "number", "toDayOfWeek(at)"),
    feature("weekend", "number", "toDayOfWeek(at) > 5"),
    feature("distance_log", "number", "log1p(distance)"),
    feature("per_kilo", "number", "distance / weight"),
    feature("age_group", "category", "multiIf(age < 30, 'young', age < 60, 'middle', 'old')"),
    feature("origin", "category", "upper(origin)"),
    feature("carrier", "category", "coalesce(carrier, 'none')"),
    feature("express", "number", "express"),
    feature("age", "number", "age"),
  ],
};

const inputRow = (n: number) => ({
  at: "2026-01-02T03:04:05.678Z",
  distance: 100 + n,
  weight: 3.5,
  age: n % 90,
  origin: "Zürich",
  carrier: n % 7 === 0 ? null : "AB",
  express: n % 2 === 0,
});

/**
 * Claims of the README and of the design's section 3: the engine child is up in a moment, features of one row are
 * computed in two milliseconds and of ten thousand at a hundred thousand a second; durable inserts as JSON and Parquet.
 */
export async function benchEngine(): Promise<readonly BenchRow[]> {
  const { startEngine } = (await import(new URL("supervise-engine.js", room).href)) as EngineRoom;
  const { createFeatureComputer } = (await import(new URL("compute-features.js", room).href)) as ComputeRoom;
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-engine-"));
  const spool = join(directory, "spool");
  await mkdir(spool);
  const startedAt = performance.now();
  const engine = await startEngine({ dataPath: join(directory, "data"), memoryLimitBytes, fileRoots: [spool] });
  const startMs = performance.now() - startedAt;
  const computer = createFeatureComputer(engine.expressions);
  try {
    const idleMiB = await residentMiB(engine.state().pid);
    return [
      { name: "engine child, start to first answer", value: startMs, unit: "ms", budget: 1_000 },
      ...(idleMiB === undefined
        ? []
        : [{ name: "engine child, resident when idle", value: idleMiB, unit: "MiB", budget: 400 }]),
      ...(await benchFeatures(computer)),
      ...(await benchInserts(engine, spool)),
    ];
  } finally {
    await computer.close();
    await engine.stop(5_000);
    await rm(directory, { recursive: true, force: true });
  }
}

async function benchFeatures(computer: Computer): Promise<readonly BenchRow[]> {
  const one = await timesOf(400, (n) => computer.compute(pipeline, [inputRow(n)]));
  const thousandRows = Array.from({ length: 1_000 }, (_, n) => inputRow(n));
  const thousand = await timesOf(20, () => computer.compute(pipeline, thousandRows));
  const manyRows = Array.from({ length: 10_000 }, (_, n) => inputRow(n));
  const many = await timesOf(10, () => computer.compute(pipeline, manyRows));
  const clients = 64;
  const each = 50;
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    for (let n = 0; n < each; n++) await computer.compute(pipeline, [inputRow(n)]);
  };
  await Promise.all(Array.from({ length: clients }, client));
  const perSecond = ((clients * each) / (performance.now() - startedAt)) * 1_000;
  return [
    { name: "features of one row, p50", value: quantileOf(one, 0.5), unit: "ms", budget: 2.5 },
    { name: "features of one row, p99", value: quantileOf(one, 0.99), unit: "ms" },
    { name: "features of 1,000 rows, p50", value: quantileOf(thousand, 0.5), unit: "ms" },
    {
      name: "features, 10,000 rows a call",
      value: 10_000 / (quantileOf(many, 0.5) / 1_000),
      unit: "rows/s",
      budget: 100_000,
    },
    { name: "features, single rows from 64 callers", value: perSecond, unit: "rows/s" },
  ];
}

async function benchInserts(engine: Engine, spool: string): Promise<readonly BenchRow[]> {
  await send(engine.address, `CREATE TABLE rows (${columns}) ENGINE = MergeTree ORDER BY (at, id)`);
  const made = `SELECT number AS id, toDateTime64('2026-01-01', 3, 'UTC') + number AS at, toString(cityHash64(number)) AS s, toString(number % 20) AS c, ${numbers.map((name, n) => `sin(number + ${n}) AS ${name}`).join(", ")} FROM numbers({count})`;
  const batch = 10_000;
  const json = await send(engine.address, `${made.replace("{count}", String(batch))} FORMAT JSONEachRow`);
  const times = await timesOf(12, () => send(engine.address, "INSERT INTO rows FORMAT JSONEachRow", json));
  const rows = 500_000;
  const path = join(spool, "rows.parquet");
  await writeFile(path, await send(engine.address, `${made.replace("{count}", String(rows))} FORMAT Parquet`));
  const parquet = await timesOf(3, () =>
    send(engine.shipper, `INSERT INTO rows SELECT * FROM file('${path}', 'Parquet')`),
  );
  const single = Buffer.from(json.subarray(0, json.indexOf(10) + 1));
  const durable = await timesOf(50, () => send(engine.address, "INSERT INTO rows FORMAT JSONEachRow", single));
  return [
    { name: "durable insert of one row, p50", value: quantileOf(durable, 0.5), unit: "ms" },
    {
      name: "durable JSON inserts, 24 columns, 10,000 rows",
      value: batch / (quantileOf(times, 0.5) / 1_000),
      unit: "rows/s",
      budget: 60_000,
    },
    {
      name: "durable Parquet inserts, 24 columns",
      value: rows / (quantileOf(parquet, 0.5) / 1_000),
      unit: "rows/s",
      budget: 600_000,
    },
  ];
}

async function send(address: Address, sql: string, data?: Buffer): Promise<Buffer> {
  const credential = Buffer.from(`${address.username}:${address.password}`).toString("base64");
  const response = await fetch(`${address.url}/?query=${encodeURIComponent(sql)}`, {
    method: "POST",
    headers: { authorization: `Basic ${credential}` },
    ...(data === undefined ? {} : { body: new Uint8Array(data) }),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(answer.toString("utf8"));
  return answer;
}

async function timesOf(count: number, work: (n: number) => Promise<unknown>): Promise<readonly number[]> {
  for (let n = 0; n < Math.min(count, 3); n++) await work(n);
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const startedAt = performance.now();
    await work(n);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((one, other) => one - other);
}

function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Resident memory of a process where the system tells (Linux). */
async function residentMiB(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
  } catch {
    return undefined;
  }
}
