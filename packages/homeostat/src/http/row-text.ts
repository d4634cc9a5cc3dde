import { type Refusal, refused } from "./handler.ts";
import { deepestJson, placeOf, readJson } from "./read-json.ts";

/**
 * Cuts a batch into the texts of its rows without building objects, so that a hostile batch costs no more memory than
 * its bytes and every row can be refused by its own number. On the way it counts the colons outside texts: as many as
 * a row has keys, unless a key stands twice, which `JSON.parse` would pass over.
 */
export type TakeRow = (text: string, colons: number, offset: number) => void;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** What a scan found; the offset is where it ended or failed. */
interface Scan {
  readonly end: number;
  readonly colons: number;
  readonly failure?: string;
}

function endOfText(text: string, start: number, limit: number): number {
  for (let at = start + 1; at < limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at += 1;
  }
  return -1;
}

/** What a character means to the scan: 0 nothing, else one of these. */
const isQuote = 1;
const isColon = 2;
const isOpen = 3;
const isClose = 4;
const meanings = new Uint8Array(128);
meanings[quote] = isQuote;
meanings[colon] = isColon;
meanings[openBrace] = isOpen;
meanings[openBracket] = isOpen;
meanings[closeBrace] = isClose;
meanings[closeBracket] = isClose;

const meaningOf = (code: number): number => (code < 128 ? (meanings[code] ?? 0) : 0);

const closedAt = (at: number, depth: number, colons: number): Scan =>
  depth === 0 ? { end: at + 1, colons } : { end: at, colons, failure: `nested deeper than ${deepestJson} levels` };

/** Walks over an object or list from its opening bracket; whether the brackets match is for the parser to say. */
function scanNested(text: string, start: number, limit: number): Scan {
  let colons = 0;
  let depth = 0;
  for (let at = start; at < limit; at += 1) {
    const meaning = meaningOf(text.charCodeAt(at));
    if (meaning === isColon) colons += 1;
    else if (meaning === isQuote) {
      const end = endOfText(text, at, limit);
      if (end < 0) return { end: at, colons, failure: "a text is not closed" };
      at = end - 1;
    } else if (meaning !== 0) {
      depth += meaning === isOpen ? 1 : -1;
      if (depth === 0 || depth > deepestJson) return closedAt(at, depth, colons);
    }
  }
  return { end: limit, colons, failure: "the value is not complete" };
}

/** Walks over one value from its first character; stops behind it, at `limit`, or where it cannot go on. */
function scanValue(text: string, start: number, limit: number): Scan {
  const first = meaningOf(text.charCodeAt(start));
  if (first === isOpen) return scanNested(text, start, limit);
  if (first === isQuote) {
    const end = endOfText(text, start, limit);
    return end < 0 ? { end: start, colons: 0, failure: "a text is not closed" } : { end, colons: 0 };
  }
  let end = start;
  while (end < limit && !endsScalar(text.charCodeAt(end))) end += 1;
  return { end, colons: 0 };
}

const endsScalar = (code: number): boolean => code === comma || meaningOf(code) !== 0 || isSpace(code);

/** Where a text stops being JSON. */
export function malformedAt(text: string, offset: number, reason: string): Refusal {
  const { line, column } = placeOf(text, offset);
  return refused("malformed-json", `Line ${line}, column ${column}: ${reason}.`);
}

class Document {
  private readonly text: string;
  private readonly take: TakeRow;
  private at = 0;
  private sawRows = false;

  constructor(text: string, take: TakeRow) {
    this.text = text;
    this.take = take;
  }

  read(): Refusal | undefined {
    this.space();
    if (this.at >= this.text.length) return refused("malformed-json", "The body is empty.");
    if (this.code() !== openBrace) return this.notAnObject();
    this.at += 1;
    this.space();
    if (this.code() === closeBrace) this.at += 1;
    else {
      const refusal = this.entries();
      if (refusal !== undefined) return refusal;
    }
    this.space();
    if (this.at < this.text.length) return this.malformed("expected nothing more after the value");
    return this.sawRows ? undefined : this.shape("rows", "a list of rows", "nothing");
  }

  private entries(): Refusal | undefined {
    for (;;) {
      this.space();
      const refusal = this.entry();
      if (refusal !== undefined) return refusal;
      this.space();
      const code = this.code();
      if (code !== comma && code !== closeBrace) return this.malformed("expected ',' or '}'");
      this.at += 1;
      if (code === closeBrace) return undefined;
    }
  }

  private entry(): Refusal | undefined {
    const start = this.at;
    const end = this.code() === quote ? endOfText(this.text, start, this.text.length) : -1;
    const key = end < 0 ? undefined : readJson(this.text.slice(start, end));
    if (key?.kind !== "read") return this.malformed("expected a key in double quotes");
    this.at = end;
    this.space();
    if (this.code() !== colon) return this.malformed("expected ':' after the key");
    this.at += 1;
    this.space();
    if (key.value !== "rows") return this.shape(String(key.value).slice(0, 80), "no such key", "this key");
    if (this.sawRows) return malformedAt(this.text, start, 'the key "rows" stands twice in one object');
    this.sawRows = true;
    if (this.code() === openBracket) return this.rows();
    return this.at >= this.text.length
      ? this.malformed("expected a value")
      : this.shape("rows", "a list of rows", "something else");
  }

  private rows(): Refusal | undefined {
    this.at += 1;
    this.space();
    if (this.code() === closeBracket) {
      this.at += 1;
      return undefined;
    }
    for (;;) {
      this.space();
      const start = this.at;
      const scan = scanValue(this.text, start, this.text.length);
      this.at = scan.end;
      if (scan.failure !== undefined) return this.malformed(scan.failure);
      if (scan.end === start) return this.malformed("expected a row");
      this.take(this.text.slice(start, scan.end), scan.colons, start);
      this.space();
      const code = this.code();
      if (code !== comma && code !== closeBracket) return this.malformed("expected ',' or ']' after the row");
      this.at += 1;
      if (code === closeBracket) return undefined;
    }
  }

  private notAnObject(): Refusal {
    const scan = scanValue(this.text, this.at, this.text.length);
    const whole = this.text.slice(this.at, scan.end);
    const isJson =
      this.text.slice(scan.end).trim() === "" && (whole.startsWith("[") || readJson(whole).kind === "read");
    if (scan.failure !== undefined || !isJson) return this.malformed(scan.failure ?? "expected an object");
    return this.shape("", "an object with the key `rows`", whole.startsWith("[") ? "a list" : "a single value");
  }

  private shape(path: string, expected: string, found: string): Refusal {
    return refused(
      "malformed-body",
      `The body is not as expected: expected ${expected}, found ${found}${path === "" ? "" : ` at ${path}`}.`,
      {
        issues: [{ path, expected, found }],
      },
    );
  }

  private malformed(reason: string): Refusal {
    return malformedAt(this.text, Math.min(this.at, this.text.length), reason);
  }

  private code(): number {
    return this.text.charCodeAt(this.at);
  }

  private space(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
  }
}

/** Hands out the rows of `{"rows": [...]}`; a refusal when the text around the rows is not that. Cost: one pass. */
export function eachRowOfDocument(text: string, take: TakeRow): Refusal | undefined {
  return new Document(text, take).read();
}

/**
 * Hands out the lines of newline-delimited JSON (LF or CRLF); blank lines are passed over. A line whose nesting is too
 * deep is handed out with -1 colons: it must not be parsed. Cost: one pass.
 */
export function eachLine(text: string, take: TakeRow): void {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    let from = start;
    while (from < end && isSpace(text.charCodeAt(from))) from += 1;
    if (from < end) {
      const scan = scanValue(text, from, end);
      take(text.slice(from, end), scan.failure?.startsWith("nested") === true ? -1 : scan.colons, from);
    }
    start = end + 1;
  }
}
