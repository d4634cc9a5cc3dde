import { isoOf } from "../../domain/instant.ts";
import { keepsLimit, type Limit, type SloCount } from "../../domain/slo/slo.ts";
import { type CountedSli, type SloStore, sloStepMs } from "../../domain/slo/slo-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import {
  durableSettings,
  eventTablesOf,
  latestFirst,
  latestLabels,
  statusOfState,
  windowStartOf,
} from "./event-table.ts";

/** Counts of objectives by step; of several of one step the last counts. */
export const sloCountTable = `CREATE TABLE IF NOT EXISTS slo_counts (
    system LowCardinality(String), slo LowCardinality(String), step DateTime64(3, 'UTC'), counted DateTime64(3, 'UTC'),
    good UInt64, bad UInt64, waiting UInt64
  ) ENGINE = ReplacingMergeTree(counted) ORDER BY (system, slo, step) SETTINGS ${durableSettings}`;

/** Rows of (step in milliseconds, good, bad, waiting) over the events of [from, to). */
interface Statement {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** Objectives in ClickHouse SQL: the engine counts events by step, nothing here returns raw rows. */
export function createSloStore(client: DataClient, now: () => number): SloStore {
  return {
    count: async (system, key, sli, { from, to }) => {
      const counted = isoOf(now());
      const found =
        sli.kind === "freshness"
          ? await freshness(client, system, sli.limit, from, to)
          : await events(client, system, sli, from, to);
      // Steps whose events were erased keep nothing; the newest step is always told, so that it is known how far counting came.
      const known = new Set([
        ...(await kept(client, system.name, key, from, to)).map(({ start }) => start),
        to - sloStepMs,
      ]);
      const all = new Map<number, SloCount>([...known].map((start) => [start, { start, good: 0, bad: 0, waiting: 0 }]));
      for (const count of found) all.set(count.start, count);
      const lines = [...all.values()].map(({ start, good, bad, waiting }) =>
        JSON.stringify({ system: system.name, slo: key, step: isoOf(start), counted, good, bad, waiting }),
      );
      await client.insertLines("slo_counts", [new TextEncoder().encode(`${lines.join("\n")}\n`)]);
    },
    counts: async (system, key, { from, to }) =>
      (await kept(client, system, key, from, to)).filter(({ good, bad, waiting }) => good + bad + waiting > 0),
    countedTo: async (system, key) => {
      const [row] = await client.rows<{ n: string; newest: string }>(
        "SELECT count() AS n, toUnixTimestamp64Milli(max(step)) AS newest FROM slo_counts WHERE system = {system:String} AND slo = {slo:String}",
        { system, slo: key },
      );
      return row === undefined || Number(row.n) === 0 ? undefined : Number(row.newest) + sloStepMs;
    },
  };
}

interface CountRow {
  readonly start: string;
  readonly good: string;
  readonly bad: string;
  readonly waiting: string;
}

const countOf = (row: CountRow): SloCount => ({
  start: Number(row.start),
  good: Number(row.good),
  bad: Number(row.bad),
  waiting: Number(row.waiting),
});

async function kept(
  client: DataClient,
  system: string,
  key: string,
  from: number,
  to: number,
): Promise<readonly SloCount[]> {
  const rows = await client.rows<CountRow>(
    `SELECT toUnixTimestamp64Milli(step) AS start, argMax(good, counted) AS good, argMax(bad, counted) AS bad, argMax(waiting, counted) AS waiting
     FROM slo_counts WHERE system = {system:String} AND slo = {slo:String}
       AND step >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND step < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
     GROUP BY step ORDER BY step`,
    { system, slo: key, from, to },
  );
  return rows.map(countOf);
}

type EventSli = Exclude<CountedSli, { kind: "freshness" }>;

async function events(
  client: DataClient,
  system: System,
  sli: EventSli,
  from: number,
  to: number,
): Promise<readonly SloCount[]> {
  const { sql, parameters } = statementOf(system, sli);
  const rows = await client.rows<CountRow>(
    `SELECT ${windowStartOf("toUnixTimestamp64Milli(time)", sloStepMs)} AS start, countIf(verdict = 1) AS good, countIf(verdict = 0) AS bad, countIf(isNull(verdict)) AS waiting
     FROM (${sql}) GROUP BY start ORDER BY start`,
    { ...parameters, from, to, system: system.name },
  );
  return rows.map(countOf);
}

const inRange =
  "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

/** Operators by name: never text from a declaration. */
const operators: Readonly<Record<Limit["op"], string>> = { lt: "<", lte: "<=", gt: ">", gte: ">=" };

/** One row for each event: its time, and whether it is good (1), bad (0) or not known yet (NULL). */
function statementOf(system: System, sli: EventSli): Statement {
  const { predictions } = eventTablesOf(system.name);
  const segment = system.segments.find(({ name }) => name === sli.segment?.name);
  const scope = segment === undefined ? inRange : `${inRange} AND toString(s_${segment.name}) = {value:String}`;
  const scoped = segment === undefined ? {} : { value: sli.segment?.value ?? "" };
  switch (sli.kind) {
    case "availability": {
      const bad =
        sli.bad === "failed"
          ? `${statusOfState} = 'error'`
          : `${statusOfState} IN ('error', 'degraded') OR served_by IN ('previous-release', 'constant')`;
      return {
        sql: `SELECT time, toNullable(toUInt8(NOT (${bad}))) AS verdict FROM ${predictions} WHERE ${scope}`,
        parameters: scoped,
      };
    }
    case "latency":
      return {
        sql: `SELECT time, toNullable(toUInt8(ifNull(latency_ms, 0) ${operators[sli.limit.op]} {limit:Float64})) AS verdict FROM ${predictions} WHERE ${scope} AND isNotNull(latency_ms)`,
        parameters: { ...scoped, limit: sli.limit.value },
      };
    case "accuracy":
      return {
        sql: `SELECT p.time AS time, ${rightOf(system)} AS verdict
          FROM (SELECT * FROM ${predictions} WHERE ${scope}) AS p
          LEFT JOIN (${latestLabels(system, `SELECT id FROM ${predictions} WHERE ${scope}`)}) AS o ON p.id = o.prediction_id`,
        parameters: { ...scoped, ...rightParameters(system, sli.tolerance) },
      };
    case "business":
      return {
        sql: `SELECT p.time AS time, if(o.known = 1, toNullable(toUInt8(o.number ${operators[sli.limit.op]} {limit:Float64})), NULL) AS verdict
          FROM (SELECT id, time FROM ${predictions} WHERE ${scope}) AS p
          LEFT JOIN (
            SELECT prediction_id, number, toUInt8(1) AS known FROM outcomes
            WHERE system = {system:String} AND kind = 'business' AND name = {outcome:String} AND unit = {unit:String}
              AND prediction_id IN (SELECT id FROM ${predictions} WHERE ${scope})
            ORDER BY prediction_id, ${latestFirst} LIMIT 1 BY prediction_id
          ) AS o ON p.id = o.prediction_id`,
        parameters: { ...scoped, limit: sli.limit.value, outcome: sli.outcome, unit: sli.unit },
      };
  }
}

/** 1 where the prediction was right, 0 where it was wrong, NULL without a label. */
function rightOf(system: System): string {
  switch (system.task.type) {
    case "binary-classification":
      return "if(isNull(o.outcome), NULL, toNullable(toUInt8((p.probability >= {threshold:Float64}) = (ifNull(o.outcome, 0) = 1))))";
    case "regression":
      return "if(isNull(o.outcome) OR isNull(p.value), NULL, toNullable(toUInt8(abs(ifNull(p.value, 0) - ifNull(o.outcome, 0)) <= {tolerance:Float64})))";
    case "multiclass-classification":
      return "if(isNull(o.outcome), NULL, toNullable(toUInt8(toString(ifNull(p.class, '')) = toString(ifNull(o.outcome, '')))))";
  }
}

function rightParameters(system: System, tolerance: number | undefined): QueryParameters {
  switch (system.task.type) {
    case "binary-classification":
      return { threshold: system.task.threshold };
    case "regression":
      return { tolerance: tolerance ?? 0 };
    case "multiclass-classification":
      return {};
  }
}

/**
 * Of every step of received time: is the newest event known at its end young enough? Steps before the first event are
 * left out; a step in which nothing arrives counts, since that is what staleness is.
 */
async function freshness(
  client: DataClient,
  system: System,
  limit: Limit,
  from: number,
  to: number,
): Promise<readonly SloCount[]> {
  const { predictions } = eventTablesOf(system.name);
  const [before] = await client.rows<{ n: string; newest: string }>(
    `SELECT count() AS n, toUnixTimestamp64Milli(max(time)) AS newest FROM ${predictions} WHERE received < fromUnixTimestamp64Milli({from:Int64}, 'UTC')`,
    { from },
  );
  const rows = await client.rows<{ start: string; newest: string }>(
    `SELECT ${windowStartOf("toUnixTimestamp64Milli(received)", sloStepMs)} AS start, toUnixTimestamp64Milli(max(time)) AS newest FROM ${predictions}
     WHERE received >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND received < fromUnixTimestamp64Milli({to:Int64}, 'UTC') GROUP BY start ORDER BY start`,
    { from, to },
  );
  const newestOf = new Map(rows.map((row) => [Number(row.start), Number(row.newest)] as const));
  let newest = before === undefined || Number(before.n) === 0 ? undefined : Number(before.newest);
  const counts: SloCount[] = [];
  for (let start = from; start < to; start += sloStepMs) {
    const own = newestOf.get(start);
    if (own !== undefined) newest = Math.max(newest ?? own, own);
    if (newest === undefined) continue;
    const ageSeconds = Math.max(0, start + sloStepMs - newest) / 1_000;
    const isGood = keepsLimit(limit, ageSeconds);
    counts.push({ start, good: isGood ? 1 : 0, bad: isGood ? 0 : 1, waiting: 0 });
  }
  return counts;
}
