import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { ExpressionChecker, ExpressionColumn } from "../../domain/engine/expression.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { createExpressionChecker } from "../../engine/check-expression.ts";
import { createEngineHttp } from "../../engine/engine-http.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { startEngine } from "../../engine/supervise-engine.ts";
import { findTableFiles, formatOf } from "../table-file/find-table-files.ts";
import { UsageError } from "../usage-error.ts";

/** One data file: its columns, and what stands after FROM. */
export interface DataPart {
  readonly path: string;
  readonly columns: readonly ExpressionColumn[];
  readonly source: string;
  /** Whether the file says the types of its columns itself. */
  readonly isTyped: boolean;
}

/** An engine of its own that forgets everything at its end. */
export interface PrivateEngine {
  readonly checker: ExpressionChecker;
  ask<T>(statement: string): Promise<readonly T[]>;
  close(): Promise<void>;
}

const engineStopMs = 5_000;
const memoryLimitBytes = 2 * 1024 ** 3;
const lanes = { general: 2, write: 1, quick: 0, expressions: 2, quickExpressions: 0 };
const textFormats = /^(CSV|TabSeparated|JSON)/;

/** The data files that the paths name: files, folders of files, patterns. @throws UsageError */
export async function dataFilesAt(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(findTableFiles));
  return [...new Set(found.flatMap((table) => table.paths))];
}

/** Starts the private engine; it may read files next to those given. Takes about 0.3 s. */
export async function startPrivateEngine(paths: readonly string[]): Promise<PrivateEngine> {
  const roots = new Set<string>();
  for (const path of paths) roots.add(dirname(await realpath(path)));
  const engine = await startEngine({ memoryLimitBytes, fileRoots: [...roots], lanes });
  const http = createEngineHttp(engine.shipper, 4);
  const checker = createExpressionChecker(engine.expressions);
  // Rows keep their numbers only where one thread reads a file from its beginning.
  const settings = {
    default_format: "JSONEachRow",
    max_execution_time: 0,
    max_threads: 1,
    output_format_json_quote_64bit_integers: 0,
    // A contract may have a thousand fields with several rules each: that is one statement.
    max_query_size: 16_777_216,
    max_ast_elements: 2_000_000,
    max_expanded_ast_elements: 5_000_000,
  };
  return {
    checker,
    ask: async <T>(statement: string) => {
      const answer = await http.query({ sql: statement, settings });
      return answer
        .toString("utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T);
    },
    close: async () => {
      await Promise.all([http.close(), checker.close()]);
      await engine.stop(engineStopMs);
    },
  };
}

/**
 * Looks at the columns of a file. Text files are read as text in every column, so that a value of another type is found
 * and counted where guessing the types would end in an error. @throws UsageError
 */
export async function openPart(engine: PrivateEngine, path: string): Promise<DataPart> {
  const format = formatOf(path);
  if (format === undefined) throw new UsageError(`the ending of ${basename(path)} names no format that can be read`);
  const full = await realpath(path);
  const plain = `file(${sqlString(full)}, '${format}')`;
  const described = await columnsOf(engine, full, format).catch((thrown: unknown) => {
    const reason = thrown instanceof Fault ? String(thrown.detail.reason ?? thrown.message) : reasonOf(thrown);
    throw new UsageError(`${path} is not readable as ${format}: ${reason}`);
  });
  if (!textFormats.test(format))
    return { path, columns: described.map(({ name, type }) => ({ name, type })), source: plain, isTyped: true };
  const columns = described.map(({ name }) => ({ name, type: "Nullable(String)" }));
  const structure = columns.map(({ name, type }) => `${sqlName(name)} ${type}`).join(", ");
  return { path, columns, source: `file(${sqlString(full)}, '${format}', ${sqlString(structure)})`, isTyped: false };
}

/** A file that holds names and no row says nothing of types: its first line is read for the names. */
async function columnsOf(engine: PrivateEngine, full: string, format: string): Promise<readonly ExpressionColumn[]> {
  const describe = engine.ask<{ name: string; type: string }>(`DESCRIBE file(${sqlString(full)}, '${format}')`);
  if (!format.endsWith("WithNames")) return describe;
  return describe.catch(async (thrown: unknown) => {
    const plain = `file(${sqlString(full)}, '${format.replace("WithNames", "")}')`;
    const [head] = await engine.ask<Record<string, unknown>>(`SELECT * FROM ${plain} LIMIT 1`);
    if (head === undefined) throw thrown;
    return Object.values(head).map((name) => ({ name: String(name), type: "Nullable(String)" }));
  });
}
