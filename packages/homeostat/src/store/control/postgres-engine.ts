import pg from "pg";
import { Fault } from "../../domain/fault.ts";
import {
  columnParsers,
  faultOf,
  refuseInsideTransaction,
  type SqlEngine,
  type SqlSession,
  sqlStateOf,
  toParameter,
} from "./sql-engine.ts";

const maxConnections = 10;
const connectLimitMs = 5_000;
const statementLimitMs = 60_000;

/**
 * A Postgres server behind a pool. Lost idle connections are told to `onLost` and replaced by the pool.
 * @throws nothing here: the first use connects.
 */
export function openPostgresEngine(url: string, onLost: (thrown: unknown) => void): SqlEngine {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectLimitMs,
    statement_timeout: statementLimitMs,
    idle_in_transaction_session_timeout: statementLimitMs,
    keepAlive: true,
    application_name: "homeostat",
    types: { getTypeParser: (type, format) => columnParsers[type] ?? pg.types.getTypeParser(type, format) },
  });
  pool.on("error", onLost);
  let closed = false;
  return {
    kind: "postgres",
    place: withoutPassword(url),
    acquire: async () => {
      refuseInsideTransaction();
      if (closed) throw new Fault("control-store-unavailable", { reason: "it is closed" });
      try {
        return sessionOf(await pool.connect());
      } catch (thrown) {
        throw faultOf(thrown);
      }
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await pool.end();
    },
  };
}

function sessionOf(client: pg.PoolClient): SqlSession {
  let broken = false;
  // Without a listener an error of a connection in use would end the process; the statement in flight reports it.
  const ignore = (): void => {
    broken = true;
  };
  client.on("error", ignore);
  return {
    run: async (text, parameters) => {
      try {
        const result = await client.query<Record<string, unknown>>(text, parameters.map(toParameter));
        return { rows: result.rows, affectedRows: result.rowCount ?? 0 };
      } catch (thrown) {
        broken ||= sqlStateOf(thrown) === undefined;
        throw faultOf(thrown);
      }
    },
    script: async (text) => {
      try {
        await client.query(text);
      } catch (thrown) {
        // The text may have begun a transaction that is still open: this connection is not given to anybody else.
        broken = true;
        throw faultOf(thrown);
      }
    },
    release: () => {
      client.off("error", ignore);
      client.release(broken);
    },
  };
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return "the given address";
  const address = new URL(url);
  return `${address.protocol}//${address.host}${address.pathname}`;
}
