import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ChildOptions, Credential } from "./child-options.ts";
import { createAuthentication, type EngineRequest, parseRequest, readBody } from "./http-request.ts";
import { runStatement, type Summary } from "./run-statement.ts";
import type { SessionPool } from "./session-pool.ts";

export interface HandlerContext {
  readonly pool: SessionPool;
  readonly options: ChildOptions;
  readonly outsideFunctions: ReadonlySet<string>;
  readonly version: string;
  readonly privateDirectory: string;
}

const gzipAsync = promisify(gzip);

/** Codes by which the real server does not answer 500, as far as clients look at the status. */
const statusOfCode: ReadonlyMap<number, number> = new Map([
  [516, 403],
  [497, 403],
  [164, 403],
  [60, 404],
  [81, 404],
  [46, 404],
  [47, 404],
  [62, 400],
  [456, 400],
  [457, 400],
  [115, 404],
  [159, 408],
  [1002, 413],
]);

/** Answers the ClickHouse HTTP interface. `/ping` needs neither password nor engine: it says that the child listens. */
export function createRequestHandler(context: HandlerContext): RequestListener {
  const authenticate = createAuthentication(context.options.credentials);
  return (request, response) => {
    answer(request, response, context, authenticate).catch((thrown: unknown) => {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      if (response.headersSent) response.destroy();
      else sendError(response, codeOf(message), message, context);
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: HandlerContext,
  authenticate: ReturnType<typeof createAuthentication>,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (request.method === "GET" && url.pathname === "/ping") {
    response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" }).end("Ok.\n");
    return;
  }
  const credential = authenticate(request, url);
  if (credential === undefined) {
    request.resume();
    const text = "Authentication failed: password is incorrect, or there is no user with such name.";
    sendError(response, 516, `Code: 516. DB::Exception: ${text} (AUTHENTICATION_FAILED)`, context);
    return;
  }
  if (url.pathname !== "/" || (request.method !== "GET" && request.method !== "POST")) {
    request.resume();
    response.writeHead(404, { "content-type": "text/plain; charset=UTF-8" }).end("There is no such page.\n");
    return;
  }
  const body = await readBody(request);
  if (body.kind === "refused") {
    const text = body.reason === "too-large" ? "The body is too large." : "The body is not readable as gzip.";
    sendError(response, 1002, `Code: 1002. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`, context);
    response.once("finish", () => request.destroy());
    return;
  }
  await answerStatement(await parseRequest(request, url, body.body), credential, response, context);
}

async function answerStatement(
  parsed: EngineRequest,
  credential: Credential,
  response: ServerResponse,
  context: HandlerContext,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  response.setHeader("X-ClickHouse-Query-Id", parsed.queryId ?? randomUUID());
  response.setHeader("X-ClickHouse-Timezone", "UTC");
  const result = await runStatement(parsed, {
    pool: context.pool,
    credential,
    rules: { outsideFunctions: context.outsideFunctions, fileRoots: context.options.fileRoots },
    database: context.options.database,
    privateDirectory: context.privateDirectory,
    gone: gone.signal,
    write: (chunk) => writeChunk(response, chunk, gone.signal),
  });
  switch (result.kind) {
    case "refused":
      sendError(response, result.code, result.message, context);
      return;
    case "streamed":
      response.end();
      return;
    case "answered":
      response.setHeader("X-ClickHouse-Summary", summaryText(result.summary, result.bytes.length));
      if (result.format !== "") response.setHeader("X-ClickHouse-Format", result.format);
      await sendBytes(response, result.bytes, parsed.gzipAnswer);
      return;
  }
}

async function writeChunk(response: ServerResponse, chunk: Uint8Array, gone: AbortSignal): Promise<void> {
  if (response.write(chunk) || gone.aborted) return;
  await new Promise<void>((resume) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resume();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}

async function sendBytes(response: ServerResponse, bytes: Uint8Array, compressed: boolean): Promise<void> {
  const payload = compressed ? await gzipAsync(bytes, { level: 1 }) : bytes;
  if (compressed) response.setHeader("Content-Encoding", "gzip");
  response.writeHead(200, { "content-type": "text/plain; charset=UTF-8", "content-length": payload.length });
  response.end(payload);
}

function sendError(response: ServerResponse, code: number, message: string, context: HandlerContext): void {
  const text = Buffer.from(`${message} (version ${context.version})\n`);
  response.writeHead(statusOfCode.get(code) ?? 500, {
    "content-type": "text/plain; charset=UTF-8",
    "content-length": text.length,
    "X-ClickHouse-Exception-Code": String(code),
  });
  response.end(text);
}

function codeOf(message: string): number {
  return Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002);
}

function summaryText(summary: Summary, resultBytes: number): string {
  return JSON.stringify({
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: "0",
    result_rows: "0",
    result_bytes: String(resultBytes),
    elapsed_ns: String(Math.round(summary.elapsedSeconds * 1e9)),
  });
}
