import type { Answer, Body, Problem, Query, RouteName } from "@homeostat/protocol";
import { addresses, type PathParameters } from "./address.ts";
import { ProblemError, UnreachableError } from "./problem-error.ts";

export interface ClientOptions {
  /** Base URL of the server, e.g. `http://127.0.0.1:7300`. */
  readonly url: string;
  /** An API key. Left out in the browser, where the session cookie speaks. */
  readonly key?: string;
  /** CSRF token of the session, needed for changes made with a cookie. */
  readonly csrfToken?: string;
  readonly fetch?: typeof fetch;
}

/** A body that is not plain JSON: newline-delimited rows, a table or CloudEvents, as bytes. */
export interface RawBody {
  readonly type:
    | "application/x-ndjson"
    | "application/vnd.apache.parquet"
    | "application/vnd.apache.arrow.stream"
    | "application/vnd.apache.arrow.file"
    | "application/cloudevents+json"
    | "application/cloudevents-batch+json";
  readonly bytes: Uint8Array<ArrayBuffer> | string;
}

interface Parts<N extends RouteName> {
  readonly path?: PathParameters<N>;
  readonly query?: Query<N>;
  readonly body?: Body<N> | RawBody;
  readonly signal?: AbortSignal;
}

export interface Client {
  /**
   * Calls a route by its name.
   * @throws ProblemError when the server refuses, UnreachableError when it does not answer.
   */
  call<N extends RouteName>(route: N, parts?: Parts<N>): Promise<Answer<N>>;
  /**
   * Calls a route whose answer is a file, and hands over its bytes as they come.
   * @throws as `call`.
   */
  download<N extends RouteName>(route: N, parts?: Parts<N>): Promise<ReadableStream<Uint8Array>>;
}

const isRaw = (body: unknown): body is RawBody =>
  typeof body === "object" && body !== null && "bytes" in body && "type" in body;

function fillPath(template: string, parameters: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name] ?? "")));
}

function queryText(query: Readonly<Record<string, unknown>> | undefined): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return "";
  return `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()}`;
}

function headersOf(options: ClientOptions, body: unknown): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.key !== undefined) headers.authorization = `Bearer ${options.key}`;
  if (options.csrfToken !== undefined) headers["x-csrf-token"] = options.csrfToken;
  if (body !== undefined) headers["content-type"] = isRaw(body) ? body.type : "application/json";
  return headers;
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {
      type: "about:blank",
      code: "internal",
      title: `The server answered ${response.status}`,
      status: response.status,
      detail: text.slice(0, 500),
      next: "Is the address a Homeostat server?",
      requestId: "",
      issues: [],
    };
  }
}

function requestOf(
  options: ClientOptions,
  method: string,
  body: unknown,
  signal: AbortSignal | undefined,
): RequestInit {
  const request: RequestInit = { method, headers: headersOf(options, body) };
  if (body !== undefined) request.body = isRaw(body) ? body.bytes : JSON.stringify(body);
  if (signal !== undefined) request.signal = signal;
  return request;
}

async function refusalOf(response: Response): Promise<ProblemError> {
  const after = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ProblemError(await problemOf(response), Number.isFinite(after) ? after : undefined);
}

/** A client of one server. Cost: one request per call; nothing is kept between calls. */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? ((url, init) => fetch(url, init));
  async function answerOf<N extends RouteName>(route: N, parts: Parts<N>): Promise<Response> {
    const [method = "GET", template = ""] = addresses[route].split(" ");
    const query = parts.query as Readonly<Record<string, unknown>> | undefined;
    const url = options.url.replace(/\/$/, "") + fillPath(template, parts.path ?? {}) + queryText(query);
    const response = await send(url, requestOf(options, method, parts.body, parts.signal)).catch((cause: unknown) => {
      throw parts.signal?.aborted === true ? cause : new UnreachableError(options.url, cause);
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
  return {
    async call(route, parts = {}) {
      const response = await answerOf(route, parts);
      return (response.status === 204 ? null : await response.json()) as never;
    },
    async download(route, parts = {}) {
      const { body } = await answerOf(route, parts);
      return body ?? new ReadableStream({ start: (controller) => controller.close() });
    },
  };
}
