import { columnTypeOf, type Feature } from "../../domain/pipeline/pipeline.ts";
import type { System } from "../../domain/system/system.ts";
import type { Task } from "../../domain/system/task.ts";

/**
 * The typed tables of one system. System names hold letters, digits and `-`, never `_`, so the mapping to table names
 * is one to one. Field, feature and segment names are checked at the door; the prefixes keep them apart.
 */
export interface EventTables {
  readonly predictions: string;
  readonly reference: string;
  readonly staging: string;
  readonly outcomeStaging: string;
}

export function eventTablesOf(system: string): EventTables {
  const stem = system.replaceAll("-", "_");
  return {
    predictions: `predictions_${stem}`,
    reference: `reference_${stem}`,
    staging: `staging_${stem}`,
    outcomeStaging: `staging_outcomes_${stem}`,
  };
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

function featureColumnType(type: Feature["type"]): string {
  return type === "number" ? "Nullable(Float64)" : "LowCardinality(Nullable(String))";
}

const inputColumns = (system: System): Column[] =>
  system.pipeline.inputs.map((field) => ({ name: `i_${field.name}`, type: columnTypeOf(field.type) }));
const featureColumns = (system: System): Column[] =>
  system.pipeline.features.map((feature) => ({ name: `f_${feature.name}`, type: featureColumnType(feature.type) }));
const segmentColumns = (system: System): Column[] =>
  system.segments.map((segment) => ({ name: `s_${segment.name}`, type: "LowCardinality(String)" }));

/** Seconds by feature. */
const featureAgesColumn: Column = { name: "feature_ages", type: "Map(LowCardinality(String), Float64)" };

/** Columns every prediction has, whatever the system. */
const stateColumns: readonly Column[] = [
  { name: "release", type: "LowCardinality(String)" },
  { name: "model", type: "LowCardinality(String)" },
  { name: "pipeline", type: "LowCardinality(String)" },
  { name: "served_by", type: "LowCardinality(String)" },
  { name: "environment", type: "LowCardinality(String)" },
  { name: "cohort", type: "LowCardinality(String)" },
  { name: "caller", type: "LowCardinality(String)" },
  { name: "latency_ms", type: "Nullable(Float32)" },
  { name: "vector_seen", type: "UInt8" },
  { name: "state", type: "Map(LowCardinality(String), String)" },
  { name: "cost_usd", type: "Nullable(Float64)" },
  featureAgesColumn,
];

/** What the model said, in the shape of the task. A system keeps its task, so its tables have these and no others. */
const outputColumns: Readonly<Record<Task["type"], readonly Column[]>> = {
  "binary-classification": [{ name: "probability", type: "Float64" }],
  regression: [{ name: "value", type: "Nullable(Float64)" }],
  "multiclass-classification": [
    { name: "class", type: "LowCardinality(Nullable(String))" },
    { name: "confidence", type: "Nullable(Float64)" },
    { name: "class_probabilities", type: "Map(LowCardinality(String), Float64)" },
  ],
};

export function outputColumnNames(system: System): readonly string[] {
  return outputColumns[system.task.type].map((column) => column.name);
}

/** Column of the label in answers and in references, by task. */
export const labelTypes: Readonly<Record<Task["type"], string>> = {
  "binary-classification": "Nullable(UInt8)",
  regression: "Nullable(Float64)",
  "multiclass-classification": "LowCardinality(Nullable(String))",
};

const stateColumnsOf = (system: System): readonly Column[] => [...stateColumns, ...outputColumns[system.task.type]];

export function stateColumnNames(system: System): readonly string[] {
  return stateColumnsOf(system).map((column) => column.name);
}

/** What storing adds to a row: the rules of the contract that it breaks, the version they stand in, and when it was stored. */
const intakeColumns: readonly Column[] = [
  { name: "breaches", type: "Array(LowCardinality(String))" },
  { name: "contract", type: "LowCardinality(String)" },
  { name: "stored", type: "DateTime64(3, 'UTC')" },
];

export function predictionColumns(system: System): readonly Column[] {
  return [
    { name: "id", type: "String" },
    { name: "time", type: "DateTime64(3, 'UTC')" },
    { name: "received", type: "DateTime64(3, 'UTC')" },
    ...stateColumnsOf(system),
    ...inputColumns(system),
    ...featureColumns(system),
    ...segmentColumns(system),
    ...intakeColumns,
  ];
}

/** Rows as they leave the spool: times in milliseconds, no segments yet. */
export function stagingColumns(system: System): readonly Column[] {
  return [
    { name: "id", type: "String" },
    { name: "time", type: "Int64" },
    { name: "received", type: "Int64" },
    ...stateColumnsOf(system),
    ...inputColumns(system),
    ...featureColumns(system),
  ];
}

/** What an outcome is beside its prediction, its times and a boolean value. A value stands in the column that `type` names. */
export const outcomeKindColumns: readonly Column[] = [
  { name: "kind", type: "LowCardinality(String) DEFAULT 'label'" },
  { name: "name", type: "LowCardinality(String)" },
  { name: "unit", type: "LowCardinality(String)" },
  { name: "type", type: "LowCardinality(String) DEFAULT 'boolean'" },
  { name: "number", type: "Float64" },
  { name: "text", type: "String" },
];

export const outcomeStagingColumns: readonly Column[] = [
  { name: "prediction_id", type: "String" },
  { name: "time", type: "Int64" },
  { name: "received", type: "Int64" },
  { name: "value", type: "UInt8" },
  ...outcomeKindColumns,
];

/** How a row was served, as references keep it. References made of a dataset, which nobody served, have none. */
export const servedColumns: readonly Column[] = [
  { name: "latency_ms", type: "Nullable(Float32)" },
  { name: "served_by", type: "LowCardinality(String)" },
  { name: "cost_usd", type: "Nullable(Float64)" },
  { name: "status", type: "LowCardinality(String)" },
  featureAgesColumn,
];

/** What a sender said of how a prediction was made: `ok`, `degraded` or `error`, under this key of its state. */
export const statusOfState = "state['status']";

export function referenceColumns(system: System): readonly Column[] {
  return [
    { name: "release", type: "LowCardinality(String)" },
    { name: "time", type: "DateTime64(3, 'UTC')" },
    ...outputColumns[system.task.type],
    { name: "scored", type: "UInt8" },
    { name: "outcome", type: labelTypes[system.task.type] },
    ...inputColumns(system),
    ...featureColumns(system),
    ...segmentColumns(system),
    ...servedColumns,
  ];
}

export function columnList(columns: readonly Column[]): string {
  return columns.map((column) => column.name).join(", ");
}

export function columnDefinitions(columns: readonly Column[]): string {
  return columns.map((column) => `${column.name} ${column.type}`).join(", ");
}

/**
 * Survives SIGKILL and power loss once acknowledged: the part and its directory are on disk before the insert answers.
 * The engine's own de-duplication of blocks stays off: ids decide, and counts that were deleted must be insertable again.
 */
export const durableSettings = "fsync_after_insert = 1, fsync_part_directory = 1";

/**
 * Eight bytes that stand for an id when it is looked up: scanned several times faster than ids, and narrow enough for a
 * bloom filter per granule, so that a small block never reads the whole table. Hits are compared by id as well.
 */
export const idKeyColumn: Column = { name: "id_key", type: "UInt64 MATERIALIZED cityHash64(id)" };
export const idKeyIndex = "INDEX id_key_bloom id_key TYPE bloom_filter(0.001) GRANULARITY 1";

/** Condition for rows of the predictions table whose id is in the answer of `ids`, a statement with one column. */
export function idIn(ids: string): string {
  return `id_key IN (SELECT cityHash64(*) FROM (${ids})) AND id IN (${ids})`;
}

/** Start of the window an instant in milliseconds falls in; rounded down, before 1970 too. The twin of `windowOf`. */
export function windowStartOf(milliseconds: string, lengthMs: number): string {
  return `${milliseconds} - positiveModulo(${milliseconds}, ${lengthMs})`;
}

/** The column that holds a label of the task, and the type under which such a label is kept. */
const labelValues: Readonly<Record<Task["type"], { readonly column: string; readonly type: string }>> = {
  "binary-classification": { column: "value", type: "boolean" },
  regression: { column: "number", type: "number" },
  "multiclass-classification": { column: "text", type: "text" },
};

/** The latest time, then the latest arrival; of two that contradict each other in one batch with one time, the greater. */
export const latestFirst = "time DESC, received DESC, type DESC, value DESC, number DESC, text DESC";

/**
 * The label that counts of each prediction in the answer of `ids`. Nullable, so that a left join gives NULL where there is
 * none. `among` is a condition on the outcomes that may count.
 */
export function latestLabels(system: System, ids: string, among = "1"): string {
  const { column, type } = labelValues[system.task.type];
  // In the order of the table, which costs half of grouping with `argMax`.
  return `SELECT prediction_id, toNullable(${column}) AS outcome FROM outcomes
    WHERE system = {system:String} AND kind = 'label' AND type = '${type}' AND ${among} AND prediction_id IN (${ids})
    ORDER BY prediction_id, ${latestFirst} LIMIT 1 BY prediction_id`;
}

/**
 * A derived table that adds to raw rows the vector (computed from the inputs where the sender did not tell it) and the
 * value of every segment. Each level gives names to the next, so that a feature may have the name of an input.
 * `source` must have the columns `i_*`, `f_*` and `vector_seen`; other columns pass through as `passed`, under names
 * that no field can have (capitals), so that an input called `class` or `release` is not taken for the column.
 */
export function withSegments(system: System, source: string, passed: readonly string[]): string {
  const inputs = system.pipeline.inputs.map((field) => field.name);
  const features = system.pipeline.features;
  const featureNames = new Set(features.map((feature) => feature.name));
  const guarded = `SELECT *, ${[...passed, "vector_seen"].map((name) => `${name} AS K_${name}`).join(", ")} FROM ${source}`;
  const kept = [...passed.map((name) => `K_${name}`), ...inputs.map((name) => `i_${name}`)];
  const scoped = `SELECT *, ${inputs.map((name) => `i_${name} AS ${name}`).join(", ")} FROM (${guarded})`;
  const vectors = `SELECT ${[...kept, ...features.map((feature) => `${vectorValue(feature)} AS v_${feature.name}`)].join(", ")} FROM (${scoped})`;
  const scope = [
    ...features.map((feature) => `v_${feature.name} AS ${feature.name}`),
    ...inputs.filter((name) => !featureNames.has(name)).map((name) => `i_${name} AS ${name}`),
  ];
  const named = `SELECT *, ${scope.join(", ")} FROM (${vectors})`;
  const segments = system.segments.map(
    (segment) => `ifNull(toString(${segment.expression}), '(null)') AS s_${segment.name}`,
  );
  const shaped = `SELECT ${[...kept, ...features.map((feature) => `v_${feature.name} AS f_${feature.name}`), ...segments].join(", ")} FROM (${named})`;
  return `SELECT * EXCEPT (${passed.map((name) => `K_${name}`).join(", ")}), ${passed.map((name) => `K_${name} AS ${name}`).join(", ")} FROM (${shaped})`;
}

/** Infinities and NaN are missing values, in training as in serving. */
export function featureValue(feature: Feature): string {
  if (feature.type === "category") return `CAST((${feature.expression}) AS Nullable(String))`;
  const number = `CAST((${feature.expression}) AS Nullable(Float64))`;
  return `if(isFinite(${number}), ${number}, NULL)`;
}

function vectorValue(feature: Feature): string {
  return `if(K_vector_seen = 1, CAST(f_${feature.name} AS ${feature.type === "category" ? "Nullable(String)" : "Nullable(Float64)"}), ${featureValue(feature)})`;
}
