import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@homeostat/sdk";
import { afterAll } from "vitest";
import { membersOf, signal } from "./processes.ts";
import { until } from "./until.ts";

const productEntry = fileURLToPath(new URL("../../packages/homeostat/dist/app/main.js", import.meta.url));

export interface StartOptions {
  readonly data: string;
  /** 0, the usual, lets the system choose. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** A file to run in place of the product's own entry, with its arguments. */
  readonly entry?: string;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Processes it had started that did not end by themselves soon after it. */
  readonly orphans: number;
}

/** A server process with its engine children: the leader of a process group of its own. */
export interface Launched {
  readonly pid: number;
  /** What it printed for people. */
  out(): string;
  /** What it logged. */
  errors(): string;
  readonly exited: Promise<Exit>;
  /** Kills the server alone; its engine children notice by themselves. */
  killServer(): Promise<Exit>;
  /** Kills the server and everything it started, at once. */
  killGroup(): Promise<Exit>;
}

/** A server that answers. */
export interface House extends Launched, AsyncDisposable {
  readonly url: string;
  readonly data: string;
  /** The key of the command line of this machine: admin. */
  readonly key: string;
  readonly client: Client;
  /** Stops it as an operator would, with SIGTERM. */
  stop(): Promise<Exit>;
  /** Process id of the data engine or of the gateway's own. */
  enginePid(part: "data-engine" | "compute-engine"): number;
}

const orphanLimitMs = 5_000;
const living = new Set<number>();
const directories = new Set<string>();

// Test processes are ended without an exit event; this file's own hook runs after those of the test file.
afterAll(() => {
  for (const pid of living) signal(-pid, "SIGKILL");
  for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** A directory that is gone when the test file is done. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "homeostat-house-"));
  directories.add(path);
  return path;
}

/** Settings of the person who runs the tests must not reach the servers under test. */
function cleanEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("HOMEOSTAT_") && !name.startsWith("VITEST") && name !== "NODE_OPTIONS",
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}

/** Starts the process and does not wait for anything. */
export function launch(options: StartOptions): Launched {
  const args = ["up", "--data", options.data, "--port", String(options.port ?? 0)];
  const child: ChildProcess = spawn(process.execPath, [options.entry ?? productEntry, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...cleanEnvironment(), ...options.environment },
  });
  const pid = child.pid ?? 0;
  living.add(pid);
  let out = "";
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signalName) => {
      orphansOf(pid).then((orphans) => resolve({ code, signal: signalName, orphans }), reject);
    });
  });
  return {
    pid,
    out: () => out,
    errors: () => errors,
    exited,
    killServer: () => {
      signal(pid, "SIGKILL");
      return exited;
    },
    killGroup: () => {
      signal(-pid, "SIGKILL");
      return exited;
    },
  };
}

/** Engine children end when their channel closes; whoever does not is counted and killed, so that nothing outlives a test. */
async function orphansOf(group: number): Promise<number> {
  const gone = (): true | undefined => (membersOf(group).length === 0 ? true : undefined);
  await until("the children have ended", gone, orphanLimitMs).catch(() => undefined);
  const orphans = membersOf(group).length;
  signal(-group, "SIGKILL");
  living.delete(group);
  return orphans;
}

/** Starts a server and waits until it answers. @throws Error with what it said when it ended instead. */
export async function startHouse(options: StartOptions): Promise<House> {
  const launched = launch(options);
  let exit: Exit | undefined;
  void launched.exited.then((ended) => {
    exit = ended;
  });
  const url = await until("the server says where it is", () => {
    if (exit !== undefined) return "ended";
    return /is up at (http:\S+)/.exec(launched.out())?.[1];
  });
  if (url === "ended")
    throw new Error(`the server ended: ${JSON.stringify(exit)} ${launched.out()}${launched.errors()}`);
  const key = readFileSync(join(options.data, "cli-key"), "utf8").trim();
  return {
    ...launched,
    url,
    data: options.data,
    key,
    client: createClient({ url, key }),
    stop: () => {
      signal(launched.pid, "SIGTERM");
      return launched.exited;
    },
    enginePid: (part) => enginePid(launched.errors(), part),
    [Symbol.asyncDispose]: async () => {
      await launched.killGroup();
    },
  };
}

/** The newest process of an engine, from the server's own log. */
function enginePid(log: string, part: string): number {
  const pids = log.split("\n").flatMap((line) => {
    if (!line.includes('"engine ready"') || !line.includes(`"${part}"`)) return [];
    return [(JSON.parse(line) as { detail: { pid: number } }).detail.pid];
  });
  const pid = pids.at(-1);
  if (pid === undefined) throw new Error(`the log names no process of ${part}`);
  return pid;
}
