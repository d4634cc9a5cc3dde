import type { FieldType } from "../../domain/pipeline/pipeline.ts";
import type {
  LoggedPrediction,
  PredictionLog,
  StateSeen,
  StatesSeen,
  Stretch,
} from "../../domain/prediction/prediction-log.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, outputColumnNames } from "./event-table.ts";

type Row = Readonly<Record<string, unknown>>;
type Value = string | number | boolean | null;

/** Keys with more values than this are counted, not listed. */
const mostValues = 50;

/** Reads single predictions by id (a lookup over the index of ids), and counts the state of many. */
export function createPredictionLog(client: DataClient): PredictionLog {
  return {
    find: async (system, id) => {
      const { predictions } = eventTablesOf(system.name);
      const [row] = await client.rows<Row>(
        `SELECT *, toUnixTimestamp64Milli(time) AS time_ms, toUnixTimestamp64Milli(received) AS received_ms
         FROM ${predictions} WHERE id_key = cityHash64({id:String}) AND id = {id:String} LIMIT 1`,
        { id },
      );
      if (row === undefined) return undefined;
      const outcomes = await client.rows<Row>(
        `SELECT kind, name, unit, type, value, number, text, toUnixTimestamp64Milli(time) AS time_ms,
           toUnixTimestamp64Milli(received) AS received_ms
         FROM outcomes WHERE system = {system:String} AND prediction_id = {id:String} ORDER BY time, received`,
        { system: system.name, id },
      );
      return predictionOf(system, row, outcomes);
    },
    statesSeen: (system, before, after) => statesSeen(client, system, before, after),
  };
}

function predictionOf(system: System, row: Row, outcomes: readonly Row[]): LoggedPrediction {
  const types = new Map(system.pipeline.inputs.map((field) => [`i_${field.name}`, field.type]));
  const numbers = new Set(
    system.pipeline.features.filter((feature) => feature.type === "number").map((feature) => `f_${feature.name}`),
  );
  const text = (name: string): string => String(row[name] ?? "");
  return {
    id: text("id"),
    time: Number(row.time_ms),
    receivedAt: Number(row.received_ms),
    release: text("release"),
    model: text("model"),
    pipeline: text("pipeline"),
    servedBy: text("served_by"),
    environment: text("environment"),
    cohort: text("cohort"),
    caller: text("caller"),
    latencyMs: numberOf(row.latency_ms),
    costUsd: numberOf(row.cost_usd),
    vectorSeen: Number(row.vector_seen) === 1,
    output: Object.fromEntries(outputColumnNames(system).map((name) => [name, row[name] ?? null])),
    inputs: prefixed(row, "i_", (name, value) => inputValue(types.get(name), value)),
    features: prefixed(row, "f_", (name, value) => (numbers.has(name) ? (numberOf(value) ?? null) : plain(value))),
    state: (row.state ?? {}) as Readonly<Record<string, string>>,
    featureAges: (row.feature_ages ?? {}) as Readonly<Record<string, number>>,
    contractVersion: text("contract") || undefined,
    breaches: text("contract") !== "" && Array.isArray(row.breaches) ? row.breaches.map(String) : undefined,
    outcomes: outcomes.map((outcome) => ({
      kind: String(outcome.kind),
      name: String(outcome.name),
      unit: String(outcome.unit),
      value: outcomeValue(outcome),
      time: Number(outcome.time_ms),
      receivedAt: Number(outcome.received_ms),
    })),
  };
}

function outcomeValue({ type, value, number, text }: Row): Value {
  if (type === "number") return Number(number);
  return type === "text" ? String(text) : Number(value) === 1;
}

function prefixed(row: Row, prefix: string, read: (name: string, value: unknown) => Value): Record<string, Value> {
  const names = Object.keys(row).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), read(name, row[name])]));
}

const plain = (value: unknown): Value =>
  value === null || value === undefined
    ? null
    : typeof value === "number" || typeof value === "boolean"
      ? value
      : String(value);

const numberOf = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

/** The engine writes whole numbers of 64 bits as text, and instants without their zone, which is UTC. */
export function inputValue(type: FieldType | undefined, value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (type === "number" || type === "integer") return Number(value);
  if (type === "timestamp") return `${String(value).replace(" ", "T")}Z`;
  return plain(value);
}

/** The columns of the state beside what senders told, under the words that people read. */
const pairs = `arrayConcat(
  [('release', toString(release)), ('model', toString(model)), ('pipeline', toString(pipeline)),
   ('served by', toString(served_by)), ('environment', toString(environment)), ('caller', toString(caller)),
   ('cohort', toString(cohort))],
  arrayMap((key, value) -> (concat('state.', toString(key)), value), mapKeys(state), mapValues(state)))`;

async function statesSeen(client: DataClient, system: System, before: Stretch, after: Stretch): Promise<StatesSeen> {
  const { predictions } = eventTablesOf(system.name);
  const parameters = { from: before.from, middle: before.to, late: after.from, to: after.to };
  const at = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
  const early = `time < ${at("middle")}`;
  const late = `time >= ${at("late")}`;
  const within = `time >= ${at("from")} AND time < ${at("to")}`;
  const source = `(SELECT time, arrayJoin(${pairs}) AS pair FROM ${predictions} WHERE ${within})`;
  const [total] = await client.rows<Row>(
    `SELECT countIf(${early}) AS early, countIf(${late}) AS late FROM ${predictions} WHERE ${within}`,
    parameters,
  );
  const keys = await client.rows<{ key: string; early: string; late: string; distinct: string }>(
    `SELECT pair.1 AS key, uniqIf(pair.2, ${early}) AS early, uniqIf(pair.2, ${late}) AS late, uniq(pair.2) AS distinct
     FROM ${source} GROUP BY key ORDER BY key`,
    parameters,
  );
  const few = keys.filter((row) => Number(row.distinct) <= mostValues).map((row) => row.key);
  const values = await client.rows<{ key: string; value: string; early: string; late: string; first: string }>(
    `SELECT pair.1 AS key, pair.2 AS value, countIf(${early}) AS early, countIf(${late}) AS late,
       toUnixTimestamp64Milli(min(time)) AS first
     FROM ${source} WHERE pair.1 IN {few:Array(String)} GROUP BY key, value ORDER BY key, value`,
    { ...parameters, few },
  );
  return {
    rowsBefore: Number(total?.early ?? 0),
    rowsAfter: Number(total?.late ?? 0),
    values: values.map(
      (row): StateSeen => ({
        key: row.key,
        value: row.value,
        before: Number(row.early),
        after: Number(row.late),
        first: Number(row.first),
      }),
    ),
    many: keys
      .filter((row) => !few.includes(row.key))
      .map((row) => ({ key: row.key, before: Number(row.early), after: Number(row.late) })),
  };
}
