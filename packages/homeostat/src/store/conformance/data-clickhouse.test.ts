import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import type { EngineAddress, EngineProcess } from "../../domain/engine/data-engine.ts";
import { openDataClient } from "../data/data-client.ts";
import { dataConformance } from "./data-conformance.ts";
import type { DataPlace } from "./data-place.ts";

interface EngineRoom {
  startEngine(options: object): Promise<EngineProcess & { readonly shipper: EngineAddress }>;
}

const engineRoom = new URL("../../../dist/engine/supervise-engine.js", import.meta.url);
const given = process.env.HOMEOSTAT_TEST_CLICKHOUSE_URL;

/** A database of its own on the given server; files are read by a local engine, as in production. */
async function clickhousePlace(address: URL): Promise<DataPlace> {
  const { startEngine } = (await import(engineRoom.href)) as EngineRoom;
  const directory = await mkdtemp(join(tmpdir(), "homeostat-data-"));
  const database = `homeostat_test_${process.pid}`;
  const server = { url: address.origin, username: address.username || "default", password: address.password };
  const admin = openDataClient({ ...server, database: "default" });
  await admin.command(`CREATE DATABASE ${database}`);
  const engine = await startEngine({ memoryLimitBytes: 1_500_000_000, fileRoots: [directory] });
  const client = openDataClient({ ...server, database });
  const files = openDataClient(engine.shipper);
  return {
    client,
    files,
    directory,
    // The server is not ours to end; its tables of memory are emptied as if it had been.
    crash: async () => {
      const memory = await client.rows<{ name: string }>(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'Memory'",
      );
      for (const { name } of memory) await client.command(`TRUNCATE TABLE ${name}`);
    },
    remove: async () => {
      await admin.command(`DROP DATABASE ${database}`);
      await Promise.all([admin.close(), client.close(), files.close()]);
      await engine.stop(5_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

if (given === undefined)
  describe("data store on a ClickHouse server", () =>
    it.skip("is not run: HOMEOSTAT_TEST_CLICKHOUSE_URL is not given"));
else dataConformance("a ClickHouse server", () => clickhousePlace(new URL(given)));
