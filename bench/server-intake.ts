import { setTimeout as sleep } from "node:timers/promises";
import type { BenchRow } from "./bench-row.ts";
import { openKeepAlive } from "./keep-alive.ts";
import { quantile } from "./quantile.ts";
import type { ServerProcess } from "./server-process.ts";
import { sensorRow, sensorTable } from "./server-sample.ts";
import { tablesOf } from "./tables.ts";

const system = "sensors";
const path = `/v1/systems/${system}/predictions`;
const clients = 64;
const singleSeconds = 8;
const warmUpMs = 2_000;

/** Single predictions of twenty features from 64 kept-alive clients; each waits until its row is durable. */
export async function benchSingles(server: ServerProcess): Promise<readonly BenchRow[]> {
  const time = new Date().toISOString();
  const latencies: number[] = [];
  let sent = 0;
  const before = await server.cpu();
  const startedMs = performance.now();
  const stopMs = startedMs + warmUpMs + singleSeconds * 1_000;
  const client = async (number: number): Promise<void> => {
    const connection = await openKeepAlive(server.port, server.key);
    for (let n = 0; performance.now() < stopMs; n++) {
      const body = `{"rows":[${sensorRow(`single-${number}-${n}`, n, time)}]}`;
      const beganMs = performance.now();
      const status = await connection.post(path, "application/json", body);
      if (status !== 202) throw new Error(`the intake answered ${status}: ${connection.lastBody()}`);
      sent += 1;
      if (beganMs - startedMs > warmUpMs) latencies.push(performance.now() - beganMs);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const perSecond = latencies.length / singleSeconds;
  await drained(server);
  const name = "intake: durable single predictions of 20 features, 64 clients";
  return [
    { name, value: perSecond, unit: "1/s", budget: 5_000 },
    { name: "intake: the same, p50", value: quantile(latencies, 0.5), unit: "ms" },
    { name: "intake: the same, p99", value: quantile(latencies, 0.99), unit: "ms", budget: 25 },
    ...perRow("intake: the same", before, await server.cpu(), sent),
  ];
}

type Format = "NDJSON" | "Parquet" | "ArrowStream";

interface Batches {
  readonly rows: number;
  readonly mediaType: string;
  readonly budget: number;
  /** Batches sent before everything has to be stored; no more of them are in memory at once. */
  readonly atOnce: number;
  readonly senders: number;
  make(prefix: string, from: number, count: number, time: string): Promise<readonly Uint8Array[]>;
}

const formats: Readonly<Record<Format, Batches>> = {
  NDJSON: {
    rows: 10_000,
    mediaType: "application/x-ndjson",
    budget: 60_000,
    atOnce: 40,
    senders: 3,
    make: async (prefix, from, count, time) =>
      Array.from({ length: count }, (_, batch) => {
        const first = from + batch * 10_000;
        const lines = Array.from({ length: 10_000 }, (_, n) =>
          sensorRow(`${prefix}-${first + n}-0123456789abcdef`, n, time),
        );
        return new TextEncoder().encode(`${lines.join("\n")}\n`);
      }),
  },
  Parquet: tables("Parquet", "application/vnd.apache.parquet"),
  ArrowStream: tables("ArrowStream", "application/vnd.apache.arrow.stream"),
};

function tables(format: Format, mediaType: string): Batches {
  const rows = 500_000;
  return {
    rows,
    mediaType,
    budget: 600_000,
    atOnce: 4,
    senders: 2,
    make: (prefix, from, count, time) =>
      tablesOf(
        Array.from({ length: count }, (_, batch) => sensorTable(prefix, from + batch * rows, rows, time)),
        format,
      ),
  };
}

/**
 * Batches until every row can be queried, in rounds: a round's batches are made while the clock stands, and the next is
 * made when the last is stored. Memory of all processes is read twice a second.
 */
export async function benchBatches(
  server: ServerProcess,
  format: Format,
  rowsWanted: number,
): Promise<readonly BenchRow[]> {
  const batches = formats[format];
  const count = Math.max(1, Math.round(rowsWanted / batches.rows));
  const sum = { acknowledgedMs: 0, storedMs: 0, serverMs: 0, enginesMs: 0 };
  const memory: number[] = [];
  for (let done = 0; done < count; done += batches.atOnce) {
    const bodies = await batches.make(format, done * batches.rows, Math.min(batches.atOnce, count - done), soon());
    const round = await sendRound(server, batches, bodies);
    sum.acknowledgedMs += round.acknowledgedMs;
    sum.storedMs += round.storedMs;
    sum.serverMs += round.serverMs;
    sum.enginesMs += round.enginesMs;
    memory.push(round.highestMiB);
  }
  const rows = count * batches.rows;
  const name = `intake: ${format}`;
  const [half = 0, end = 0] = [memory.slice(0, Math.ceil(memory.length / 2)), memory].map((part) => Math.max(...part));
  return [
    { name: `${name} until acknowledged (durable)`, value: rows / (sum.acknowledgedMs / 1_000), unit: "rows/s" },
    {
      name: `${name} until stored and checked`,
      value: rows / (sum.storedMs / 1_000),
      unit: "rows/s",
      budget: batches.budget,
    },
    ...perRow(name, { serverMs: 0, enginesMs: 0 }, sum, rows),
    ...(end === 0 ? [] : [{ name: `${name}, resident memory of all processes, first half`, value: half, unit: "MiB" }]),
    ...(end === 0
      ? []
      : [{ name: `${name}, resident memory of all processes, highest`, value: end, unit: "MiB", budget: 2_560 }]),
  ];
}

const soon = (): string => new Date().toISOString();

async function sendRound(server: ServerProcess, { rows, mediaType, senders }: Batches, bodies: readonly Uint8Array[]) {
  const before = (await storedRows(server)).stored;
  const cpuBefore = await server.cpu();
  let next = 0;
  let highestMiB = 0;
  const watching = setInterval(() => {
    void server.memoryMiB().then((now) => {
      highestMiB = Math.max(highestMiB, now ?? 0);
    });
  }, 500);
  const startedMs = performance.now();
  const sender = async (): Promise<void> => {
    const connection = await openKeepAlive(server.port, server.key);
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const status = await connection.post(path, mediaType, body);
      if (status !== 202) throw new Error(`the intake answered ${status}: ${connection.lastBody()}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: senders }, sender));
  const acknowledgedMs = performance.now() - startedMs;
  const after = await drained(server);
  const storedMs = performance.now() - startedMs;
  clearInterval(watching);
  const sent = rows * bodies.length;
  if (after - before !== sent) throw new Error(`${after - before} of ${sent} rows were stored`);
  const cpu = await server.cpu();
  return {
    acknowledgedMs,
    storedMs,
    serverMs: (cpu?.serverMs ?? 0) - (cpuBefore?.serverMs ?? 0),
    enginesMs: (cpu?.enginesMs ?? 0) - (cpuBefore?.enginesMs ?? 0),
    highestMiB,
  };
}

/** Processor time per row, which hardly depends on what else the machine does. */
function perRow(
  name: string,
  before: { readonly serverMs: number; readonly enginesMs: number } | undefined,
  after: { readonly serverMs: number; readonly enginesMs: number } | undefined,
  rows: number,
): readonly BenchRow[] {
  if (before === undefined || after === undefined) return [];
  const server = after.serverMs - before.serverMs;
  const engines = after.enginesMs - before.enginesMs;
  return [
    { name: `${name}, processor time of the server`, value: (server * 1_000) / rows, unit: "µs/row" },
    { name: `${name}, processor time of the engines`, value: (engines * 1_000) / rows, unit: "µs/row" },
    { name: `${name}, for each second of processor time`, value: rows / ((server + engines) / 1_000), unit: "rows/s" },
  ];
}

async function storedRows(server: ServerProcess): Promise<{ readonly stored: number; readonly pending: number }> {
  const { predictions } = await server.client.call("counts", { path: { system } });
  return { stored: predictions.stored, pending: predictions.pendingInSpool };
}

async function drained(server: ServerProcess): Promise<number> {
  for (;;) {
    const { stored, pending } = await storedRows(server);
    if (pending === 0) return stored;
    await sleep(50);
  }
}
