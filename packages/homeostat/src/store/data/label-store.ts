import { nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import { lagEdgesMs } from "../../domain/prediction/label-lag.ts";
import type {
  LabelCoverage,
  LabelHorizon,
  LabelQuery,
  LabelStore,
  LagCount,
  OutcomeTotal,
  ValueLags,
} from "../../domain/prediction/label-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import { edgeBin } from "./edge-bin.ts";
import { eventTablesOf, latestFirst, windowStartOf } from "./event-table.ts";

const mostValues = 20;
const longestShown = 100;

/** Labels and other outcomes in ClickHouse SQL: the engine joins and counts. */
export function createLabelStore(client: DataClient): LabelStore {
  return {
    labels: (system, query, horizon) => labels(client, system, query, horizon),
    totals: (system, query) => totals(client, system, query),
  };
}

interface Source {
  /** Predictions with id, time, received and the value of the segment as `slice`. */
  readonly sql: string;
  readonly ids: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The segment's name is one of the system's own, never text from a caller. Rare values are counted together. */
function sourceOf(system: System, { from, to, segment }: LabelQuery): Source {
  const { predictions } = eventTablesOf(system.name);
  const range = [
    ...(from === undefined ? [] : ["time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')"]),
    ...(to === undefined ? [] : ["time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')"]),
  ].join(" AND ");
  const inRange = range === "" ? "1" : range;
  const declared = system.segments.find((candidate) => candidate.name === segment?.name);
  const column = declared === undefined ? "''" : `toString(s_${declared.name})`;
  const top = `SELECT ${column} FROM ${predictions} WHERE ${inRange} AND ${column} != '${nullValue}' GROUP BY 1 ORDER BY count() DESC, 1 LIMIT ${declared?.top ?? 1}`;
  const slice =
    declared === undefined
      ? "''"
      : `if(${column} IN (${top}) OR ${column} = '${nullValue}', ${column}, '${otherValue}')`;
  const one = segment?.value === undefined ? "" : " WHERE slice = {slice:String}";
  return {
    sql: `SELECT * FROM (SELECT id, time, received, ${slice} AS slice FROM ${predictions} WHERE ${inRange})${one}`,
    ids: `SELECT id FROM ${predictions} WHERE ${inRange}`,
    parameters: {
      system: system.name,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(segment?.value === undefined ? {} : { slice: segment.value }),
    },
  };
}

/** An age as twice its bin, plus one for a label. Who is not of any age yet (after the horizon) is left out as -1. */
function ageCode(lag: string, followed: string, tag: string): { readonly sql: string; readonly parameters: object } {
  const known = `(isNotNull(${lag}) AND ifNull(${lag}, 0) <= ${followed})`;
  const bin = edgeBin(`toFloat64(greatest(0, if(${known}, ifNull(${lag}, 0), ${followed})))`, lagEdgesMs, tag);
  return { sql: `if(${followed} < 0, -1, toInt16(${bin.sql}) * 2 + ${known})`, parameters: bin.parameters };
}

async function labels(
  client: DataClient,
  system: System,
  query: LabelQuery,
  horizon: LabelHorizon,
): Promise<Awaited<ReturnType<LabelStore["labels"]>>> {
  const source = sourceOf(system, query);
  const told = ageCode("told_at - at", "{watermark:Int64} - at", "_t");
  const arrived = ageCode("came - came_in", "{now:Int64} - came_in", "_r");
  const rows = await client.rows<{
    g: number;
    start: string;
    slice: string;
    told: number;
    arrived: number;
    n: string;
    labelled: string;
    early: string;
  }>(
    `SELECT grouping(start) * 4 + grouping(told) * 2 + grouping(arrived) AS g, start, slice, told, arrived,
       count() AS n, countIf(isNotNull(told_at)) AS labelled, countIf(told_at < at) AS early
     FROM (
       SELECT slice, at, told_at, ${windowStartOf("at", system.windows.lengthMs)} AS start, ${told.sql} AS told, ${arrived.sql} AS arrived
       FROM (
         SELECT p.slice AS slice, toUnixTimestamp64Milli(p.time) AS at, toUnixTimestamp64Milli(p.received) AS came_in, l.told_at AS told_at, l.came AS came
         FROM (${source.sql}) AS p
         LEFT JOIN (
           SELECT prediction_id, toNullable(toUnixTimestamp64Milli(min(time))) AS told_at, toNullable(toUnixTimestamp64Milli(min(received))) AS came
           FROM outcomes WHERE system = {system:String} AND kind = 'label' AND prediction_id IN (${source.ids}) GROUP BY prediction_id
         ) AS l ON p.id = l.prediction_id
       )
     )
     GROUP BY GROUPING SETS ((start, slice), (slice, told), (slice, arrived)) ORDER BY slice, start, told, arrived`,
    { ...source.parameters, ...told.parameters, ...arrived.parameters, ...horizon },
  );
  // `grouping` is 1 for what a set leaves out: 3 is by window, 5 by the age of the label, 6 by its arrival.
  const counted = (g: number, slice: string, code: (row: (typeof rows)[number]) => number): readonly LagCount[] =>
    rows
      .filter((row) => row.g === g && row.slice === slice && code(row) >= 0)
      .map((row) => ({ bin: code(row) >> 1, labelled: (code(row) & 1) === 1, rows: Number(row.n) }));
  const byWindow = rows.filter((row) => row.g === 3);
  const values = [...new Set(byWindow.map((row) => row.slice))];
  return {
    coverage: byWindow.map(
      (row): LabelCoverage => ({
        window: Number(row.start),
        value: row.slice,
        rows: Number(row.n),
        labelled: Number(row.labelled),
        knownBefore: Number(row.early),
      }),
    ),
    lags: values.map(
      (value): ValueLags => ({
        value,
        byOutcomeTime: counted(5, value, (row) => row.told),
        byReceivedTime: counted(6, value, (row) => row.arrived),
      }),
    ),
  };
}

async function totals(client: DataClient, system: System, query: LabelQuery): Promise<readonly OutcomeTotal[]> {
  const source = sourceOf(system, query);
  const rows = await client.rows<{
    start: string;
    slice: string;
    kind: OutcomeTotal["kind"];
    name: string;
    unit: string;
    n: string;
    numbers: string;
    s: number;
    q: number;
    shown: [string, string][];
  }>(
    `SELECT start, slice, kind, name, unit, sum(rows) AS n, sum(number_rows) AS numbers, sum(total) AS s, sum(squares) AS q,
       arraySlice(arraySort(x -> (-toInt64(x.2), x.1), groupArrayIf((said, rows), said != '')), 1, ${mostValues}) AS shown
     FROM (
       SELECT ${windowStartOf("toUnixTimestamp64Milli(p.time)", system.windows.lengthMs)} AS start, p.slice AS slice, o.kind AS kind, o.name AS name, o.unit AS unit,
         multiIf(o.type = 'text', substringUTF8(o.text, 1, ${longestShown}), o.type = 'boolean', if(o.value = 1, 'true', 'false'), '') AS said,
         count() AS rows, countIf(o.type = 'number') AS number_rows, sumIf(o.number, o.type = 'number') AS total, sumIf(o.number * o.number, o.type = 'number') AS squares
       FROM (${source.sql}) AS p
       INNER JOIN (
         SELECT prediction_id, kind, name, unit, type, value, number, text FROM outcomes
         WHERE system = {system:String} AND kind != 'label' AND prediction_id IN (${source.ids})
         ORDER BY prediction_id, kind, name, ${latestFirst} LIMIT 1 BY prediction_id, kind, name
       ) AS o ON p.id = o.prediction_id
       GROUP BY start, slice, kind, name, unit, said
     )
     GROUP BY start, slice, kind, name, unit ORDER BY start, slice, kind, name, unit`,
    source.parameters,
  );
  return rows.map((row) => ({
    window: Number(row.start),
    value: row.slice,
    kind: row.kind,
    name: row.name,
    unit: row.unit,
    count: Number(row.n),
    numbers: Number(row.numbers),
    sum: row.s,
    sumSquares: row.q,
    values: row.shown.map(([value, count]) => ({ value, count: Number(count) })),
  }));
}
