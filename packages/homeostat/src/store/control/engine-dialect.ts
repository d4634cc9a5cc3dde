import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import { invariant } from "../../domain/invariant.ts";
import type { SqlEngine, SqlSession } from "./sql-engine.ts";

/** The query builder over one of our engines: Postgres SQL, our sessions, our faults. */
export function engineDialect(engine: SqlEngine): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new EngineDriver(engine),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class EngineDriver implements Driver {
  readonly #engine: SqlEngine;

  constructor(engine: SqlEngine) {
    this.#engine = engine;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new EngineConnection(await this.#engine.acquire());
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    invariant(connection instanceof EngineConnection, "a connection of another driver");
    connection.session.release();
  }

  /** The engine is closed by whoever opened it. */
  async destroy(): Promise<void> {}
}

class EngineConnection implements DatabaseConnection {
  readonly session: SqlSession;

  constructor(session: SqlSession) {
    this.session = session;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.session.run(query.sql, query.parameters);
    // Kysely's row type is a promise of the query's author; the rows come from our own tables.
    return { rows: result.rows as unknown as R[], numAffectedRows: BigInt(result.affectedRows) };
  }

  // biome-ignore lint/correctness/useYield: nothing here reads a result piece by piece.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    invariant(false, "streaming is not supported");
  }
}
