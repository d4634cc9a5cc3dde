import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Credential } from "./child-options.ts";

/** A request of the ClickHouse HTTP interface, taken apart. */
export interface EngineRequest {
  readonly queryId: string | undefined;
  readonly database: string | undefined;
  readonly sql: string;
  /** What follows the statement: the rows of an insert. */
  readonly data: Buffer | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  readonly settings: ReadonlyMap<string, string>;
  readonly defaultFormat: string;
  readonly gzipAnswer: boolean;
  /** The caller says that this ends in a moment (`X-Homeostat-Lane: short`): it may use the lanes kept free. */
  readonly markedShort: boolean;
  /** `wait_end_of_query=0`, said aloud: send rows while they are found. */
  readonly streamed: boolean;
}

export type BodyResult =
  | { readonly kind: "read"; readonly body: Buffer }
  | { readonly kind: "refused"; readonly reason: "too-large" | "bad-encoding" };

const maxBodyBytes = 512 * 1024 ** 2;
const gunzipAsync = promisify(gunzip);

/** Names of the URL that are not settings. `role`, `session_id` and the rest have no meaning for an embedded engine. */
const notSettings = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "user",
  "password",
  "compress",
  "decompress",
  "quota_key",
  "role",
  "session_id",
  "session_timeout",
  "session_check",
  "buffer_size",
  "wait_end_of_query",
  "enable_http_compression",
  "http_zlib_compression_level",
  "http_headers_progress_interval_ms",
  "http_response_buffer_size",
  "http_write_exception_in_output_format",
  "send_progress_in_http_headers",
  "cancel_http_readonly_queries_on_client_close",
]);

/** Reads the whole body, decompressed: an insert is one statement or none. Bounded before and after decompression. */
export async function readBody(request: IncomingMessage): Promise<BodyResult> {
  const raw = await rawBodyOf(request);
  if (raw === undefined) return { kind: "refused", reason: "too-large" };
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return { kind: "read", body: raw };
  if (encoding !== "gzip") return { kind: "refused", reason: "bad-encoding" };
  try {
    return { kind: "read", body: await gunzipAsync(raw, { maxOutputLength: maxBodyBytes }) };
  } catch (thrown) {
    const tooLarge = thrown instanceof RangeError;
    return { kind: "refused", reason: tooLarge ? "too-large" : "bad-encoding" };
  }
}

/** Takes a request apart as the ClickHouse HTTP interface does: statement in the URL, the body, or both. */
export async function parseRequest(request: IncomingMessage, url: URL, body: Buffer): Promise<EngineRequest> {
  const fields = new Map(url.searchParams);
  const contentType = request.headers["content-type"] ?? "";
  const multipart = contentType.startsWith("multipart/form-data");
  if (multipart) {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
    for (const [name, value] of form) if (typeof value === "string") fields.set(name, value);
  }
  const { sql, data } = statementOf(fields.get("query"), multipart ? undefined : body);
  return {
    queryId: fields.get("query_id"),
    database: fields.get("database") ?? headerOf(request, "x-clickhouse-database"),
    sql,
    data,
    parameters: parametersOf(fields),
    settings: settingsOf(fields),
    defaultFormat: fields.get("default_format") ?? headerOf(request, "x-clickhouse-format") ?? "TabSeparated",
    gzipAnswer:
      fields.get("enable_http_compression") === "1" && /\bgzip\b/.test(headerOf(request, "accept-encoding") ?? ""),
    markedShort: headerOf(request, "x-homeostat-lane") === "short",
    streamed: fields.get("wait_end_of_query") === "0",
  };
}

/** By events and not by iteration, which costs a tenth of a millisecond more: as much as the rest of a small request. */
function rawBodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) {
        request.pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.once("end", () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes)));
    request.once("error", reject);
    request.once("aborted", () => reject(new Error("the caller has gone")));
  });
}

interface StatementText {
  readonly sql: string;
  readonly data: Buffer | undefined;
}

/** The statement from the URL or a form, with the body as its rows; or from the body, rows of an insert behind it. */
function statementOf(query: string | undefined, body: Buffer | undefined): StatementText {
  if (query !== undefined) return { sql: query, data: body === undefined || body.length === 0 ? undefined : body };
  if (body === undefined) return { sql: "", data: undefined };
  return inlineInsertOf(body) ?? { sql: body.toString("utf8"), data: undefined };
}

const inlineInsert = /^\s*INSERT\s+INTO\s+[\w\s.`"(),]+?\sFORMAT\s+(?!Values\b)[A-Za-z]\w*[ \t]*\r?\n?/i;
const longestInsertHead = 65_536;

/** `INSERT INTO t FORMAT X` with its rows behind it in the same body, as `curl --data` sends it. Rows are no SQL. */
function inlineInsertOf(body: Buffer): StatementText | undefined {
  const head = inlineInsert.exec(body.subarray(0, longestInsertHead).toString("latin1"))?.[0];
  if (head === undefined || head.length === body.length) return undefined;
  return { sql: body.subarray(0, head.length).toString("utf8"), data: body.subarray(head.length) };
}

function parametersOf(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of fields) if (name.startsWith("param_")) parameters.set(name.slice(6), value);
  return parameters;
}

function settingsOf(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of fields) {
    if (!notSettings.has(name) && !name.startsWith("param_")) settings.set(name, value);
  }
  return settings;
}

/**
 * Makes the function that says who is asking, from basic authentication, the ClickHouse headers or the URL; undefined
 * if the password is wrong. Every comparison costs the same, whether name or password is wrong.
 */
export function createAuthentication(
  passwords: Readonly<Record<Credential, string>>,
): (request: IncomingMessage, url: URL) => Credential | undefined {
  const known = Object.entries(passwords).map(([name, password]) => ({
    credential: name as Credential,
    digest: digestOf(`${name}:${password}`),
  }));
  return (request, url) => {
    const given = basicOf(request) ?? {
      user: headerOf(request, "x-clickhouse-user") ?? url.searchParams.get("user") ?? "",
      password: headerOf(request, "x-clickhouse-key") ?? url.searchParams.get("password") ?? "",
    };
    const digest = digestOf(`${given.user}:${given.password}`);
    let found: Credential | undefined;
    for (const one of known) if (timingSafeEqual(one.digest, digest)) found = one.credential;
    return found;
  };
}

function basicOf(request: IncomingMessage): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
