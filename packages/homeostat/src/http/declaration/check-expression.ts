import type {
  CheckedExpression,
  ExpressionChecker,
  ExpressionColumn,
  ExpressionVerdict,
} from "../../domain/engine/expression.ts";
import type { Issue } from "../handler.ts";

/** What the value of an expression must be. `text` is cast when it is something else. */
type Wanted = "number" | "text" | "boolean";

export interface ExpressionQuestion {
  /** `feature distance_km`, `segment origin`, `the outcome`: how the sentence begins. */
  readonly what: string;
  readonly expression: string;
  readonly columns: readonly ExpressionColumn[];
  readonly wanted: Wanted;
  readonly contractId: string;
  /** Names that exist but may not stand here, each with the reason. */
  readonly forbidden: ReadonlyMap<string, string>;
  /** `file:line:column` of the expression. */
  readonly place: string;
}

export type ExpressionAnswer =
  | { readonly kind: "checked"; readonly expression: CheckedExpression; readonly columnsUsed: readonly string[] }
  | { readonly kind: "wrong"; readonly issue: Issue };

const typePatterns: Readonly<Record<Wanted, RegExp>> = {
  number: /^(?:U?Int(?:8|16|32|64)|B?Float(?:16|32|64)|Decimal.*|Bool)$/,
  text: /^(?:String|FixedString\(\d+\)|Enum(?:8|16)\(.*\))$/,
  boolean: /^(?:UInt8|Bool)$/,
};
const typeWords: Readonly<Record<Wanted, string>> = { number: "a number", text: "text", boolean: "true or false" };

/** `LowCardinality(Nullable(String))` → `String`. */
function innerType(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1];
  return inner === undefined ? type : innerType(inner);
}

/** Names in an expression that are not called like functions; texts in quotes are left out. */
function namesIn(expression: string): readonly string[] {
  const bare = expression.replaceAll(/'(?:[^'\\]|\\.|'')*'/g, "''");
  return [...bare.matchAll(/[`"]([^`"]+)[`"]|\b([A-Za-z_]\w*)\b(?!\s*\()/g)].map((match) => match[1] ?? match[2] ?? "");
}

/** The name the engine did not know: one of the expression's names that its message speaks of. */
function unknownName(question: ExpressionQuestion, message: string): string | undefined {
  const known = new Set(question.columns.map((column) => column.name));
  const strangers = namesIn(question.expression).filter((name) => !known.has(name));
  return (
    strangers.find((name) => question.forbidden.has(name)) ??
    strangers.find((name) => message.includes(name)) ??
    strangers[0]
  );
}

function wrong(question: ExpressionQuestion, expected: string, found: string): ExpressionAnswer {
  return { kind: "wrong", issue: { path: question.place, expected, found } };
}

function refusalOf(
  question: ExpressionQuestion,
  verdict: ExpressionVerdict & { readonly kind: "refused" },
): ExpressionAnswer {
  const { what, contractId } = question;
  if (verdict.reason !== "unknown-column")
    return wrong(question, `${what}: one scalar SQL expression`, `${verdict.reason}: ${verdict.message}`);
  const name = unknownName(question, verdict.message);
  if (name === undefined) return wrong(question, `fields of the contract ${contractId}`, `${what}: ${verdict.message}`);
  const reason = question.forbidden.get(name);
  const found =
    reason === undefined
      ? `${what} uses field ${name} which the contract ${contractId} does not have`
      : `${what} uses ${name}, ${reason}`;
  return wrong(question, `fields of the contract ${contractId}`, found);
}

/**
 * Asks the engine's own parser about one declared expression and holds its type to what is wanted. A `text` that is
 * something else is cast with `toString`, and the cast text is what is kept.
 * @throws Fault of the engine.
 */
export async function checkExpression(
  checker: ExpressionChecker,
  question: ExpressionQuestion,
): Promise<ExpressionAnswer> {
  const { expression, columns, wanted, what } = question;
  const verdict = await checker.check(expression, columns);
  if (verdict.kind === "refused") return refusalOf(question, verdict);
  if (typePatterns[wanted].test(innerType(verdict.resultType)))
    return { kind: "checked", expression: verdict.expression, columnsUsed: verdict.columnsUsed };
  if (wanted !== "text")
    return wrong(question, `${what}: ${typeWords[wanted]}`, `an expression of type ${verdict.resultType}`);
  const cast = await checker.check(`toString(${verdict.expression})`, columns);
  if (cast.kind === "refused") return refusalOf(question, cast);
  return typePatterns.text.test(innerType(cast.resultType))
    ? { kind: "checked", expression: cast.expression, columnsUsed: cast.columnsUsed }
    : wrong(question, `${what}: ${typeWords.text}`, `an expression of type ${verdict.resultType}`);
}
