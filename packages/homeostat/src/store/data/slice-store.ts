import type { Baseline } from "../../domain/baseline/baseline.ts";
import { type BinCounts, type ProbabilityCounts, scoreSubject } from "../../domain/baseline/profile-store.ts";
import {
  type CodedDimension,
  channelColumns,
  type HourCounts,
  type LossHour,
  type LossSums,
  type ReplayRow,
  type RowRange,
  type Slice,
  type SlicePicture,
  type SliceStore,
} from "../../domain/baseline/slice-store.ts";
import { hourMs } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, windowStartOf } from "./event-table.ts";
import { subjectBin } from "./profile-statement.ts";
import { countLattice } from "./slice-lattice.ts";
import { reachOf } from "./slice-reach.ts";
import { inRange, judgedRowsOf, lossOf, type RowSource, rowsOf } from "./slice-rows.ts";

/** Raw rows for a diagnosis, counted by the engine. */
export function createSliceStore(client: DataClient): SliceStore {
  return {
    told: (tell) =>
      createSliceStore({
        ...client,
        rows: (sql, parameters = {}) => {
          tell({ sql, parameters });
          return client.rows(sql, parameters);
        },
      }),
    repeat: ({ sql, parameters }, limit) =>
      client.rows(`SELECT * FROM (${sql}) LIMIT {repeated:UInt32}`, { ...parameters, repeated: limit }),
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
        `SELECT ${hourOfRow} AS hour, ${bin.sql} AS bin, count() AS n FROM (${source.sql}) GROUP BY hour, bin ORDER BY hour, bin`,
        { ...source.parameters, ...bin.parameters },
      );
      return rows.map((row): HourCounts => ({ hour: Number(row.hour), bin: row.bin, count: Number(row.n) }));
    },
    hourlyLoss: (system, baseline, range, slice) => hourlyLoss(client, system, baseline, range, slice),
    lattice: (system, baseline, question) => countLattice(client, system, baseline, question),
    channels: (system, range, limit) => channels(client, system, range, limit),
    reach: (system, baseline, range, slice) => reachOf(client, system, rowsOf(system, baseline, range, slice)),
    replayRows: (system, baseline, range, slice, limit) => replayRows(client, system, baseline, range, slice, limit),
    business: async (system, range) => {
      const ids = `SELECT id FROM ${eventTablesOf(system.name).predictions} WHERE ${inRange}`;
      const rows = await client.rows<{ name: string; unit: string; n: string; mean: number }>(
        `SELECT name, unit, count() AS n, avg(number) AS mean FROM (
           SELECT prediction_id, name, unit, number FROM outcomes WHERE system = {system:String} AND kind = 'business' AND prediction_id IN (${ids})
           ORDER BY prediction_id, name, time DESC, received DESC LIMIT 1 BY prediction_id, name)
         GROUP BY name, unit ORDER BY name, unit`,
        { system: system.name, from: range.from, to: range.to },
      );
      return rows.map((row) => ({ name: row.name, unit: row.unit, count: Number(row.n), mean: row.mean }));
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

const hourOfRow = windowStartOf("toUnixTimestamp64Milli(time)", hourMs);
/** Features counted by one statement: more would hold too many groups side by side. */
const featuresPerStatement = 50;

async function picture(
  client: DataClient,
  system: System,
  baseline: Baseline,
  range: RowRange,
  slice: Slice | undefined,
): Promise<SlicePicture> {
  const source = rowsOf(system, baseline, range, slice);
  const names = baseline.features.map(({ name }) => name);
  const features = new Map<string, BinCounts>(names.map((name) => [name, { bins: [], counts: [] }]));
  for (let from = 0; from < names.length; from += featuresPerStatement)
    for (const [name, counts] of await featureCounts(
      client,
      baseline,
      source,
      names.slice(from, from + featuresPerStatement),
    ))
      features.set(name, counts);
  const [size] = await client.rows<{ n: string }>(`SELECT count() AS n FROM (${source.sql})`, source.parameters);
  const judged = judgedRowsOf(system, range, source);
  return {
    rows: Number(size?.n ?? 0),
    features,
    score: await scores(client, baseline, judged),
    losses: await losses(client, system, judged),
  };
}

/** Counts of several features by bin, in one scan. */
async function featureCounts(
  client: DataClient,
  baseline: Baseline,
  source: RowSource,
  names: readonly string[],
): Promise<readonly (readonly [string, BinCounts])[]> {
  const bins = names.map((name, index) => subjectBin(baseline, name, `f${index}`));
  const chosen = (what: (index: number) => string): string =>
    names.length === 1
      ? what(0)
      : `multiIf(${names
          .slice(1)
          .map((_, index) => `grouping(b${index + 1}) = 0, ${what(index + 1)}, `)
          .join("")}${what(0)})`;
  const rows = await client.rows<{ feature: number; bin: number; n: string }>(
    `SELECT ${chosen((index) => `toUInt16(${index})`)} AS feature, ${chosen((index) => `b${index}`)} AS bin, count() AS n
     FROM (SELECT ${bins.map((bin, index) => `toInt16(${bin.sql}) AS b${index}`).join(", ")} FROM (${source.sql}))
     GROUP BY GROUPING SETS (${names.map((_, index) => `(b${index})`).join(", ")}) ORDER BY feature, bin`,
    Object.assign({}, source.parameters, ...bins.map((bin) => bin.parameters)),
  );
  return names.map((name, index) => {
    const own = rows.filter((row) => row.feature === index);
    return [name, { bins: own.map((row) => row.bin), counts: own.map((row) => Number(row.n)) }];
  });
}

async function losses(client: DataClient, system: System, judged: RowSource): Promise<LossSums> {
  const loss = lossOf(system);
  const [row] = await client.rows<{ n: string; l: number; s: number }>(
    `SELECT count() AS n, sum(${loss.sql}) AS l, sum(${loss.sql} * ${loss.sql}) AS s FROM (${judged.sql}) WHERE ${loss.known}`,
    judged.parameters,
  );
  return { rows: Number(row?.n ?? 0), loss: row?.l ?? 0, squares: row?.s ?? 0 };
}

async function scores(
  client: DataClient,
  baseline: Baseline,
  judged: RowSource,
): Promise<ProbabilityCounts | undefined> {
  // Other tasks have no distribution of scores here: their losses are counted.
  if (baseline.score.kind !== "probability") return undefined;
  const bin = subjectBin(baseline, scoreSubject);
  const rows = await client.rows<{ bin: number; n: string; p: string; q: string; s: number; l: number }>(
    `SELECT ${bin.sql} AS bin, count() AS n, countIf(outcome = 1) AS p, countIf(outcome = 0) AS q, sum(probability) AS s, sumIf(probability, isNotNull(outcome)) AS l
     FROM (${judged.sql}) GROUP BY bin ORDER BY bin`,
    { ...judged.parameters, ...bin.parameters },
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

/** Twice the mean loss of all reference rows is large; a wrong decision always is. */
async function hourlyLoss(
  client: DataClient,
  system: System,
  baseline: Baseline,
  range: RowRange,
  slice: Slice | undefined,
): Promise<readonly LossHour[]> {
  const loss = lossOf(system);
  const usual = `SELECT 2 * avg(${loss.sql}) FROM ${eventTablesOf(system.name).reference} WHERE release = {release:String} AND scored = 1 AND ${loss.known}`;
  const large = system.task.type === "regression" ? `(${usual})` : "0";
  const source = judgedRowsOf(system, range, rowsOf(system, baseline, range, slice));
  const rows = await client.rows<{ hour: string; n: string; large: string }>(
    `SELECT ${hourOfRow} AS hour, count() AS n, countIf(${loss.sql} > ${large}) AS large FROM (${source.sql}) WHERE ${loss.known} GROUP BY hour ORDER BY hour`,
    { ...source.parameters, release: baseline.release },
  );
  return rows.map((row) => ({ hour: Number(row.hour), rows: Number(row.n), large: Number(row.large) }));
}

/** A channel with one value tells nothing apart. */
async function channels(
  client: DataClient,
  system: System,
  range: RowRange,
  limit: number,
): Promise<readonly CodedDimension[]> {
  if (range.kind !== "live") return [];
  const found = await Promise.all(
    channelColumns.map(async (name): Promise<CodedDimension> => {
      const rows = await client.rows<{ v: string }>(
        `SELECT toString(${name}) AS v FROM ${eventTablesOf(system.name).predictions} WHERE ${inRange} AND ${name} != '' GROUP BY v ORDER BY count() DESC, v LIMIT {limit:UInt32}`,
        { from: range.from, to: range.to, limit },
      );
      const items = rows.map(({ v }) => ({ values: [v], words: `${name}=${v}` }));
      return { dimension: { kind: "channel", name }, items };
    }),
  );
  return found.filter(({ items }) => items.length > 1);
}

async function replayRows(
  client: DataClient,
  system: System,
  baseline: Baseline,
  range: RowRange,
  slice: Slice | undefined,
  limit: number,
): Promise<readonly ReplayRow[]> {
  const plain = rowsOf(system, baseline, range, slice);
  // The hash spreads the choice over the stretch and makes it the same every time.
  const chosen = {
    sql: `SELECT * FROM (${plain.sql}) ORDER BY cityHash64(id) LIMIT {replayed:UInt32}`,
    parameters: { ...plain.parameters, replayed: limit },
  };
  const judged = judgedRowsOf(system, range, chosen);
  const vector = system.pipeline.features.map(({ name }) => `f_${name} AS v_${name}`);
  const inputs = system.pipeline.inputs.map(({ name, type }) =>
    type === "timestamp" ? `formatDateTime(i_${name}, '%Y-%m-%dT%H:%i:%S.%fZ') AS w_${name}` : `i_${name} AS w_${name}`,
  );
  const rows = await client.rows<Readonly<Record<string, number | string | boolean | null>>>(
    `SELECT id, probability, outcome, ${[...vector, ...inputs].join(", ")} FROM (${judged.sql}) ORDER BY id`,
    judged.parameters,
  );
  const numberOr = (value: string | number | boolean | null | undefined): number | string | null =>
    typeof value === "boolean" ? Number(value) : (value ?? null);
  return rows.map(
    (row): ReplayRow => ({
      id: String(row.id),
      probability: Number(row.probability),
      outcome: row.outcome === null || row.outcome === undefined ? undefined : Number(row.outcome) === 1,
      vector: system.pipeline.features.map(({ name }) => numberOr(row[`v_${name}`])),
      inputs: Object.fromEntries(
        system.pipeline.inputs.map(({ name, type }) => {
          const value = row[`w_${name}`] ?? null;
          // Whole numbers of 64 bits arrive as text.
          return [name, type === "integer" && value !== null ? Number(value) : value];
        }),
      ),
    }),
  );
}
