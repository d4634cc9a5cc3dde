import { columnTypeOf, type Feature } from "../../domain/pipeline/pipeline.ts";
import type { System } from "../../domain/system/system.ts";

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
  { name: "probability", type: "Float64" },
  { name: "vector_seen", type: "UInt8" },
];

export const stateColumnNames: readonly string[] = stateColumns.map((column) => column.name);

export function predictionColumns(system: System): readonly Column[] {
  return [
    { name: "id", type: "String" },
    { name: "time", type: "DateTime64(3, 'UTC')" },
    { name: "received", type: "DateTime64(3, 'UTC')" },
    ...stateColumns,
    ...inputColumns(system),
    ...featureColumns(system),
    ...segmentColumns(system),
  ];
}

/** Rows as they leave the spool: times in milliseconds, no segments yet. */
export function stagingColumns(system: System): readonly Column[] {
  return [
    { name: "id", type: "String" },
    { name: "time", type: "Int64" },
    { name: "received", type: "Int64" },
    ...stateColumns,
    ...inputColumns(system),
    ...featureColumns(system),
  ];
}

export const outcomeStagingColumns: readonly Column[] = [
  { name: "prediction_id", type: "String" },
  { name: "time", type: "Int64" },
  { name: "received", type: "Int64" },
  { name: "value", type: "UInt8" },
];

export function referenceColumns(system: System): readonly Column[] {
  return [
    { name: "release", type: "LowCardinality(String)" },
    { name: "time", type: "DateTime64(3, 'UTC')" },
    { name: "probability", type: "Float64" },
    { name: "scored", type: "UInt8" },
    { name: "outcome", type: "Nullable(UInt8)" },
    ...inputColumns(system),
    ...featureColumns(system),
    ...segmentColumns(system),
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

/**
 * The outcome that counts of each prediction in the answer of `ids`: the one with the latest time, then the latest
 * arrival; of two that contradict each other in the same batch with the same time, the positive one. Nullable, so that
 * a left join gives NULL where there is none.
 */
export function latestOutcomes(ids: string): string {
  // In the order of the table, which costs half of grouping with `argMax`.
  return `SELECT prediction_id, toNullable(value) AS outcome FROM outcomes WHERE system = {system:String} AND prediction_id IN (${ids})
    ORDER BY prediction_id, time DESC, received DESC, value DESC LIMIT 1 BY prediction_id`;
}

/**
 * A derived table that adds to raw rows the vector (computed from the inputs where the sender did not tell it) and the
 * value of every segment. Each level gives names to the next, so that a feature may have the name of an input.
 * `source` must have the columns `i_*`, `f_*` and `vector_seen`; other columns pass through as `passed`.
 */
export function withSegments(system: System, source: string, passed: readonly string[]): string {
  const inputs = system.pipeline.inputs.map((field) => field.name);
  const features = system.pipeline.features;
  const featureNames = new Set(features.map((feature) => feature.name));
  const kept = [...passed, ...inputs.map((name) => `i_${name}`)];
  const scoped = `SELECT *, ${inputs.map((name) => `i_${name} AS ${name}`).join(", ")} FROM ${source}`;
  const vectors = `SELECT ${[...kept, ...features.map((feature) => `${vectorValue(feature)} AS v_${feature.name}`)].join(", ")} FROM (${scoped})`;
  const scope = [
    ...features.map((feature) => `v_${feature.name} AS ${feature.name}`),
    ...inputs.filter((name) => !featureNames.has(name)).map((name) => `i_${name} AS ${name}`),
  ];
  const named = `SELECT *, ${scope.join(", ")} FROM (${vectors})`;
  const segments = system.segments.map(
    (segment) => `ifNull(toString(${segment.expression}), '(null)') AS s_${segment.name}`,
  );
  return `SELECT ${[...kept, ...features.map((feature) => `v_${feature.name} AS f_${feature.name}`), ...segments].join(", ")} FROM (${named})`;
}

/** Infinities and NaN are missing values, in training as in serving. */
export function featureValue(feature: Feature): string {
  if (feature.type === "category") return `CAST((${feature.expression}) AS Nullable(String))`;
  const number = `CAST((${feature.expression}) AS Nullable(Float64))`;
  return `if(isFinite(${number}), ${number}, NULL)`;
}

function vectorValue(feature: Feature): string {
  return `if(vector_seen = 1, CAST(f_${feature.name} AS ${feature.type === "category" ? "Nullable(String)" : "Nullable(Float64)"}), ${featureValue(feature)})`;
}
