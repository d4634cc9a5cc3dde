import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineAddress, EngineProcess, EngineState } from "../domain/engine/data-engine.ts";
import { Fault } from "../domain/fault.ts";
import {
  type ChildMessage,
  type ChildOptions,
  type Credential,
  type LaneCounts,
  threadPoolSizeFor,
} from "./child-options.ts";

export interface EngineOptions {
  /** The data directory, made if it is missing. Absent: a private engine that forgets everything at its end. */
  readonly dataPath?: string;
  /** What the engine may hold in memory; a query that would need more is refused. */
  readonly memoryLimitBytes: number;
  /** Directories below which the shipper may read files with `file()`. */
  readonly fileRoots?: readonly string[];
  readonly lanes?: Partial<LaneCounts>;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly database?: string;
  /** Restarts in a row, without a minute of health between them, after which the engine counts as failed. */
  readonly maxRestarts?: number;
  onEvent?(event: EngineEvent): void;
}

export type EngineEvent =
  | { readonly kind: "ready"; readonly pid: number; readonly port: number }
  | { readonly kind: "exited"; readonly reason: string; readonly restartInMs: number }
  | { readonly kind: "failed"; readonly reason: string };

/** An engine process with the addresses of its three callers. `address` is that of the services. */
export interface SupervisedEngine extends EngineProcess {
  /** User-written expressions: a connection fixed at `readonly=1`. */
  readonly expressions: EngineAddress;
  /** May read files below the given roots. */
  readonly shipper: EngineAddress;
}

const startLimitMs = 30_000;
const firstDelayMs = 100;
const longestDelayMs = 10_000;
const healthyAfterMs = 60_000;
const keptErrorBytes = 8_192;

const defaultLanes: LaneCounts = { general: 4, write: 1, quick: 1, expressions: 2, quickExpressions: 1 };

/**
 * Starts the engine child and keeps it running: restarted after a crash with a delay that doubles up to ten seconds, on
 * the same port with the same passwords, until it failed `maxRestarts` times in a row.
 *
 * Ready in 0.1 to 0.3 s on an empty directory.
 * @throws Fault `data-directory-held`, `data-directory-unwritable`, `data-directory-corrupt`, `port-in-use`,
 * `engine-unavailable`: the first start must succeed.
 */
export async function startEngine(options: EngineOptions): Promise<SupervisedEngine> {
  const supervisor = new EngineSupervisor(options);
  await supervisor.start();
  return supervisor;
}

interface Exit {
  readonly reason: string;
  readonly fault: Fault;
}

class EngineSupervisor implements SupervisedEngine {
  readonly #options: EngineOptions;
  readonly #passwords: Readonly<Record<Credential, string>>;
  readonly #database: string;
  #port: number;
  #child: ChildProcess | undefined;
  #phase: EngineState["phase"] = "starting";
  #restarts = 0;
  #failuresInARow = 0;
  #readySince = 0;
  #lastExit: string | undefined;
  #errorTail = "";
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
    this.#database = options.database ?? "homeostat";
    this.#passwords = { homeostat: newPassword(), shipper: newPassword(), expressions: newPassword() };
  }

  get address(): EngineAddress {
    return this.#addressOf("homeostat");
  }

  get expressions(): EngineAddress {
    return this.#addressOf("expressions");
  }

  get shipper(): EngineAddress {
    return this.#addressOf("shipper");
  }

  state(): EngineState {
    return {
      phase: this.#phase,
      pid: this.#phase === "ready" ? this.#child?.pid : undefined,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
    };
  }

  async start(): Promise<void> {
    try {
      await this.#spawn();
    } catch (thrown) {
      this.#phase = "failed";
      throw thrown;
    }
  }

  async stop(limitMs: number): Promise<void> {
    this.#phase = "stopped";
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    if (child.connected) child.send({ kind: "stop" });
    else child.kill("SIGKILL");
    await exited;
    clearTimeout(timer);
  }

  #addressOf(credential: Credential): EngineAddress {
    return {
      url: `http://127.0.0.1:${this.#port}`,
      username: credential,
      password: this.#passwords[credential],
      database: this.#database,
    };
  }

  #spawn(): Promise<void> {
    const lanes = { ...defaultLanes, ...this.#options.lanes };
    const child = fork(childPath(), [], {
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...inheritedEnvironment(), UV_THREADPOOL_SIZE: String(threadPoolSizeFor(lanes)) },
    });
    this.#child = child;
    this.#errorTail = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errorTail = (this.#errorTail + text).slice(-keptErrorBytes);
    });
    return new Promise((resolve, reject) => {
      let failure: Extract<ChildMessage, { kind: "failed" }> | undefined;
      let ready = false;
      const timer = setTimeout(() => child.kill("SIGKILL"), startLimitMs);
      child.on("message", (message: ChildMessage) => {
        if (message.kind === "failed") {
          failure = message;
          return;
        }
        clearTimeout(timer);
        if (this.#phase === "stopped") return;
        ready = true;
        this.#port = message.port;
        this.#phase = "ready";
        this.#readySince = performance.now();
        this.#options.onEvent?.({ kind: "ready", pid: child.pid ?? 0, port: message.port });
        resolve();
      });
      child.once("error", (error) => reject(new Fault("engine-unavailable", { reason: error.message }, error)));
      // `close` comes after the last byte of standard error, `exit` may come before it.
      child.once("close", (code, signal) => {
        clearTimeout(timer);
        const exit = this.#explain(code, signal, failure);
        this.#lastExit = exit.reason;
        if (ready) this.#restartLater(exit);
        else reject(exit.fault);
      });
      const start: ChildOptions = {
        ...(this.#options.dataPath === undefined ? {} : { dataPath: this.#options.dataPath }),
        memoryLimitBytes: this.#options.memoryLimitBytes,
        port: this.#port,
        database: this.#database,
        credentials: this.#passwords,
        fileRoots: this.#options.fileRoots ?? [],
        lanes,
      };
      child.send({ kind: "start", options: start });
    });
  }

  #restartLater(exit: Exit): void {
    if (this.#phase === "stopped") return;
    const healthy = performance.now() - this.#readySince >= healthyAfterMs;
    this.#failuresInARow = this.#phase === "ready" && healthy ? 1 : this.#failuresInARow + 1;
    if (this.#failuresInARow > (this.#options.maxRestarts ?? 20)) {
      this.#phase = "failed";
      this.#options.onEvent?.({ kind: "failed", reason: exit.reason });
      return;
    }
    this.#phase = "restarting";
    const restartInMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#failuresInARow - 1));
    this.#options.onEvent?.({ kind: "exited", reason: exit.reason, restartInMs });
    this.#restartTimer = setTimeout(() => {
      this.#restarts++;
      this.#spawn().catch((thrown: unknown) => {
        const fault =
          thrown instanceof Fault ? thrown : new Fault("engine-unavailable", { reason: String(thrown) }, thrown);
        this.#restartLater({ reason: fault.message, fault });
      });
    }, restartInMs);
  }

  #explain(code: number | null, signal: string | null, failure: { cause: string; reason: string } | undefined): Exit {
    const tail = this.#errorTail.trim().split("\n").slice(-3).join(" ").slice(0, 600);
    const how = failure?.reason ?? (signal === null ? `ended with code ${code}` : `ended by ${signal}`);
    const reason = tail === "" ? how : `${how}: ${tail}`;
    return { reason, fault: this.#faultFor(failure?.cause, reason) };
  }

  #faultFor(cause: string | undefined, reason: string): Fault {
    const path = this.#options.dataPath;
    if (cause === "port-in-use") return new Fault("port-in-use", { host: "127.0.0.1", port: this.#port });
    if (path === undefined) return new Fault("engine-unavailable", { reason });
    if (/Cannot lock file/.test(reason)) return new Fault("data-directory-held", { path, ...holderOf(path) });
    if (cause === "unwritable" || /Permission denied|Read-only file system|No space left/i.test(reason)) {
      return new Fault("data-directory-unwritable", { path, reason });
    }
    const damaged = cause === "not-opened" || /DB::Exception|CORRUPT|CANNOT_/.test(reason);
    return damaged
      ? new Fault("data-directory-corrupt", { path, reason })
      : new Fault("engine-unavailable", { reason });
  }
}

function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** The child runs compiled, whether this file does or not: chDB loads faster so, and workers cannot run sources. */
function childPath(): string {
  const beside = fileURLToPath(new URL("./child.js", import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL("../../dist/engine/child.js", import.meta.url));
}

/** What the child needs of our environment. Secrets in ours are none of its business. */
function inheritedEnvironment(): Record<string, string> {
  const names = [
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "CHDB_LIBCHDB_PATH",
    "CHDB_LIBCHDB_DIR",
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** Who holds the directory, from the file in which the engine writes it. */
function holderOf(dataPath: string): { readonly pid: string; readonly startedAt: string } {
  let text = "";
  try {
    text = readFileSync(join(dataPath, "status"), "utf8");
  } catch {
    // The holder may have ended in this moment; then we cannot say who it was.
  }
  return {
    pid: /^PID: (\d+)$/m.exec(text)?.[1] ?? "unknown",
    startedAt: /^Started at: (.+)$/m.exec(text)?.[1] ?? "unknown",
  };
}
