import type { ColumnFacts, ColumnKind } from "../table/column-facts.ts";
import type { TableRoles } from "../table/recognise-roles.ts";
import type { ComparedColumn } from "./compared-column.ts";

/** What will be compared with what, and what will not and why. */
export interface ComparisonPlan {
  readonly columns: readonly PlannedColumn[];
  readonly segments: readonly string[];
  readonly performance: PlannedPerformance;
  /** Differences of the tables themselves. */
  readonly schema: readonly SchemaFinding[];
  readonly notCompared: readonly { readonly column: string; readonly reason: string }[];
}

export interface PlannedColumn {
  readonly name: string;
  readonly role: ComparedColumn["role"];
  readonly kind: "number" | "category";
}

export type PlannedPerformance =
  | {
      readonly kind: "binary";
      readonly outcome: string;
      readonly score: string | undefined;
      readonly prediction: string | undefined;
    }
  | { readonly kind: "multiclass"; readonly outcome: string; readonly prediction: string }
  | { readonly kind: "regression"; readonly outcome: string; readonly prediction: string }
  | { readonly kind: "not-checked"; readonly reason: string };

export type SchemaFinding =
  | { readonly kind: "column-missing"; readonly column: string; readonly verdict: "critical" }
  | { readonly kind: "column-new"; readonly column: string; readonly verdict: "warning" }
  | {
      readonly kind: "type-changed";
      readonly column: string;
      readonly verdict: "critical";
      readonly before: ColumnKind;
      readonly after: ColumnKind;
    };

/** A category of which nearly every row has its own value tells rows apart; comparing it says nothing. */
const identifierShare = 0.5;
const mostClasses = 100;
const regressionValues = 20;

/** A column of the table that is held against the reference. */
export type PresentColumn = Pick<ColumnFacts, "name" | "kind"> & {
  /** Whether it has any value; asked for only where its kind is not the reference's. */
  readonly isEmpty: boolean;
};

/** Decides by the reference's facts; the current table only has to have the columns in a kind that fits. O(columns). */
export function planComparison(
  reference: readonly ColumnFacts[],
  current: readonly PresentColumn[],
  roles: TableRoles,
): ComparisonPlan {
  const now = new Map(current.map((column) => [column.name, column]));
  const before = new Set(reference.map((column) => column.name));
  const schema: SchemaFinding[] = [];
  const notCompared: { column: string; reason: string }[] = [];
  const columns: PlannedColumn[] = [];
  for (const column of reference) {
    const same = now.get(column.name);
    if (same === undefined) {
      schema.push({ kind: "column-missing", column: column.name, verdict: "critical" });
      continue;
    }
    const after = kindTogether(column, same);
    if (after === "changed") {
      schema.push({
        kind: "type-changed",
        column: column.name,
        verdict: "critical",
        before: column.kind,
        after: same.kind,
      });
      continue;
    }
    const reason = reasonAgainst(column, after, roles);
    if (reason !== undefined) notCompared.push({ column: column.name, reason });
    else if (after === "number" || after === "category")
      columns.push({ name: column.name, role: roleOf(column.name, roles), kind: after });
  }
  for (const { name } of current)
    if (!before.has(name)) schema.push({ kind: "column-new", column: name, verdict: "warning" });
  const both = (name: string | undefined): string | undefined =>
    name !== undefined && before.has(name) && now.has(name) ? name : undefined;
  return {
    columns,
    segments: roles.segments.filter((name) => both(name) !== undefined),
    performance: performanceOf(reference, {
      outcome: roles.outcome,
      score: roles.score,
      prediction: roles.prediction,
      both,
    }),
    schema,
    notCompared,
  };
}

type KindTogether = "number" | "category" | "time" | "other" | "changed";

/** Whether columns of two kinds can be held against each other as they are. */
export function areLike(left: ColumnKind, right: ColumnKind): boolean {
  return groupOf(left) === groupOf(right);
}

function groupOf(kind: ColumnKind): Exclude<KindTogether, "changed"> {
  switch (kind) {
    case "whole":
    case "fraction":
      return "number";
    case "text":
    case "yes-no":
      return "category";
    case "time":
      return "time";
    case "other":
      return "other";
  }
}

/** A column without any value takes the kind of the other table's: its type was a guess. */
function kindTogether(before: ColumnFacts, after: PresentColumn): KindTogether {
  const was = groupOf(before.kind);
  const is = groupOf(after.kind);
  if (was === is) return was;
  if (before.present === 0) return is;
  return after.isEmpty ? was : "changed";
}

function reasonAgainst(column: ColumnFacts, kind: KindTogether, roles: TableRoles): string | undefined {
  if (column.name === roles.time || kind === "time") return "holds times: it moves by itself";
  if (column.name === roles.id) return "is the id of the row";
  if (column.name === roles.entity) return "tells entities apart";
  if (kind === "other") return "holds lists or structures";
  const own = column.present >= 50 && column.distinct > identifierShare * column.present;
  if (kind === "category" && own) return "has a value of its own in most rows, like an id or free text";
  if (
    column.kind === "whole" &&
    column.present >= 50 &&
    column.distinct === column.present &&
    /(^|_)id$/i.test(column.name)
  )
    return "tells rows apart";
  return undefined;
}

function roleOf(name: string, roles: TableRoles): ComparedColumn["role"] {
  if (name === roles.score) return "score";
  if (name === roles.prediction) return "prediction";
  return name === roles.outcome ? "outcome" : "feature";
}

interface PerformanceQuestion {
  readonly outcome: string | undefined;
  readonly score: string | undefined;
  readonly prediction: string | undefined;
  readonly both: (name: string | undefined) => string | undefined;
}

function performanceOf(reference: readonly ColumnFacts[], question: PerformanceQuestion): PlannedPerformance {
  const { both } = question;
  const none = (reason: string): PlannedPerformance => ({ kind: "not-checked", reason });
  if (question.outcome === undefined) return none("no column with the outcome was recognised; name it with --outcome");
  const outcome = both(question.outcome);
  if (outcome === undefined) return none(`only one of the tables has the outcome ${question.outcome}`);
  const score = both(question.score);
  const prediction = both(question.prediction);
  if (score === undefined && prediction === undefined)
    return none("no column with a score or a prediction was recognised; name it with --score or --prediction");
  const factsOf = (name: string | undefined): ColumnFacts | undefined =>
    reference.find((column) => column.name === name);
  const truth = factsOf(outcome);
  const guess = factsOf(prediction);
  const isNumber = (facts: ColumnFacts | undefined): boolean => facts?.kind === "whole" || facts?.kind === "fraction";
  const distinct = truth?.distinct ?? 0;
  if (distinct === 2) return { kind: "binary", outcome, score, prediction };
  if (distinct < 2) return none(`the outcome ${outcome} has ${distinct === 0 ? "no value" : "one value only"}`);
  if (prediction === undefined) return none(`a score alone does not predict the ${distinct} values of ${outcome}`);
  if (isNumber(truth) && isNumber(guess) && (distinct > regressionValues || guess?.kind === "fraction"))
    return { kind: "regression", outcome, prediction };
  if (distinct > mostClasses) return none(`the outcome ${outcome} has more than ${mostClasses} classes`);
  return { kind: "multiclass", outcome, prediction };
}
