import type { CheckedExpression } from "../engine/expression.ts";
import type { Comparison } from "./comparison.ts";

/** What a source promises: its fields, and every promise that is enforced, as rules. The rest is `unchecked`, in words. */
export interface Contract {
  readonly id: string;
  readonly version: string;
  readonly status: string;
  /** Name of the one object that the contract describes. */
  readonly object: string;
  readonly fields: readonly ContractField[];
  readonly rules: readonly ContractRule[];
  /** What is declared and not enforced, each with its reason. Never shown as passed. */
  readonly unchecked: readonly string[];
}

export type ContractType =
  | "string"
  | "number"
  | "integer"
  | "boolean"
  | "timestamp"
  | "date"
  | "time"
  | "object"
  | "array";

export interface ContractField {
  readonly name: string;
  readonly physicalName: string;
  readonly type: ContractType;
  readonly required: boolean;
  /** Tagged `outcome`: known only afterwards. */
  readonly isOutcome: boolean;
}

export type RuleSeverity = "error" | "warning" | "info";

interface RuleBase {
  /** Unique in its contract, e.g. `fare.range` or `quality-2`. It is the mark on rows that break the rule. */
  readonly id: string;
  /** Undefined for rules about the object as a whole. */
  readonly field: string | undefined;
  readonly severity: RuleSeverity;
  /** The promise in plain words, without a full stop. */
  readonly words: string;
  readonly limit: Comparison;
  /** Whether the limit was written down, or is the plain "none at all" of a keyword. */
  readonly declaredLimit: boolean;
}

/** A rule about single rows: the rows that break it are counted, marked, and their count (or share) is held to the limit. */
export interface RowRule extends RuleBase {
  readonly kind: "row";
  readonly breach: RowBreach;
}

/** What makes a row count. `field` of the rule names the column, save for expressions, which may use any. */
export type RowBreach =
  | { readonly kind: "missing" }
  | { readonly kind: "wrong-type" }
  | { readonly kind: "stands-for-missing"; readonly values: readonly string[]; readonly nulls: boolean }
  | { readonly kind: "not-one-of"; readonly values: readonly string[] }
  | {
      readonly kind: "outside";
      readonly minimum: number | string | undefined;
      readonly maximum: number | string | undefined;
      readonly excludesMinimum: boolean;
      readonly excludesMaximum: boolean;
    }
  | { readonly kind: "length"; readonly least: number | undefined; readonly most: number | undefined }
  | { readonly kind: "not-matching"; readonly pattern: string }
  | { readonly kind: "not-a-multiple"; readonly of: number }
  /** The value of an expression that does not satisfy `holds`; a missing value breaks nothing. */
  | {
      readonly kind: "expression";
      readonly expression: CheckedExpression;
      readonly columns: readonly string[];
      readonly holds: Comparison;
    }
  /** Rows for which a condition is true are what is counted: `SELECT count(*) … WHERE condition`. */
  | { readonly kind: "condition"; readonly expression: CheckedExpression; readonly columns: readonly string[] };

/** A rule about a set of rows: one number is measured and held to the limit. */
interface SetRule extends RuleBase {
  readonly kind: "set";
  readonly measure: SetMeasure;
}

export type SetMeasure =
  | { readonly kind: "row-count" }
  /** Rows whose values of these fields stand in an earlier row too; rows with a missing value are left out. */
  | { readonly kind: "duplicates"; readonly fields: readonly string[] }
  /** Age in milliseconds of the newest value of a timestamp when its row was received, or when a file is checked. */
  | { readonly kind: "freshness"; readonly field: string }
  /** Milliseconds from a row's timestamp to its receipt, which 95 % of the rows stay within. */
  | { readonly kind: "latency"; readonly field: string }
  /** Share of rows in percent that have a value in every one of these fields. */
  | { readonly kind: "completeness"; readonly fields: readonly string[] };

export type ContractRule = RowRule | SetRule;
