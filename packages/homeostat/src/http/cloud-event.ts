import { elementsOf, entriesOf } from "./edit-json.ts";
import { type HookBytes, type Refusal, refused } from "./handler.ts";
import { isUtf8Charset, mediaTypeOf } from "./media-type.ts";
import { readJson } from "./read-json.ts";
import { readText } from "./read-text.ts";

/** One event of CloudEvents 1.0, with its data still as text: numbers keep their digits. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | undefined;
  readonly time: string | undefined;
  /** The extension `inferenceservicename` of KServe's logger. */
  readonly service: string | undefined;
  /** JSON text. */
  readonly data: string;
}

type EventReading =
  | { readonly kind: "event"; readonly event: CloudEvent }
  | { readonly kind: "wrong"; readonly issue: EventIssue };

export interface EventIssue {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export type EventsReading = { readonly kind: "events"; readonly events: readonly EventReading[] } | Refusal;

const structured = "application/cloudevents+json";
const batch = "application/cloudevents-batch+json";
const mostEvents = 10_000;

/**
 * Reads the events of a request in any of the three ways of HTTP (binary: `ce-` headers; structured; batch). Events of
 * a batch are judged one by one. Source: CloudEvents 1.0.2, HTTP protocol binding and JSON event format.
 */
export function readCloudEvents({ headers, bytes }: HookBytes): EventsReading {
  const decoded = readText(bytes);
  if (decoded.kind === "refused") return decoded;
  const { text } = decoded;
  const type = mediaTypeOf(headers["content-type"])?.type;
  if (type !== structured && type !== batch) return { kind: "events", events: [binaryEvent(headers, text)] };
  const json = readJson(text, "any");
  if (json.kind === "malformed")
    return refused("malformed-json", `Line ${json.line}, column ${json.column}: ${json.reason}.`);
  if (type === structured) return { kind: "events", events: [structuredEvent(text.trim())] };
  if (!Array.isArray(json.value)) return refused("malformed-body", "A batch of events is a JSON list.");
  if (json.value.length > mostEvents)
    return refused("too-large", `A batch holds at most ${mostEvents} events; this one has ${json.value.length}.`);
  return { kind: "events", events: elementsOf(text, text.indexOf("[")).map(structuredEvent) };
}

const wrong = (path: string, expected: string, found: string): EventReading => ({
  kind: "wrong",
  issue: { path, expected, found: found.slice(0, 80) },
});

const nonEmpty = "text of at least one character";

function eventOf(
  attribute: (name: string) => unknown,
  prefix: string,
  data: { readonly text: string } | EventIssue,
): EventReading {
  const required: Record<string, string> = {};
  for (const name of ["specversion", "id", "source", "type"]) {
    const value = attribute(name);
    if (typeof value !== "string" || value === "")
      return wrong(prefix + name, nonEmpty, JSON.stringify(value) ?? "nothing");
    required[name] = value;
  }
  const { specversion = "", id = "", source = "", type = "" } = required;
  if (specversion !== "1.0") return wrong(`${prefix}specversion`, '"1.0"', JSON.stringify(specversion));
  const optional: Record<string, string | undefined> = {};
  for (const name of ["subject", "time", "inferenceservicename"]) {
    const value = attribute(name);
    if (value !== undefined && typeof value !== "string") return wrong(prefix + name, "text", JSON.stringify(value));
    optional[name] = value;
  }
  const { subject, time, inferenceservicename: service } = optional;
  if (!("text" in data)) return { kind: "wrong", issue: data };
  return {
    kind: "event",
    event: { id, source, type, subject, time, service, data: data.text },
  };
}

/** Header values are percent-encoded where they hold more than printable ASCII (HTTP binding, section 3.1.3.2). */
function headerText(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function binaryEvent(headers: HookBytes["headers"], text: string): EventReading {
  const json = readJson(text, "any");
  const data =
    json.kind === "read"
      ? { text: text.trim() }
      : { path: "data", expected: "JSON", found: `${json.reason} at column ${json.column}` };
  return eventOf((name) => headerText(headers[`ce-${name}`]), "ce-", data);
}

/** An event from its JSON text, which is known to be JSON. */
function structuredEvent(text: string): EventReading {
  if (!text.startsWith("{")) return wrong("", "an event", text);
  const entries = new Map(entriesOf(text, 0).entries.map(({ key, valueFrom, to }) => [key, text.slice(valueFrom, to)]));
  return eventOf(
    (name) => {
      const value = entries.get(name);
      return value === undefined ? undefined : (JSON.parse(value) as unknown);
    },
    "",
    dataOf(entries),
  );
}

function dataOf(entries: ReadonlyMap<string, string>): { readonly text: string } | EventIssue {
  const type = entries.get("datacontenttype");
  const media = type === undefined ? undefined : mediaTypeOf(String(JSON.parse(type)));
  const isJson = type === undefined || (media !== undefined && /^[\w.+-]+\/([\w.-]+\+)?json$/.test(media.type));
  if (!isJson || (media !== undefined && !isUtf8Charset(media.charset)))
    return { path: "datacontenttype", expected: "a JSON media type", found: type?.slice(0, 80) ?? "nothing" };
  const encoded = entries.get("data_base64");
  if (encoded === undefined) return { text: entries.get("data") ?? "null" };
  const base64: unknown = JSON.parse(encoded);
  const decoded = typeof base64 === "string" ? readText(Buffer.from(base64, "base64")) : undefined;
  const isRead = decoded?.kind === "read" && readJson(decoded.text, "any").kind === "read";
  return isRead && decoded.kind === "read"
    ? { text: decoded.text.trim() }
    : { path: "data_base64", expected: "JSON in base64", found: encoded.slice(0, 80) };
}
