import { AsyncLocalStorage } from "node:async_hooks";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";
import { fromBody, toBody } from "./body.ts";

/** Postgres SQL, embedded or on a server: what the query builder, the migrations and the job queue need of it. */
export interface SqlEngine {
  readonly kind: "pglite" | "postgres";
  /** What people call this database: the directory, or the address without the password. */
  readonly place: string;
  /**
   * A session of one's own until `release`. On PGlite there is only one, so everybody else waits.
   * @throws Fault `control-store-unavailable`.
   */
  acquire(): Promise<SqlSession>;
  close(): Promise<void>;
}

export interface SqlSession {
  /** One statement with parameters. @throws Fault `control-store-unavailable`, `control-store-failed`. */
  run(text: string, parameters: readonly unknown[]): Promise<SqlResult>;
  /** Several statements without parameters; a failure inside ends the transaction that the text may have begun. */
  script(text: string): Promise<void>;
  release(): void;
}

export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly affectedRows: number;
}

/** Runs one piece of work in a session and gives the session back in any case. */
export async function withSession<T>(engine: SqlEngine, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const session = await engine.acquire();
  try {
    return await work(session);
  } finally {
    session.release();
  }
}

/**
 * Which transaction the running code is inside of. Code inside a transaction that asks for another session waits for
 * itself on PGlite, for ever; on a server it would quietly write outside the transaction. Both are bugs, so it fails.
 */
const insideTransaction = new AsyncLocalStorage<{ open: boolean }>();

export async function markTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark = { open: true };
  try {
    return await insideTransaction.run(mark, work);
  } finally {
    mark.open = false;
  }
}

export function refuseInsideTransaction(): void {
  invariant(
    insideTransaction.getStore()?.open !== true,
    "code inside a transaction used the control store from outside of it",
  );
}

/** Object identifiers of the column types that are read in our own way on both engines. */
const int8Type = 20;
const jsonType = 114;
const jsonbType = 3802;

/** `bigint` holds milliseconds, counts and counters: numbers, never strings. Larger ones are a bug, never rounded. */
export const columnParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [int8Type]: (text) => {
    const value = Number(text);
    invariant(Number.isSafeInteger(value), `a bigint is too large for a number: ${text}`);
    return value;
  },
  [jsonType]: fromBody,
  [jsonbType]: fromBody,
};

/** Objects travel as JSON text, lists as Postgres arrays, `undefined` as NULL: the same on both engines. */
export function toParameter(value: unknown): unknown {
  if (value === undefined) return null;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? toBody(value) : value;
}

/** SQLSTATE classes that say "not now": connection, resources, operator intervention. */
const unavailableClasses = new Set(["08", "53", "57", "58"]);
/** Lost a race that the same statement may win next time: serialization, deadlock, lock not available. */
const retryableStates = new Set(["40001", "40P01", "55P03"]);

/** The fault behind an error of a driver: with an SQLSTATE the database answered, without one it was not reached. */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const state = sqlStateOf(thrown);
  const refused = state !== undefined && !retryableStates.has(state) && !unavailableClasses.has(state.slice(0, 2));
  const code = refused ? "control-store-failed" : "control-store-unavailable";
  return new Fault(code, { reason: reasonOf(thrown) || String(thrown), ...(state && { state }) }, thrown);
}

/** SQLSTATE of an error that the database itself reported. */
export function sqlStateOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown) || !("severity" in thrown)) return undefined;
  return typeof thrown.code === "string" && /^[0-9A-Z]{5}$/.test(thrown.code) ? thrown.code : undefined;
}
