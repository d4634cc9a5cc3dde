import type { Readable } from "node:stream";
import type { DataClient } from "./data-client.ts";

/** A table of the data engine: how it is made, and how many rows it has. */
export interface DumpedTable {
  readonly name: string;
  readonly create: string;
  readonly rows: number;
}

/** Every table that keeps rows; workbenches do not. The caller sees to it that nothing is written meanwhile. */
export async function tablesToDump(client: DataClient): Promise<readonly DumpedTable[]> {
  const tables = await client.rows<{ name: string; create: string }>(
    `SELECT name, create_table_query AS create FROM system.tables
     WHERE database = currentDatabase() AND endsWith(engine, 'MergeTree') AND NOT endsWith(name, '_load') ORDER BY name`,
  );
  const dumped: DumpedTable[] = [];
  for (const { name, create } of tables) {
    dumped.push({ name, create, rows: await rowsOf(client, { name, create }) });
  }
  return dumped;
}

/**
 * The rows of a table as JSON lines, which the engine gives piece by piece and takes back exactly: shortest digits of
 * doubles, integers in full, not-a-number as text. Binary formats cannot be sent to the embedded engine.
 */
export async function dumpTable(client: DataClient, table: Pick<DumpedTable, "name" | "create">): Promise<Readable> {
  return client.stream(`SELECT * FROM ${settled(table)}`, "JSONEachRow", undefined, {
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
    date_time_output_format: "simple",
  });
}

/** Makes a table as it was, in the database of this connection, with its rows. @throws when rows are missing afterwards. */
export async function loadTable(client: DataClient, table: DumpedTable, bytes: Readable): Promise<void> {
  const made = /^CREATE TABLE (?:`?[\w-]+`?\.)?`?(\w+)`?\s+(\([\s\S]*)$/.exec(table.create);
  if (made?.[1] !== table.name || made[2] === undefined)
    throw new Error(`the backup does not say how the table ${table.name} is made`);
  await client.command(`CREATE TABLE ${nameOf(table.name)} ${made[2]}`);
  for await (const block of wholeLines(bytes)) await client.insertLines(nameOf(table.name), [block]);
  const rows = await rowsOf(client, table);
  if (rows !== table.rows) throw new Error(`the table ${table.name} has ${rows} rows, the backup ${table.rows}`);
}

async function rowsOf(client: DataClient, table: Pick<DumpedTable, "name" | "create">): Promise<number> {
  const [row] = await client.rows<{ n: string }>(`SELECT count() AS n FROM ${settled(table)}`);
  return Number(row?.n ?? 0);
}

/** Tables that replace rows keep the old ones for a while: only the newest are rows of the table. */
function settled({ name, create }: Pick<DumpedTable, "name" | "create">): string {
  return /ENGINE = Replacing/.test(create) ? `${nameOf(name)} FINAL` : nameOf(name);
}

const blockBytes = 8 * 1024 * 1024;
const lineFeed = 10;

/** Blocks of some megabytes that end where a line ends. */
async function* wholeLines(bytes: Readable): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    waiting.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length < blockBytes) continue;
    const all = Buffer.concat(waiting);
    const end = all.lastIndexOf(lineFeed) + 1;
    if (end > 0) yield all.subarray(0, end);
    waiting = [all.subarray(end)];
    length = all.length - end;
  }
  if (length > 0) yield Buffer.concat(waiting);
}

function nameOf(text: string): string {
  if (!/^[a-z]\w{0,200}$/.test(text)) throw new Error(`not the name of a table: ${text}`);
  return text;
}
