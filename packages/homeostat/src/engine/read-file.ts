import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { CheckedExpression, ExpressionColumn, ExpressionVerdict } from "../domain/engine/expression.ts";
import { Fault, reasonOf } from "../domain/fault.ts";
import { createExpressionChecker } from "./check-expression.ts";
import { createEngineHttp } from "./engine-http.ts";
import { sqlName } from "./quote-sql.ts";
import { startEngine } from "./supervise-engine.ts";

/** Which rows of a file, and what of them. Text from people passes {@link FileReader.check} first. */
export interface FileQuery {
  /** Absent: every column under its own name. */
  readonly select?: readonly { readonly name: string; readonly expression: CheckedExpression }[];
  readonly where?: CheckedExpression;
  readonly orderBy?: CheckedExpression;
  readonly limit?: number;
  /** Rows in a batch, 10,000 if absent. The last batch may hold fewer. */
  readonly batchRows?: number;
}

/** Whole lines of JSON, one object a row. */
interface RowBatch {
  readonly ndjson: Buffer;
  readonly rows: number;
}

/** A file opened with a private engine, which ends with {@link close}. */
export interface FileReader {
  readonly columns: readonly ExpressionColumn[];
  /** Checks an expression over the columns of this file. */
  check(expression: string): Promise<ExpressionVerdict>;
  /** The expression that is just this column. */
  column(name: string): CheckedExpression;
  /** Rows as they are found, as bytes from the engine: no row becomes an object here. Timestamps are ISO 8601. */
  rows(query: FileQuery): AsyncGenerator<RowBatch, void, undefined>;
  close(): Promise<void>;
}

const formats: readonly (readonly [RegExp, string])[] = [
  [/\.parquet$/i, "Parquet"],
  [/\.csv(\.gz|\.zst)?$/i, "CSVWithNames"],
  [/\.tsv(\.gz|\.zst)?$/i, "TabSeparatedWithNames"],
  [/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/i, "JSONEachRow"],
  [/\.(arrow|feather|ipc)$/i, "Arrow"],
  [/\.arrows$/i, "ArrowStream"],
];

const defaultBatchRows = 10_000;
const memoryLimitBytes = 2 * 1024 ** 3;
const newline = 0x0a;

/**
 * Opens a Parquet, CSV, TSV, JSON or Arrow file for reading, with its columns described (types of text formats are
 * guessed by the engine from the first rows). About 0.3 s for the engine to start; 1 to 2 million rows a second after.
 * @throws Fault `artifact-unreadable`: no such file, unknown ending, or not what its ending says.
 */
export async function openFile(path: string): Promise<FileReader> {
  const format = formats.find(([ending]) => ending.test(path))?.[1];
  const unreadable = (reason: string, cause?: unknown): Fault =>
    new Fault("artifact-unreadable", { path, reason }, cause);
  if (format === undefined)
    throw unreadable("its ending names no format: .parquet, .csv, .tsv, .json, .ndjson or .arrow");
  const full = await realpath(path).catch((thrown: unknown) => {
    throw unreadable(reasonOf(thrown), thrown);
  });
  const lanes = { general: 1, write: 0, quick: 0, expressions: 1, quickExpressions: 0 };
  const engine = await startEngine({ memoryLimitBytes, fileRoots: [dirname(full)], lanes });
  const http = createEngineHttp(engine.shipper, 2);
  const checker = createExpressionChecker(engine.expressions);
  const close = async (): Promise<void> => {
    await Promise.all([http.close(), checker.close()]);
    await engine.stop(1_000);
  };
  const source = { sql: `file({path:String}, '${format}')`, parameters: { path: full } };
  let columns: readonly ExpressionColumn[];
  try {
    const settings = { default_format: "TabSeparatedRaw" };
    columns = parseColumns(
      await http.query({ sql: `DESCRIBE ${source.sql}`, parameters: source.parameters, settings }),
    );
  } catch (thrown) {
    await close();
    throw unreadable(
      thrown instanceof Fault ? String(thrown.detail.reason ?? thrown.message) : reasonOf(thrown),
      thrown,
    );
  }
  return {
    columns,
    check: (expression) => checker.check(expression, columns),
    column: (name) => sqlName(name) as CheckedExpression,
    rows: (query) => {
      const settings = { default_format: "JSONEachRow", date_time_output_format: "iso", max_execution_time: 0 };
      const sql = sqlFor(source.sql, query);
      return batchesOf(
        http.stream({ sql, parameters: source.parameters, settings }),
        query.batchRows ?? defaultBatchRows,
      );
    },
    close,
  };
}

function parseColumns(answer: Buffer): readonly ExpressionColumn[] {
  const lines = answer
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => {
    const [name = "", type = ""] = line.split("\t");
    return { name, type };
  });
}

function sqlFor(source: string, query: FileQuery): string {
  const select = query.select?.map(({ name, expression }) => `(${expression}) AS ${sqlName(name)}`).join(", ") ?? "*";
  const where = query.where === undefined ? "" : ` WHERE (${query.where})`;
  const orderBy = query.orderBy === undefined ? "" : ` ORDER BY (${query.orderBy})`;
  const limit = query.limit === undefined ? "" : ` LIMIT ${Math.max(0, Math.floor(query.limit))}`;
  // A name given by the selection must not stand in for the column of the same name in the conditions.
  return `SELECT ${select} FROM ${source}${where}${orderBy}${limit} SETTINGS prefer_column_name_to_alias = 1`;
}

/** Cuts a stream of lines into batches of whole lines. */
async function* batchesOf(
  chunks: AsyncGenerator<Buffer, void, undefined>,
  batchRows: number,
): AsyncGenerator<RowBatch, void, undefined> {
  let kept: Buffer[] = [];
  let rows = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) {
      rows++;
      if (rows < batchRows) continue;
      kept.push(chunk.subarray(from, at + 1));
      yield { ndjson: Buffer.concat(kept), rows };
      kept = [];
      rows = 0;
      from = at + 1;
    }
    if (from < chunk.length) kept.push(chunk.subarray(from));
  }
  if (rows > 0) yield { ndjson: Buffer.concat(kept), rows };
}
