import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@homeostat/sdk";

/** A server as a user starts it, on a data directory that outlives it. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly key: string;
  readonly client: Client;
  /** Milliseconds from the start of the process to its first answer that it is ready. */
  readonly readyMs: number;
  /** When the process was started, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Resident memory of the process and all below it, in MiB; undefined where the system does not tell. */
  memoryMiB(): Promise<number | undefined>;
  /** Processor time so far, all threads; undefined where the system does not tell. */
  cpu(): Promise<ProcessorTime | undefined>;
  stop(): Promise<void>;
}

interface ProcessorTime {
  /** Of the process itself. */
  readonly serverMs: number;
  /** Of all below it: the engines. */
  readonly enginesMs: number;
}

const program = fileURLToPath(new URL("../../packages/homeostat/dist/app/main.js", import.meta.url));
const startLimitMs = 60_000;

/** Starts `homeostat up` and asks it every few milliseconds whether it is ready. */
export async function startServer(directory: string): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, "up", "--data", directory, "--port", String(port), "--quiet"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2_000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await ready(url, child, startedAt);
  } catch (thrown) {
    child.kill("SIGKILL");
    throw new Error(`${(thrown as Error).message}\n${errors}`, { cause: thrown });
  }
  const readyMs = performance.now() - startedAt;
  const key = (await readFile(join(directory, "cli-key"), "utf8")).trim();
  return {
    url,
    port,
    key,
    client: createClient({ url, key }),
    readyMs,
    startedAt,
    memoryMiB: () => memoryOf(child.pid),
    cpu: () => processorTimeOf(child.pid),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 12_000);
      await ended;
      clearTimeout(late);
    },
  };
}

async function ready(url: string, child: ChildProcess, startedAt: number): Promise<void> {
  while (performance.now() - startedAt < startLimitMs) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await sleep(10);
  }
  throw new Error("the server did not become ready");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== "object" || address === null) throw new Error("no free port was found");
  return address.port;
}

interface ProcessState {
  readonly pid: number;
  readonly residentKiB: number;
  readonly cpuMs: number;
}

/** A clock tick of `/proc`, in milliseconds: a hundred a second on every Linux there is. */
const tickMs = 10;

/** A process and its descendants, itself first (Linux); empty where the system does not tell. */
async function processesOf(root: number | undefined): Promise<readonly ProcessState[]> {
  const parents = new Map<number, number>();
  const states: ProcessState[] = [];
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    // The name of the program stands in brackets and may hold anything.
    const times = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    parents.set(pid, Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0));
    states.push({
      pid,
      residentKiB: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0),
      cpuMs: (Number(times[11] ?? 0) + Number(times[12] ?? 0)) * tickMs,
    });
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0));
  return states.filter(({ pid }) => isBelow(pid)).sort((one) => (one.pid === root ? -1 : 1));
}

/** Pages that processes share are counted in each. */
async function memoryOf(root: number | undefined): Promise<number | undefined> {
  const all = await processesOf(root);
  return all.length === 0 ? undefined : all.reduce((sum, { residentKiB }) => sum + residentKiB, 0) / 1_024;
}

async function processorTimeOf(root: number | undefined): Promise<ProcessorTime | undefined> {
  const [server, ...engines] = await processesOf(root);
  if (server === undefined) return undefined;
  return { serverMs: server.cpuMs, enginesMs: engines.reduce((sum, { cpuMs }) => sum + cpuMs, 0) };
}
