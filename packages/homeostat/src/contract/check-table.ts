import type { Contract, ContractRule } from "../domain/contract/contract.ts";
import { judgeRules, type RuleCount, type RuleResult, type ValueCount } from "../domain/contract/judge-rules.ts";
import { countSql, offenderSql, offendingValueSql, parameterBinder, type RuleScope } from "./rule-sql.ts";

/** A statement's answer as objects. */
type Ask = <T>(statement: string, parameters: Readonly<Record<string, unknown>>) => Promise<readonly T[]>;

/** A set of rows that a contract is held to. */
export interface TableQuestion {
  readonly contract: Contract;
  /** What stands after FROM, with its parameters. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** How the source's columns are reached, given how values are bound. */
  scope(bind: RuleScope["bind"]): RuleScope;
  /** Binds values as literals where the connection takes no parameters; else they travel as parameters. */
  readonly bindLiterals?: RuleScope["bind"];
  /** The text that stood in a field, for showing. */
  raw(field: string): string;
  /** An expression that names a row for people. */
  readonly example: string | undefined;
  /** Why a rule cannot be counted here; undefined when it can. */
  unable?(rule: ContractRule): string | undefined;
  readonly ask: Ask;
}

export interface TableAnswer {
  readonly rows: number;
  readonly results: readonly RuleResult[];
}

const valuesShown = 10;
const examplesShown = 5;
/** Each failed rule costs a scan to show its values; a table in which everything is wrong needs no hundred of them. */
const rulesShown = 25;
/** The engine's time to understand a statement grows faster than the statement. */
const rulesAtOnce = 250;

function binder(question: TableQuestion): {
  readonly bind: RuleScope["bind"];
  readonly parameters: Readonly<Record<string, unknown>>;
} {
  return question.bindLiterals === undefined ? parameterBinder() : { bind: question.bindLiterals, parameters: {} };
}

/**
 * Holds a table to its contract in one scan for every 250 rules, and one more for each failed rule to name the offending values.
 * @throws Fault of the engine.
 */
export async function checkTable(question: TableQuestion): Promise<TableAnswer> {
  const { contract } = question;
  let rows = 0;
  const read: RuleCount[] = [];
  for (let from = 0; from === 0 || from < contract.rules.length; from += rulesAtOnce) {
    const part = await countRules(question, contract.rules.slice(from, from + rulesAtOnce));
    rows = part.rows;
    read.push(...part.counts);
  }
  const results = judgeRules(contract, rows, read);
  const failed = new Set(results.filter((result) => result.state === "failed").slice(0, rulesShown));
  return {
    rows,
    results: await Promise.all(
      results.map(async (result, index) => {
        const rule = contract.rules[index];
        return failed.has(result) && rule !== undefined ? { ...result, ...(await offenders(question, rule)) } : result;
      }),
    ),
  };
}

async function countRules(
  question: TableQuestion,
  rules: readonly ContractRule[],
): Promise<{ readonly rows: number; readonly counts: readonly RuleCount[] }> {
  const { bind, parameters } = binder(question);
  const scope = question.scope(bind);
  const asked = rules.map((rule) => {
    const reason = question.unable?.(rule);
    return { rule, counted: reason === undefined ? countSql(rule, scope) : { reason } };
  });
  const selected = asked.flatMap(({ counted }, index) =>
    typeof counted === "string" ? [`${counted} AS c${index}`] : [],
  );
  const [row] = await question.ask<Record<string, number | string | null>>(
    `SELECT toFloat64(count()) AS total${selected.map((one) => `, ${one}`).join("")} FROM ${question.source}`,
    { ...question.parameters, ...parameters },
  );
  const counts = asked.map(({ rule, counted }, index): RuleCount => {
    const value = row?.[`c${index}`];
    if (typeof counted !== "string") return { rule: rule.id, counted: undefined, reason: counted.reason };
    return value === null || value === undefined
      ? { rule: rule.id, counted: undefined, reason: "no row has a value for it" }
      : { rule: rule.id, counted: Number(value), reason: undefined };
  });
  return { rows: Number(row?.total ?? 0), counts };
}

async function offenders(
  question: TableQuestion,
  rule: ContractRule,
): Promise<Pick<RuleResult, "values" | "examples">> {
  const { bind, parameters } = binder(question);
  const scope = question.scope(bind);
  const condition = offenderSql(rule, scope);
  if (condition === undefined) return { values: [], examples: [] };
  const value = offendingValueSql(rule, scope, question.raw);
  const isDuplicate = rule.kind === "set" && rule.measure.kind === "duplicates";
  const example =
    question.example === undefined
      ? "emptyArrayString()"
      : `groupArray(${examplesShown})(toString(${question.example}))`;
  const found = await question.ask<{ value: string; count: string | number; examples: readonly string[] }>(
    `SELECT ${value ?? "''"} AS value, count() AS count, ${example} AS examples FROM ${question.source} WHERE ${condition}
     GROUP BY value ${isDuplicate ? "HAVING count > 1" : ""} ORDER BY count DESC, value LIMIT ${valuesShown}`,
    { ...question.parameters, ...parameters },
  );
  const values: readonly ValueCount[] =
    value === undefined ? [] : found.map((one) => ({ value: one.value.slice(0, 200), count: Number(one.count) }));
  return { values, examples: found.flatMap((one) => one.examples).slice(0, examplesShown) };
}
