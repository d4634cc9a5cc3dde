import type { SpooledFile } from "../../domain/columnar/columnar.ts";
import { invariant } from "../../domain/invariant.ts";
import { blockHead, isPredictionBlock } from "../../domain/prediction/prediction-block.ts";
import type { System } from "../../domain/system/system.ts";
import { fileShapeOf, firstWrong } from "./columnar-reader.ts";
import type { DataClient } from "./data-client.ts";
import type { Column } from "./event-table.ts";
import { createLineCounter } from "./line-counter.ts";

/** Rows on their way into a staging table, from wherever they wait. Answers how many were sent. */
export type StageRows = (client: DataClient, table: string, columns: readonly Column[]) => Promise<number>;

/** Records as the spool held them: newline-delimited rows, or blocks of columns. */
export function stageRecords(records: readonly Uint8Array[]): StageRows {
  return async (client, table, columns) => {
    const lines = records.filter((record) => !isPredictionBlock(record));
    const counter = createLineCounter();
    if (lines.length > 0) await client.insertLines(table, lines);
    for (const record of lines) counter.add(record);
    return counter.total() + (await stageBlocks(client, table, columns, records.filter(isPredictionBlock)));
  };
}

/** Blocks with the same columns go together. A field that the contract has lost since has no column on the workbench. */
async function stageBlocks(
  client: DataClient,
  table: string,
  columns: readonly Column[],
  records: readonly Uint8Array[],
): Promise<number> {
  const present = new Set(columns.map((column) => column.name));
  const groups = new Map<string, { readonly names: readonly string[]; readonly blocks: Uint8Array[] }>();
  let rows = 0;
  for (const record of records) {
    const head = blockHead(record);
    const key = head.columns.map(({ name, type }) => `${name} ${type}`).join();
    const names = head.columns.map((column) => column.name).filter((name) => present.has(name));
    const group = groups.get(key) ?? { names, blocks: [] };
    groups.set(key, group);
    group.blocks.push(head.native);
    rows += head.rows;
  }
  for (const { names, blocks } of groups.values()) await client.insertNative(table, names, blocks);
  return rows;
}

/** How the rows of a spooled file get from the file into the store. */
export interface FileDoor {
  /** Where the file with this name lies. */
  readonly pathOf: (name: string) => string;
  /** A connection that may read the file. */
  readonly files: DataClient;
  /** Whether that connection is one to the store itself; otherwise the rows travel as text. */
  readonly reaches: "the-store" | "the-file-only";
}

/** The good rows of a file, chosen and shaped as they were when it was checked. */
export function stageFile(door: FileDoor, system: System, file: SpooledFile): StageRows {
  return async (client, table, columns) => {
    const { statement, names } = selection(system, file, columns);
    const parameters = { path: door.pathOf(file.name), environment: file.environment, caller: file.caller };
    if (door.reaches === "the-store")
      await door.files.command(`INSERT INTO ${table} (${names.join(", ")}) ${statement}`, parameters);
    else await client.insertLines(table, await door.files.stream(statement, "JSONEachRow", parameters));
    const [staged] = await client.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`);
    const rows = Number(staged?.n ?? 0);
    if (rows === file.rows) return rows;
    // Either another version found these rows good, or the workbench was made anew and has lost them: the file knows.
    const wanted = `SELECT count() AS n FROM (${statement})`;
    const [chosen] = await door.files.rows<{ n: string }>(wanted, parameters);
    return Number(chosen?.n ?? 0);
  };
}

/** The rows of a file as lines of the spool, for when some of them have to be looked at one by one. */
export async function fileLines(
  door: FileDoor,
  system: System,
  file: SpooledFile,
  columns: readonly Column[],
): Promise<AsyncIterable<Uint8Array>> {
  const parameters = { path: door.pathOf(file.name), environment: file.environment, caller: file.caller };
  return await door.files.stream(selection(system, file, columns).statement, "JSONEachRow", parameters);
}

function selection(
  system: System,
  file: SpooledFile,
  columns: readonly Column[],
): { readonly statement: string; readonly names: readonly string[] } {
  const shape = fileShapeOf(system.task, file);
  invariant(shape.kind === "shape", "a file in the spool has the columns it was checked for");
  // A field that the contract has lost since has no column on the workbench any more.
  const present = new Set(columns.map((column) => column.name));
  const taken = shape.columns.filter((column) => present.has(column.name));
  const selected = taken.map(({ name, expression }) => `${expression} AS ${name}`).join(", ");
  return {
    names: taken.map((column) => column.name),
    statement: `SELECT ${selected} FROM file({path:String}, '${file.format}') AS f WHERE ${firstWrong(shape)} = 0`,
  };
}
