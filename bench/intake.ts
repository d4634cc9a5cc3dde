import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions, BenchRow } from "./bench-row.ts";
import { benchBatches, benchSingles } from "./server-intake.ts";
import { startServer } from "./server-process.ts";
import { declarations } from "./server-sample.ts";
import { fsyncAlone } from "./spool.ts";
import { tablesOf } from "./tables.ts";

/**
 * Durable intake through HTTP into the event table of a system with twenty features: single rows, NDJSON, Parquet and
 * Arrow; processor time a row, memory in the middle and at the end, disk for a stored row, and what an fsync costs here.
 */
export async function benchIntake({ rows }: BenchOptions): Promise<readonly BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-intake-"));
  const server = await startServer(join(directory, "data"));
  try {
    const fsyncMs = await fsyncAlone(directory);
    await server.client.call("apply", { body: { files: [...(await declarations())] } });
    const singles = await benchSingles(server);
    const lines = await benchBatches(server, "NDJSON", rows);
    // A table is read about ten times as fast as lines.
    const parquet = await benchBatches(server, "Parquet", Math.max(rows, 2_000_000));
    const arrow = await benchBatches(server, "ArrowStream", Math.max(rows, 2_000_000));
    await server.stop();
    return [
      { name: "intake: one fdatasync of this disk, p50", value: fsyncMs, unit: "ms" },
      ...singles,
      ...lines,
      ...parquet,
      ...arrow,
      { name: "intake: disk for a stored prediction", value: await bytesPerRow(directory), unit: "bytes" },
    ];
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function bytesPerRow(directory: string): Promise<number> {
  const statement =
    "SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts WHERE active AND table = 'predictions_sensors'";
  const [answer] = await tablesOf([statement], "TabSeparated", join(directory, "data", "engine"));
  return Number(new TextDecoder().decode(answer));
}
