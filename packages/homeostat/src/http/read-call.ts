import type { IncomingMessage } from "node:http";
import { pathTextOf, type Route, type RouteName, routes, type Schema, schemaIssuesOf } from "@homeostat/protocol";
import type { ColumnarFormat } from "../domain/columnar/columnar.ts";
import {
  type HookBytes,
  type HookRouteName,
  type Issue,
  type Refusal,
  type RowBytes,
  refused,
  type UploadedFile,
} from "./handler.ts";
import { isUtf8Charset, mediaTypeOf } from "./media-type.ts";
import { type BodyLimits, readBytes, readToFile } from "./read-body.ts";
import { readJson } from "./read-json.ts";
import { readText } from "./read-text.ts";

/** What of a route's request is read how. */
type BodyKind = "none" | "json" | "rows" | "file" | "hook" | "events";

/** Size and time limits by kind of body. Tests make them small; the server uses `usualLimits`. */
export type DoorLimits = Readonly<Record<"json" | "rows" | "file", BodyLimits>>;

const mebibyte = 1_048_576;
export const usualLimits: DoorLimits = {
  json: { maxBytes: mebibyte, idleMs: 10_000, totalMs: 30_000 },
  rows: { maxBytes: 64 * mebibyte, idleMs: 10_000, totalMs: 120_000 },
  file: { maxBytes: 512 * mebibyte, idleMs: 20_000, totalMs: 600_000 },
};

const rowRoutes: ReadonlySet<RouteName> = new Set<RouteName>(["predict", "sendPredictions", "sendOutcomes"]);
const hookRoutes: ReadonlySet<RouteName> = new Set<HookRouteName>(["deliverHook", "enqueueChange"]);
const fileRoutes: ReadonlySet<RouteName> = new Set<RouteName>(["createDataset", "uploadRows"]);
/** Facets of a large plan are larger than what people write. */
const lineageRoutes: ReadonlySet<RouteName> = new Set<RouteName>(["sendLineage", "sendLineageBatch"]);
const mostIssues = 100;

/** Media types of tables. They go to a file, and are read by the engine. */
export const columnarFormats: Readonly<Record<string, ColumnarFormat>> = {
  "application/vnd.apache.parquet": "Parquet",
  "application/vnd.apache.arrow.stream": "ArrowStream",
  "application/vnd.apache.arrow.file": "Arrow",
};

/** How a route's body is read, by its media type where both text and files are taken. */
export function bodyKindOf(name: RouteName, contentType: string | undefined): BodyKind {
  if (hookRoutes.has(name)) return "hook";
  if (name === "sendEvents") return "events";
  const isTable = Object.hasOwn(columnarFormats, mediaTypeOf(contentType)?.type ?? "");
  if (rowRoutes.has(name)) return isTable && name !== "predict" ? "file" : "rows";
  if (fileRoutes.has(name)) return "file";
  return "body" in routes[name] ? "json" : "none";
}

type Reading<T> = { readonly kind: "read"; readonly value: T } | Refusal;

function parse(schema: Schema, value: unknown, what: string): Reading<unknown> {
  const result = schema.safeParse(value);
  if (result.success) return { kind: "read", value: result.data };
  const issues: readonly Issue[] = schemaIssuesOf(result.error, value).map(({ path, expected, found }) => ({
    path: pathTextOf(path),
    expected,
    found,
  }));
  const first = issues[0];
  const where = first === undefined || first.path === "" ? "" : ` at ${first.path}`;
  const detail = `${what} is not as expected${where}: expected ${first?.expected ?? "another shape"}, found ${first?.found ?? "this"}.`;
  return refused("malformed-body", detail, { issues: issues.slice(0, mostIssues) });
}

/** Path parameters; `number` becomes a positive whole number. A parameter that cannot exist is not found. */
export function readPath(
  parameters: Readonly<Record<string, string>>,
): Reading<Readonly<Record<string, string | number>>> {
  const { number, ...names } = parameters;
  if (number === undefined) return { kind: "read", value: names };
  if (!/^[1-9]\d{0,14}$/.test(number))
    return refused("not-found", `${JSON.stringify(number.slice(0, 40))} is not a number that anything here has.`);
  return { kind: "read", value: { ...names, number: Number(number) } };
}

/** The query string after its schema. Parameters the route does not know are refused: a mistyped filter must not show everything. */
export function readQuery(name: RouteName, query: unknown): Reading<unknown> {
  const route: Route = routes[name];
  const given = typeof query === "object" && query !== null ? (query as Record<string, unknown>) : {};
  const known = new Set(Object.keys(route.query?.shape ?? {}));
  const unknown = Object.keys(given).filter((key) => !known.has(key));
  if (unknown.length > 0) {
    const expected = known.size === 0 ? "no query parameters" : `one of ${[...known].join(", ")}`;
    const issues = unknown.slice(0, mostIssues).map((key) => ({ path: `?${key}`, expected, found: "this parameter" }));
    return refused("malformed-body", `The query parameter ${JSON.stringify(unknown[0])} is not known here.`, {
      issues,
    });
  }
  return route.query === undefined ? { kind: "read", value: undefined } : parse(route.query, given, "The query");
}

function mediaTypeFor(name: RouteName, request: IncomingMessage): Reading<string> {
  const route: Route = routes[name];
  const taken = [...(route.body === undefined ? [] : ["application/json"]), ...(route.bodyTypes ?? [])];
  const header = request.headers["content-type"];
  const media = mediaTypeOf(header);
  const said =
    header === undefined
      ? "No Content-Type came with the body"
      : `Content-Type ${JSON.stringify(header)} is not taken here`;
  if (media === undefined || !taken.includes(media.type))
    return refused("unsupported-media-type", `${said}; this address takes ${taken.join(" or ")}.`);
  if (!isUtf8Charset(media.charset))
    return refused("unsupported-media-type", `The charset ${media.charset} is not taken; send UTF-8.`);
  return { kind: "read", value: media.type };
}

const hasNoBody = (request: IncomingMessage): boolean =>
  request.headers["content-type"] === undefined &&
  request.headers["transfer-encoding"] === undefined &&
  Number(request.headers["content-length"] ?? 0) === 0;

async function readJsonBody(name: RouteName, request: IncomingMessage, limits: BodyLimits): Promise<Reading<unknown>> {
  const { body: schema } = routes[name] as unknown as { readonly body: Schema };
  // no body at all means an empty one: `acknowledge` needs nothing, and for others the schema names what is missing
  if (hasNoBody(request)) return parse(schema, {}, "The body");
  const media = mediaTypeFor(name, request);
  if (media.kind === "refused") return media;
  const read = await readBytes(request, limits);
  if (read.kind === "refused") return read;
  const text = readText(read.bytes);
  if (text.kind === "refused") return text;
  const json = readJson(text.text);
  if (json.kind === "malformed")
    return refused("malformed-json", `Line ${json.line}, column ${json.column}: ${json.reason}.`);
  return parse(schema, json.value, "The body");
}

async function readRowBytes(name: RouteName, request: IncomingMessage, limits: BodyLimits): Promise<Reading<RowBytes>> {
  const media = mediaTypeFor(name, request);
  if (media.kind === "refused") return media;
  const read = await readBytes(request, limits);
  if (read.kind === "refused") return read;
  const mediaType = media.value === "application/x-ndjson" ? "application/x-ndjson" : "application/json";
  return { kind: "read", value: { mediaType, bytes: read.bytes } };
}

/** A delivery is verified over its bytes before anything is made of them. */
async function readHookBytes(
  name: RouteName,
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<Reading<HookBytes>> {
  const media = mediaTypeFor(name, request);
  if (media.kind === "refused") return media;
  const read = await readBytes(request, limits);
  if (read.kind === "refused") return read;
  const headers = Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value]);
  return { kind: "read", value: { headers: Object.fromEntries(headers), bytes: read.bytes } };
}

async function readUpload(
  name: RouteName,
  request: IncomingMessage,
  limits: BodyLimits,
  path: string,
): Promise<Reading<UploadedFile>> {
  const media = mediaTypeFor(name, request);
  if (media.kind === "refused") return media;
  const read = await readToFile(request, path, limits);
  if (read.kind === "refused") return read;
  if (read.sizeBytes === 0) return refused("malformed-body", "The body is empty.");
  return { kind: "read", value: { mediaType: media.value, path, sizeBytes: read.sizeBytes } };
}

/**
 * Reads a request's body the way its route wants it. `uploadPath` is where a large body goes; whoever calls deletes it.
 * @throws Fault `data-directory-unwritable` for uploads.
 */
export async function readBody(
  name: RouteName,
  request: IncomingMessage,
  limits: DoorLimits,
  uploadPath: string,
): Promise<Reading<unknown>> {
  switch (bodyKindOf(name, request.headers["content-type"])) {
    case "none":
      return { kind: "read", value: undefined };
    case "json":
      return await readJsonBody(name, request, lineageRoutes.has(name) ? limits.rows : limits.json);
    case "hook":
      return await readHookBytes(name, request, limits.json);
    case "events":
      return await readHookBytes(name, request, limits.rows);
    case "rows":
      return await readRowBytes(name, request, limits.rows);
    case "file":
      return await readUpload(name, request, limits.file, uploadPath);
  }
}
