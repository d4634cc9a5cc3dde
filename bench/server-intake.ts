import { setTimeout as sleep } from "node:timers/promises";
import type { BenchRow } from "./bench-row.ts";
import { openKeepAlive } from "./keep-alive.ts";
import { quantile } from "./quantile.ts";
import type { ServerProcess } from "./server-process.ts";
import { sensorRow } from "./server-sample.ts";

const system = "sensors";
const path = `/v1/systems/${system}/predictions`;
const clients = 64;
const singleSeconds = 8;
const warmUpMs = 2_000;
const batchRows = 10_000;
const batchCount = 40;
const senders = 3;

/** Single predictions of twenty features from 64 kept-alive clients; each waits until its row is durable. */
export async function benchSingles(server: ServerProcess): Promise<readonly BenchRow[]> {
  const time = new Date().toISOString();
  const latencies: number[] = [];
  const startedMs = performance.now();
  const stopMs = startedMs + warmUpMs + singleSeconds * 1_000;
  const client = async (number: number): Promise<void> => {
    const connection = await openKeepAlive(server.port, server.key);
    for (let n = 0; performance.now() < stopMs; n++) {
      const body = `{"rows":[${sensorRow(`single-${number}-${n}`, n, time)}]}`;
      const beganMs = performance.now();
      const status = await connection.post(path, "application/json", body);
      if (status !== 202) throw new Error(`the intake answered ${status}: ${connection.lastBody()}`);
      if (beganMs - startedMs > warmUpMs) latencies.push(performance.now() - beganMs);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const perSecond = latencies.length / singleSeconds;
  await drained(server);
  return [
    {
      name: "intake: durable single predictions of 20 features, 64 clients",
      value: perSecond,
      unit: "1/s",
      budget: 5_000,
    },
    { name: "intake: the same, p50", value: quantile(latencies, 0.5), unit: "ms" },
    { name: "intake: the same, p99", value: quantile(latencies, 0.99), unit: "ms", budget: 25 },
  ];
}

/** Batches of ten thousand lines until every row can be queried; memory of all processes and bytes on disk beside it. */
export async function benchBatches(server: ServerProcess): Promise<readonly BenchRow[]> {
  const time = new Date().toISOString();
  const bodies = Array.from({ length: batchCount }, (_, batch) => {
    const lines = Array.from({ length: batchRows }, (_, n) =>
      sensorRow(`batch-${batch}-${n}-0123456789abcdef`, n, time),
    );
    return new TextEncoder().encode(`${lines.join("\n")}\n`);
  });
  const before = (await storedRows(server)).stored;
  const startedMs = performance.now();
  let next = 0;
  let highest = 0;
  const watching = setInterval(() => {
    void server.memoryMiB().then((now) => {
      highest = Math.max(highest, now ?? 0);
    });
  }, 500);
  const sender = async (): Promise<void> => {
    const connection = await openKeepAlive(server.port, server.key);
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const status = await connection.post(path, "application/x-ndjson", body);
      if (status !== 202) throw new Error(`the intake answered ${status}: ${connection.lastBody()}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: senders }, sender));
  const acknowledgedMs = performance.now() - startedMs;
  const after = await drained(server);
  const storedMs = performance.now() - startedMs;
  clearInterval(watching);
  const rows = batchRows * batchCount;
  if (after - before !== rows) throw new Error(`${after - before} of ${rows} rows were stored`);
  return [
    { name: "intake: NDJSON until acknowledged (durable)", value: rows / (acknowledgedMs / 1_000), unit: "rows/s" },
    {
      name: "intake: NDJSON until stored and checked",
      value: rows / (storedMs / 1_000),
      unit: "rows/s",
      budget: 60_000,
    },
    ...(highest === 0
      ? []
      : [{ name: "server: resident memory of all processes, under load", value: highest, unit: "MiB", budget: 2_560 }]),
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
