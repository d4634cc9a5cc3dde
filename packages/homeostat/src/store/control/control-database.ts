import { Kysely } from "kysely";
import { engineDialect } from "./engine-dialect.ts";
import type { ControlSchema } from "./schema/control-schema.ts";
import { markTransaction, type SqlEngine } from "./sql-engine.ts";

/** Typed queries on our tables; inside `inTransaction` the same type stands for the open transaction. */
export type ControlDatabase = Kysely<ControlSchema>;

export function createControlDatabase(engine: SqlEngine): ControlDatabase {
  return new Kysely<ControlSchema>({ dialect: engineDialect(engine) }).withSchema("homeostat");
}

/**
 * Runs the work in a transaction: all of it or nothing. Inside an open transaction the work joins it. Isolation is
 * READ COMMITTED; work that reads and then writes takes row locks.
 */
export async function inTransaction<T>(
  database: ControlDatabase,
  work: (inside: ControlDatabase) => Promise<T>,
): Promise<T> {
  if (database.isTransaction) return work(database);
  return database.transaction().execute((inside) => markTransaction(() => work(inside)));
}

/** The next number of a series, 1 first. The row lock holds others until commit; a rollback gives the number back. */
export async function nextNumber(inside: ControlDatabase, name: string): Promise<number> {
  const row = await inside
    .insertInto("counters")
    .values({ name, value: 1 })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((expression) => ({ value: expression("counters.value", "+", 1) })),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return row.value;
}
