import { lexSql, type SqlToken } from "../../engine/lex-sql.ts";
import { UsageError } from "../usage-error.ts";

export interface Assignment {
  readonly name: string;
  readonly expression: string;
}

const opening = new Set(["(", "["]);
const closing = new Set([")", "]"]);

/**
 * Reads `field=SQL,field=SQL,…`. A comma inside brackets or quotes belongs to its expression; a field alone stands for
 * the column of its own name. @throws UsageError naming the part that cannot be read.
 */
export function parseAssignments(text: string, flag: string): readonly Assignment[] {
  const parts = topLevelParts(text);
  const assignments = parts.map((part) => parsePart(part, flag));
  const names = assignments.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${flag} gives ${twice} twice`);
  return assignments;
}

function topLevelParts(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const token of lexSql(text)) {
    if (token.kind !== "symbol") continue;
    if (opening.has(token.text)) depth++;
    if (closing.has(token.text)) depth--;
    if (token.text !== "," || depth > 0) continue;
    parts.push(text.slice(from, token.start));
    from = token.end;
  }
  return [...parts, text.slice(from)];
}

function parsePart(part: string, flag: string): Assignment {
  const [name, equals, ...rest] = lexSql(part);
  const isName = name?.kind === "word" && /^[a-z][a-z0-9_]*$/.test(name.text);
  if (isName && equals === undefined) return { name: name.text, expression: name.text };
  if (isName && isEquals(equals) && rest.length > 0) {
    return { name: name.text, expression: part.slice(equals.end).trim() };
  }
  throw new UsageError(
    `${flag}: "${part.trim()}" is not of the form field=SQL`,
    "Write the fields of the contract with what they are in the file, e.g. departure=date,origin=upper(origin).",
  );
}

const isEquals = (token: SqlToken | undefined): token is SqlToken => token?.kind === "symbol" && token.text === "=";
