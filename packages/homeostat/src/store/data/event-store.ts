import { marksSql, parameterBinder } from "../../contract/rule-sql.ts";
import { liveRules } from "../../domain/contract/live-rules.ts";
import { Fault } from "../../domain/fault.ts";
import type { Clock } from "../../domain/instant.ts";
import { columnTypeOf } from "../../domain/pipeline/pipeline.ts";
import type { EventCounts, EventStore, StoreReceipt, TypeConflict } from "../../domain/prediction/event-store.ts";
import type { System } from "../../domain/system/system.ts";
import { eventScope } from "./contract-scope.ts";
import type { DataClient } from "./data-client.ts";
import { erasedAmong } from "./erased-among.ts";
import {
  type Column,
  columnDefinitions,
  columnList,
  durableSettings,
  eventTablesOf,
  idIn,
  idKeyColumn,
  idKeyIndex,
  outcomeStagingColumns,
  outputColumnNames,
  predictionColumns,
  referenceColumns,
  stagingColumns,
  stateColumnNames,
  windowStartOf,
  withSegments,
} from "./event-table.ts";
import { requireStaged } from "./require-staged.ts";
import { type FileDoor, fileLines, type StageRows, stageFile, stageRecords } from "./stage-rows.ts";
import type { SubjectHash } from "./subject-hash.ts";

/**
 * Typed event tables in ClickHouse SQL. Storing is idempotent by prediction id: rows land in a staging table, and only
 * ids the event table does not hold yet move on, the first arrival winning. One shipper per system may store at a time
 * (the staging table is its workbench); the caller holds that.
 */
export function createEventStore(client: DataClient, clock: Clock, door: FileDoor, hash: SubjectHash): EventStore {
  return {
    ensureTables: (system) => ensureTables(client, system),
    typeConflicts: (system) => typeConflicts(client, system),
    storePredictions: async (system, records) =>
      noteShipment(
        client,
        clock,
        system.name,
        "predictions",
        await refusing(() => storePredictions(client, clock, hash, system, stageRecords(records))),
      ),
    storeOutcomes: async (system, records) =>
      noteShipment(
        client,
        clock,
        system.name,
        "outcomes",
        await refusing(() => storeOutcomes(client, hash, system, stageRecords(records))),
      ),
    storeFile: async (system, file) => {
      const stage = stageFile(door, system, file);
      const receipt = await refusing(
        () =>
          file.stream === "outcomes"
            ? storeOutcomes(client, hash, system, stage)
            : storePredictions(client, clock, hash, system, stage),
        fileRefusalCodes,
      );
      return noteShipment(client, clock, system.name, file.stream, receipt);
    },
    linesOfFile: (system, file) =>
      fileLines(door, system, file, file.stream === "outcomes" ? outcomeStagingColumns : stagingColumns(system)),
    counts: (system) => counts(client, system.name),
    shipped: async () => {
      const rows = await client.rows<{ system: string; kind: string; stored: string; duplicates: string }>(
        "SELECT system, kind, sum(stored) AS stored, sum(duplicates) AS duplicates FROM shipments GROUP BY system, kind ORDER BY system, kind",
      );
      return rows.map((row) => ({ ...row, stored: Number(row.stored), duplicates: Number(row.duplicates) }));
    },
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

/**
 * Codes with which the engine says that a value cannot be stored or computed with: sending it again will not help. All
 * others (a table is missing, the disk is full, too many parts) are about the engine and not about the rows.
 */
const refusalCodes: ReadonlySet<unknown> = new Set([
  6, 25, 26, 27, 33, 34, 38, 41, 53, 69, 70, 72, 117, 131, 153, 321, 349, 407, 441, 467, 675, 676,
]);

/** A file whose rows are more than memory holds at once is stored piece by piece. */
const fileRefusalCodes: ReadonlySet<unknown> = new Set([...refusalCodes, 241]);

async function refusing<T>(store: () => Promise<T>, codes = refusalCodes): Promise<T> {
  try {
    return await store();
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== "engine-query-failed") throw thrown;
    if (!codes.has(thrown.detail.code)) throw thrown;
    throw new Fault("rows-refused", { reason: String(thrown.detail.reason) }, thrown);
  }
}

async function ensureTables(client: DataClient, system: System): Promise<readonly string[]> {
  const tables = eventTablesOf(system.name);
  await client.command(
    `CREATE TABLE IF NOT EXISTS ${tables.predictions} (${columnDefinitions([...predictionColumns(system), idKeyColumn])}, ${idKeyIndex})
     ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (time, id) SETTINGS ${durableSettings}`,
  );
  await client.command(
    `CREATE TABLE IF NOT EXISTS ${tables.reference} (${columnDefinitions(referenceColumns(system))})
     ENGINE = MergeTree PARTITION BY release ORDER BY time SETTINGS ${durableSettings}`,
  );
  const added = [
    ...(await addMissing(client, tables.predictions, [...predictionColumns(system), idKeyColumn])),
    ...(await addMissing(client, tables.reference, referenceColumns(system))),
  ];
  await makeWorkbench(client, tables.staging, [...stagingColumns(system), ...(await earlierFeatures(client, system))]);
  await makeWorkbench(client, tables.outcomeStaging, outcomeStagingColumns);
  return added;
}

/**
 * Features of pipelines declared earlier: a release that is still live was trained on them, so rows that it answered
 * keep filling their columns.
 */
async function earlierFeatures(client: DataClient, system: System): Promise<readonly Column[]> {
  const declared = new Set(predictionColumns(system).map((column) => column.name));
  const present = await client.rows<Column>(
    "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND startsWith(name, 'f_') ORDER BY name",
    { table: eventTablesOf(system.name).predictions },
  );
  return present.filter((column) => !declared.has(column.name));
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

/** Input columns of the event table whose type is not the declared one. */
async function typeConflicts(client: DataClient, system: System): Promise<readonly TypeConflict[]> {
  const present = await client.rows<Column>(
    "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND startsWith(name, 'i_')",
    { table: eventTablesOf(system.name).predictions },
  );
  const types = new Map(present.map((column) => [column.name, column.type]));
  return system.pipeline.inputs.flatMap(({ name, type }) => {
    const stored = types.get(`i_${name}`);
    const declared = columnTypeOf(type);
    return stored === undefined || stored === declared ? [] : [{ field: name, stored, declared }];
  });
}

/** Known ids up to this many travel back as a parameter; with more, the statement looks them up again. */
const knownLimit = 10_000;
/** With more ids every granule may hold one of them: asking its bloom filter for each costs more than reading the hashes. */
const bloomRows = 2_000;

/** Whether the event table holds the hash of any staged id. One pass over eight bytes a row; texts are compared only then. */
async function holdsSome(client: DataClient, system: System): Promise<boolean> {
  const { predictions, staging } = eventTablesOf(system.name);
  const found = await client.rows(
    `SELECT 1 AS held FROM ${predictions} WHERE id_key IN (SELECT cityHash64(id) FROM ${staging}) LIMIT 1 SETTINGS use_skip_indexes = 0`,
  );
  return found.length > 0;
}

async function storePredictions(
  client: DataClient,
  clock: Clock,
  hash: SubjectHash,
  system: System,
  stage: StageRows,
): Promise<StoreReceipt & { readonly rows: number }> {
  const { predictions, staging } = eventTablesOf(system.name);
  await client.command(`TRUNCATE TABLE ${staging}`);
  const sent = await stage(client, staging, stagingColumns(system));
  const erased = await erasedAmong(client, hash, system);
  const knownIds = `SELECT id FROM ${predictions} WHERE ${idIn(`SELECT id FROM ${staging}`)}`;
  // Mostly none: then neither of the statements below looks through the table again.
  const known =
    sent <= bloomRows || (await holdsSome(client, system))
      ? (await client.rows<{ id: string }>(`${knownIds} LIMIT ${knownLimit + 1}`)).map((row) => row.id)
      : [];
  const parameters = { known: known.length > knownLimit ? [] : known, ...erased.parameters };
  const isNew = known.length > knownLimit ? `id NOT IN (${knownIds})` : "id NOT IN {known:Array(String)}";
  const { fresh, rows, stored, windows } = await freshRows(
    client,
    system,
    `${isNew} AND NOT (${erased.prediction})`,
    parameters,
  );
  requireStaged(rows, sent);
  if (stored > 0) {
    const move = moveStatement(system, fresh, clock.now());
    await client.command(move.sql, { ...parameters, ...move.parameters });
    await requireStillStaged(client, staging, rows);
  }
  const again = known.length === 0 ? [] : await windowsShippedAgain(client, system);
  const touched = new Set([...windows, ...again]);
  return { rows, stored, duplicates: rows - stored, touched: [...touched] };
}

interface FreshRows {
  /** The staged rows to store, as a source of a statement. */
  readonly fresh: string;
  readonly rows: number;
  readonly stored: number;
  readonly windows: readonly number[];
}

/**
 * Which staged rows are to be stored. Of two rows with one id in one block the order is that of their content: the same
 * after a crash. Only then are rows sorted, which costs as much as storing them.
 */
async function freshRows(
  client: DataClient,
  system: System,
  wanted: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<FreshRows> {
  const { staging } = eventTablesOf(system.name);
  const count = async (fresh: string): Promise<FreshRows & { readonly ids: number }> => {
    const [row] = await client.rows<{ rows: string; stored: string; ids: string; windows: (string | number)[] }>(
      `SELECT (SELECT count() FROM ${staging}) AS rows, count() AS stored, uniqExact(id) AS ids,
         groupUniqArray(${windowStartOf("time", system.windows.lengthMs)}) AS windows FROM ${fresh}`,
      parameters,
    );
    const [rows, stored, ids] = [row?.rows, row?.stored, row?.ids].map((n) => Number(n ?? 0)) as [
      number,
      number,
      number,
    ];
    return { fresh, rows, stored, ids, windows: (row?.windows ?? []).map(Number) };
  };
  const all = `(SELECT * FROM ${staging} WHERE ${wanted})`;
  const plain = await count(all);
  if (plain.ids === plain.stored) return plain;
  return await count(`(SELECT * FROM ${all} ORDER BY received, time, ${contentOrder(system)}, release LIMIT 1 BY id)`);
}

const contentOrder = (system: System): string =>
  outputColumnNames(system)
    .map((name) => (name === "class_probabilities" ? `toString(${name})` : name))
    .join(", ");

/**
 * Windows of rows that are known from this very arrival: the shipper was stopped after storing and before noting the
 * windows, and has sent the block again. A row that the sender repeats has another time of arrival and touches nothing.
 */
async function windowsShippedAgain(client: DataClient, system: System): Promise<readonly number[]> {
  const { predictions, staging } = eventTablesOf(system.name);
  const rows = await client.rows<{ start: string }>(
    `SELECT DISTINCT ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)} AS start FROM ${predictions}
     WHERE ${idIn(`SELECT id FROM ${staging}`)} AND (id, toUnixTimestamp64Milli(received)) IN (SELECT id, received FROM ${staging})`,
  );
  return rows.map((row) => Number(row.start));
}

/**
 * A table of two million rows moves in pieces, so that they are never in memory a second time as a whole. A crash between
 * two of them leaves rows that are known when the table is stored again.
 */
const pieces = "min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 67108864, max_insert_threads = 1";

/** Staged rows, given their features, segments and the marks of the rules they break, into the event table. */
function moveStatement(
  system: System,
  fresh: string,
  at: number,
): { readonly sql: string; readonly parameters: Readonly<Record<string, unknown>> } {
  const columns = predictionColumns(system);
  const times =
    "fromUnixTimestamp64Milli(time, 'UTC') AS event_time, fromUnixTimestamp64Milli(received, 'UTC') AS received_time";
  const shaped = withSegments(system, `(SELECT *, ${times} FROM ${fresh})`, [
    "id",
    "event_time",
    "received_time",
    ...stateColumnNames(system),
  ]);
  const { bind, parameters } = parameterBinder();
  const values: Readonly<Record<string, string>> = {
    time: "event_time",
    received: "received_time",
    breaches: marksSql(liveRules(system), eventScope(system, bind)),
    contract: "{contract:String}",
    stored: "fromUnixTimestamp64Milli({stored:Int64}, 'UTC')",
  };
  const selected = columns.map(({ name }) => values[name] ?? name).join(", ");
  return {
    sql: `INSERT INTO ${eventTablesOf(system.name).predictions} (${columnList(columns)}) SETTINGS ${pieces} SELECT ${selected} FROM (${shaped})`,
    parameters: { ...parameters, contract: system.source.contract?.version ?? "", stored: at },
  };
}

async function requireStillStaged(client: DataClient, staging: string, rows: number): Promise<void> {
  const [row] = await client.rows<{ n: string }>(`SELECT count() AS n FROM ${staging}`);
  requireStaged(Number(row?.n ?? 0), rows);
}

async function storeOutcomes(
  client: DataClient,
  hash: SubjectHash,
  system: System,
  stage: StageRows,
): Promise<StoreReceipt & { readonly rows: number }> {
  const { predictions, outcomeStaging } = eventTablesOf(system.name);
  await client.command(`TRUNCATE TABLE ${outcomeStaging}`);
  const sent = await stage(client, outcomeStaging, outcomeStagingColumns);
  const erased = await erasedAmong(client, hash, system);
  const parameters = { ...erased.parameters, system: system.name };
  const content = "kind, name, unit, type, value, number, text";
  const known = `SELECT prediction_id, toUnixTimestamp64Milli(time), ${content} FROM outcomes
    WHERE system = {system:String} AND prediction_id IN (SELECT prediction_id FROM ${outcomeStaging})`;
  const one = `prediction_id, time, ${content}`;
  const fresh = `(SELECT * FROM ${outcomeStaging} WHERE (${one}) NOT IN (${known}) AND NOT (${erased.outcome}) ORDER BY received LIMIT 1 BY ${one})`;
  const [count] = await client.rows<{ rows: string; fresh: string }>(
    `SELECT (SELECT count() FROM ${outcomeStaging}) AS rows, count() AS fresh FROM ${fresh}`,
    parameters,
  );
  const stored = Number(count?.fresh ?? 0);
  const rows = Number(count?.rows ?? 0);
  requireStaged(rows, sent);
  // What is known from this very arrival touches its window again: see `windowsShippedAgain`.
  const repeated = `${known} AND (prediction_id, toUnixTimestamp64Milli(time), ${content}, toUnixTimestamp64Milli(received))
    NOT IN (SELECT ${one}, received FROM ${outcomeStaging})`;
  const touching = `SELECT prediction_id FROM ${outcomeStaging} WHERE (${one}) NOT IN (${repeated})`;
  const touched = await client.rows<{ start: string }>(
    `SELECT DISTINCT ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)} AS start
     FROM ${predictions} WHERE ${idIn(touching)}`,
    parameters,
  );
  if (stored > 0) {
    await client.command(
      `INSERT INTO outcomes (system, prediction_id, time, received, ${content})
       SELECT {system:String}, prediction_id, fromUnixTimestamp64Milli(time, 'UTC'), fromUnixTimestamp64Milli(received, 'UTC'), ${content} FROM ${fresh}`,
      parameters,
    );
    await requireStillStaged(client, outcomeStaging, rows);
  }
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
  const [row] = await client.rows<Record<keyof EventCounts | "answered", string>>(
    `SELECT
       (SELECT count() FROM ${predictions}) AS predictions,
       (SELECT count() FROM outcomes WHERE system = {system:String}) AS outcomes,
       (SELECT count() FROM ${predictions} WHERE id IN (${known} AND kind = 'label')) AS joined,
       (SELECT count() FROM ${predictions} WHERE id IN (${known})) AS answered,
       (SELECT uniqExact(prediction_id) FROM outcomes WHERE system = {system:String}) AS outcomesWaiting,
       (SELECT sum(duplicates) FROM shipments WHERE system = {system:String} AND kind = 'predictions') AS predictionDuplicates,
       (SELECT sum(duplicates) FROM shipments WHERE system = {system:String} AND kind = 'outcomes') AS outcomeDuplicates`,
    { system },
  );
  return {
    predictions: Number(row?.predictions ?? 0),
    outcomes: Number(row?.outcomes ?? 0),
    joined: Number(row?.joined ?? 0),
    outcomesWaiting: Number(row?.outcomesWaiting ?? 0) - Number(row?.answered ?? 0),
    predictionDuplicates: Number(row?.predictionDuplicates ?? 0),
    outcomeDuplicates: Number(row?.outcomeDuplicates ?? 0),
  };
}
