import { resolve } from "node:path";
import type { Credential } from "./child-options.ts";
import { lexSql, type SqlToken } from "./lex-sql.ts";

/** A statement as the child must know it before it may run. */
export interface Inspection {
  readonly kind: "read" | "insert" | "session" | "other";
  /** Answered from memory or from the catalogue, in a moment: may use the lane kept free for such. */
  readonly brief: boolean;
  /** The text without a closing semicolon. */
  readonly text: string;
  /** Names of `{name:Type}` placeholders. */
  readonly parameters: ReadonlySet<string>;
  /** From the FORMAT clause, where there is one. */
  readonly format: string | undefined;
  readonly tokens: readonly SqlToken[];
}

export type InspectionResult =
  | { readonly kind: "accepted"; readonly inspection: Inspection }
  | { readonly kind: "refused"; readonly code: number; readonly name: string; readonly message: string };

export interface InspectionRules {
  readonly credential: Credential;
  /** Functions and table functions that reach outside the engine, lower case. */
  readonly outsideFunctions: ReadonlySet<string>;
  readonly fileRoots: readonly string[];
  /** Values of parameters, to know the path in `file({path:String})`. */
  readonly parameters: ReadonlyMap<string, string>;
}

const readWords = new Set(["SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "CHECK", "FROM", "("]);
const briefWords = new Set(["SHOW", "DESCRIBE", "DESC", "EXISTS"]);
const sessionWords = new Set(["SET", "USE"]);
const forbiddenStarts = new Set(["BACKUP", "RESTORE", "ATTACH", "EXECUTE", "GRANT", "REVOKE", "SYSTEM", "USE"]);

/** Table and database engines that keep their data inside the engine. All others (File, URL, S3, MySQL, …) are refused. */
const insideEngines =
  /^((Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Graphite|Coalescing)?MergeTree|Memory|Null|Set|Join|Log|TinyLog|StripeLog|Atomic)$/i;

/**
 * Decides from the tokens of a statement whether it may run and where.
 *
 * Refused: text the lexer cannot close, several statements, and whatever reaches outside the engine: functions and
 * table functions not on the safe list, table engines over files or networks, INFILE and OUTFILE, backups. The scan
 * errs on the side of refusing: a table that bears the name of such a function cannot be written with a column list.
 * Only the shipper may call `file()`, and only with a path below its roots.
 */
export function inspectStatement(sql: string, rules: InspectionRules): InspectionResult {
  const all = lexSql(sql);
  if (all.some((token) => token.kind === "broken")) return refuse(62, "SYNTAX_ERROR", "an open quote or comment");
  const semicolon = all.findIndex((token) => isSymbol(token, ";"));
  const tokens = semicolon === -1 ? all : all.slice(0, semicolon);
  if (semicolon !== -1 && all.slice(semicolon).some((token) => !isSymbol(token, ";"))) {
    return refuse(62, "SYNTAX_ERROR", "Multi-statements are not allowed");
  }
  const first = tokens[0];
  if (first === undefined) return refuse(62, "SYNTAX_ERROR", "Empty query");
  const outside = outsideReach(tokens, rules);
  if (outside !== undefined) return refuse(497, "ACCESS_DENIED", `${rules.credential}: ${outside}`);
  const end = all[semicolon]?.start ?? sql.length;
  const word = first.text.toUpperCase();
  return {
    kind: "accepted",
    inspection: {
      kind: kindOf(word, tokens),
      brief: isBrief(word, tokens),
      text: sql.slice(0, end),
      parameters: placeholdersOf(tokens),
      format: formatOf(tokens),
      tokens,
    },
  };
}

function refuse(code: number, name: string, message: string): InspectionResult {
  return { kind: "refused", code, name, message };
}

function kindOf(word: string, tokens: readonly SqlToken[]): Inspection["kind"] {
  if (word === "INSERT") return "insert";
  if (readWords.has(word)) return "read";
  if (sessionWords.has(word) || tokens.some((token) => isWord(token, "TEMPORARY"))) return "session";
  return "other";
}

/** Brief: the catalogue's questions, parsing only, and a SELECT from nothing. Such a lane also bounds their time. */
function isBrief(word: string, tokens: readonly SqlToken[]): boolean {
  if (briefWords.has(word)) return !tokens.some((token) => isWord(token, "SELECT"));
  if (word === "EXPLAIN") return isWord(tokens[1], "AST") || isWord(tokens[1], "SYNTAX");
  return word === "SELECT" && !tokens.some((token) => isWord(token, "FROM"));
}

function placeholdersOf(tokens: readonly SqlToken[]): ReadonlySet<string> {
  const names = new Set<string>();
  tokens.forEach((token, index) => {
    const name = tokens[index + 1];
    if (isSymbol(token, "{") && name?.kind === "word" && isSymbol(tokens[index + 2], ":")) names.add(name.text);
  });
  return names;
}

function formatOf(tokens: readonly SqlToken[]): string | undefined {
  const index = tokens.findLastIndex((token, at) => isWord(token, "FORMAT") && tokens[at + 1]?.kind === "word");
  const next = tokens[index + 2];
  if (index === -1 || (next !== undefined && !isWord(next, "SETTINGS"))) return undefined;
  return tokens[index + 1]?.text;
}

function outsideReach(tokens: readonly SqlToken[], rules: InspectionRules): string | undefined {
  if (forbiddenStarts.has((tokens[0]?.text ?? "").toUpperCase())) return `${tokens[0]?.text} is not allowed here`;
  for (const [index, token] of tokens.entries()) {
    const reason = reachOf(tokens, index, token, rules);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function reachOf(
  tokens: readonly SqlToken[],
  index: number,
  token: SqlToken,
  rules: InspectionRules,
): string | undefined {
  if (token.kind !== "word" && token.kind !== "quoted-name") return undefined;
  const name = token.text.toLowerCase();
  const next = tokens[index + 1];
  if (isSymbol(next, "(") && rules.outsideFunctions.has(name)) {
    return name === "file" && rules.credential === "shipper"
      ? filePathRefusal(tokens, index, rules)
      : `the function ${token.text} is not allowed here`;
  }
  switch (name) {
    case "default":
      return isSymbol(next, ".") ? "the database default reads files and is not allowed here" : undefined;
    case "identifier":
      return identifierRefusal(tokens, index, rules);
    case "outfile":
    case "infile":
      return next?.kind === "string" || isSymbol(next, "{") ? `${token.text} is not allowed here` : undefined;
    case "dictionary":
      return isWord(tokens[0], "CREATE") ? "CREATE DICTIONARY is not allowed here" : undefined;
    case "engine":
      return isWord(tokens[0], "CREATE") || isWord(tokens[0], "REPLACE") ? engineRefusal(tokens, index) : undefined;
    default:
      return undefined;
  }
}

/** `{name:Identifier}` must not smuggle in the database that was refused as text. */
function identifierRefusal(tokens: readonly SqlToken[], index: number, rules: InspectionRules): string | undefined {
  if (!isSymbol(tokens[index - 1], ":") || !isSymbol(tokens[index - 3], "{")) return undefined;
  const value = rules.parameters.get(tokens[index - 2]?.text ?? "");
  return value === undefined || (/^[A-Za-z_]\w*$/.test(value) && value !== "default")
    ? undefined
    : "a parameter of type Identifier takes a plain name";
}

/** `ENGINE = X` and `ENGINE X(...)`: the equals sign is optional, arguments are not for the engines that need refusing. */
function engineRefusal(tokens: readonly SqlToken[], index: number): string | undefined {
  const equals = isSymbol(tokens[index + 1], "=");
  const engine = tokens[index + (equals ? 2 : 1)];
  if (engine?.kind !== "word" && engine?.kind !== "quoted-name") return undefined;
  const named = equals || isSymbol(tokens[index + 2], "(");
  return named && !insideEngines.test(engine.text) ? `the engine ${engine.text} is not allowed here` : undefined;
}

function filePathRefusal(tokens: readonly SqlToken[], index: number, rules: InspectionRules): string | undefined {
  const path = filePathOf(tokens, index, rules);
  if (path === undefined) return "file() needs its path as a plain text or a parameter";
  if (/[*?{}[\]|\\]/.test(path)) return "file() takes one path, without patterns and escapes";
  const below = rules.fileRoots.some((root) => path.startsWith(resolve(root, "x").slice(0, -1)));
  return below && resolve(path) === path ? undefined : "file() may only read below the directories given at start";
}

/** The path as it is written. A literal with escapes is no plain text: its quotes would then not be all that is around it. */
function filePathOf(tokens: readonly SqlToken[], index: number, rules: InspectionRules): string | undefined {
  const argument = tokens[index + 2];
  if (isSymbol(argument, "{")) return rules.parameters.get(tokens[index + 3]?.text ?? "");
  const plain = argument?.kind === "string" && argument.end - argument.start === argument.text.length + 2;
  return plain ? argument.text : undefined;
}

function isSymbol(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

function isWord(token: SqlToken | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}
