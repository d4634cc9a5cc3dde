import { setTimeout as sleep } from "node:timers/promises";
import type { BenchRow } from "./bench-row.ts";
import { type KeepAlive, openKeepAlive } from "./keep-alive.ts";
import { quantile } from "./quantile.ts";
import type { ServerProcess } from "./server-process.ts";
import { flightQuestion } from "./server-sample.ts";

const path = "/v1/systems/flight-delay/predict";
const perSecond = 500;
const seconds = 12;
const warmUpSeconds = 4;
const connections = 64;

/**
 * Single-row predictions with features, model and durable log, as an open loop: questions leave on a fixed beat whether
 * or not earlier ones are answered, and latency counts from the intended moment, so that a stall is not hidden.
 */
export async function benchGateway(server: ServerProcess): Promise<readonly BenchRow[]> {
  const alone: number[] = [];
  const all = [await openKeepAlive(server.port, server.key)];
  try {
    const [one] = all;
    for (let n = 0; n < 600 && one !== undefined; n++) {
      const startedMs = performance.now();
      await ask(one, n);
      if (n >= 200) alone.push(performance.now() - startedMs);
    }
    const free = await Promise.all(Array.from({ length: connections }, () => openKeepAlive(server.port, server.key)));
    all.push(...free);
    const latencies = await openLoop(free);
    return [
      { name: "gateway: one question at a time, p50", value: quantile(alone, 0.5), unit: "ms" },
      { name: "gateway: 500 questions/s, p50", value: quantile(latencies, 0.5), unit: "ms", budget: 3 },
      { name: "gateway: 500 questions/s, p99", value: quantile(latencies, 0.99), unit: "ms", budget: 10 },
    ];
  } finally {
    for (const connection of all) connection.close();
  }
}

async function ask(connection: KeepAlive, n: number): Promise<void> {
  const status = await connection.post(path, "application/json", flightQuestion(n));
  if (status !== 200) throw new Error(`the gateway answered ${status}: ${connection.lastBody()}`);
}

async function openLoop(free: KeepAlive[]): Promise<readonly number[]> {
  const waiting: number[] = [];
  const latencies: number[] = [];
  const running = new Set<Promise<void>>();
  let failure: unknown;
  const startedMs = performance.now();
  const total = perSecond * seconds;
  const send = (n: number): void => {
    // The one that rested longest, so that none rests until the server closes it.
    const connection = free.shift();
    if (connection === undefined) {
      waiting.push(n);
      return;
    }
    const answered = ask(connection, n)
      .then(() => {
        if (n >= perSecond * warmUpSeconds) latencies.push(performance.now() - startedMs - (n * 1_000) / perSecond);
      })
      .catch((thrown: unknown) => {
        failure = thrown;
      })
      .finally(() => {
        running.delete(answered);
        free.push(connection);
        const next = waiting.shift();
        if (next !== undefined) send(next);
      });
    running.add(answered);
  };
  for (let sent = 0; sent < total && failure === undefined; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedMs) * perSecond) / 1_000) + 1);
    while (sent < due) send(sent++);
    await sleep(1);
  }
  while (running.size > 0) await Promise.all(running);
  if (failure !== undefined) throw failure;
  return latencies;
}
