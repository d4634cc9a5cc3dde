import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@homeostat/sdk";

/** A server of the demo's own, on a fresh directory, and the command line that speaks to it. */
export interface DemoServer {
  readonly url: string;
  readonly directory: string;
  /** The last lines the server logged. */
  logTail(lines: number): Promise<string>;
  readonly client: Client;
  /** Milliseconds from the start of the process to its first answer that it is ready. */
  readonly startMs: number;
  /**
   * Runs `homeostat …` against this server, its progress shown, and answers what it printed on standard output.
   * @throws Error when it ends with another code than 0.
   */
  run(args: readonly string[], shown: "shown" | "kept"): Promise<string>;
  /** Resolves when the server's process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("../../../packages/homeostat/dist/app/main.js", import.meta.url));
const startLimitMs = 60_000;
const stopLimitMs = 12_000;

/** Starts `homeostat up` and waits until it is ready. @throws Error with the end of its output when it does not come up. */
export async function startDemoServer(port: number | undefined): Promise<DemoServer> {
  const startedAt = performance.now();
  const directory = await mkdtemp(join(tmpdir(), "homeostat-demo-"));
  const logPath = join(directory, "server.log");
  const chosen = port ?? (await freePort());
  const child = spawn(process.execPath, [program, "up", "--data", join(directory, "data"), "--port", String(chosen)], {
    stdio: ["ignore", "pipe", "pipe"],
    // A terminal's Ctrl-C reaches the whole group; the demo stops its server itself.
    detached: true,
  });
  const log = createWriteStream(logPath, { mode: 0o600 });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${chosen}`;
  try {
    await ready(url, child);
  } catch (thrown) {
    await stopChild(child, ended);
    const tail = await tailOf(logPath, 10);
    await rm(directory, { recursive: true, force: true });
    throw new Error(`${(thrown as Error).message}\n${tail}`, { cause: thrown });
  }
  const key = (await readFile(join(directory, "data", "cli-key"), "utf8")).trim();
  return {
    url,
    directory,
    logTail: (lines) => tailOf(logPath, lines),
    client: createClient({ url, key }),
    startMs: performance.now() - startedAt,
    run: (args, shown) => runCommand(args, shown, { ...process.env, HOMEOSTAT_URL: url, HOMEOSTAT_KEY: key }),
    ended,
    stop: async () => {
      await stopChild(child, ended);
      log.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function tailOf(path: string, lines: number): Promise<string> {
  return (await readFile(path, "utf8")).trim().split("\n").slice(-lines).join("\n");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== "object" || address === null) throw new Error("no free port was found");
  return address.port;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const client = createClient({ url });
  for (let waitedMs = 0; waitedMs < startLimitMs; waitedMs += 100) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const answer = await client.call("ready").catch(() => undefined);
    if (answer?.ready === true) return;
    await sleep(100);
  }
  throw new Error(`the server was not ready after ${startLimitMs / 1_000} s`);
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
  await ended;
  clearTimeout(late);
}

function runCommand(args: readonly string[], shown: "shown" | "kept", env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (shown === "shown") process.stdout.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`homeostat ${args[0]} ended with code ${code ?? "none"}`));
    });
  });
}
