import { isoOf } from "../../domain/instant.ts";
import {
  type QuarantineCounts,
  type QuarantinedRow,
  type QuarantineEntry,
  type QuarantineLimits,
  type QuarantineQuery,
  type QuarantineStore,
  quarantineLimits,
} from "../../domain/quarantine/quarantine.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { durableSettings } from "./event-table.ts";

/** Every write is a new version of an entry; the newest counts. */
export const quarantineTable = `CREATE TABLE IF NOT EXISTS quarantine (
    system LowCardinality(String), id String, version UInt64, state LowCardinality(String), fixed UInt8,
    stream LowCardinality(String), form LowCardinality(String), received DateTime64(3, 'UTC'), caller LowCardinality(String),
    reason LowCardinality(String), path String, expected String, found String, payload String CODEC(ZSTD(1)),
    changed Nullable(DateTime64(3, 'UTC')), changed_by String
  ) ENGINE = ReplacingMergeTree(version) ORDER BY (system, id) SETTINGS ${durableSettings}`;

interface StoredEntry {
  readonly id: string;
  readonly state: QuarantineEntry["state"];
  readonly fixed: number;
  readonly stream: QuarantineEntry["stream"];
  readonly form: QuarantineEntry["form"];
  readonly receivedAt: string;
  readonly caller: string;
  readonly reason: QuarantineEntry["reason"];
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly payload: string;
  readonly changedAt: string | null;
  readonly changed_by: string;
}

/** Ids travel as a parameter, so many at a time. */
const idsAtOnce = 2_000;

export function createQuarantineStore(
  client: DataClient,
  limits: QuarantineLimits = quarantineLimits,
): QuarantineStore {
  return {
    keep: (system, rows) => keep(client, limits, system, rows),
    list: (system, query) => list(client, system, query),
    counts: (system) => counts(client, system),
    update: async (system, entries) => {
      const versions = await versionsOf(
        client,
        system,
        entries.map((entry) => entry.id),
      );
      await write(
        client,
        system,
        entries.map((entry) => ({ entry, version: (versions.get(entry.id)?.version ?? 0) + 1 })),
      );
    },
  };
}

interface Known {
  readonly version: number;
  readonly state: QuarantineEntry["state"];
}

async function versionsOf(
  client: DataClient,
  system: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>();
  for (let first = 0; first < ids.length; first += idsAtOnce) {
    const rows = await client.rows<{ id: string; version: string; state: QuarantineEntry["state"] }>(
      "SELECT id, version, state FROM quarantine FINAL WHERE system = {system:String} AND id IN {ids:Array(String)}",
      { system, ids: ids.slice(first, first + idsAtOnce) },
    );
    for (const { id, version, state } of rows) known.set(id, { version: Number(version), state });
  }
  return known;
}

async function keep(
  client: DataClient,
  limits: QuarantineLimits,
  system: string,
  rows: readonly QuarantinedRow[],
): Promise<{ readonly noRoom: number }> {
  const byId = new Map<string, QuarantinedRow>();
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, row);
  const known = await versionsOf(client, system, [...byId.keys()]);
  const isWanted = (row: QuarantinedRow): boolean => {
    const state = known.get(row.id)?.state;
    return state === undefined || (state === "replayed" && row.reason === "engine");
  };
  const { open, openBytes } = await counts(client, system);
  const room = { rows: limits.rows - open, bytes: limits.bytes - openBytes };
  let noRoom = 0;
  const taken: { readonly entry: QuarantineEntry; readonly version: number }[] = [];
  for (const row of [...byId.values()].filter(isWanted)) {
    const bytes = Buffer.byteLength(row.payload);
    if (room.rows < 1 || room.bytes < bytes) {
      noRoom += 1;
      continue;
    }
    room.rows -= 1;
    room.bytes -= bytes;
    const entry: QuarantineEntry = { ...row, state: "open", fixed: false, changedAt: undefined, changedBy: "" };
    taken.push({ entry, version: (known.get(row.id)?.version ?? 0) + 1 });
  }
  await write(client, system, taken);
  return { noRoom };
}

async function write(
  client: DataClient,
  system: string,
  entries: readonly { readonly entry: QuarantineEntry; readonly version: number }[],
): Promise<void> {
  if (entries.length === 0) return;
  const encoder = new TextEncoder();
  const lines = entries.map(({ entry, version }) => {
    const { receivedAt, changedAt, changedBy, fixed, ...rest } = entry;
    const line = {
      ...rest,
      system,
      version,
      fixed: fixed ? 1 : 0,
      received: isoOf(receivedAt),
      changed: changedAt === undefined ? null : isoOf(changedAt),
      changed_by: changedBy,
    };
    return encoder.encode(`${JSON.stringify(line)}\n`);
  });
  await client.insertLines("quarantine", lines);
}

async function list(client: DataClient, system: string, query: QuarantineQuery): Promise<readonly QuarantineEntry[]> {
  const conditions = ["system = {system:String}"];
  const parameters: Record<string, unknown> = { system, limit: query.limit };
  const add = (condition: string, name: string, value: unknown): void => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters[name] = value;
  };
  add("state = {state:String}", "state", query.state);
  add("stream = {stream:String}", "stream", query.stream);
  add("reason = {reason:String}", "reason", query.reason);
  add("received >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')", "from", query.from);
  add("received < fromUnixTimestamp64Milli({to:Int64}, 'UTC')", "to", query.to);
  add("id IN {ids:Array(String)}", "ids", query.ids);
  add(
    "positionCaseInsensitiveUTF8(concatWithSeparator('\\n', payload, path, expected, found), {text:String}) > 0",
    "text",
    query.text,
  );
  const rows = await client.rows<StoredEntry>(
    `SELECT id, state, fixed, stream, form, toUnixTimestamp64Milli(received) AS receivedAt, caller, reason, path, expected,
       found, payload, toUnixTimestamp64Milli(changed) AS changedAt, changed_by
     FROM quarantine FINAL WHERE ${conditions.join(" AND ")} ORDER BY received DESC, id LIMIT {limit:UInt32}`,
    parameters satisfies QueryParameters,
  );
  return rows.map(entryOf);
}

function entryOf({ receivedAt, changedAt, changed_by, fixed, ...rest }: StoredEntry): QuarantineEntry {
  return {
    ...rest,
    fixed: fixed === 1,
    receivedAt: Number(receivedAt),
    changedAt: changedAt === null ? undefined : Number(changedAt),
    changedBy: changed_by,
  };
}

async function counts(client: DataClient, system: string): Promise<QuarantineCounts> {
  const [row] = await client.rows<Record<keyof QuarantineCounts, string>>(
    `SELECT countIf(state = 'open') AS open, countIf(state = 'replayed') AS replayed, countIf(state = 'discarded') AS discarded,
       sumIf(length(payload), state = 'open') AS openBytes
     FROM quarantine FINAL WHERE system = {system:String}`,
    { system },
  );
  return {
    open: Number(row?.open ?? 0),
    replayed: Number(row?.replayed ?? 0),
    discarded: Number(row?.discarded ?? 0),
    openBytes: Number(row?.openBytes ?? 0),
  };
}
