import { type Comparison, satisfies } from "./comparison.ts";
import type { Contract, ContractRule } from "./contract.ts";

/** What was counted for one rule over a set of rows; undefined where it could not be. */
export interface RuleCount {
  readonly rule: string;
  /** Rows that break a row rule, duplicates, a number of rows, milliseconds, or percent. */
  readonly counted: number | undefined;
  /** Why there is no number. */
  readonly reason: string | undefined;
}

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/**
 * How a rule did. `failed` means that its limit is broken; `grade` says how bad that is: rules without a limit of their
 * own fail with any breach and are critical above 1 % of the rows, a limit that somebody declared is critical at once.
 */
export interface RuleResult {
  readonly rule: string;
  readonly field: string | undefined;
  readonly words: string;
  readonly severity: ContractRule["severity"];
  readonly state: "passed" | "failed" | "not-checked";
  readonly grade: "none" | "info" | "warning" | "critical";
  readonly reason: string | undefined;
  readonly rows: number;
  readonly counted: number | undefined;
  /** Share of the rows in 0..1, where rows were counted. */
  readonly share: number | undefined;
  /** Offending values, most frequent first, at most ten. */
  readonly values: readonly ValueCount[];
  /** Ids of rows, or their positions in a file, at most five. */
  readonly examples: readonly string[];
}

/** Above this share a rule without a limit of its own is critical. R2 asks for 1 %. */
const criticalShare = 0.01;

const countsRows = (rule: ContractRule): boolean => rule.kind === "row" || rule.measure.kind === "duplicates";

function keptBy(rule: ContractRule, counted: number, rows: number): boolean {
  const limit: Comparison = rule.limit;
  if (limit.unit !== "percent") return satisfies(counted, limit);
  return satisfies(rows === 0 ? 0 : (100 * counted) / rows, limit);
}

function gradeOf(rule: ContractRule, share: number | undefined): RuleResult["grade"] {
  if (rule.severity === "info") return "info";
  if (rule.severity === "warning") return "warning";
  if (rule.declaredLimit || share === undefined) return "critical";
  return share > criticalShare ? "critical" : "warning";
}

/** Holds what was counted against the rules' limits. Rules without a count are not checked, never passed. Pure. */
export function judgeRules(contract: Contract, rows: number, counts: readonly RuleCount[]): readonly RuleResult[] {
  const byRule = new Map(counts.map((count) => [count.rule, count]));
  return contract.rules.map((rule): RuleResult => {
    const count = byRule.get(rule.id);
    const counted = count?.counted;
    const base = {
      rule: rule.id,
      field: rule.field,
      words: rule.words,
      severity: rule.severity,
      rows,
      counted,
      values: [],
      examples: [],
    };
    const share = counted === undefined || rows === 0 || !countsRows(rule) ? undefined : counted / rows;
    const isEmpty = rows === 0 && !(rule.kind === "set" && rule.measure.kind === "row-count");
    if (counted === undefined || isEmpty) {
      const reason = isEmpty ? "there are no rows" : (count?.reason ?? "it was not counted");
      return { ...base, share, state: "not-checked", grade: "none", reason };
    }
    if (keptBy(rule, counted, rows)) return { ...base, share, state: "passed", grade: "none", reason: undefined };
    return { ...base, share, state: "failed", grade: gradeOf(rule, share), reason: undefined };
  });
}

const rank: Readonly<Record<RuleResult["grade"], number>> = { critical: 0, warning: 1, info: 2, none: 3 };

/** Worst first: by grade, then by share; what could not be checked stands before what passed. */
export function worstFirst(results: readonly RuleResult[]): readonly RuleResult[] {
  const unknown = (result: RuleResult): number => (result.state === "not-checked" ? 0 : 1);
  return [...results].sort(
    (left, right) =>
      rank[left.grade] - rank[right.grade] || unknown(left) - unknown(right) || (right.share ?? 0) - (left.share ?? 0),
  );
}

/** Whether a check fails as a whole: a rule of severity error does. */
export function isFailure(results: readonly RuleResult[]): boolean {
  return results.some((result) => result.state === "failed" && result.severity === "error");
}
