import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import type { OpenedFile } from "../private-engine.ts";
import { UsageError } from "../usage-error.ts";
import { createLineCutter, type LineCutter } from "./cut-lines.ts";
import { type Fault, faultSqlOf } from "./fault.ts";
import type { Assignment } from "./parse-assignments.ts";

/** What of a file is replayed, in the words of the command line. */
export interface ReplayOrder {
  /** ISO 8601, inclusive and exclusive. */
  readonly since: string;
  readonly until: string;
  readonly timeColumn: string;
  readonly inputs: readonly Assignment[];
  readonly outcome: string;
  /** When an outcome was known; the time of the event when absent. */
  readonly outcomeTime: string | undefined;
  /** Absent: the day and the row's place in it. */
  readonly id: string | undefined;
  readonly fault: Fault;
  readonly batchRows: number;
  /** What the system predicts: it decides what an outcome is. */
  readonly task: TaskType;
  /** For predictions made elsewhere: the release that made them, and the expressions that hold its answers. */
  readonly elsewhere: Elsewhere | undefined;
}

export type TaskType = "binary-classification" | "regression" | "multiclass-classification";

interface Elsewhere {
  readonly release: string;
  readonly outputs: readonly {
    readonly name: "probability" | "value" | "class" | "confidence";
    readonly expression: string;
  }[];
}

/** One batch of predictions, and the outcomes known by its end. */
export interface Slice {
  readonly rows: number;
  readonly outcomes: number;
  /** Event time of its last row, milliseconds. */
  readonly lastTime: number;
  /** Rows in it that the fault touches. */
  readonly touched: number;
  readonly firstTouchedTime: number | undefined;
}

/** The rows of a replay in the order of their event time, ready to be sent. */
export interface ReplayTable {
  readonly rows: number;
  readonly outcomes: number;
  /** Outcomes that are known after the last row. */
  readonly lateOutcomes: number;
  /** Rows of the file that have no time and are left out. */
  readonly untimed: number;
  readonly slices: readonly Slice[];
  /** Lines of JSON as the API takes them, in order. */
  predictions(): LineCutter;
  /** The same, in the order in which outcomes became known. */
  outcomesInOrder(): LineCutter;
}

const jsonSettings = {
  default_format: "JSONEachRow",
  date_time_output_format: "iso",
  output_format_json_quote_64bit_integers: 0,
  output_format_json_named_tuples_as_objects: 1,
  // One thread keeps the order without a sort and leaves the other core to the server.
  max_threads: 1,
};

/**
 * Reads the rows of an order once into tables of the private engine, in the order of their event time. Identical files
 * and orders give identical ids, whatever the fault and wherever the replay begins: a row's number is its place in its
 * day, ties in time settled by all its columns.
 *
 * Cost: one sort of the span (1.5 million rows of 5 columns: about 2 s, 150 MB on disk).
 * @throws UsageError where an expression is not one, or does not fit its purpose.
 */
export async function createReplayTable(file: OpenedFile, order: ReplayOrder): Promise<ReplayTable> {
  const untimed = await loadRows(file, order);
  await file.query(
    `CREATE TABLE replay_outcomes ENGINE = MergeTree ORDER BY (time, predictionId) AS
     SELECT id AS predictionId, outcome_time AS time, assumeNotNull(outcome) AS value
     FROM replay_rows WHERE isNotNull(outcome)`,
  );
  const slices = await readSlices(file, order.batchRows);
  const total = (count: (slice: Slice) => number): number => slices.reduce((sum, slice) => sum + count(slice), 0);
  const outcomes = Number(await file.query("SELECT count() FROM replay_outcomes"));
  const outputs = outputNames(order).map((name) => `, ${name}`);
  const columns = order.elsewhere === undefined ? "id, time, inputs" : `id, time, release, inputs${outputs.join("")}`;
  const stream = (sql: string): LineCutter => createLineCutter(file.stream(sql, jsonSettings));
  return {
    rows: total((slice) => slice.rows),
    outcomes,
    lateOutcomes: outcomes - total((slice) => slice.outcomes),
    untimed,
    slices,
    predictions: () => stream(`SELECT ${columns} FROM replay_rows ORDER BY number`),
    outcomesInOrder: () => stream("SELECT predictionId, time, value FROM replay_outcomes ORDER BY time, predictionId"),
  };
}

const outputNames = ({ elsewhere }: ReplayOrder): readonly string[] => elsewhere?.outputs.map(({ name }) => name) ?? [];

/** Fills `replay_rows`. Answers the number of rows without a time. */
async function loadRows(file: OpenedFile, order: ReplayOrder): Promise<number> {
  const time = `toDateTime64(${sqlName(order.timeColumn)}, 3, 'UTC')`;
  const since = instantSql(order.since);
  const fault = faultSqlOf(order.fault, file.columns, order.timeColumn);
  const inputs = await inputsSql(file, order.inputs);
  const outcome = await outcomeSql(file, order);
  const elsewhere = await elsewhereSql(file, order);
  const replace =
    fault === undefined
      ? ""
      : ` REPLACE (if(homeostat_touched, ${fault.value}, ${sqlName(fault.column)}) AS ${sqlName(fault.column)})`;
  // Whole days are numbered, so that a row has the same number wherever the replay begins.
  const timed = `SELECT *, assumeNotNull(${time}) AS homeostat_time FROM ${file.source}
    WHERE isNotNull(${time}) AND ${time} >= toStartOfDay(${since}) AND ${time} < ${instantSql(order.until)}`;
  const everyColumn = file.columns.map(({ name }) => sqlName(name)).join(", ");
  const numbered = `SELECT *,
      row_number() OVER (ORDER BY homeostat_time, ${everyColumn}) AS homeostat_number,
      row_number() OVER (PARTITION BY toDate(homeostat_time) ORDER BY homeostat_time, ${everyColumn}) AS homeostat_place
    FROM (${timed})`;
  const judged = `SELECT *, ${outcome}, ${await idSql(file, order)} AS homeostat_id, ${elsewhere}
      ${fault?.touches ?? "0"} AS homeostat_touched
    FROM (${numbered}) WHERE homeostat_time >= ${since}`;
  const columns = [
    "homeostat_number AS number",
    "homeostat_id AS id",
    "homeostat_time AS time",
    `${inputs} AS inputs`,
    "homeostat_outcome AS outcome",
    "homeostat_outcome_time AS outcome_time",
    "homeostat_touched AS touched",
    ...(order.elsewhere === undefined ? [] : ["homeostat_release AS release"]),
    ...outputNames(order).map((name) => `homeostat_${name} AS ${name}`),
  ];
  await file.query(
    `CREATE TABLE replay_rows ENGINE = MergeTree ORDER BY number AS
     SELECT ${columns.join(", ")} FROM (SELECT *${replace} FROM (${judged}))
     SETTINGS prefer_column_name_to_alias = 1`,
  );
  return Number(await file.query(`SELECT countIf(isNull(${sqlName(order.timeColumn)})) FROM ${file.source}`));
}

const instantSql = (iso: string): string =>
  `toDateTime64(${sqlString(iso.replace("T", " ").replace("Z", ""))}, 3, 'UTC')`;

/** The inputs as one named tuple, which the engine writes as a JSON object. */
async function inputsSql(file: OpenedFile, inputs: readonly Assignment[]): Promise<string> {
  const checked = await Promise.all(
    inputs.map(async ({ name, expression }) => ({
      name,
      ...(await file.check(expression, `--inputs, field ${name}`)),
    })),
  );
  const values = checked.map(({ expression, resultType }) =>
    isTime(resultType) ? timeSql(expression) : `(${expression})`,
  );
  const types = checked.map(
    ({ name, resultType }) => `${sqlName(name)} ${isTime(resultType) ? nullableTime : nullable(resultType)}`,
  );
  return `CAST(tuple(${values.join(", ")}), ${sqlString(`Tuple(${types.join(", ")})`)})`;
}

const isTime = (type: string): boolean => /DateTime/.test(type);
const nullableTime = "Nullable(DateTime64(3, 'UTC'))";
const timeSql = (expression: string): string => `toDateTime64(${expression}, 3, 'UTC')`;

function nullable(type: string): string {
  const plain = /^LowCardinality\((.*)\)$/.exec(type)?.[1] ?? type;
  return plain.startsWith("Nullable(") ? plain : `Nullable(${plain})`;
}

async function outcomeSql(file: OpenedFile, order: ReplayOrder): Promise<string> {
  const value = `${await labelSql(file, order)} AS homeostat_outcome`;
  if (order.outcomeTime === undefined) return `${value}, homeostat_time AS homeostat_outcome_time`;
  const known = await file.check(order.outcomeTime, "--outcome-time");
  if (!/Date/.test(known.resultType)) {
    throw new UsageError(
      `--outcome-time gives ${known.resultType}`,
      'It must be a time, e.g. "date + toIntervalHour(3)".',
    );
  }
  return `${value}, ifNull(${timeSql(`(${known.expression})`)}, homeostat_time) AS homeostat_outcome_time`;
}

/** The label in the type that the task asks for; NULL where there is none. */
async function labelSql(file: OpenedFile, { outcome, task }: ReplayOrder): Promise<string> {
  const { expression, resultType } = await file.check(outcome, "--outcome");
  switch (task) {
    case "binary-classification":
      if (!/^(Nullable\()?(U?Int8|Bool)\)?$/.test(resultType))
        throw new UsageError(`--outcome gives ${resultType}`, 'It must be a condition, e.g. "delay > 15".');
      return `CAST(${expression}, 'Nullable(Bool)')`;
    case "regression":
      if (!isNumber(resultType)) throw new UsageError(`--outcome gives ${resultType}`, "It must be a number.");
      return finiteSql(expression);
    case "multiclass-classification":
      return textSql(expression);
  }
}

const isNumber = (type: string): boolean => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type);
const textSql = (expression: string): string => `CAST(toString(${expression}), 'Nullable(String)')`;
/** Tables say with not-a-number that a number is missing. */
const finiteSql = (expression: string): string =>
  `if(isFinite(toFloat64(${expression})), CAST(toFloat64(${expression}), 'Nullable(Float64)'), NULL)`;

async function idSql(file: OpenedFile, order: ReplayOrder): Promise<string> {
  if (order.id === undefined)
    return "concat(toString(toDate(homeostat_time)), '-', leftPad(toString(homeostat_place), 6, '0'))";
  return `assumeNotNull(toString(${(await file.check(order.id, "--id")).expression}))`;
}

async function elsewhereSql(file: OpenedFile, { elsewhere }: ReplayOrder): Promise<string> {
  if (elsewhere === undefined) return "";
  const columns = [`${sqlString(elsewhere.release)} AS homeostat_release`];
  for (const { name, expression } of elsewhere.outputs) {
    const checked = await file.check(expression, `--${name}`);
    if (name !== "class" && !isNumber(checked.resultType))
      throw new UsageError(`--${name} gives ${checked.resultType}`, "It must be a number.");
    const sql = name === "class" ? textSql(checked.expression) : finiteSql(checked.expression);
    columns.push(`${sql} AS homeostat_${name}`);
  }
  return `${columns.join(", ")},`;
}

async function readSlices(file: OpenedFile, batchRows: number): Promise<readonly Slice[]> {
  const answer = await file.query(
    `WITH slices AS (
       SELECT intDiv(number - (SELECT min(number) FROM replay_rows), ${batchRows}) AS slice, count() AS rows,
         max(time) AS last, countIf(touched) AS touched_rows, minIf(time, touched) AS first_touched, 1 AS one
       FROM replay_rows GROUP BY slice
     ), known AS (
       SELECT slices.slice AS slice, count() AS outcomes
       FROM (SELECT time, 1 AS one FROM replay_outcomes) AS outcome
       ASOF INNER JOIN slices ON outcome.one = slices.one AND outcome.time <= slices.last
       GROUP BY slice
     )
     SELECT slices.rows AS rows, known.outcomes AS outcomes, toUnixTimestamp64Milli(slices.last) AS lastTime,
       slices.touched_rows AS touched, toUnixTimestamp64Milli(slices.first_touched) AS firstTouchedTime
     FROM slices LEFT JOIN known ON slices.slice = known.slice ORDER BY slices.slice`,
    { default_format: "JSONEachRow", output_format_json_quote_64bit_integers: 0 },
  );
  return answer
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const slice = JSON.parse(line) as Slice;
      return { ...slice, firstTouchedTime: slice.touched > 0 ? slice.firstTouchedTime : undefined };
    });
}
