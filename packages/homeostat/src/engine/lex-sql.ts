/**
 * Splits ClickHouse SQL into tokens the way the engine's own lexer does, so that what stands inside a string or a
 * comment is never mistaken for SQL and the other way round.
 *
 * Written against the behaviour of ClickHouse 26: block comments nest; `--`, `//`, `#!` and `# ` run to the end of the
 * line; strings know backslash and doubled quotes; `x'..'` and `b'..'` know neither; typographic quotes and heredocs
 * (`$tag$..$tag$`) are quotes too. Where a text is not closed the token is `broken`, and callers refuse it.
 * Cost: one pass, no backtracking.
 */
export interface SqlToken {
  readonly kind: "word" | "quoted-name" | "string" | "number" | "symbol" | "broken";
  /** For words and symbols the text itself, for quoted names and strings the text between the quotes, unescaped. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Scan {
  readonly end: number;
  readonly kind: SqlToken["kind"] | "space";
  readonly text?: string;
}

const wordStart = /[A-Za-z_]/;
const wordRest = /[A-Za-z0-9_$]/;
const digit = /[0-9]/;
const numberRest = /[0-9A-Za-z_.]/;
const space = /[\s\0\u00A0\uFEFF]/;

/** The tokens of `sql`, without white space and comments. */
export function lexSql(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const scan = scanAt(sql, at);
    if (scan.kind !== "space") {
      tokens.push({ kind: scan.kind, text: scan.text ?? sql.slice(at, scan.end), start: at, end: scan.end });
    }
    at = scan.end;
  }
  return tokens;
}

function scanAt(sql: string, at: number): Scan {
  const char = sql.charAt(at);
  if (space.test(char)) return { kind: "space", end: at + 1 };
  return scanComment(sql, at) ?? scanQuoted(sql, at, char) ?? scanPlain(sql, at, char);
}

function scanComment(sql: string, at: number): Scan | undefined {
  const pair = sql.slice(at, at + 2);
  if (pair === "--" || pair === "//" || pair === "# " || pair === "#!") {
    const newline = sql.indexOf("\n", at);
    return { kind: "space", end: newline === -1 ? sql.length : newline + 1 };
  }
  return pair === "/*" ? scanBlockComment(sql, at) : undefined;
}

function scanBlockComment(sql: string, at: number): Scan {
  let depth = 1;
  let position = at + 2;
  while (position < sql.length && depth > 0) {
    const pair = sql.slice(position, position + 2);
    if (pair === "/*") depth++;
    if (pair === "*/") depth--;
    position += pair === "/*" || pair === "*/" ? 2 : 1;
  }
  return depth === 0 ? { kind: "space", end: position } : { kind: "broken", end: sql.length };
}

function scanQuoted(sql: string, at: number, char: string): Scan | undefined {
  switch (char) {
    case "'":
      return scanEscaped(sql, at, char, "string");
    case '"':
    case "`":
      return scanEscaped(sql, at, char, "quoted-name");
    case "\u2018":
      return scanUntil(sql, at + 1, "\u2019", "string");
    case "\u201C":
      return scanUntil(sql, at + 1, "\u201D", "quoted-name");
    case "$":
      return scanHeredoc(sql, at);
    default:
      return undefined;
  }
}

const nextSpecial: Readonly<Record<string, RegExp>> = {
  "'": /[\\']/g,
  '"': /[\\"]/g,
  "`": /[\\`]/g,
};

/** Long literals are common (rows travel in them), hence the leaps from one special character to the next. */
function scanEscaped(sql: string, at: number, quote: string, kind: "string" | "quoted-name"): Scan {
  const special = nextSpecial[quote] ?? /[\\'"`]/g;
  const pieces: string[] = [];
  let from = at + 1;
  for (;;) {
    special.lastIndex = from;
    const found = special.exec(sql)?.index;
    if (found === undefined) return { kind: "broken", end: sql.length };
    pieces.push(sql.slice(from, found));
    const next = sql.charAt(found + 1);
    if (sql.charAt(found) === quote && next !== quote) return { kind, end: found + 1, text: pieces.join("") };
    // A name spelled with escapes (`fil\x65`) could pass for another; nobody honest writes one.
    if (kind === "quoted-name" && !/[\\`"']/.test(next)) return { kind: "broken", end: sql.length };
    pieces.push(next);
    from = found + 2;
  }
}

function scanUntil(sql: string, from: number, closing: string, kind: "string" | "quoted-name"): Scan {
  const end = sql.indexOf(closing, from);
  return end === -1
    ? { kind: "broken", end: sql.length }
    : { kind, end: end + closing.length, text: sql.slice(from, end) };
}

function scanHeredoc(sql: string, at: number): Scan | undefined {
  const tag = /^\$\w*\$/.exec(sql.slice(at, at + 256))?.[0];
  return tag === undefined ? undefined : scanUntil(sql, at + tag.length, tag, "string");
}

function scanPlain(sql: string, at: number, char: string): Scan {
  if (wordStart.test(char)) {
    const end = runOf(sql, at, wordRest);
    // Hexadecimal and binary strings know no escapes: the next quote closes them.
    if (end === at + 1 && /[xXbB]/.test(char) && sql.charAt(end) === "'") return scanUntil(sql, end + 1, "'", "string");
    return { kind: "word", end };
  }
  if (digit.test(char)) return { kind: "number", end: runOf(sql, at, numberRest) };
  return { kind: "symbol", end: at + 1 };
}

function runOf(sql: string, at: number, allowed: RegExp): number {
  let end = at + 1;
  while (end < sql.length && allowed.test(sql.charAt(end))) end++;
  return end;
}
