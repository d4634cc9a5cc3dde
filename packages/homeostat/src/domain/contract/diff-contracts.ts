import { canonicalText } from "../canonical-text.ts";
import type { Contract, ContractField, ContractRule, RowBreach } from "./contract.ts";

/** One difference between two versions, with whom it breaks. */
export interface ContractChange {
  readonly kind: "field-added" | "field-removed" | "field-changed" | "rule-added" | "rule-removed" | "rule-changed";
  readonly field: string | undefined;
  readonly what: string;
  /** A reader of the old version may get what it was promised never to get, or may miss what it was promised. */
  readonly breaking: boolean;
  /** Systems that use the field; empty for changes that break nothing. */
  readonly consumers: readonly string[];
}

/** A system as a reader of the contract. */
export interface Consumer {
  readonly system: string;
  /** Fields that its inputs, features, segments or outcome use. */
  readonly fields: ReadonlySet<string>;
}

interface Difference {
  readonly kind: ContractChange["kind"];
  readonly field: string | undefined;
  readonly what: string;
  readonly breaking: boolean;
}

function fieldChanges(before: ContractField, after: ContractField): readonly Difference[] {
  const { name } = before;
  const changes: Difference[] = [];
  const add = (what: string, breaking: boolean): void => {
    changes.push({ kind: "field-changed", field: name, what, breaking });
  };
  // Whole numbers are numbers too: a reader of numbers can read them.
  const widens = before.type === "number" && after.type === "integer";
  if (before.type !== after.type) add(`type ${before.type} becomes ${after.type}`, !widens);
  if (before.physicalName !== after.physicalName)
    add(`the column ${before.physicalName} becomes ${after.physicalName}`, true);
  if (before.required && !after.required) add("is no longer required: it may be missing", true);
  if (!before.required && after.required) add("becomes required", false);
  if (before.isOutcome !== after.isOutcome)
    add(after.isOutcome ? "becomes an outcome: known only afterwards" : "is no longer an outcome", true);
  return changes;
}

const boundText = (rule: ContractRule): string =>
  canonicalText([rule.kind === "row" ? rule.breach : rule.measure, rule.limit]);

function isWider(before: RowBreach, after: RowBreach): boolean {
  if (before.kind === "not-one-of" && after.kind === "not-one-of")
    return after.values.some((value) => !before.values.includes(value));
  if (before.kind === "outside" && after.kind === "outside") return isWiderRange(before, after);
  if (before.kind === "length" && after.kind === "length")
    return (after.least ?? 0) < (before.least ?? 0) || (after.most ?? Infinity) > (before.most ?? Infinity);
  return true;
}

type Range = Extract<RowBreach, { kind: "outside" }>;

function isWiderRange(before: Range, after: Range): boolean {
  const lower = edge(before.minimum, after.minimum, (is, was) => is < was);
  const upper = edge(before.maximum, after.maximum, (is, was) => is > was);
  const opened =
    (before.minimum === after.minimum && before.excludesMinimum && !after.excludesMinimum) ||
    (before.maximum === after.maximum && before.excludesMaximum && !after.excludesMaximum);
  return lower || upper || opened;
}

type Bound = number | string | undefined;

function edge(was: Bound, is: Bound, reaches: (is: number | string, was: number | string) => boolean): boolean {
  if (was === undefined) return false;
  return is === undefined || reaches(is, was);
}

function ruleDifference(before: ContractRule, after: ContractRule): Difference | undefined {
  if (boundText(before) === boundText(after)) return undefined;
  const sameLimit = canonicalText(before.limit) === canonicalText(after.limit);
  const breaking =
    before.kind === "row" && after.kind === "row" && sameLimit ? isWider(before.breach, after.breach) : true;
  return {
    kind: "rule-changed",
    field: before.field,
    what: `the promise "${before.words}" becomes "${after.words}"`,
    breaking,
  };
}

function ruleChanges(before: Contract, after: Contract): readonly Difference[] {
  const removedFields = new Set(before.fields.map((field) => field.name));
  for (const field of after.fields) removedFields.delete(field.name);
  const news = new Map(after.rules.map((rule) => [rule.id, rule]));
  const olds = new Set(before.rules.map((rule) => rule.id));
  const oldFields = new Set(before.fields.map((field) => field.name));
  const implied = (rule: ContractRule): boolean => rule.kind === "row" && rule.id === `${rule.field}.type`;
  const gone = before.rules.flatMap((rule): readonly Difference[] => {
    if (rule.field !== undefined && removedFields.has(rule.field)) return [];
    const now = news.get(rule.id);
    if (now === undefined)
      return rule.id.endsWith(".required") || implied(rule)
        ? []
        : [{ kind: "rule-removed", field: rule.field, what: `no longer promised: ${rule.words}`, breaking: true }];
    const changed = implied(rule) ? undefined : ruleDifference(rule, now);
    return changed === undefined ? [] : [changed];
  });
  const added = after.rules.flatMap((rule): readonly Difference[] =>
    olds.has(rule.id) ||
    implied(rule) ||
    rule.id.endsWith(".required") ||
    (rule.field !== undefined && !oldFields.has(rule.field))
      ? []
      : [{ kind: "rule-added", field: rule.field, what: `newly promised: ${rule.words}`, breaking: false }],
  );
  return [...gone, ...added];
}

/**
 * What changes from one version of a contract to the next, breaking changes first. A change is breaking when a reader who
 * relied on the old version may be surprised: a field is gone, renamed or of another type, a value may be missing that
 * never was, a promise about values is weaker. `consumers` are the systems that such a change concerns. Pure.
 */
export function diffContracts(
  before: Contract,
  after: Contract,
  consumers: readonly Consumer[],
): readonly ContractChange[] {
  const news = new Map(after.fields.map((field) => [field.name, field]));
  const olds = new Set(before.fields.map((field) => field.name));
  const differences: Difference[] = [
    ...before.fields.flatMap((field): readonly Difference[] => {
      const now = news.get(field.name);
      return now === undefined
        ? [{ kind: "field-removed", field: field.name, what: "is removed", breaking: true }]
        : fieldChanges(field, now);
    }),
    ...after.fields
      .filter((field) => !olds.has(field.name))
      .map(
        (field): Difference => ({
          kind: "field-added",
          field: field.name,
          what: `is added, ${field.type}${field.required ? ", required" : ""}`,
          breaking: false,
        }),
      ),
    ...ruleChanges(before, after),
  ];
  const concerned = ({ field, breaking }: Difference): readonly string[] =>
    breaking ? consumers.filter((one) => field === undefined || one.fields.has(field)).map((one) => one.system) : [];
  return differences
    .map((difference) => ({ ...difference, consumers: concerned(difference) }))
    .sort((left, right) => Number(right.breaking) - Number(left.breaking));
}
