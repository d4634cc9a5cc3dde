import type { InferredContract } from "../../domain/contract/infer-contract.ts";
import type { ColumnFacts } from "../../domain/table/column-facts.ts";
import type { TableTask } from "../../domain/table/plan-system.ts";
import type { TableRoles } from "../../domain/table/recognise-roles.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { createLineCutter, type LineCutter } from "../replay/cut-lines.ts";
import type { WorkingTable } from "../table-file/working-table.ts";

export interface InitOrder {
  readonly table: WorkingTable;
  readonly facts: readonly ColumnFacts[];
  readonly roles: TableRoles;
  readonly task: TableTask;
  readonly contract: InferredContract;
  /** Engine expression of type Nullable(DateTime64(3, 'UTC')). */
  readonly timeSql: string;
  readonly release: string;
  /** The value of a binary outcome that is positive. */
  readonly positive: string | undefined;
}

/** The table's rows as events, in the order of their time. */
export interface InitTable {
  readonly rows: number;
  readonly outcomes: number;
  /** Rows that have no time or no answer and are left out. */
  readonly leftOut: number;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  predictions(): LineCutter;
  outcomesInOrder(): LineCutter;
}

const jsonSettings = {
  default_format: "JSONEachRow",
  date_time_output_format: "iso",
  output_format_json_quote_64bit_integers: 0,
  output_format_json_named_tuples_as_objects: 1,
  max_threads: 1,
};

type Property = InferredContract["schema"][number]["properties"][number];

/** A column's value in the type of its contract field; what does not fit is missing. */
function inputSql({ name, physicalName, logicalType }: Property): string {
  const column = sqlName(physicalName ?? name);
  switch (logicalType) {
    case "integer":
      return `accurateCastOrNull(${column}, 'Int64')`;
    case "number":
      return `accurateCastOrNull(${column}, 'Float64')`;
    case "boolean":
      return `accurateCastOrNull(lower(toString(${column})), 'Bool')`;
    case "timestamp":
      return `parseDateTime64BestEffortOrNull(toString(${column}), 3, 'UTC')`;
    default:
      return `CAST(toString(${column}) AS Nullable(String))`;
  }
}

const inputTypes: Readonly<Record<string, string>> = {
  integer: "Nullable(Int64)",
  number: "Nullable(Float64)",
  boolean: "Nullable(Bool)",
  timestamp: "Nullable(DateTime64(3, 'UTC'))",
};

/** Whether a binary outcome is the positive one; NULL where it is not known. Compared as text, 1, 1.0 and true alike. */
function isPositiveSql(column: string, kind: ColumnFacts["kind"], positive: string): string {
  const text =
    kind === "whole" || kind === "fraction" ? `toString(toFloat64(${column}))` : `lower(toString(${column}))`;
  return `${text} = ${sqlString(positive.toLowerCase())}`;
}

function outcomeSql({ roles, facts, task, positive }: InitOrder): string {
  if (roles.outcome === undefined) return "CAST(NULL AS Nullable(String))";
  const column = sqlName(roles.outcome);
  const kind = facts.find(({ name }) => name === roles.outcome)?.kind ?? "text";
  switch (task.type) {
    case "binary-classification":
      return `if(isNull(${column}), NULL, CAST(${isPositiveSql(column, kind, positive ?? "1")} AS Nullable(Bool)))`;
    case "regression":
      return `if(isFinite(ifNull(toFloat64(${column}), nan)), toFloat64(${column}), NULL)`;
    case "multiclass-classification":
      return `CAST(toString(${column}) AS Nullable(String))`;
  }
}

/** Name and expression of what the model answered. */
function answerSql({ facts, task }: InitOrder): readonly [string, string] {
  const column = sqlName(task.column);
  switch (task.type) {
    case "binary-classification": {
      const kind = facts.find(({ name }) => name === task.column)?.kind;
      return ["probability", kind === "yes-no" ? `toFloat64(toUInt8(${column}))` : `toFloat64(${column})`];
    }
    case "regression":
      return ["value", `toFloat64(${column})`];
    case "multiclass-classification":
      return ["class", `toString(${column})`];
  }
}

/**
 * Puts the rows as they will be sent into a table of the private engine. A row's id is its id column, or a digest of its
 * content and its place among rows with the same content, so that sending the table again counts nothing twice, whatever
 * the order of its rows. Cost: one sort.
 */
export async function createInitTable(order: InitOrder): Promise<InitTable> {
  const { table, roles, contract, timeSql, release } = order;
  const { file, from } = table;
  const properties = (contract.schema[0]?.properties ?? []).filter(
    (property) => property.tags?.includes("outcome") !== true,
  );
  const values = properties.map(inputSql).join(", ");
  const types = properties
    .map(({ name, logicalType }) => `${sqlName(name)} ${inputTypes[logicalType] ?? "Nullable(String)"}`)
    .join(", ");
  const [answerName, answer] = answerSql(order);
  const content = file.columns.map(({ name }) => `toString(${sqlName(name)})`).join(", ");
  const digest = `lower(hex(sipHash128(tuple(${content}))))`;
  const id =
    roles.id === undefined
      ? `concat(homeostat_digest, '-', toString(row_number() OVER (PARTITION BY homeostat_digest)))`
      : `assumeNotNull(toString(${sqlName(roles.id)}))`;
  const event = `SELECT ${id} AS id, homeostat_time AS time, homeostat_answer AS answer, homeostat_outcome AS outcome,
      CAST(tuple(${values}), ${sqlString(`Tuple(${types})`)}) AS inputs
    FROM (SELECT *, ${timeSql} AS homeostat_time, ${answer} AS homeostat_answer, ${outcomeSql(order)} AS homeostat_outcome,
      ${roles.id === undefined ? digest : "''"} AS homeostat_digest FROM ${from})`;
  await file.query(
    `CREATE TABLE homeostat_events ENGINE = MergeTree ORDER BY (time, id) AS
     SELECT assumeNotNull(time) AS time, id, assumeNotNull(answer) AS answer, outcome, inputs FROM (${event})
     WHERE isNotNull(time) AND isNotNull(answer)`,
  );
  const [row = ""] = (
    await file.query(
      "SELECT count(), countIf(isNotNull(outcome)), toUnixTimestamp64Milli(min(time)), toUnixTimestamp64Milli(max(time)) FROM homeostat_events",
    )
  )
    .toString("utf8")
    .split("\n");
  const [rows = 0, outcomes = 0, first = 0, last = 0] = row.split("\t").map(Number);
  const stream = (sql: string): LineCutter => createLineCutter(file.stream(sql, jsonSettings));
  return {
    rows,
    outcomes,
    leftOut: table.rows - rows,
    from: first,
    to: last,
    predictions: () =>
      stream(
        `SELECT id, time, ${sqlString(release)} AS release, inputs, answer AS ${answerName} FROM homeostat_events ORDER BY time, id`,
      ),
    outcomesInOrder: () =>
      stream(
        "SELECT id AS predictionId, time, assumeNotNull(outcome) AS value FROM homeostat_events WHERE isNotNull(outcome) ORDER BY time, id",
      ),
  };
}
