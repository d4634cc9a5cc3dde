import { type Comparison, satisfies } from "../domain/contract/comparison.ts";
import type { ContractField, ContractRule, RowBreach, RowRule } from "../domain/contract/contract.ts";
import { ruleColumnType } from "../domain/contract/read-contract.ts";

/** How the rows of one place are reached: a staged block, a window of an event table, files. */
export interface RuleScope {
  readonly fields: ReadonlyMap<string, ContractField>;
  /** The field's value, of the type that `ruleColumnType` names. */
  column(field: string): string;
  /** 1 where the value could not be read as the field's type; undefined where such rows never arrive. */
  broken(field: string): string | undefined;
  /** A value as a parameter of the statement, or as a literal. */
  bind(value: number | string | readonly (number | string)[], type: string): string;
  /** When a row was received, as DateTime64; undefined where that is not known. */
  readonly received: string | undefined;
  /** The instant that ages are counted from where rows have no receipt, in milliseconds. */
  readonly now: number;
}

function comparisonSql(value: string, comparison: Comparison, scope: RuleScope): string {
  const number = (bound: number): string => scope.bind(bound, "Float64");
  switch (comparison.operator) {
    case "mustBe":
      return `${value} = ${number(comparison.value)}`;
    case "mustNotBe":
      return `${value} != ${number(comparison.value)}`;
    case "mustBeGreaterThan":
      return `${value} > ${number(comparison.value)}`;
    case "mustBeGreaterOrEqualTo":
      return `${value} >= ${number(comparison.value)}`;
    case "mustBeLessThan":
      return `${value} < ${number(comparison.value)}`;
    case "mustBeLessOrEqualTo":
      return `${value} <= ${number(comparison.value)}`;
    case "mustBeBetween":
      return `(${value} > ${number(comparison.low)} AND ${value} < ${number(comparison.high)})`;
    case "mustNotBeBetween":
      return `(${value} <= ${number(comparison.low)} OR ${value} >= ${number(comparison.high)})`;
  }
}

/**
 * An expression with its fields as the arguments of a function: their names mean the fields and nothing else, whatever
 * other columns the statement has.
 */
function applied(expression: string, columns: readonly string[], scope: RuleScope): string {
  if (columns.length === 0) return expression;
  const names = columns.map((name) => `\`${name}\``).join(", ");
  return `arrayMap((${names}) -> (${expression}), ${columns.map((name) => `[${scope.column(name)}]`).join(", ")})[1]`;
}

type Outside = Extract<RowBreach, { kind: "outside" }>;

function boundSql(bound: number | string, type: ContractField["type"], scope: RuleScope): string {
  if (typeof bound === "number") return scope.bind(bound, "Float64");
  return type === "timestamp"
    ? `parseDateTime64BestEffortOrNull(${scope.bind(bound, "String")}, 3, 'UTC')`
    : scope.bind(bound, "String");
}

function outsideSql(value: string, breach: Outside, type: ContractField["type"], scope: RuleScope): string {
  const { minimum, maximum, excludesMinimum, excludesMaximum } = breach;
  const above =
    minimum === undefined ? [] : [`${value} ${excludesMinimum ? ">" : ">="} ${boundSql(minimum, type, scope)}`];
  const below =
    maximum === undefined ? [] : [`${value} ${excludesMaximum ? "<" : "<="} ${boundSql(maximum, type, scope)}`];
  // What is inside is asked for, and not what is outside: NaN is neither.
  return `NOT (${[...above, ...below].join(" AND ")})`;
}

function listedSql(value: string, values: readonly string[], type: ContractField["type"], scope: RuleScope): string {
  if (type === "number" || type === "integer")
    // Words among the values of a number stand for no number.
    return `has(${scope.bind(values.map(Number).filter(Number.isFinite), "Array(Float64)")}, toFloat64(assumeNotNull(${value})))`;
  return `has(${scope.bind(values, "Array(String)")}, ${type === "string" || type === "date" || type === "time" ? `assumeNotNull(${value})` : `toString(assumeNotNull(${value}))`})`;
}

function fieldBreach(breach: RowBreach, name: string, scope: RuleScope): string {
  const value = scope.column(name);
  const type = scope.fields.get(name)?.type ?? "string";
  switch (breach.kind) {
    case "missing":
      return `isNull(${value})`;
    case "wrong-type":
      return scope.broken(name) ?? "0";
    case "stands-for-missing": {
      const listed = `(isNotNull(${value}) AND ${listedSql(value, breach.values, type, scope)})`;
      return breach.nulls ? `(isNull(${value}) OR ${listed})` : listed;
    }
    case "not-one-of":
      return `(isNotNull(${value}) AND NOT ${listedSql(value, breach.values, type, scope)})`;
    case "outside":
      return outsideSql(value, breach, type, scope);
    case "length": {
      const length = `lengthUTF8(toString(${value}))`;
      const short = breach.least === undefined ? [] : [`${length} < ${scope.bind(breach.least, "UInt64")}`];
      const long = breach.most === undefined ? [] : [`${length} > ${scope.bind(breach.most, "UInt64")}`];
      return `(${[...short, ...long].join(" OR ")})`;
    }
    case "not-matching":
      return `NOT match(toString(${value}), ${scope.bind(breach.pattern, "String")})`;
    case "not-a-multiple": {
      const ratio = `(${value} / ${scope.bind(breach.of, "Float64")})`;
      return `NOT (abs(${ratio} - round(${ratio})) <= 1e-9)`;
    }
    case "expression":
      return `NOT (${comparisonSql(applied(breach.expression, breach.columns, scope), breach.holds, scope)})`;
    case "condition":
      return `(${applied(breach.expression, breach.columns, scope)}) != 0`;
  }
}

/** 1 for a row that breaks the rule, else 0. A missing value breaks nothing but rules about missing values. */
function breachSql(rule: RowRule, scope: RuleScope): string {
  return `ifNull(${fieldBreach(rule.breach, rule.field ?? "", scope)}, 0)`;
}

/** Whether a limit asks for many rows that fit the rule's condition, so that it is the others that offend. */
function wantsMore(rule: ContractRule): boolean {
  return !satisfies(0, rule.limit);
}

/** The ids of the row rules that a row offends, as an array. */
export function marksSql(rules: readonly ContractRule[], scope: RuleScope): string {
  const marks = rules.flatMap((rule) =>
    rule.kind === "row" && rule.breach.kind !== "wrong-type"
      ? [`if(${wantsMore(rule) ? "NOT " : ""}${breachSql(rule, scope)}, ${scope.bind(rule.id, "String")}, '')`]
      : [],
  );
  return marks.length === 0 ? "emptyArrayString()" : `arrayFilter(mark -> mark != '', [${marks.join(", ")}])`;
}

const present = (fields: readonly string[], scope: RuleScope): string =>
  fields.map((field) => `isNotNull(${scope.column(field)})`).join(" AND ");
const millisecondsOf = (value: string): string => `toUnixTimestamp64Milli(${value})`;

/** The one number of a rule over all rows in scope: an aggregate, NULL where nothing could be measured. */
export function countSql(rule: ContractRule, scope: RuleScope): string | { readonly reason: string } {
  if (rule.kind === "row") return `toFloat64(countIf(${breachSql(rule, scope)}))`;
  const { measure } = rule;
  switch (measure.kind) {
    case "row-count":
      return "toFloat64(count())";
    case "duplicates": {
      const whole = present(measure.fields, scope);
      const key = measure.fields.map((field) => scope.column(field)).join(", ");
      return `toFloat64(countIf(${whole})) - toFloat64(uniqExactIf(tuple(${key}), ${whole}))`;
    }
    case "completeness":
      return `if(count() = 0, NULL, 100 * countIf(${present(measure.fields, scope)}) / count())`;
    case "freshness": {
      const value = scope.column(measure.field);
      const at =
        scope.received === undefined
          ? scope.bind(scope.now, "Int64")
          : millisecondsOf(`argMaxIf(${scope.received}, ${value}, isNotNull(${value}))`);
      return `if(countIf(isNotNull(${value})) = 0, NULL, toFloat64(${at} - ${millisecondsOf(`assumeNotNull(max(${value}))`)}))`;
    }
    case "latency": {
      if (scope.received === undefined) return { reason: "the data do not say when their rows were received" };
      const value = scope.column(measure.field);
      return `if(countIf(isNotNull(${value})) = 0, NULL, quantileIf(0.95)(toFloat64(${millisecondsOf(scope.received)} - ${millisecondsOf(`ifNull(${value}, toDateTime64(0, 3, 'UTC'))`)}), isNotNull(${value})))`;
    }
  }
}

/** Rows to show for a failed rule: those that break it, or the others where the limit asks for more of them. */
export function offenderSql(rule: ContractRule, scope: RuleScope): string | undefined {
  if (rule.kind === "row") return wantsMore(rule) ? `NOT ${breachSql(rule, scope)}` : breachSql(rule, scope);
  if (rule.measure.kind === "completeness") return `NOT (${present(rule.measure.fields, scope)})`;
  return rule.measure.kind === "duplicates" ? present(rule.measure.fields, scope) : undefined;
}

/** What the offending value of a row is, as text; undefined where a rule is not about values of one or more fields. */
export function offendingValueSql(
  rule: ContractRule,
  scope: RuleScope,
  raw: (field: string) => string,
): string | undefined {
  if (rule.kind === "set") {
    if (rule.measure.kind !== "duplicates") return undefined;
    return `concatWithSeparator(', ', ${rule.measure.fields.map((field) => `ifNull(toString(${scope.column(field)}), '')`).join(", ")})`;
  }
  if (rule.field === undefined) return undefined;
  return `ifNull(${raw(rule.field)}, '(null)')`;
}

/** A binder that writes literals; the texts go through the given quoting. */
export function literalBinder(quote: (text: string) => string): RuleScope["bind"] {
  const one = (value: number | string): string => (typeof value === "number" ? String(value) : quote(value));
  return (value, type) => {
    if (typeof value !== "object")
      return type.startsWith("Int") || type === "UInt64" ? one(value) : `CAST(${one(value)} AS ${type})`;
    return `CAST([${value.map(one).join(", ")}] AS ${type})`;
  };
}

/** A binder that collects parameters `{r0:Type}`, for statements whose values may not stand in the text. */
export function parameterBinder(prefix = "r"): {
  readonly bind: RuleScope["bind"];
  readonly parameters: Record<string, unknown>;
} {
  const parameters: Record<string, unknown> = {};
  return {
    parameters,
    bind: (value, type) => {
      const name = `${prefix}${Object.keys(parameters).length}`;
      parameters[name] = value;
      return `{${name}:${type}}`;
    },
  };
}

/** The column of a missing field: no value, of the right type. */
export function absentColumn(field: ContractField): string {
  return `CAST(NULL AS ${ruleColumnType(field.type)})`;
}
