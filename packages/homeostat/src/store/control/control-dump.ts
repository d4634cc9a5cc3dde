import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/migrations.ts";
import { openPgliteEngine } from "./pglite-engine.ts";
import { type SqlEngine, type SqlSession, withSession } from "./sql-engine.ts";

/** Takes rows as JSON objects, one a line. */
export type TakeRows = (table: string, rows: readonly string[]) => Promise<void>;

/** Jobs are not taken along: what is to be done is seen again from what is stored. */
const leftOut = new Set(["migrations", "job_progress"]);
const rowsAtOnce = 2_000;

/**
 * Every row of every table of the control store as it was at one moment, in the order in which they may be written
 * again. Returns the number of the newest schema step. On an embedded database everybody else waits meanwhile.
 */
export async function dumpControl(engine: SqlEngine, take: TakeRows): Promise<number> {
  return withSession(engine, async (session) => {
    await session.run("begin isolation level repeatable read read only", []);
    try {
      for (const table of await tablesOf(session)) await dumpTable(session, table, take);
      const [step] = (await session.run("select max(number) as newest from homeostat.migrations", [])).rows;
      return Number(step?.newest ?? 0);
    } finally {
      await session.run("rollback", []);
    }
  });
}

/** Tables that others refer to come first. */
async function tablesOf(session: SqlSession): Promise<readonly string[]> {
  const { rows } = await session.run(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'homeostat' and c.relkind = 'r'
     order by exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'), c.relname`,
    [],
  );
  return rows.map((row) => String(row.name)).filter((name) => !leftOut.has(name));
}

async function dumpTable(session: SqlSession, table: string, take: TakeRows): Promise<void> {
  await session.run(
    `declare taken no scroll cursor for select to_jsonb(t)::text as line from homeostat.${table} t`,
    [],
  );
  for (let empty = true; ; empty = false) {
    const { rows } = await session.run(`fetch ${rowsAtOnce} from taken`, []);
    if (rows.length > 0 || empty)
      await take(
        table,
        rows.map((row) => String(row.line)),
      );
    if (rows.length < rowsAtOnce) break;
  }
  await session.run("close taken", []);
}

/** Whether a dump with that newest schema step can be read here. */
export const knownSteps = migrations.length;

/**
 * Makes an embedded control store in an empty directory and writes dumped rows into it, at the schema step of the dump.
 * The next start brings it to the newest step.
 */
export async function loadControl(
  directory: string,
  newestStep: number,
  tables: AsyncIterable<{ readonly table: string; readonly lines: readonly string[] }>,
): Promise<void> {
  const engine = await openPgliteEngine(directory);
  try {
    await migrate(engine, migrations.slice(0, newestStep));
    await withSession(engine, async (session) => {
      const written = new Set<string>();
      for await (const { table, lines } of tables) {
        await session.run(
          `insert into homeostat.${nameOf(table)} overriding system value
           select * from jsonb_populate_recordset(null::homeostat.${nameOf(table)}, $1::jsonb)`,
          [`[${lines.join(",")}]`],
        );
        written.add(table);
      }
      for (const table of written) await continueNumbers(session, table);
    });
  } finally {
    await engine.close();
  }
}

/** Columns that number themselves go on after the greatest number written. */
async function continueNumbers(session: SqlSession, table: string): Promise<void> {
  const { rows } = await session.run(
    "select attname as name from pg_attribute where attrelid = $1::regclass and attidentity <> ''",
    [`homeostat.${nameOf(table)}`],
  );
  for (const row of rows) {
    const column = nameOf(String(row.name));
    await session.run(
      `select setval(pg_get_serial_sequence('homeostat.${table}', '${column}'), coalesce(max(${column}), 0) + 1, false) from homeostat.${table}`,
      [],
    );
  }
}

/** Names come from a file: nothing but a plain name becomes part of a statement. */
function nameOf(text: string): string {
  if (!/^[a-z][a-z_]{0,60}$/.test(text)) throw new Error(`not the name of a table or column: ${text}`);
  return text;
}
