import type { MonitorKind, SegmentValue } from "../../domain/finding/finding.ts";
import { isoOf } from "../../domain/instant.ts";
import {
  type SeriesKey,
  type SeriesVerdict,
  seriesText,
  type VerdictQuery,
  type VerdictStore,
  type VerdictTally,
  type WindowVerdict,
} from "../../domain/monitor/verdict.ts";
import type { VerdictState } from "../../domain/window/window.ts";
import type { DataClient } from "./data-client.ts";
import { durableSettings } from "./event-table.ts";

/** Verdicts of evaluated windows: narrow keys to find them by, the verdict itself as JSON text that only we write and read. */
export const verdictTable = `CREATE TABLE IF NOT EXISTS verdicts (
    system LowCardinality(String), release LowCardinality(String), monitor LowCardinality(String), window DateTime64(3, 'UTC'), version UInt32,
    segment LowCardinality(String), value LowCardinality(String), series String, streak UInt16, body String CODEC(ZSTD(1))
  ) ENGINE = MergeTree ORDER BY (system, release, monitor, segment, value, window, version) SETTINGS ${durableSettings}`;

export function createVerdictStore(client: DataClient): VerdictStore {
  return {
    save: async (system, release, window, version, verdicts) => {
      await forget(client, system, release, window.start, version);
      if (verdicts.length === 0) return;
      const lines = verdicts.map((verdict) => {
        const { key } = verdict.test;
        return JSON.stringify({
          system,
          release,
          monitor: key.monitor,
          window: isoOf(window.start),
          version,
          segment: key.segment?.name ?? "",
          value: key.segment?.value ?? "",
          series: seriesText(key),
          streak: verdict.streak,
          body: JSON.stringify(verdict),
        });
      });
      await client.insertLines("verdicts", [new TextEncoder().encode(`${lines.join("\n")}\n`)]);
    },
    list: (query) => list(client, query),
    tallies: (query) => tallies(client, query),
    streaks: async (system, release, window, version) => {
      const rows = await client.rows<{ series: string; streak: number }>(
        `SELECT series, streak FROM verdicts WHERE system = {system:String} AND release = {release:String}
         AND window = fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND version = {version:UInt32} AND streak > 0`,
        { system, release, start: window.start, version },
      );
      return new Map(rows.map((row) => [row.series, row.streak]));
    },
  };
}

/** Deletes what a stopped evaluation left under this version, and versions older than the one before: nobody reads them. */
async function forget(
  client: DataClient,
  system: string,
  release: string,
  start: number,
  version: number,
): Promise<void> {
  const condition = `system = {system:String} AND release = {release:String} AND window = fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND (version >= {version:UInt32} OR version + 1 < {version:UInt32})`;
  const parameters = { system, release, start, version };
  const found = await client.rows(`SELECT 1 FROM verdicts WHERE ${condition} LIMIT 1`, parameters);
  if (found.length > 0) await client.command(`DELETE FROM verdicts WHERE ${condition}`, parameters);
}

async function list(client: DataClient, query: VerdictQuery): Promise<readonly WindowVerdict[]> {
  if (query.windows.length === 0) return [];
  const rows = await client.rows<{ start: string; body: string }>(
    `SELECT toUnixTimestamp64Milli(window) AS start, body FROM verdicts
     WHERE system = {system:String} AND release = {release:String} AND monitor = {monitor:String} AND startsWith(series, {asked:String}) ${segmentCondition(query.segment)}
       AND (toUnixTimestamp64Milli(window), version) IN (SELECT arrayJoin(arrayZip({starts:Array(Int64)}, {versions:Array(UInt32)})))
     ORDER BY window, segment, value, series`,
    {
      system: query.system,
      release: query.release,
      monitor: query.monitor,
      asked: `${askedBy(query)}|`,
      ...segmentParameters(query.segment),
      starts: query.windows.map((window) => window.start),
      versions: query.windows.map((window) => window.profileVersion),
    },
  );
  return rows.map((row) => ({ window: Number(row.start), verdict: JSON.parse(row.body) as SeriesVerdict }));
}

/** How the series of a monitor begin. */
const askedBy = ({ monitor, monitorName }: Pick<SeriesKey, "monitor" | "monitorName">): string =>
  monitorName === undefined || monitorName === monitor ? monitor : `${monitor}:${monitorName}`;

async function tallies(
  client: DataClient,
  query: Pick<VerdictQuery, "system" | "release" | "windows">,
): Promise<readonly VerdictTally[]> {
  if (query.windows.length === 0) return [];
  const rows = await client.rows<{
    start: string;
    monitor: MonitorKind;
    asked: string;
    state: VerdictState;
    count: string;
  }>(
    `SELECT toUnixTimestamp64Milli(window) AS start, monitor, splitByChar('|', series)[1] AS asked,
       JSONExtractString(body, 'state') AS state, count() AS count
     FROM verdicts WHERE system = {system:String} AND release = {release:String}
       AND (toUnixTimestamp64Milli(window), version) IN (SELECT arrayJoin(arrayZip({starts:Array(Int64)}, {versions:Array(UInt32)})))
     GROUP BY start, monitor, asked, state ORDER BY start, monitor, asked, state`,
    {
      system: query.system,
      release: query.release,
      starts: query.windows.map((window) => window.start),
      versions: query.windows.map((window) => window.profileVersion),
    },
  );
  return rows.map((row) => ({
    window: Number(row.start),
    kind: row.monitor,
    monitorName: row.asked.slice(row.asked.indexOf(":") + 1),
    state: row.state,
    series: Number(row.count),
  }));
}

function segmentCondition(segment: SegmentValue | "*" | undefined): string {
  return segment === "*" ? "" : "AND segment = {segment:String} AND value = {value:String}";
}

function segmentParameters(segment: SegmentValue | "*" | undefined): Readonly<Record<string, string>> {
  if (segment === "*") return {};
  return { segment: segment?.name ?? "", value: segment?.value ?? "" };
}
