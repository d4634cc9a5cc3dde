import type { Clock } from "../../domain/instant.ts";
import type { EventCounts, EventStore, StoreReceipt } from "../../domain/prediction/event-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import {
  type Column,
  columnDefinitions,
  columnList,
  durableSettings,
  eventTablesOf,
  outcomeStagingColumns,
  predictionColumns,
  referenceColumns,
  stagingColumns,
  stateColumnNames,
  withSegments,
} from "./event-table.ts";

/**
 * Typed event tables in ClickHouse SQL. Storing is idempotent by prediction id: rows land in a staging table, and only
 * ids the event table does not hold yet move on, the first arrival winning. One shipper per system may store at a time
 * (the staging table is its workbench); the caller holds that.
 */
export function createEventStore(client: DataClient, clock: Clock): EventStore {
  return {
    ensureTables: (system) => ensureTables(client, system),
    storePredictions: async (system, ndjson) =>
      noteShipment(client, clock, system.name, "predictions", await storePredictions(client, system, ndjson)),
    storeOutcomes: async (system, ndjson) =>
      noteShipment(client, clock, system.name, "outcomes", await storeOutcomes(client, system, ndjson)),
    counts: (system) => counts(client, system.name),
    frontier: async (system) => {
      const [row] = await client.rows<{ n: string; event: string; received: string }>(
        `SELECT count() AS n, toUnixTimestamp64Milli(max(time)) AS event, toUnixTimestamp64Milli(max(received)) AS received FROM ${eventTablesOf(system.name).predictions}`,
      );
      return row === undefined || Number(row.n) === 0
        ? undefined
        : { eventTime: Number(row.event), receivedAt: Number(row.received) };
    },
  };
}

async function ensureTables(client: DataClient, system: System): Promise<readonly string[]> {
  const tables = eventTablesOf(system.name);
  await client.command(
    `CREATE TABLE IF NOT EXISTS ${tables.predictions} (${columnDefinitions(predictionColumns(system))}, INDEX id_range id TYPE minmax GRANULARITY 1)
     ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (time, id) SETTINGS ${durableSettings}`,
  );
  await client.command(
    `CREATE TABLE IF NOT EXISTS ${tables.reference} (${columnDefinitions(referenceColumns(system))})
     ENGINE = MergeTree PARTITION BY release ORDER BY time SETTINGS ${durableSettings}`,
  );
  const added = [
    ...(await addMissing(client, tables.predictions, predictionColumns(system))),
    ...(await addMissing(client, tables.reference, referenceColumns(system))),
  ];
  await makeWorkbench(client, tables.staging, stagingColumns(system));
  await makeWorkbench(client, tables.outcomeStaging, outcomeStagingColumns);
  return added;
}

/** Staging tables hold one block at a time and nothing across a restart: they follow the declaration by being made anew. */
async function makeWorkbench(client: DataClient, table: string, columns: readonly Column[]): Promise<void> {
  await client.command(`DROP TABLE IF EXISTS ${table}`);
  await client.command(`CREATE TABLE ${table} (${columnDefinitions(columns)}) ENGINE = Memory`);
}

/** Columns follow contract and pipeline: added when new, never dropped. */
async function addMissing(client: DataClient, table: string, columns: readonly Column[]): Promise<readonly string[]> {
  const present = await client.rows<{ name: string }>(
    "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}",
    { table },
  );
  const names = new Set(present.map((row) => row.name));
  const missing = columns.filter((column) => !names.has(column.name));
  for (const column of missing)
    await client.command(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${column.name} ${column.type}`);
  return missing.map((column) => `${table}.${column.name}`);
}

async function storePredictions(
  client: DataClient,
  system: System,
  ndjson: readonly Uint8Array[],
): Promise<StoreReceipt & { readonly rows: number }> {
  const { predictions, staging } = eventTablesOf(system.name);
  await client.command(`TRUNCATE TABLE ${staging}`);
  await client.insertLines(staging, ndjson);
  const known = `SELECT id FROM ${predictions} WHERE id IN (SELECT id FROM ${staging})`;
  const fresh = `(SELECT * FROM ${staging} WHERE id NOT IN (${known}) ORDER BY received LIMIT 1 BY id)`;
  const [before] = await client.rows<{ rows: string; fresh: string; windows: string[] }>(
    `SELECT (SELECT count() FROM ${staging}) AS rows, count() AS fresh,
       groupUniqArray(toString(time - (time % ${system.windows.lengthMs}))) AS windows FROM ${fresh}`,
  );
  const stored = Number(before?.fresh ?? 0);
  if (stored > 0) {
    const columns = predictionColumns(system);
    const times =
      "fromUnixTimestamp64Milli(time, 'UTC') AS event_time, fromUnixTimestamp64Milli(received, 'UTC') AS received_time";
    const shaped = withSegments(system, `(SELECT *, ${times} FROM ${fresh})`, [
      "id",
      "event_time",
      "received_time",
      ...stateColumnNames,
    ]);
    const selected = columns
      .map(({ name }) => (name === "time" ? "event_time" : name === "received" ? "received_time" : name))
      .join(", ");
    await client.command(`INSERT INTO ${predictions} (${columnList(columns)}) SELECT ${selected} FROM (${shaped})`);
  }
  const rows = Number(before?.rows ?? 0);
  return { rows, stored, duplicates: rows - stored, touched: (before?.windows ?? []).map(Number) };
}

async function storeOutcomes(
  client: DataClient,
  system: System,
  ndjson: readonly Uint8Array[],
): Promise<StoreReceipt & { readonly rows: number }> {
  const { predictions, outcomeStaging } = eventTablesOf(system.name);
  const parameters = { system: system.name };
  await client.command(`TRUNCATE TABLE ${outcomeStaging}`);
  await client.insertLines(outcomeStaging, ndjson);
  const known = `SELECT prediction_id, toUnixTimestamp64Milli(time), value FROM outcomes
    WHERE system = {system:String} AND prediction_id IN (SELECT prediction_id FROM ${outcomeStaging})`;
  const fresh = `(SELECT * FROM ${outcomeStaging} WHERE (prediction_id, time, value) NOT IN (${known}) ORDER BY received LIMIT 1 BY prediction_id, time, value)`;
  const [count] = await client.rows<{ rows: string; fresh: string }>(
    `SELECT (SELECT count() FROM ${outcomeStaging}) AS rows, count() AS fresh FROM ${fresh}`,
    parameters,
  );
  const stored = Number(count?.fresh ?? 0);
  const rows = Number(count?.rows ?? 0);
  if (stored === 0) return { rows, stored, duplicates: rows, touched: [] };
  const touched = await client.rows<{ start: string }>(
    `SELECT DISTINCT toUnixTimestamp64Milli(time) - (toUnixTimestamp64Milli(time) % ${system.windows.lengthMs}) AS start
     FROM ${predictions} WHERE id IN (SELECT prediction_id FROM ${fresh})`,
    parameters,
  );
  await client.command(
    `INSERT INTO outcomes SELECT {system:String}, prediction_id, fromUnixTimestamp64Milli(time, 'UTC'), fromUnixTimestamp64Milli(received, 'UTC'), value FROM ${fresh}`,
    parameters,
  );
  return { rows, stored, duplicates: rows - stored, touched: touched.map((row) => Number(row.start)) };
}

async function noteShipment(
  client: DataClient,
  clock: Clock,
  system: string,
  kind: "predictions" | "outcomes",
  receipt: StoreReceipt & { readonly rows: number },
): Promise<StoreReceipt> {
  await client.command(
    "INSERT INTO shipments SELECT {system:String}, {kind:String}, fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {rows:UInt64}, {stored:UInt64}, {duplicates:UInt64}",
    { system, kind, at: clock.now(), rows: receipt.rows, stored: receipt.stored, duplicates: receipt.duplicates },
  );
  return receipt;
}

async function counts(client: DataClient, system: string): Promise<EventCounts> {
  const { predictions } = eventTablesOf(system);
  const known = "SELECT prediction_id FROM outcomes WHERE system = {system:String}";
  const [row] = await client.rows<Record<keyof EventCounts | "predictionDuplicates" | "outcomeDuplicates", string>>(
    `SELECT
       (SELECT count() FROM ${predictions}) AS predictions,
       (SELECT uniqExact(prediction_id) FROM outcomes WHERE system = {system:String}) AS outcomes,
       (SELECT count() FROM ${predictions} WHERE id IN (${known})) AS joined,
       (SELECT sum(duplicates) FROM shipments WHERE system = {system:String} AND kind = 'predictions') AS predictionDuplicates,
       (SELECT sum(duplicates) FROM shipments WHERE system = {system:String} AND kind = 'outcomes') AS outcomeDuplicates`,
    { system },
  );
  const outcomes = Number(row?.outcomes ?? 0);
  const joined = Number(row?.joined ?? 0);
  return {
    predictions: Number(row?.predictions ?? 0),
    outcomes,
    joined,
    outcomesWaiting: outcomes - joined,
    predictionDuplicates: Number(row?.predictionDuplicates ?? 0),
    outcomeDuplicates: Number(row?.outcomeDuplicates ?? 0),
  };
}
