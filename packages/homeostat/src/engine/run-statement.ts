import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RawInsertFormat, Session } from "chdb";
import type { Credential } from "./child-options.ts";
import type { EngineRequest } from "./http-request.ts";
import { type Inspection, type InspectionRules, inspectStatement } from "./inspect-statement.ts";
import type { SqlToken } from "./lex-sql.ts";
import { sqlString } from "./quote-sql.ts";
import type { Lane, SessionPool } from "./session-pool.ts";

export type StatementResult =
  | { readonly kind: "answered"; readonly bytes: Uint8Array; readonly format: string; readonly summary: Summary }
  | { readonly kind: "streamed" }
  | { readonly kind: "refused"; readonly code: number; readonly message: string };

/** What `X-ClickHouse-Summary` says. */
export interface Summary {
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
  readonly elapsedSeconds: number;
}

export interface StatementContext {
  readonly pool: SessionPool;
  readonly credential: Credential;
  readonly rules: Omit<InspectionRules, "credential" | "parameters">;
  readonly database: string;
  /** Where this process may put files of its own. */
  readonly privateDirectory: string;
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
  /** Where a streamed answer goes; resolves when the chunk may be followed by another. */
  write(chunk: Uint8Array): Promise<void>;
}

/** Formats whose chunks can follow one another: no head, no tail, a row a line. */
const streamableFormats = new Set(["JSONEachRow", "JSONCompactEachRow", "TabSeparated", "TSV", "CSV", "LineAsString"]);

/** Formats that chDB takes as raw bytes beside the statement, without a detour through text. */
const rawFormats: ReadonlySet<string> = new Set<RawInsertFormat>([
  "JSONEachRow",
  "JSONCompactEachRow",
  "CSV",
  "CSVWithNames",
  "TSV",
  "TabSeparated",
  "TSVWithNames",
  "TabSeparatedWithNames",
]);

/** Formats of bytes that are no text: they would not survive the detour through it. */
const binaryFormats: ReadonlySet<string> = new Set(["Native", "RowBinary", "Parquet", "Arrow", "ArrowStream"]);

const noSummary: Summary = { readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0, elapsedSeconds: 0 };

/**
 * Inspects a request, waits for a lane and runs it.
 * Values of parameters are given to the engine as such (`SET param_x`), never put into the statement; a placeholder
 * without a value is refused here, so that no value of an earlier request on the same session can fill it.
 * @throws what the engine says.
 */
export async function runStatement(request: EngineRequest, context: StatementContext): Promise<StatementResult> {
  const result = inspectStatement(request.sql, {
    ...context.rules,
    credential: context.credential,
    parameters: request.parameters,
  });
  if (result.kind === "refused") return refused(result.code, `${result.message}. (${result.name})`);
  const { inspection } = result;
  const wrong = wrongRequest(request, inspection, context);
  if (wrong !== undefined) return wrong;
  return context.pool.within(laneRequestFor(request, inspection, context), async (lane) => {
    if (context.gone.aborted) return refused(394, "Query was cancelled. (QUERY_WAS_CANCELLED)");
    const onGone = (): void => context.pool.cancel(lane);
    context.gone.addEventListener("abort", onGone, { once: true });
    try {
      return await runIn(lane, request, inspection, context);
    } finally {
      context.gone.removeEventListener("abort", onGone);
      if (inspection.kind === "session") await context.pool.renew(lane);
    }
  });
}

function laneRequestFor(request: EngineRequest, inspection: Inspection, context: StatementContext) {
  return {
    credential: context.credential,
    writes: inspection.kind === "insert",
    brief: inspection.brief || request.markedShort,
    readonly: (request.settings.get("readonly") ?? "0") !== "0",
  };
}

function wrongRequest(
  request: EngineRequest,
  inspection: Inspection,
  context: StatementContext,
): StatementResult | undefined {
  const { database } = request;
  if (database !== undefined && database !== context.database && database !== "default" && database !== "system") {
    return refused(81, `Database ${database} does not exist. (UNKNOWN_DATABASE)`);
  }
  for (const name of inspection.parameters) {
    if (!request.parameters.has(name)) {
      return refused(456, `Substitution \`${name}\` is not set. (UNKNOWN_QUERY_PARAMETER)`);
    }
  }
  for (const name of [...request.parameters.keys(), ...request.settings.keys()]) {
    if (!/^[A-Za-z_]\w*$/.test(name)) return refused(115, `Unknown setting '${name}'. (UNKNOWN_SETTING)`);
  }
  return undefined;
}

function refused(code: number, text: string): StatementResult {
  return { kind: "refused", code, message: `Code: ${code}. DB::Exception: ${text}` };
}

async function runIn(
  lane: Lane,
  request: EngineRequest,
  inspection: Inspection,
  context: StatementContext,
): Promise<StatementResult> {
  const settings = new Map(request.settings);
  settings.delete("readonly");
  settings.delete("log_comment");
  const prefix = (await context.pool.prefixFor(lane, settings)) + parameterPrefix(request, inspection);
  const format = inspection.format ?? request.defaultFormat;
  if (inspection.kind === "insert" && request.data !== undefined) {
    return runInsert(lane.session, prefix, inspection, request.data, context.privateDirectory);
  }
  if (request.streamed && inspection.kind === "read" && streamableFormats.has(format)) {
    if (prefix !== "") await lane.session.queryAsync(prefix);
    return runStream(lane.session, inspection.text, format, context);
  }
  const data = request.data === undefined ? "" : `\n${request.data.toString("utf8")}`;
  const answer = await lane.session.queryAsync(`${prefix}${inspection.text}${data}`, { format });
  const insert = inspection.kind === "insert";
  return {
    kind: "answered",
    bytes: insert ? new Uint8Array() : answer.bytes(),
    format,
    summary: {
      ...noSummary,
      readRows: answer.rowsRead,
      readBytes: answer.bytesRead,
      writtenRows: insert ? answer.rowsRead : 0,
      writtenBytes: insert ? answer.bytesRead : 0,
      elapsedSeconds: answer.elapsed,
    },
  };
}

function parameterPrefix(request: EngineRequest, inspection: Inspection): string {
  const used = [...inspection.parameters].map(
    (name) => `param_${name} = ${sqlString(request.parameters.get(name) ?? "")}`,
  );
  return used.length === 0 ? "" : `SET ${used.join(", ")}; `;
}

async function runStream(
  session: Session,
  text: string,
  format: string,
  context: StatementContext,
): Promise<StatementResult> {
  const stream = session.queryStream(text, { format, signal: context.gone });
  for await (const chunk of stream) await context.write(chunk.raw());
  return { kind: "streamed" };
}

async function runInsert(
  session: Session,
  prefix: string,
  inspection: Inspection,
  data: Buffer,
  privateDirectory: string,
): Promise<StatementResult> {
  const target = rawTargetOf(inspection);
  if (target !== undefined && binaryFormats.has(target.format))
    return insertBinary(session, prefix, target, data, privateDirectory);
  if (target === undefined || !isRaw(target)) {
    const answer = await session.queryAsync(`${prefix}${inspection.text}\n${data.toString("utf8")}`);
    const written = { writtenRows: answer.rowsRead, writtenBytes: data.length, elapsedSeconds: answer.elapsed };
    return { kind: "answered", bytes: new Uint8Array(), format: "", summary: { ...noSummary, ...written } };
  }
  if (prefix !== "") await session.queryAsync(prefix);
  const { rowsWritten, elapsed } = await session.insert({ ...target, values: data });
  const written = { writtenRows: rowsWritten, writtenBytes: data.length, elapsedSeconds: elapsed };
  return { kind: "answered", bytes: new Uint8Array(), format: "", summary: { ...noSummary, ...written } };
}

/** chDB takes no bytes of these formats beside a statement: it reads them from a file that is gone afterwards. */
async function insertBinary(
  session: Session,
  prefix: string,
  { table, format, columns }: InsertTarget,
  data: Buffer,
  privateDirectory: string,
): Promise<StatementResult> {
  const path = join(privateDirectory, `insert-${randomUUID()}`);
  try {
    await writeFile(path, data, { mode: 0o600 });
    const [into, names] = columns === undefined ? ["", "*"] : [` (${columns.join(", ")})`, columns.join(", ")];
    const answer = await session.queryAsync(
      `${prefix}INSERT INTO ${table}${into} SELECT ${names} FROM file(${sqlString(path)}, '${format}')`,
    );
    const written = { writtenRows: answer.rowsRead, writtenBytes: data.length, elapsedSeconds: answer.elapsed };
    return { kind: "answered", bytes: new Uint8Array(), format: "", summary: { ...noSummary, ...written } };
  } finally {
    await rm(path, { force: true });
  }
}

interface InsertTarget {
  readonly table: string;
  readonly format: string;
  readonly columns?: readonly string[];
}

const isRaw = (target: InsertTarget): target is InsertTarget & { readonly format: RawInsertFormat } =>
  rawFormats.has(target.format);

/**
 * Table, columns and format of `INSERT INTO [TABLE] t [(a, b)] FORMAT X`, when it is that plain; every other insert goes
 * the longer way through text.
 */
function rawTargetOf(inspection: Inspection): InsertTarget | undefined {
  const { tokens, format } = inspection;
  if (format === undefined) return undefined;
  let at = tokens[2]?.text.toUpperCase() === "TABLE" ? 3 : 2;
  const names: string[] = [];
  while (isPlainName(tokens[at])) {
    names.push(tokens[at]?.text ?? "");
    at++;
    if (tokens[at]?.text !== ".") break;
    at++;
  }
  const columns = columnsAt(tokens, at);
  if (columns === undefined || names.length === 0) return undefined;
  const atFormat = tokens[columns.next];
  if (atFormat?.text.toUpperCase() !== "FORMAT" || columns.next + 2 !== tokens.length) return undefined;
  const target = { table: names.join("."), format };
  return columns.names.length === 0 ? target : { ...target, columns: columns.names };
}

function columnsAt(tokens: readonly SqlToken[], start: number): { names: readonly string[]; next: number } | undefined {
  if (tokens[start]?.text !== "(") return { names: [], next: start };
  const names: string[] = [];
  for (let at = start + 1; at < tokens.length; at += 2) {
    const name = tokens[at];
    if (!isPlainName(name)) return undefined;
    names.push(name?.text ?? "");
    const after = tokens[at + 1];
    if (after?.kind !== "symbol") return undefined;
    if (after.text === ")") return { names, next: at + 2 };
    if (after.text !== ",") return undefined;
  }
  return undefined;
}

/** Names that need no quotes, since chDB's raw insert takes none. */
function isPlainName(token: SqlToken | undefined): boolean {
  return (token?.kind === "word" || token?.kind === "quoted-name") && /^[A-Za-z_][A-Za-z0-9_]*$/.test(token.text);
}
