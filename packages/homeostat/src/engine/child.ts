/**
 * The engine child process: chDB behind as much of the ClickHouse HTTP interface as `@clickhouse/client` uses, on
 * loopback, with passwords. A process of its own, so that a native crash or a query that eats all memory takes nothing
 * else down. Started by `startEngine` with an IPC channel; it ends when that channel closes, since an orphan would hold
 * the port and the lock on the data directory.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildFailure, ChildMessage, ChildOptions, ParentMessage } from "./child-options.ts";
import { createRequestHandler } from "./handle-request.ts";
import { outsideFunctionsOf } from "./outside-functions.ts";
import { serverConfigXml } from "./server-config.ts";
import { SessionPool } from "./session-pool.ts";

interface Running {
  readonly server: Server;
  readonly pool: SessionPool;
  readonly privateDirectory: string;
}

let running: Running | undefined;
let privateDirectory: string | undefined;

process.on("message", (message: ParentMessage) => {
  if (message.kind === "start") {
    start(message.options).catch((thrown: unknown) => fail("not-usable", thrown));
  } else {
    stop();
  }
});
process.on("disconnect", endAtOnce);
// The supervisor decides when the engine ends: an interrupt typed at the terminal reaches the whole process group.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function start(options: ChildOptions): Promise<void> {
  privateDirectory = mkdtempSync(join(tmpdir(), "homeostat-engine-"));
  const configPath = join(privateDirectory, "engine.xml");
  writeFileSync(configPath, serverConfigXml(options.memoryLimitBytes), { mode: 0o600 });
  const dataPath = options.dataPath ?? join(privateDirectory, "data");
  try {
    mkdirSync(dataPath, { recursive: true });
    const probe = join(dataPath, ".homeostat-probe");
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (thrown) {
    fail("unwritable", thrown);
    return;
  }
  let pool: SessionPool;
  try {
    pool = new SessionPool(options, dataPath, [`--config-file=${configPath}`, "--async_load_databases=0"]);
  } catch (thrown) {
    fail("not-opened", thrown);
    return;
  }
  await pool.prepare();
  const outsideFunctions = await outsideFunctionsOf(pool);
  const version = (await pool.ask("SELECT version()")).trim();
  const server = createServer(
    { keepAliveTimeout: 120_000, requestTimeout: 0 },
    createRequestHandler({ pool, options, outsideFunctions, version, privateDirectory }),
  );
  server.once("error", (thrown) => fail("port-in-use", thrown));
  server.listen(options.port, "127.0.0.1", () => {
    running = { server, pool, privateDirectory: privateDirectory ?? "" };
    const address = server.address();
    tell({ kind: "ready", port: typeof address === "object" && address !== null ? address.port : 0 });
  });
}

function tell(message: ChildMessage): void {
  process.send?.(message);
}

function fail(cause: ChildFailure, thrown: unknown): void {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  process.send?.({ kind: "failed", cause, reason } satisfies ChildMessage, () => endAtOnce());
}

/** Takes no new statements, lets the running ones finish, closes the engine and ends. The supervisor sets the limit. */
function stop(): void {
  if (running === undefined) {
    endAtOnce();
    return;
  }
  const { server, pool } = running;
  server.close(() => {
    pool.close();
    removePrivateDirectory();
    process.exit(0);
  });
  server.closeIdleConnections();
}

/** Ends without asking chDB, which would wait for the statements that run. Acknowledged rows are on disk already. */
function endAtOnce(): void {
  removePrivateDirectory();
  process.kill(process.pid, "SIGKILL");
}

function removePrivateDirectory(): void {
  if (privateDirectory !== undefined) rmSync(privateDirectory, { recursive: true, force: true });
}
