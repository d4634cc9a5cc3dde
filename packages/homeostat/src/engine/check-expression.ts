import type { EngineAddress } from "../domain/engine/data-engine.ts";
import type {
  CheckedExpression,
  ExpressionChecker,
  ExpressionColumn,
  ExpressionRefusal,
  ExpressionVerdict,
} from "../domain/engine/expression.ts";
import { Fault } from "../domain/fault.ts";
import { createEngineHttp, type EngineHttp } from "./engine-http.ts";
import { type FunctionCatalogue, type FunctionStanding, loadFunctionCatalogue } from "./function-catalogue.ts";
import { lexSql } from "./lex-sql.ts";
import { sqlName, sqlString } from "./quote-sql.ts";
import { parseSyntaxTree, type SyntaxNode } from "./syntax-tree.ts";

/** A checker with connections to give back. */
export interface EngineExpressionChecker extends ExpressionChecker {
  close(): Promise<void>;
}

type Refused = Extract<ExpressionVerdict, { kind: "refused" }>;

const maxCharacters = 8_192;
const maxTokens = 2_000;
const settings = { default_format: "TabSeparatedRaw", max_execution_time: 2, max_memory_usage: 500_000_000 };

const membership = /^(global)?(not)?(null)?in(ignoreset)?$/i;

/** What one value in one column can be. Arrays, tuples, maps and variants are no scalars. */
const scalarType =
  /^(LowCardinality\()?(Nullable\()?(U?Int\d+|B?Float\d+|Bool|String|FixedString\(\d+\)|Date(32|Time|Time64)?(\(.*\))?|Decimal\d*\(.*\)|Enum\d+\(.*\)|UUID|IPv[46]|Interval\w+)\)*$/;

/**
 * Checks user text with the engine's own parser and types (`address` should be the one fixed at `readonly=1`).
 *
 * 1. The text alone: quotes closed, brackets balanced, no comment, no semicolon, no placeholder, no comma at the top.
 * Balanced and closed, it cannot leave the parentheses it is put in. 2. The syntax tree of `SELECT (text)`: only calls,
 * names and literals; functions from the allowed families; names from the given columns; no alias, subquery, window.
 * 3. The type over a source of these columns without rows. Three round trips, about 10 ms.
 *
 * The answer is canonical: the same expression written otherwise has the same text.
 */
export function createExpressionChecker(address: EngineAddress): EngineExpressionChecker {
  const http = createEngineHttp(address, 2);
  let catalogue: Promise<FunctionCatalogue> | undefined;
  return {
    check: async (expression, columns) => {
      const broken = refusalOfText(expression);
      if (broken !== undefined) return broken;
      catalogue ??= loadFunctionCatalogue(http);
      try {
        return await checkWith(http, await catalogue, expression, columns);
      } catch (thrown) {
        catalogue = undefined;
        throw thrown;
      }
    },
    close: () => http.close(),
  };
}

/** What can be told without the engine. */
function refusalOfText(expression: string): Refused | undefined {
  if (expression.trim() === "") return refused("not-an-expression", "the expression is empty");
  if (expression.length > maxCharacters) {
    return refused("not-an-expression", `the expression is longer than ${maxCharacters} characters`);
  }
  const tokens = lexSql(expression);
  if (tokens.some((token) => token.kind === "broken")) {
    return refused("not-an-expression", "a quote or comment is not closed, or a name is written with escapes");
  }
  if (tokens.length > maxTokens) return refused("not-an-expression", `the expression has more than ${maxTokens} parts`);
  let end = 0;
  for (const token of [...tokens, { start: expression.length, end: expression.length }]) {
    if (/\S/.test(expression.slice(end, token.start).replaceAll("\0", "x"))) {
      return refused("not-an-expression", "an expression may not hold comments or control characters");
    }
    end = token.end;
  }
  return refusalOfBrackets(tokens.filter((token) => token.kind === "symbol").map((token) => token.text));
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

function refusalOfBrackets(symbols: readonly string[]): Refused | undefined {
  const open: string[] = [];
  for (const symbol of symbols) {
    if (symbol === ";") return refused("several-statements", "an expression may not hold a semicolon");
    if (symbol === "{" || symbol === "}") return refused("not-an-expression", "an expression may not hold braces");
    if (symbol === "," && open.length === 0) {
      return refused("not-an-expression", "one expression is wanted, not several with commas between them");
    }
    const expected = closing[symbol];
    if (expected !== undefined) open.push(expected);
    if ((symbol === ")" || symbol === "]") && open.pop() !== symbol) {
      return refused("not-an-expression", `a bracket is closed that was not opened: ${symbol}`);
    }
  }
  return open.length === 0
    ? undefined
    : refused("not-an-expression", `a bracket is not closed: ${open.at(-1)} is missing`);
}

async function checkWith(
  http: EngineHttp,
  catalogue: FunctionCatalogue,
  expression: string,
  columns: readonly ExpressionColumn[],
): Promise<ExpressionVerdict> {
  const outside = refusalOfOutside(expression, catalogue);
  if (outside !== undefined) return outside;
  const tree = await ask(http, `EXPLAIN AST SELECT (\n${expression}\n)`, expression);
  if (tree.kind === "refused") return tree;
  const walk: Walk = { catalogue, columns: new Set(columns.map((column) => column.name)), used: new Set() };
  const refusal = refusalOfTree(parseSyntaxTree(tree.text.split("\n").filter(Boolean)), walk);
  if (refusal !== undefined) return refusal;
  const structure = columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(", ");
  const source = `null(${sqlString(structure === "" ? "homeostat_no_input UInt8" : structure)})`;
  const described = await ask(http, `DESCRIBE (SELECT (\n${expression}\n) AS result FROM ${source})`, expression);
  if (described.kind === "refused") return described;
  const resultType = described.text.split("\t")[1]?.trim() ?? "";
  if (!scalarType.test(resultType)) {
    return refused("wrong-type", `the expression must give one value, this one gives ${resultType}`);
  }
  const formatted = await ask(http, `SELECT formatQuerySingleLine(${sqlString(`SELECT ${expression}`)})`, expression);
  if (formatted.kind === "refused") return formatted;
  return {
    kind: "scalar",
    expression: formatted.text.trimEnd().replace(/^SELECT /, "") as CheckedExpression,
    resultType,
    columnsUsed: columns.map((column) => column.name).filter((name) => walk.used.has(name)),
  };
}

/** Calls that the engine's door would turn away before parsing are named here in words of their own. */
function refusalOfOutside(expression: string, catalogue: FunctionCatalogue): Refused | undefined {
  const tokens = lexSql(expression);
  for (const [index, token] of tokens.entries()) {
    const name = token.kind === "word" || token.kind === "quoted-name";
    if (!name || tokens[index + 1]?.text !== "(" || tokens[index + 1]?.kind !== "symbol") continue;
    const standing = catalogue.standingOf(token.text);
    if (standing.kind === "table-function" || standing.kind === "forbidden")
      return refusalOfStanding(token.text, standing);
  }
  return undefined;
}

/** The engine's answer, or its refusal in our words. @throws Fault when the engine is not to blame the text for it. */
async function ask(
  http: EngineHttp,
  sql: string,
  expression: string,
): Promise<{ readonly kind: "told"; readonly text: string } | Refused> {
  try {
    return { kind: "told", text: (await http.query({ sql, settings, short: true })).toString("utf8") };
  } catch (thrown) {
    const blamed =
      thrown instanceof Fault && (thrown.code === "engine-query-failed" || thrown.code === "engine-timeout");
    if (!blamed) throw thrown;
    return refused(
      reasonFor(Number(thrown.detail.code ?? 0), expression),
      shortened(String(thrown.detail.reason ?? thrown.message)),
    );
  }
}

function reasonFor(code: number, expression: string): ExpressionRefusal {
  switch (code) {
    case 47:
      return "unknown-column";
    case 46:
      return "unknown-function";
    case 497:
      return hasClauseWords(expression) ? "settings" : "forbidden-function";
    case 62:
      return hasClauseWords(expression) ? "settings" : "not-an-expression";
    default:
      return "wrong-type";
  }
}

function hasClauseWords(expression: string): boolean {
  const clauses = new Set(["SETTINGS", "FORMAT", "OUTFILE", "INFILE"]);
  return lexSql(expression).some((token) => token.kind === "word" && clauses.has(token.text.toUpperCase()));
}

/** Without our own wrapping of the text and without the list of everything the parser would have taken. */
function shortened(reason: string): string {
  return reason
    .replace(/Syntax error: failed at position \d+ \(([^)]*)\)[\s\S]*/, "it cannot be understood from $1 on")
    .replace(/:? ?In scope [\s\S]*?(?=Maybe you meant|\([A-Z_]+\)$|$)/, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 400);
}

interface Walk {
  readonly catalogue: FunctionCatalogue;
  readonly columns: ReadonlySet<string>;
  readonly used: Set<string>;
}

/** The tree must be one SELECT of one expression and nothing else. */
function refusalOfTree(root: SyntaxNode | undefined, walk: Walk): Refused | undefined {
  const select = onlyChild(onlyChild(root, "SelectWithUnionQuery", "ExpressionList"), "ExpressionList", "SelectQuery");
  const list = onlyChild(select, "SelectQuery", "ExpressionList");
  const expression = list?.children.length === 1 ? list.children[0] : undefined;
  if (expression === undefined) return refused("not-an-expression", "the text is not one expression");
  return refusalOfNode(expression, walk, new Set());
}

function onlyChild(node: SyntaxNode | undefined, kind: string, childKind: string): SyntaxNode | undefined {
  const child = node?.kind === kind && node.children.length === 1 ? node.children[0] : undefined;
  return child?.kind === childKind ? child : undefined;
}

function refusalOfNode(node: SyntaxNode, walk: Walk, local: ReadonlySet<string>): Refused | undefined {
  if (node.aliased) return refused("not-an-expression", "an expression may not give names with AS");
  switch (node.kind) {
    case "Literal":
      return undefined;
    case "Identifier":
      return refusalOfName(node.text, walk, local);
    case "ExpressionList":
      return refusalOfAll(node.children, walk, local);
    case "Function":
      return node.text === "lambda" ? refusalOfLambda(node, walk, local) : refusalOfCall(node, walk, local);
    case "Subquery":
    case "SelectWithUnionQuery":
    case "SelectQuery":
      return refused("subquery", "an expression may not hold a subquery");
    case "WindowDefinition":
      return refused("aggregate", "an expression sees one row: window functions are not allowed");
    case "Asterisk":
    case "QualifiedAsterisk":
      return refused("not-an-expression", "name the columns instead of *");
    default:
      return refused("not-an-expression", `${node.kind} is not allowed in an expression`);
  }
}

function refusalOfAll(nodes: readonly SyntaxNode[], walk: Walk, local: ReadonlySet<string>): Refused | undefined {
  for (const node of nodes) {
    const refusal = refusalOfNode(node, walk, local);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refusalOfName(name: string, walk: Walk, local: ReadonlySet<string>): Refused | undefined {
  if (local.has(name)) return undefined;
  if (!walk.columns.has(name)) {
    const known = [...walk.columns]
      .slice(0, 20)
      .map((column) => sqlName(column))
      .join(", ");
    return refused("unknown-column", `there is no column ${sqlName(name)}; known are ${known || "none"}`);
  }
  walk.used.add(name);
  return undefined;
}

function refusalOfCall(node: SyntaxNode, walk: Walk, local: ReadonlySet<string>): Refused | undefined {
  // A window or a subquery inside says more than the name of the function around it.
  const telling = node.children.find((child) => child.kind === "WindowDefinition");
  if (telling !== undefined) return refusalOfNode(telling, walk, local);
  if (node.text === "exists") return refused("subquery", "an expression may not hold a subquery");
  // `a IN name` would read a table of that name, if there is one.
  if (membership.test(node.text) && node.children[0]?.children[1]?.kind === "Identifier") {
    return refused("not-an-expression", "IN wants a list in parentheses");
  }
  return refusalOfStanding(node.text, walk.catalogue.standingOf(node.text)) ?? refusalOfAll(node.children, walk, local);
}

function refusalOfStanding(name: string, standing: FunctionStanding): Refused | undefined {
  switch (standing.kind) {
    case "allowed":
      return undefined;
    case "aggregate":
      return refused("aggregate", `an expression sees one row: ${name} looks at many`);
    case "not-deterministic":
      return refused("not-deterministic", `${name} does not give the same answer each time`);
    case "table-function":
      return refused("table-function", `${name} is a table function`);
    case "forbidden":
      return refused("forbidden-function", `${name} is not allowed in an expression`);
    case "unknown": {
      const hint = standing.similar === undefined ? "" : `; did you mean ${standing.similar}?`;
      return refused("unknown-function", `there is no function ${name}${hint}`);
    }
  }
}

/** `x -> body`: the names on the left are known in the body only. */
function refusalOfLambda(node: SyntaxNode, walk: Walk, local: ReadonlySet<string>): Refused | undefined {
  const [left, body] = node.children[0]?.children ?? [];
  const names = left?.children[0]?.children ?? [];
  const plain = left?.text === "tuple" && names.every((name) => name.kind === "Identifier" && !name.aliased);
  if (body === undefined || !plain) return refused("not-an-expression", "a lambda takes names on its left");
  const shadowed = names.find((name) => walk.columns.has(name.text));
  if (shadowed !== undefined)
    return refused("not-an-expression", `a lambda may not rename the column ${shadowed.text}`);
  return refusalOfNode(body, walk, new Set([...local, ...names.map((name) => name.text)]));
}

function refused(reason: ExpressionRefusal, message: string): Refused {
  return { kind: "refused", reason, message };
}
