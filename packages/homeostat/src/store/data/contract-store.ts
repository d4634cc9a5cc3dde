import { checkTable } from "../../contract/check-table.ts";
import type { Contract } from "../../domain/contract/contract.ts";
import type { ContractTally } from "../../domain/contract/contract-verdict.ts";
import {
  type BatchHealth,
  backfillMs,
  type ContractWindow,
  type ContractWindowStore,
  type SourceHealth,
} from "../../domain/contract/contract-window.ts";
import { unableLive } from "../../domain/contract/live-rules.ts";
import { dayMs, type Instant, isoOf } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import { eventScope } from "./contract-scope.ts";
import type { DataClient } from "./data-client.ts";
import { durableSettings, eventTablesOf } from "./event-table.ts";

/** Checks of windows as JSON text that only we write and read; of several of one window the last counts. */
export const contractWindowTable = `CREATE TABLE IF NOT EXISTS contract_windows (
    system LowCardinality(String), window DateTime64(3, 'UTC'), touches UInt64, at DateTime64(3, 'UTC'), body String CODEC(ZSTD(1))
  ) ENGINE = ReplacingMergeTree(at) ORDER BY (system, window) SETTINGS ${durableSettings}`;

/** Holds windows of the event tables to their contracts, set by set, and keeps what was found. */
export function createContractStore(client: DataClient): ContractWindowStore {
  return {
    check: (system, window) => check(client, system, window),
    save: async (system, checked, touches, at) => {
      const line = JSON.stringify({
        system,
        window: isoOf(checked.window.start),
        touches,
        at: isoOf(at),
        body: JSON.stringify(checked),
      });
      await client.insertLines("contract_windows", [new TextEncoder().encode(`${line}\n`)]);
    },
    list: async (system, { last, ...range }) => {
      const { sql, parameters } = lastChecks(system, range);
      const newest = last === undefined ? "" : "LIMIT {last:UInt32}";
      const rows = await client.rows<{ body: string }>(
        `SELECT body FROM (${sql}) ORDER BY window DESC ${newest}`,
        last === undefined ? parameters : { ...parameters, last },
      );
      return rows.map((row) => JSON.parse(row.body) as ContractWindow).reverse();
    },
    tallies: async (system, range) => {
      const { sql, parameters } = lastChecks(system, range);
      const rows = await client.rows<Record<Exclude<keyof ContractTally, "isSlow">, string> & { slow: number }>(
        `SELECT toUnixTimestamp64Milli(window) AS start,
           countEqual(arrayMap(one -> JSONExtractString(one, 'state'), results), 'passed') AS passed,
           countEqual(arrayMap(one -> JSONExtractString(one, 'state'), results), 'not-checked') AS notChecked,
           ${["critical", "warning", "info"].map((grade) => `countEqual(arrayMap(one -> JSONExtractString(one, 'grade'), results), '${grade}') AS ${grade}`).join(", ")},
           JSONExtractUInt(body, 'health', 'rows') AS rows, toUInt8(JSONExtractBool(body, 'isSlow')) AS slow
         FROM (SELECT window, body, JSONExtractArrayRaw(body, 'results') AS results FROM (${sql})) ORDER BY window`,
        parameters,
      );
      return rows.map(({ start, rows: held, passed, critical, warning, info, notChecked, slow }) => ({
        start: Number(start),
        rows: Number(held),
        passed: Number(passed),
        critical: Number(critical),
        warning: Number(warning),
        info: Number(info),
        notChecked: Number(notChecked),
        isSlow: slow === 1,
      }));
    },
    checkedTouches: async (system) => {
      const rows = await client.rows<{ start: string; touches: string }>(
        `SELECT toUnixTimestamp64Milli(window) AS start, argMax(touches, at) AS touches FROM contract_windows
         WHERE system = {system:String} GROUP BY window`,
        { system },
      );
      return new Map(rows.map((row) => [Number(row.start), Number(row.touches)]));
    },
    batches: (system, limit) => batches(client, system, limit),
  };
}

/** The last check of every window that starts in the range. */
function lastChecks(
  system: string,
  { from, to }: { readonly from?: Instant; readonly to?: Instant },
): { readonly sql: string; readonly parameters: Readonly<Record<string, unknown>> } {
  const conditions = [
    ...(from === undefined ? [] : ["AND window >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')"]),
    ...(to === undefined ? [] : ["AND window < fromUnixTimestamp64Milli({to:Int64}, 'UTC')"]),
  ];
  return {
    sql: `SELECT window, body FROM contract_windows WHERE system = {system:String} ${conditions.join(" ")}
      ORDER BY window, at DESC LIMIT 1 BY window`,
    parameters: { system, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
  };
}

/** Rows of one block were stored at one instant. Cost: a scan of the rows of the last day of receipts. */
async function batches(client: DataClient, system: System, limit: number): Promise<readonly BatchHealth[]> {
  const { predictions } = eventTablesOf(system.name);
  const rows = await client.rows<Record<"at" | "n" | "freshness" | "processing" | "marked" | "whole", string>>(
    `SELECT toUnixTimestamp64Milli(stored) AS at, count() AS n,
       toUnixTimestamp64Milli(argMax(received, time)) - toUnixTimestamp64Milli(max(time)) AS freshness,
       at - toUnixTimestamp64Milli(min(received)) AS processing,
       countIf(contract != '') AS marked, countIf(contract != '' AND empty(breaches)) AS whole
     FROM ${predictions}
     WHERE toUnixTimestamp64Milli(stored) > 0 AND received > (SELECT max(received) FROM ${predictions}) - INTERVAL 1 DAY
     GROUP BY stored ORDER BY stored DESC LIMIT {limit:UInt32}`,
    { limit },
  );
  return rows.map((row) => ({
    at: Number(row.at),
    rows: Number(row.n),
    freshnessMs: Number(row.freshness),
    processingMs: Number(row.processing),
    completeness: Number(row.marked) === 0 ? undefined : Number(row.whole) / Number(row.marked),
  }));
}

const nothingPromised: Contract = {
  id: "",
  version: "",
  status: "",
  object: "",
  fields: [],
  rules: [],
  unchecked: [],
};

async function check(client: DataClient, system: System, window: Window): Promise<ContractWindow> {
  const contract = system.source.contract ?? nothingPromised;
  const source = `(SELECT * FROM ${eventTablesOf(system.name).predictions}
    WHERE time >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({end:Int64}, 'UTC'))`;
  const parameters = { start: window.start, end: window.end };
  const health = await healthOf(client, system, source, parameters);
  const delayMs = health.delayMs ?? 0;
  const { results } = await checkTable({
    contract,
    source,
    parameters,
    scope: (bind) => eventScope(system, bind),
    raw: (field) => `toString(i_${field})`,
    example: "id",
    unable: (rule) => {
      const isAge = rule.kind === "set" && (rule.measure.kind === "freshness" || rule.measure.kind === "latency");
      return isAge && delayMs > backfillMs
        ? `the rows were sent about ${Math.round(delayMs / dayMs)} days after their events: a replay or a backfill`
        : unableLive(system, rule);
    },
    ask: (statement, given) => client.rows(statement, given),
  });
  return { window: { start: window.start, end: window.end }, contractVersion: contract.version, results, health };
}

async function healthOf(
  client: DataClient,
  system: System,
  source: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<SourceHealth> {
  const inputs = system.pipeline.inputs.map((field) => field.name);
  const [row] = await client.rows<Record<string, string | number | null>>(
    `SELECT count() AS n,
       toUnixTimestamp64Milli(argMax(received, time)) - toUnixTimestamp64Milli(max(time)) AS freshness,
       quantile(0.5)(toUnixTimestamp64Milli(received) - toUnixTimestamp64Milli(time)) AS delay,
       countIf(toUnixTimestamp64Milli(stored) > 0) AS timed,
       quantileIf(0.95)(toUnixTimestamp64Milli(stored) - toUnixTimestamp64Milli(received), toUnixTimestamp64Milli(stored) > 0) AS processing,
       countIf(contract != '') AS marked, countIf(contract != '' AND empty(breaches)) AS whole,
       toUnixTimestamp64Milli(min(received)) AS first_received, toUnixTimestamp64Milli(max(received)) AS last_received
       ${inputs.map((name, index) => `, countIf(isNull(i_${name})) AS n${index}`).join("")} FROM ${source}`,
    parameters,
  );
  const rows = Number(row?.n ?? 0);
  const of = (name: string): number | undefined => {
    const value = row?.[name];
    return rows === 0 || value === null || value === undefined ? undefined : Number(value);
  };
  const marked = Number(row?.marked ?? 0);
  return {
    rows,
    freshnessMs: of("freshness"),
    delayMs: of("delay"),
    processingMs: Number(row?.timed ?? 0) === 0 ? undefined : of("processing"),
    completeness: marked === 0 ? undefined : Number(row?.whole ?? 0) / marked,
    nulls: rows === 0 ? [] : inputs.map((field, index) => ({ field, share: Number(row?.[`n${index}`] ?? 0) / rows })),
    firstReceivedAt: of("first_received"),
    lastReceivedAt: of("last_received"),
  };
}
