import { type Baseline, nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import { type BinCounts, type ProbabilityCounts, scoreSubject } from "../../domain/baseline/profile-store.ts";
import type { HourCounts, RowRange, Slice, SlicePicture, SliceStore } from "../../domain/baseline/slice-store.ts";
import { hourMs } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, latestLabels, windowStartOf } from "./event-table.ts";
import { subjectBin } from "./profile-statement.ts";

interface RowSource {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Raw rows for a diagnosis, counted by the engine. */
export function createSliceStore(client: DataClient): SliceStore {
  return {
    picture: (system, baseline, range, slice) => picture(client, system, baseline, range, slice),
    quantiles: async (system, baseline, range, slice, feature, levels) => {
      const source = rowsOf(system, baseline, range, slice);
      const [row] = await client.rows<{ q: number[]; n: string }>(
        `SELECT quantilesExact(${levels.map((level) => Number(level)).join(", ")})(assumeNotNull(f_${feature})) AS q, count() AS n FROM (${source.sql}) WHERE isNotNull(f_${feature})`,
        source.parameters,
      );
      return row === undefined || Number(row.n) === 0 ? [] : row.q;
    },
    valueCounts: async (system, baseline, range, slice, feature, limit) => {
      const source = rowsOf(system, baseline, range, slice);
      const rows = await client.rows<{ v: number; n: string }>(
        `SELECT assumeNotNull(f_${feature}) + 0 AS v, count() AS n FROM (${source.sql}) WHERE isNotNull(f_${feature}) GROUP BY v ORDER BY v LIMIT {limit:UInt32}`,
        { ...source.parameters, limit: limit + 1 },
      );
      return rows.length > limit ? undefined : new Map(rows.map((row) => [row.v, Number(row.n)]));
    },
    hourly: async (system, baseline, range, slice, feature) => {
      const source = rowsOf(system, baseline, range, slice);
      const bin = subjectBin(baseline, feature);
      const rows = await client.rows<{ hour: string; bin: number; n: string }>(
        `SELECT ${windowStartOf("toUnixTimestamp64Milli(time)", hourMs)} AS hour, ${bin.sql} AS bin, count() AS n FROM (${source.sql}) GROUP BY hour, bin ORDER BY hour, bin`,
        { ...source.parameters, ...bin.parameters },
      );
      return rows.map((row): HourCounts => ({ hour: Number(row.hour), bin: row.bin, count: Number(row.n) }));
    },
    serving: async (system, range) => {
      const [row] = await client.rows<{ n: string; degraded: number; p95: number | null }>(
        `SELECT count() AS n, countIf(served_by IN ('previous-release', 'constant')) / greatest(count(), 1) AS degraded, quantileOrNull(0.95)(latency_ms) AS p95
         FROM ${eventTablesOf(system.name).predictions} WHERE ${inRange}`,
        { from: range.from, to: range.to },
      );
      return { rows: Number(row?.n ?? 0), degradedShare: row?.degraded ?? 0, latencyP95Ms: row?.p95 ?? undefined };
    },
  };
}

const inRange =
  "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

function rowsOf(system: System, baseline: Baseline, range: RowRange, slice: Slice | undefined): RowSource {
  const tables = eventTablesOf(system.name);
  const { condition, parameters } = sliceCondition(system, baseline, slice);
  if (range.kind === "reference") {
    return {
      sql: `SELECT * FROM ${tables.reference} WHERE release = {release:String}
        AND has({starts:Array(Int64)}, ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)})${condition}`,
      parameters: { ...parameters, release: baseline.release, starts: [...range.windows] },
    };
  }
  return {
    sql: `SELECT * FROM ${tables.predictions} WHERE ${inRange}${condition}`,
    parameters: { ...parameters, from: range.from, to: range.to },
  };
}

/** The segment's name is one of the system's own, never text from a caller; one that is declared no more has no rows. */
function sliceCondition(
  system: System,
  baseline: Baseline,
  slice: Slice | undefined,
): { readonly condition: string; readonly parameters: Readonly<Record<string, unknown>> } {
  if (slice === undefined) return { condition: "", parameters: {} };
  const segment = system.segments.find((candidate) => candidate.name === slice.segment)?.name;
  if (segment === undefined) return { condition: " AND 0", parameters: {} };
  const named = `has({slice:Array(String)}, toString(s_${segment}))`;
  if (!slice.values.includes(otherValue))
    return { condition: ` AND ${named}`, parameters: { slice: [...slice.values] } };
  const frozen = baseline.segments.find((candidate) => candidate.name === segment)?.values ?? [];
  return {
    condition: ` AND (${named} OR NOT has({frozen:Array(String)}, toString(s_${segment})))`,
    parameters: { slice: [...slice.values], frozen: [...frozen, nullValue] },
  };
}

async function picture(
  client: DataClient,
  system: System,
  baseline: Baseline,
  range: RowRange,
  slice: Slice | undefined,
): Promise<SlicePicture> {
  const source = rowsOf(system, baseline, range, slice);
  const counted = await Promise.all(
    baseline.features.map(async ({ name }): Promise<readonly [string, BinCounts]> => {
      const bin = subjectBin(baseline, name);
      const rows = await client.rows<{ bin: number; n: string }>(
        `SELECT ${bin.sql} AS bin, count() AS n FROM (${source.sql}) GROUP BY bin ORDER BY bin`,
        { ...source.parameters, ...bin.parameters },
      );
      return [name, { bins: rows.map((row) => row.bin), counts: rows.map((row) => Number(row.n)) }];
    }),
  );
  const [size] = await client.rows<{ n: string }>(`SELECT count() AS n FROM (${source.sql})`, source.parameters);
  return {
    rows: Number(size?.n ?? 0),
    features: new Map(counted),
    score: await scores(client, system, baseline, range, source),
  };
}

async function scores(
  client: DataClient,
  system: System,
  baseline: Baseline,
  range: RowRange,
  source: RowSource,
): Promise<ProbabilityCounts | undefined> {
  // Other tasks have no slice audit of their answers: their step says that it was not checked.
  if (baseline.score.kind !== "probability") return undefined;
  const bin = subjectBin(baseline, scoreSubject);
  const joined =
    range.kind === "reference"
      ? source.sql
      : `SELECT p.probability AS probability, 1 AS scored, o.outcome AS outcome FROM (${source.sql}) AS p
         LEFT JOIN (${latestLabels(system, `SELECT id FROM (${source.sql})`)}) AS o ON p.id = o.prediction_id`;
  const rows = await client.rows<{ bin: number; n: string; p: string; q: string; s: number; l: number }>(
    `SELECT ${bin.sql} AS bin, count() AS n, countIf(outcome = 1) AS p, countIf(outcome = 0) AS q, sum(probability) AS s, sumIf(probability, isNotNull(outcome)) AS l
     FROM (${joined}) WHERE scored = 1 GROUP BY bin ORDER BY bin`,
    { ...source.parameters, ...bin.parameters, system: system.name },
  );
  return {
    kind: "probability",
    bins: rows.map((row) => row.bin),
    positives: rows.map((row) => Number(row.p)),
    negatives: rows.map((row) => Number(row.q)),
    unlabelled: rows.map((row) => Number(row.n) - Number(row.p) - Number(row.q)),
    scoreSums: rows.map((row) => row.s),
    labelledScoreSums: rows.map((row) => row.l),
  };
}
