import { contractWindowTable } from "./contract-store.ts";
import type { DataClient } from "./data-client.ts";
import { type Column, columnDefinitions, durableSettings, outcomeKindColumns } from "./event-table.ts";
import { gapTable } from "./gap-log.ts";
import { quarantineTable } from "./quarantine-store.ts";
import { sloCountTable } from "./slo-store.ts";
import { erasedTable } from "./subject-hash.ts";
import { verdictTable } from "./verdict-store.ts";

/** Sums of the tasks beside binary classification; counts of an earlier version have none. */
const addedProfileColumns: readonly Column[] = [
  { name: "labelled", type: "UInt64 DEFAULT positives + negatives" },
  { name: "sums", type: "Array(Float64)" },
];

/** Tables that all systems share: narrow, ordered by system first. */
const statements: readonly string[] = [
  erasedTable,
  verdictTable,
  contractWindowTable,
  quarantineTable,
  gapTable,
  sloCountTable,
  `CREATE TABLE IF NOT EXISTS outcomes (
    system LowCardinality(String), prediction_id String, time DateTime64(3, 'UTC'), received DateTime64(3, 'UTC'), value UInt8,
    ${columnDefinitions(outcomeKindColumns)}
  ) ENGINE = MergeTree ORDER BY (system, prediction_id, time) SETTINGS ${durableSettings}`,
  `CREATE TABLE IF NOT EXISTS profiles (
    system LowCardinality(String), baseline LowCardinality(String), kind Enum8('reference' = 1, 'live' = 2),
    window DateTime64(3, 'UTC'), version UInt32, subject LowCardinality(String), segment LowCardinality(String),
    value LowCardinality(String), bin Int16, rows UInt64, positives UInt64, negatives UInt64, score_sum Float64,
    labelled_score_sum Float64, ${columnDefinitions(addedProfileColumns)}
  ) ENGINE = MergeTree ORDER BY (system, baseline, kind, window, version, subject, segment, value, bin) SETTINGS ${durableSettings}`,
  `CREATE TABLE IF NOT EXISTS shipments (
    system LowCardinality(String), kind LowCardinality(String), at DateTime64(3, 'UTC'), rows UInt64, stored UInt64, duplicates UInt64
  ) ENGINE = MergeTree ORDER BY (system, kind, at) SETTINGS ${durableSettings}`,
  // A table of an earlier version holds boolean labels, which is what the defaults say.
  ...outcomeKindColumns.map(({ name, type }) => `ALTER TABLE outcomes ADD COLUMN IF NOT EXISTS ${name} ${type}`),
  ...addedProfileColumns.map(({ name, type }) => `ALTER TABLE profiles ADD COLUMN IF NOT EXISTS ${name} ${type}`),
];

/** Makes the shared tables where they are missing. Safe to run at every start. */
export async function ensureSharedTables(client: DataClient): Promise<void> {
  for (const statement of statements) await client.command(statement);
}
