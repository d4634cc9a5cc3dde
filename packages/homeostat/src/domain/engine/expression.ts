/**
 * The checked path by which user text becomes SQL: features, segments, outcome rules. The text is parsed by the
 * engine's own parser and must be one scalar expression over the given columns: no subquery, no table function, no
 * settings, no second statement, no aggregate, no non-deterministic function.
 */
export interface ExpressionChecker {
  check(expression: string, columns: readonly ExpressionColumn[]): Promise<ExpressionVerdict>;
}

export interface ExpressionColumn {
  readonly name: string;
  /** ClickHouse type, e.g. `Nullable(Float64)`. */
  readonly type: string;
}

export type ExpressionVerdict =
  | {
      readonly kind: "scalar";
      readonly expression: CheckedExpression;
      readonly resultType: string;
      readonly columnsUsed: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: ExpressionRefusal; readonly message: string };

export type ExpressionRefusal =
  | "not-an-expression"
  | "several-statements"
  | "subquery"
  | "table-function"
  | "settings"
  | "aggregate"
  | "not-deterministic"
  | "unknown-column"
  | "unknown-function"
  | "forbidden-function"
  | "wrong-type";

declare const checked: unique symbol;

/** Canonical text of an expression that passed the checker: the only user text that may stand inside SQL. */
export type CheckedExpression = string & { readonly [checked]: true };
