import type { Baseline, FrozenFeature } from "../../domain/baseline/baseline.ts";
import { confidenceSubject, type ProfileStore, scoreSubject } from "../../domain/baseline/profile-store.ts";
import { serviceSubject } from "../../domain/baseline/service-counts.ts";
import { unusualSubject } from "../../domain/baseline/unusual.ts";
import type { SegmentValue } from "../../domain/finding/finding.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import type { DataClient } from "./data-client.ts";
import type { Fragment } from "./edge-bin.ts";
import {
  columnList,
  eventTablesOf,
  latestLabels,
  outputColumnNames,
  referenceColumns,
  servedColumns,
  statusOfState,
  windowStartOf,
  withSegments,
} from "./event-table.ts";
import { freezeReference } from "./freeze-reference.ts";
import { createLineCounter } from "./line-counter.ts";
import { type ProfileSource, profileStatement } from "./profile-statement.ts";
import { readProfiles, readServedReference, readService } from "./read-profiles.ts";
import { requireStaged } from "./require-staged.ts";
import { segmentCondition } from "./segment-condition.ts";

/** Subjects counted by one statement: one part on disk and one wait for it, and still few columns read side by side. */
const subjectsPerStatement = 10;
const insertBytes = 16 * 1024 * 1024;
const lineFeed = 10;

/** Profiles in ClickHouse SQL: the engine counts, nothing here returns raw rows. */
export function createProfileStore(client: DataClient): ProfileStore {
  return {
    loadReference: (system, release, ndjson) => loadReference(client, system, release, ndjson),
    referenceFromEvents: (system, release, range) => referenceFromEvents(client, system, release, range),
    freeze: (system, release) => freezeReference(client, system, release),
    profileReference: async (system, baseline) => {
      await forget(client, system, baseline, "kind = 'reference'", {});
      const rows = `SELECT * FROM ${eventTablesOf(system.name).reference} WHERE release = {release:String}`;
      await count(client, system, baseline, {
        kind: "reference",
        version: 1,
        window: windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs),
        rows,
        scores: `${rows} AND scored = 1`,
        // An empty `served_by` is a row of a dataset, which nobody served.
        service: `${rows} AND served_by != ''`,
        parameters: { release: baseline.release },
      });
    },
    profileLive: (system, baseline, window, version) => profileLive(client, system, baseline, window, version),
    reference: (baseline) => readProfiles(client, baseline, "kind = 'reference'", {}, baseline.windows),
    live: (baseline, windows) =>
      windows.length === 0
        ? Promise.resolve([])
        : readProfiles(
            client,
            baseline,
            "kind = 'live' AND (toUnixTimestamp64Milli(window), version) IN (SELECT arrayJoin(arrayZip({starts:Array(Int64)}, {versions:Array(UInt32)})))",
            { starts: windows.map((window) => window.start), versions: windows.map((window) => window.profileVersion) },
            windows,
          ),
    service: (system, windows) => (windows.length === 0 ? Promise.resolve([]) : readService(client, system, windows)),
    servedReference: (baseline) => readServedReference(client, baseline),
    newValues: (system, baseline, feature, window, segment, limit) =>
      newValues(client, system, baseline, feature, window, segment, limit),
  };
}

async function newValues(
  client: DataClient,
  system: System,
  baseline: Baseline,
  feature: string,
  window: Window,
  segment: SegmentValue | undefined,
  limit: number,
): Promise<readonly { readonly value: string; readonly count: number }[]> {
  const frozen = baseline.features.find((candidate) => candidate.name === feature);
  if (frozen === undefined) return [];
  const strange = strangeValue(frozen);
  if (strange === undefined) return [];
  const slice = segmentCondition(system, baseline, segment);
  const found = await client.rows<{ value: string; n: string }>(
    `SELECT toString(f_${feature}) AS value, count() AS n FROM ${eventTablesOf(system.name).predictions}
     WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       AND f_${feature} IS NOT NULL AND ${strange.sql}${slice.sql}
     GROUP BY value ORDER BY n DESC, value LIMIT {limit:UInt32}`,
    { from: window.start, to: window.end, limit, ...strange.parameters, ...slice.parameters },
  );
  return found.map((row) => ({ value: row.value, count: Number(row.n) }));
}

/** Condition for a value that the baseline never held; undefined where it cannot tell. */
function strangeValue({ name, binning, range }: FrozenFeature): Fragment | undefined {
  if (binning.kind === "categorical")
    return {
      sql: `assumeNotNull(toString(f_${name})) NOT IN {known:Array(String)}`,
      parameters: { known: [...binning.categories, ...binning.others] },
    };
  if (range === undefined) return undefined;
  return {
    sql: `(assumeNotNull(f_${name}) < {least:Float64} OR assumeNotNull(f_${name}) > {greatest:Float64})`,
    parameters: { least: range.least, greatest: range.greatest },
  };
}

const served = new Set(servedColumns.map((column) => column.name));

async function loadReference(
  client: DataClient,
  system: System,
  release: string,
  ndjson: AsyncIterable<Uint8Array>,
): Promise<{ readonly rows: number }> {
  const { reference } = eventTablesOf(system.name);
  const staging = `${reference}_load`;
  const columns = referenceColumns(system).filter(
    (column) => !column.name.startsWith("s_") && column.name !== "release" && !served.has(column.name),
  );
  const staged = columns.map((column) => `${column.name} ${column.name === "time" ? "Int64" : column.type}`).join(", ");
  await client.command(`DROP TABLE IF EXISTS ${staging}`);
  // On disk, since a reference may hold more rows than the engine's memory.
  await client.command(
    `CREATE TABLE ${staging} (${staged}, vector_seen UInt8 DEFAULT 1) ENGINE = MergeTree ORDER BY ()`,
  );
  const sent = await insertInBlocks(client, staging, ndjson);
  const [row] = await client.rows<{ n: string }>(`SELECT count() AS n FROM ${staging}`);
  const rows = Number(row?.n ?? 0);
  requireStaged(rows, sent);
  await client.command(`ALTER TABLE ${reference} DROP PARTITION {release:String}`, { release });
  // Rows of a dataset were never served.
  const all = referenceColumns(system).filter((column) => !served.has(column.name));
  const passed = ["reference_time", ...outputColumnNames(system), "scored", "outcome"];
  const shaped = withSegments(
    system,
    `(SELECT *, fromUnixTimestamp64Milli(time, 'UTC') AS reference_time FROM ${staging})`,
    passed,
  );
  const selected = all
    .map(({ name }) => (name === "release" ? "{release:String}" : name === "time" ? "reference_time" : name))
    .join(", ");
  await client.command(`INSERT INTO ${reference} (${columnList(all)}) SELECT ${selected} FROM (${shaped})`, {
    release,
  });
  await client.command(`DROP TABLE ${staging}`);
  return { rows };
}

/** Sends lines in blocks that neither side minds holding in memory; a block ends where a given one ends. Returns the lines sent. */
async function insertInBlocks(client: DataClient, table: string, ndjson: AsyncIterable<Uint8Array>): Promise<number> {
  const lines = createLineCounter();
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const block of ndjson) {
    lines.add(block);
    waiting.push(block);
    bytes += block.length;
    if (bytes < insertBytes || block.at(-1) !== lineFeed) continue;
    await client.insertLines(table, waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) await client.insertLines(table, waiting);
  return lines.total();
}

/** Columns of a reference that received rows have under another name. */
const receivedAs: Readonly<Record<string, string>> = {
  scored: "1",
  outcome: "o.outcome",
  status: `p.${statusOfState}`,
};

async function referenceFromEvents(
  client: DataClient,
  system: System,
  release: string,
  range: { readonly from: number; readonly to: number },
): Promise<{ readonly rows: number }> {
  const { predictions, reference } = eventTablesOf(system.name);
  const columns = referenceColumns(system);
  const inRange =
    "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND release = {release:String}";
  const selected = columns.map(({ name }) => receivedAs[name] ?? `p.${name}`).join(", ");
  const parameters = { ...range, release, system: system.name };
  await client.command(`ALTER TABLE ${reference} DROP PARTITION {release:String}`, { release });
  await client.command(
    `INSERT INTO ${reference} (${columnList(columns)}) SELECT ${selected} FROM (SELECT * FROM ${predictions} WHERE ${inRange}) AS p LEFT JOIN (${latestLabels(system, `SELECT id FROM ${predictions} WHERE ${inRange}`)}) AS o ON p.id = o.prediction_id`,
    parameters,
  );
  const [row] = await client.rows<{ n: string }>(
    `SELECT count() AS n FROM ${reference} WHERE release = {release:String}`,
    { release },
  );
  return { rows: Number(row?.n ?? 0) };
}

async function profileLive(
  client: DataClient,
  system: System,
  baseline: Baseline,
  window: Window,
  version: number,
): Promise<{ readonly rows: number; readonly labelledRows: number }> {
  const { predictions } = eventTablesOf(system.name);
  const inWindow =
    "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";
  const parameters = { from: window.start, to: window.end, system: system.name };
  const source = {
    kind: "live",
    version,
    window: "{from:Int64}",
    rows: `SELECT * FROM ${predictions} WHERE ${inWindow}`,
    scores: `SELECT p.*, o.outcome AS outcome
      FROM (SELECT ${scoreColumns(system, baseline)} FROM ${predictions} WHERE ${inWindow}) AS p
      LEFT JOIN (${latestLabels(system, `SELECT id FROM ${predictions} WHERE ${inWindow}`)}) AS o ON p.id = o.prediction_id`,
    service: `SELECT latency_ms, served_by, cost_usd, ${statusOfState} AS status${segmentColumnsOf(baseline)} FROM ${predictions} WHERE ${inWindow}`,
    parameters,
  } as const;
  // What a stopped count of this very version left, and what nobody reads any more: all but the version before.
  await forget(
    client,
    system,
    baseline,
    "kind = 'live' AND window = fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND (version >= {version:UInt32} OR version + 1 < {version:UInt32})",
    { from: window.start, version },
  );
  await count(client, system, baseline, source);
  const [row] = await client.rows<{ rows: string; labelled: string }>(
    `SELECT sum(rows) AS rows, sum(labelled) AS labelled FROM profiles
     WHERE system = {system:String} AND baseline = {baseline:String} AND kind = 'live' AND window = fromUnixTimestamp64Milli({from:Int64}, 'UTC')
       AND version = {version:UInt32} AND subject = {subject:String} AND segment = ''`,
    { ...parameters, baseline: baseline.id, version, subject: scoreSubject },
  );
  return { rows: Number(row?.rows ?? 0), labelledRows: Number(row?.labelled ?? 0) };
}

const segmentColumnsOf = (baseline: Baseline): string =>
  baseline.segments.map((segment) => `, s_${segment.name}`).join("");

const scoreColumns = (system: System, baseline: Baseline): string =>
  ["id", ...outputColumnNames(system), ...baseline.segments.map((segment) => `s_${segment.name}`)].join(", ");

/** Deletes profiles of a baseline. A deletion rewrites parts, so it is asked first whether there is anything to delete. */
async function forget(
  client: DataClient,
  system: System,
  baseline: Baseline,
  which: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  const condition = `system = {system:String} AND baseline = {baseline:String} AND ${which}`;
  const all = { ...parameters, system: system.name, baseline: baseline.id };
  const found = await client.rows(`SELECT 1 FROM profiles WHERE ${condition} LIMIT 1`, all);
  if (found.length > 0) await client.command(`DELETE FROM profiles WHERE ${condition}`, all);
}

/** Counts every subject of a source, one statement after the other: each uses all cores, and other work gets its turn. */
async function count(client: DataClient, system: System, baseline: Baseline, source: ProfileSource): Promise<void> {
  const told = baseline.score.kind === "class" && baseline.score.confidenceEdges.length > 0;
  const subjects = [
    scoreSubject,
    serviceSubject,
    ...(told ? [confidenceSubject] : []),
    ...(baseline.unusual === undefined ? [] : [unusualSubject]),
    ...baseline.features.map((feature) => feature.name),
  ];
  for (let first = 0; first < subjects.length; first += subjectsPerStatement) {
    const statement = profileStatement(system, baseline, source, subjects.slice(first, first + subjectsPerStatement));
    await client.command(statement.sql, statement.parameters);
  }
}
