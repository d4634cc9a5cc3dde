import { createHash } from "node:crypto";
import { Fault } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";
import type { Migration } from "./migrations/migration.ts";
import { type SqlEngine, type SqlSession, withSession } from "./sql-engine.ts";

/** Any number, as long as it never changes: replicas that start together take turns on it. */
const migrationLock = 7_304_119_286;

/**
 * Brings the schema to the newest step, in one transaction under an advisory lock: all due steps or none. Steps only
 * go forward. Returns the numbers of the steps that were applied now.
 * @throws Fault `data-directory-newer` when the database knows steps that this program does not,
 * `data-directory-corrupt` when a step was applied with another text, `control-store-failed` when a step fails.
 */
export async function migrate(engine: SqlEngine, migrations: readonly Migration[]): Promise<readonly number[]> {
  invariant(
    migrations.every((migration, index) => migration.number === index + 1),
    "migrations are not numbered from 1 without gaps",
  );
  return withSession(engine, async (session) => {
    await session.run("begin", []);
    try {
      const applied = await applyDue(session, migrations, engine.place);
      await session.run("commit", []);
      return applied;
    } catch (thrown) {
      await session.run("rollback", []);
      throw thrown;
    }
  });
}

async function applyDue(
  session: SqlSession,
  migrations: readonly Migration[],
  place: string,
): Promise<readonly number[]> {
  await session.run("select pg_advisory_xact_lock($1)", [migrationLock]);
  await session.run("create schema if not exists homeostat", []);
  await session.run(
    `create table if not exists homeostat.migrations (
      number bigint primary key, name text not null, digest text not null, applied_at timestamptz not null default now()
    )`,
    [],
  );
  const done = await session.run("select number, digest from homeostat.migrations order by number", []);
  refuseForeignSteps(done.rows, migrations, place);
  const due = migrations.slice(done.rows.length);
  for (const migration of due) {
    await session.script(migration.statements);
    await session.run("insert into homeostat.migrations (number, name, digest) values ($1, $2, $3)", [
      migration.number,
      migration.name,
      digestOf(migration),
    ]);
  }
  return due.map((migration) => migration.number);
}

function refuseForeignSteps(
  done: readonly Readonly<Record<string, unknown>>[],
  migrations: readonly Migration[],
  place: string,
): void {
  if (done.length > migrations.length) {
    throw new Fault("data-directory-newer", { path: place, found: done.length, known: migrations.length });
  }
  const altered = migrations.find((migration, index) => {
    const row = done[index];
    return row !== undefined && (row.number !== migration.number || row.digest !== digestOf(migration));
  });
  if (altered === undefined) return;
  const reason = `its schema step ${altered.number} (${altered.name}) is not the one this program knows`;
  throw new Fault("data-directory-corrupt", { path: place, reason });
}

function digestOf(migration: Migration): string {
  return createHash("sha256").update(migration.statements).digest("hex");
}
