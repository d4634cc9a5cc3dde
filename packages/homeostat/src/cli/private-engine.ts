import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { CheckedExpression, ExpressionColumn } from "../domain/engine/expression.ts";
import { Fault, reasonOf } from "../domain/fault.ts";
import { createExpressionChecker } from "../engine/check-expression.ts";
import { createEngineHttp } from "../engine/engine-http.ts";
import { sqlString } from "../engine/quote-sql.ts";
import { startEngine } from "../engine/supervise-engine.ts";
import { UsageError } from "./usage-error.ts";

/** A data file on this machine, with an engine of its own that can read it and hold tables in the meantime. */
export interface OpenedFile {
  readonly path: string;
  /** What stands after FROM to read the file. */
  readonly source: string;
  readonly columns: readonly ExpressionColumn[];
  /**
   * Checks an expression a person wrote over the file's columns.
   * @throws UsageError naming `where` it stands and what is wrong with it.
   */
  check(expression: string, where: string): Promise<CheckedColumn>;
  /** The whole answer. @throws Fault of the engine. */
  query(sql: string, settings?: Settings): Promise<Buffer>;
  /** The answer in chunks, as the engine makes them; for formats of one row a line. */
  stream(sql: string, settings?: Settings): AsyncGenerator<Buffer, void, undefined>;
  close(): Promise<void>;
}

interface CheckedColumn {
  readonly expression: CheckedExpression;
  readonly resultType: string;
}

type Settings = Readonly<Record<string, string | number>>;

const formats: readonly (readonly [RegExp, string])[] = [
  [/\.parquet$/i, "Parquet"],
  [/\.csv(\.gz|\.zst)?$/i, "CSVWithNames"],
  [/\.tsv(\.gz|\.zst)?$/i, "TabSeparatedWithNames"],
  [/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/i, "JSONEachRow"],
  [/\.(arrow|feather|ipc)$/i, "Arrow"],
  [/\.arrows$/i, "ArrowStream"],
];

/** An engine that is killed leaves its private directory behind; on a busy machine closing takes a moment. */
const engineStopMs = 5_000;
const memoryLimitBytes = 2 * 1024 ** 3;
/** One statement at a time is what a command needs, and a pair for the streams that a replay merges. */
const lanes = { general: 2, write: 1, quick: 0, expressions: 1, quickExpressions: 0 };

/**
 * Opens a Parquet, CSV, TSV, JSON or Arrow file with a private engine that forgets everything at its end. Types of text
 * formats are guessed by the engine from the first rows. Takes about 0.3 s.
 * @throws UsageError: no such file, an unknown ending, or not what its ending says.
 */
export async function openFile(path: string): Promise<OpenedFile> {
  const format = formats.find(([ending]) => ending.test(path))?.[1];
  if (format === undefined) {
    throw new UsageError(
      `the ending of ${path} names no format that can be read`,
      "Files may end in .parquet, .csv, .tsv, .json, .ndjson, .jsonl, .arrow, .feather or .arrows.",
    );
  }
  const full = await realpath(path).catch((thrown: unknown) => {
    throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
  });
  const engine = await startEngine({ memoryLimitBytes, fileRoots: [dirname(full)], lanes });
  const http = createEngineHttp(engine.shipper, 4);
  const checker = createExpressionChecker(engine.expressions);
  const source = `file(${sqlString(full)}, '${format}')`;
  const query = (sql: string, settings: Settings = {}): Promise<Buffer> =>
    http.query({ sql, settings: { default_format: "TabSeparatedRaw", max_execution_time: 0, ...settings } });
  const close = async (): Promise<void> => {
    await Promise.all([http.close(), checker.close()]);
    await engine.stop(engineStopMs);
  };
  const columns = await describe(query, source).catch(async (thrown: unknown) => {
    await close();
    const reason = thrown instanceof Fault ? String(thrown.detail.reason ?? thrown.message) : reasonOf(thrown);
    throw new UsageError(`${path} is not readable as ${format}: ${reason}`);
  });
  return {
    path,
    source,
    columns,
    check: async (expression, where) => {
      const verdict = await checker.check(expression, columns);
      if (verdict.kind === "scalar") return verdict;
      throw new UsageError(
        `${where}: ${verdict.message}`,
        `Expressions may use the columns of the file: ${columns.map(({ name }) => name).join(", ")}.`,
      );
    },
    query,
    stream: (sql, settings = {}) =>
      http.stream({ sql, settings: { default_format: "JSONEachRow", max_execution_time: 0, ...settings } }),
    close,
  };
}

async function describe(query: (sql: string) => Promise<Buffer>, source: string): Promise<readonly ExpressionColumn[]> {
  const answer = await query(`DESCRIBE ${source}`);
  const lines = answer.toString("utf8").split("\n");
  return lines.filter(Boolean).map((line) => {
    const [name = "", type = ""] = line.split("\t");
    return { name, type };
  });
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
