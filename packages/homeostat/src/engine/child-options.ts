/** What the supervisor tells the engine child, and what the child answers, over the IPC channel. */
export interface ChildOptions {
  /** Where the data lives; absent: a private temporary directory, removed at exit. */
  readonly dataPath?: string;
  readonly memoryLimitBytes: number;
  /** 0 lets the system choose; a restart names the port it had before. */
  readonly port: number;
  readonly database: string;
  readonly credentials: Readonly<Record<Credential, string>>;
  /** Directories below which the shipper may read files. */
  readonly fileRoots: readonly string[];
  readonly lanes: LaneCounts;
}

/**
 * Who is asking.
 * `homeostat`: our services: tables, but nothing outside the engine.
 * `shipper`: the same, and `file()` below the roots it was given.
 * `expressions`: user-written expressions, on a connection fixed at `readonly=1`.
 */
export type Credential = "homeostat" | "shipper" | "expressions";

/** How many sessions serve each kind of statement; one session runs one statement at a time. */
export interface LaneCounts {
  readonly general: number;
  readonly write: number;
  readonly quick: number;
  readonly expressions: number;
  readonly quickExpressions: number;
}

/** What the supervisor sends. */
export type ParentMessage = { readonly kind: "start"; readonly options: ChildOptions } | { readonly kind: "stop" };

/** What the child answers. `reason` names the failing step; native text about it goes to standard error. */
export type ChildMessage =
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "failed"; readonly cause: ChildFailure; readonly reason: string };

export type ChildFailure = "port-in-use" | "unwritable" | "not-opened" | "not-usable";

/** Sessions plus four: chDB holds one thread of libuv's pool for each running statement; files and gzip need some. */
export function threadPoolSizeFor(lanes: LaneCounts): number {
  const sessions = lanes.general + lanes.write + lanes.quick + lanes.expressions + lanes.quickExpressions + 1;
  return sessions + 4;
}
