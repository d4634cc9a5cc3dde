import { type Baseline, nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import type { RowRange, Slice, SliceCondition } from "../../domain/baseline/slice-store.ts";
import { channelColumns } from "../../domain/baseline/slice-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { QueryParameters } from "./data-client.ts";
import { eventTablesOf, latestLabels, windowStartOf } from "./event-table.ts";
import { subjectBin } from "./profile-statement.ts";

/** Rows to count, as a statement with its parameters. `tag` keeps the parameters of two sources in one statement apart. */
export interface RowSource {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

export const inRange =
  "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

/** The rows of a slice: live rows of a stretch, or reference rows of some windows. */
export function rowsOf(
  system: System,
  baseline: Baseline,
  range: RowRange,
  slice: Slice | undefined,
  tag = "",
): RowSource {
  const tables = eventTablesOf(system.name);
  const { condition, parameters } = sliceCondition(system, baseline, range, slice, tag);
  if (range.kind === "reference") {
    return {
      sql: `SELECT * FROM ${tables.reference} WHERE release = {release:String}
        AND has({starts${tag}:Array(Int64)}, ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)})${condition}`,
      parameters: { ...parameters, release: baseline.release, [`starts${tag}`]: [...range.windows] },
    };
  }
  return {
    sql: `SELECT * FROM ${tables.predictions} WHERE ${inRange.replaceAll("{from:", `{from${tag}:`).replaceAll("{to:", `{to${tag}:`)}${condition}`,
    parameters: { ...parameters, [`from${tag}`]: range.from, [`to${tag}`]: range.to },
  };
}

/** The same rows with what became of them in `outcome`; reference rows only where the model had never seen them. */
export function judgedRowsOf(system: System, range: RowRange, source: RowSource): RowSource {
  if (range.kind === "reference") return { ...source, sql: `SELECT * FROM (${source.sql}) WHERE scored = 1` };
  return {
    sql: `SELECT p.*, o.outcome AS outcome FROM (${source.sql}) AS p
         LEFT JOIN (${latestLabels(system, `SELECT id FROM (${source.sql})`)}) AS o ON p.id = o.prediction_id`,
    parameters: { ...source.parameters, system: system.name },
  };
}

/** How wrong one labelled row was, as an expression over its columns; a number that is 0 or 1 save for a regression. */
export function lossOf(system: System): { readonly sql: string; readonly known: string } {
  switch (system.task.type) {
    case "binary-classification":
      return {
        sql: `toFloat64((probability >= ${Number(system.task.threshold)}) != (ifNull(outcome, 0) = 1))`,
        known: "isNotNull(outcome)",
      };
    case "regression":
      return {
        sql: "abs(ifNull(value, 0) - ifNull(outcome, 0))",
        known: "(isNotNull(outcome) AND isNotNull(value))",
      };
    case "multiclass-classification":
      return {
        sql: "toFloat64(toString(ifNull(class, '')) != toString(ifNull(outcome, '')))",
        known: "isNotNull(outcome)",
      };
  }
}

interface Condition {
  readonly condition: string;
  readonly parameters: QueryParameters;
}

function sliceCondition(
  system: System,
  baseline: Baseline,
  range: RowRange,
  slice: Slice | undefined,
  tag: string,
): Condition {
  const parts = (slice?.conditions ?? []).map((condition, index) =>
    conditionOf(system, baseline, range, condition, `${tag}c${index}`),
  );
  return {
    condition: parts.map((part) => part.condition).join(""),
    parameters: Object.assign({}, ...parts.map((part) => part.parameters)),
  };
}

const nothing: Condition = { condition: " AND 0", parameters: {} };

/** Names are the system's own, never text from a caller; one that is declared no more has no rows. */
function conditionOf(
  system: System,
  baseline: Baseline,
  range: RowRange,
  { dimension, values }: SliceCondition,
  tag: string,
): Condition {
  const among = (text: string): Condition => ({
    condition: ` AND has({slice${tag}:Array(String)}, toString(${text}))`,
    parameters: { [`slice${tag}`]: [...values] },
  });
  switch (dimension.kind) {
    case "segment":
      return segmentCondition(system, baseline, dimension.name, values, tag);
    case "feature": {
      if (!baseline.features.some((feature) => feature.name === dimension.name)) return nothing;
      const bin = subjectBin(baseline, dimension.name, tag);
      const held = among(bin.sql);
      return { condition: held.condition, parameters: { ...bin.parameters, ...held.parameters } };
    }
    case "channel":
      // Reference rows do not know which way they came.
      return range.kind === "live" && channelColumns.includes(dimension.name) ? among(dimension.name) : nothing;
    case "time":
      return among(timeCode[dimension.name]);
  }
}

/** Hours of the day in eights, days of the week, both in UTC. */
export const timeCode = { hour: "intDiv(toHour(time, 'UTC'), 3)", weekday: "toDayOfWeek(time, 0, 'UTC')" } as const;

function segmentCondition(
  system: System,
  baseline: Baseline,
  name: string,
  values: readonly string[],
  tag: string,
): Condition {
  const segment = system.segments.find((candidate) => candidate.name === name)?.name;
  if (segment === undefined) return nothing;
  const named = `has({slice${tag}:Array(String)}, toString(s_${segment}))`;
  const parameters = { [`slice${tag}`]: [...values] };
  if (!values.includes(otherValue)) return { condition: ` AND ${named}`, parameters };
  const frozen = baseline.segments.find((candidate) => candidate.name === segment)?.values ?? [];
  return {
    condition: ` AND (${named} OR NOT has({frozen${tag}:Array(String)}, toString(s_${segment})))`,
    parameters: { ...parameters, [`frozen${tag}`]: [...frozen, nullValue] },
  };
}
