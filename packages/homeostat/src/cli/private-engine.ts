import { dirname } from "node:path";
import type { CheckedExpression, ExpressionColumn } from "../domain/engine/expression.ts";
import { Fault, reasonOf } from "../domain/fault.ts";
import { invariant } from "../domain/invariant.ts";
import { createExpressionChecker } from "../engine/check-expression.ts";
import { createEngineHttp } from "../engine/engine-http.ts";
import { sqlName, sqlString } from "../engine/quote-sql.ts";
import { startEngine } from "../engine/supervise-engine.ts";
import { commonColumnType, plainColumnType } from "./table-file/common-column-type.ts";
import { findTableFiles, type TableFiles } from "./table-file/find-table-files.ts";
import { UsageError } from "./usage-error.ts";

/** A table on this machine (a file, or several of the same kind), with an engine that can read it and hold tables in the meantime. */
export interface OpenedFile {
  /** As it was asked for. */
  readonly path: string;
  readonly files: TableFiles;
  /** What stands after FROM to read the table. */
  readonly source: string;
  readonly columns: readonly ExpressionColumn[];
  /** A statement for each file, which may use the engine's `_row_number` (the row's place in its file, from 0). */
  select(columns: string, where?: string): readonly string[];
  /**
   * Checks an expression a person wrote over the table's columns.
   * @throws UsageError naming `where` it stands and what is wrong with it.
   */
  check(expression: string, where: string): Promise<CheckedColumn>;
  /** The whole answer. @throws Fault of the engine. */
  query(sql: string, settings?: Settings): Promise<Buffer>;
  /** The answer in chunks, as the engine makes them; for formats of one row a line. */
  stream(sql: string, settings?: Settings): AsyncGenerator<Buffer, void, undefined>;
  /** Ends the engine, with the tables that were opened together with this one. */
  close(): Promise<void>;
}

interface CheckedColumn {
  readonly expression: CheckedExpression;
  readonly resultType: string;
}

type Settings = Readonly<Record<string, string | number>>;

/** An engine that is killed leaves its private directory behind; on a busy machine closing takes a moment. */
const engineStopMs = 5_000;
const memoryLimitBytes = 2 * 1024 ** 3;
/** A table of many files is a long statement. */
const unlimited = { max_execution_time: 0, max_query_size: 64 * 1024 ** 2, max_ast_elements: 10_000_000 };
/** One statement at a time is what a command needs, and a pair for the streams that a replay merges. */
const lanes = { general: 2, write: 1, quick: 0, expressions: 1, quickExpressions: 0 };

/**
 * Opens a Parquet, CSV, TSV, JSON or Arrow file, a directory of such files, or those that fit a pattern, with a private
 * engine that forgets everything at its end. Types of text formats are guessed by the engine from the first rows of each
 * file; where files differ, the type that holds both is taken. Takes about 0.3 s.
 * @throws UsageError: no such file, an unknown ending, or not what its ending says.
 */
export async function openFile(path: string): Promise<OpenedFile> {
  const [only] = await openFiles([path]);
  invariant(only !== undefined, "a table for each path");
  return only;
}

/** Opens several tables in one engine, so that a statement may read them together. Closing one closes all. */
export async function openFiles(paths: readonly string[]): Promise<readonly OpenedFile[]> {
  const tables = await Promise.all(paths.map(findTableFiles));
  const fileRoots = [...new Set(tables.flatMap((table) => table.paths.map(dirname)))];
  const engine = await startEngine({ memoryLimitBytes, fileRoots, lanes });
  const http = createEngineHttp(engine.shipper, 4);
  const checker = createExpressionChecker(engine.expressions);
  const query = (sql: string, settings: Settings = {}): Promise<Buffer> =>
    http.query({ sql, settings: { default_format: "TabSeparatedRaw", ...unlimited, ...settings } });
  const stream = (sql: string, settings: Settings = {}): AsyncGenerator<Buffer, void, undefined> =>
    http.stream({ sql, settings: { default_format: "JSONEachRow", ...unlimited, ...settings } });
  const close = async (): Promise<void> => {
    await Promise.all([http.close(), checker.close()]);
    await engine.stop(engineStopMs);
  };
  const open = async (files: TableFiles): Promise<OpenedFile> => {
    const { source, columns, structure, rowNames } = await readColumns(query, files);
    const select = (chosen: string, where = "1"): readonly string[] =>
      eachFile(files.paths, files.format, structure).map((one) =>
        selected(`${chosen} FROM ${one} WHERE ${where}`, rowNames),
      );
    const check = async (expression: string, where: string): Promise<CheckedColumn> => {
      const verdict = await checker.check(expression, columns);
      if (verdict.kind === "scalar") return verdict;
      throw new UsageError(
        `${where}: ${verdict.message}`,
        `Expressions may use the columns of the file: ${columns.map(({ name }) => name).join(", ")}.`,
      );
    };
    return { path: files.asked, files, source, columns, select, check, query, stream, close };
  };
  try {
    return await Promise.all(tables.map(open));
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

type Query = OpenedFile["query"];

interface TableColumns {
  readonly source: string;
  /** Told to the engine where its own guesses for the files differ. */
  readonly structure: string | undefined;
  /** Whether the head lacks a name for the first column, as R writes tables with row names. */
  readonly rowNames: boolean;
  readonly columns: readonly ExpressionColumn[];
}

/** A statement over a file; without names for all columns, those told are taken by their place. */
function selected(rest: string, byPlace: boolean): string {
  return byPlace ? `(SELECT ${rest} SETTINGS input_format_with_names_use_header = 0)` : `SELECT ${rest}`;
}

/** The columns of all files together. Where they agree the engine's own reading stands; else one structure is told to it. */
async function readColumns(query: Query, files: TableFiles): Promise<TableColumns> {
  const described: (readonly ExpressionColumn[])[] = [];
  let rowNames = 0;
  for (const path of files.paths) {
    const own = await describe(query, files, path);
    described.push(own.columns);
    if (own.rowNames) rowNames += 1;
  }
  const [first = []] = described;
  const alike = new Set(described.map((columns) => JSON.stringify(columns))).size <= 1;
  if (rowNames > 0) {
    if (!alike || rowNames < files.paths.length)
      throw new UsageError(
        `the files of ${files.asked} do not have the same columns, and some lack a name for the first`,
      );
    const structure = structureOf(first);
    const each = eachFile(files.paths, files.format, structure).map((one) => selected(`* FROM ${one}`, true));
    return { source: `(${each.join(" UNION ALL ")})`, structure, rowNames: true, columns: first };
  }
  if (alike)
    return { source: sourceOf(files.paths, files.format), structure: undefined, rowNames: false, columns: first };
  const types = new Map<string, string>();
  for (const [index, columns] of described.entries()) {
    for (const { name, type } of columns) {
      const before = types.get(name);
      if (before === undefined) types.set(name, `Nullable(${plainColumnType(type)})`);
      else if (before !== type) types.set(name, await merged(query, files, { name, index, before, type }));
    }
  }
  const columns = [...types].map(([name, type]) => ({ name, type }));
  const structure = structureOf(columns);
  return { source: sourceOf(files.paths, files.format, structure), structure, rowNames: false, columns };
}

const structureOf = (columns: readonly ExpressionColumn[]): string =>
  columns.map(({ name, type }) => `${sqlName(name)} ${type}`).join(", ");

interface Meeting {
  readonly name: string;
  readonly index: number;
  readonly before: string;
  readonly type: string;
}

/** A column without any value is guessed to be text: it says nothing, and the other file decides. */
async function merged(query: Query, files: TableFiles, { name, index, before, type }: Meeting): Promise<string> {
  const isText = (candidate: string): boolean => plainColumnType(candidate) === "String";
  const empty = async (paths: readonly string[]): Promise<boolean> => {
    for (const path of paths) {
      const count = await query(`SELECT count(${sqlName(name)}) FROM ${sourceOf([path], files.format)}`);
      if (Number(count) > 0) return false;
    }
    return true;
  };
  if (isText(before) !== isText(type)) {
    const path = files.paths[index];
    if (isText(type) && path !== undefined && (await empty([path]))) return before;
    if (isText(before) && (await empty(files.paths.slice(0, index)))) return `Nullable(${plainColumnType(type)})`;
  }
  return commonColumnType(before, type);
}

/** Files one after the other. Patterns are ours, not the engine's, which takes a path as it is written. */
function sourceOf(paths: readonly string[], format: string, structure?: string): string {
  const each = eachFile(paths, format, structure);
  return each.length === 1 ? each.join("") : `(${each.map((one) => `SELECT * FROM ${one}`).join(" UNION ALL ")})`;
}

function eachFile(paths: readonly string[], format: string, structure: string | undefined): readonly string[] {
  const told = structure === undefined ? "" : `, ${sqlString(structure)}`;
  return paths.map((path) => `file(${sqlString(path)}, '${format}'${told})`);
}

interface FileColumns {
  readonly columns: readonly ExpressionColumn[];
  readonly rowNames: boolean;
}

async function describe(query: Query, files: TableFiles, path: string): Promise<FileColumns> {
  try {
    const answer = await query(`DESCRIBE ${sourceOf([path], files.format)}`);
    return { columns: columnsIn(answer), rowNames: false };
  } catch (thrown) {
    const reason = thrown instanceof Fault ? String(thrown.detail.reason ?? thrown.message) : reasonOf(thrown);
    const [, names, types] = /number of column names (\d+) differs with the number of types (\d+)/.exec(reason) ?? [];
    if (files.format === "CSVWithNames" && Number(types) === Number(names) + 1)
      return { columns: await columnsWithRowNames(query, path), rowNames: true };
    throw new UsageError(`${path} is not readable as ${files.format}: ${reason}`);
  }
}

function columnsIn(answer: Buffer): readonly ExpressionColumn[] {
  const lines = answer.toString("utf8").split("\n");
  return lines.filter(Boolean).map((line) => {
    const [name = "", type = ""] = line.split("\t");
    return { name, type };
  });
}

/** Rows from which types are guessed where the engine cannot do it by itself. */
const guessedRows = 20_000;

/** R writes the names of rows into a first column that has no head of its own. */
async function columnsWithRowNames(query: Query, path: string): Promise<readonly ExpressionColumn[]> {
  const text = await query(
    `SELECT line FROM file(${sqlString(path)}, 'LineAsString', 'line String') LIMIT ${guessedRows}`,
  );
  const lines = text.toString("utf8");
  const end = lines.indexOf("\n");
  const head = await query(`SELECT * FROM format('CSV', ${sqlString(lines.slice(0, end + 1))})`, {
    default_format: "JSONCompactStringsEachRow",
  });
  const names = JSON.parse(head.toString("utf8")) as readonly string[];
  const types = columnsIn(await query(`DESCRIBE format('CSV', ${sqlString(lines.slice(end + 1))})`));
  return types.map(({ type }, place) => ({ name: place === 0 ? "row_name" : (names[place - 1] ?? ""), type }));
}

const timeType = /^(LowCardinality\()?(Nullable\()?Date/;

/**
 * The column that holds the time of a row: the one asked for, else the one called `likely`, else the only one that
 * holds times. @throws UsageError when that does not settle it.
 */
export function timeColumnOf(file: OpenedFile, asked: string | undefined, likely: string | undefined): string {
  const has = (name: string | undefined): name is string => file.columns.some((column) => column.name === name);
  const names = file.columns.map((column) => column.name).join(", ");
  if (asked !== undefined) {
    if (has(asked)) return asked;
    throw new UsageError(`${file.path} has no column ${asked}`, `Its columns are ${names}.`);
  }
  if (has(likely)) return likely;
  const times = file.columns.filter((column) => timeType.test(column.type)).map((column) => column.name);
  const [only] = times;
  if (only !== undefined && times.length === 1) return only;
  const why =
    times.length === 0 ? "no column that holds times" : `several columns that hold times: ${times.join(", ")}`;
  throw new UsageError(`${file.path} has ${why}`, `Name the column with --time-column. The columns are ${names}.`);
}
