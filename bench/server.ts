import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchRow } from "./bench-row.ts";
import { benchGateway } from "./server-gateway.ts";
import { type ServerProcess, startServer } from "./server-process.ts";
import { declarations, flightQuestion, flightRows } from "./server-sample.ts";
import { tablesOf } from "./tables.ts";

/**
 * The whole house as a user starts it, in one process tree on loopback, with its load generator on the same cores: cold
 * start, latency of the gateway, memory. Claims of the README and budgets of the design's section 12.
 */
export async function benchServer(): Promise<readonly BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-server-"));
  let server: ServerProcess | undefined;
  try {
    server = await startServer(join(directory, "data"));
    const firstReadyMs = server.readyMs;
    await sleep(2_000);
    const idle = await server.memoryMiB();
    await declareAndRelease(server);
    await sleep(3_000);
    const gateway = await benchGateway(server);
    await server.stop();
    server = await startServer(join(directory, "data"));
    const secondReadyMs = server.readyMs;
    await firstAnswer(server);
    const answeredMs = performance.now() - server.startedAt;
    return [
      { name: "server: first start on an empty directory, to ready", value: firstReadyMs, unit: "ms", budget: 3_000 },
      { name: "server: second start, to ready", value: secondReadyMs, unit: "ms", budget: 3_000 },
      { name: "server: second start, to the first prediction", value: answeredMs, unit: "ms", budget: 3_000 },
      ...(idle === undefined
        ? []
        : [{ name: "server: resident memory of all processes, idle", value: idle, unit: "MiB", budget: 1_024 }]),
      ...gateway,
    ];
  } finally {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function declareAndRelease(server: ServerProcess): Promise<void> {
  const { client } = server;
  await client.call("apply", { body: { files: [...(await declarations())] } });
  const path = { system: "flight-delay" };
  const [bytes] = await tablesOf([flightRows], "Parquet");
  const dataset = await client.call("createDataset", {
    path,
    body: { type: "application/vnd.apache.parquet", bytes: bytes ?? new Uint8Array() },
  });
  const training = await client.call("train", {
    path,
    body: {
      dataset: dataset.digest,
      timeColumn: "departure",
      holdoutFrom: "2001-02-15T00:00:00Z",
      maxTrainingRows: 20_000,
    },
  });
  const { model } = (await finished(server, training.id)) as { readonly model: string };
  const release = await client.call("createRelease", { path, body: { model } });
  await finished(server, release.id);
}

async function finished(server: ServerProcess, id: string): Promise<unknown> {
  for (;;) {
    const job = await server.client.call("job", { path: { job: id } });
    if (job.state === "done") return job.result;
    if (job.state === "failed") throw new Error(`${job.kind} failed: ${job.error}`);
    await sleep(100);
  }
}

async function firstAnswer(server: ServerProcess): Promise<void> {
  const response = await fetch(`${server.url}/v1/systems/flight-delay/predict`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
    body: flightQuestion(1),
  });
  const answer = (await response.json()) as { readonly degraded?: boolean };
  if (answer.degraded !== false)
    throw new Error(`the first prediction was not the release's: ${JSON.stringify(answer)}`);
}
