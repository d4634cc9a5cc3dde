import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { Crowd, FeatureAge, RepeatedQuestions, RowFacts } from "../../domain/baseline/row-facts.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { eventTablesOf, outputColumnNames } from "./event-table.ts";
import { countCrowds, countReferenceCrowds } from "./row-crowds.ts";

/** Counts over the raw rows of a window or of the reference, made by the engine. */
export function createRowFacts(client: DataClient): RowFacts {
  const repeats = onceABaseline<readonly RepeatedQuestions[]>();
  const crowds = onceABaseline<readonly Crowd[]>();
  return {
    featureAges: (system, baseline, window, limits) => featureAges(client, system, baseline, window, limits),
    repeats: (system, window) => repeatsIn(client, system, liveRows(system, window)),
    referenceRepeats: (system, baseline) =>
      repeats(baseline, () => repeatsIn(client, system, referenceRows(system, baseline))),
    crowds: (system, baseline, window, band) => countCrowds(client, system, baseline, window, band),
    referenceCrowds: (system, baseline, band) =>
      crowds(baseline, () => countReferenceCrowds(client, system, baseline, band)),
  };
}

/** A baseline never changes: what was counted of a system's newest one is kept. */
function onceABaseline<T>(): (baseline: Baseline, count: () => Promise<T>) => Promise<T> {
  const counted = new Map<string, { readonly baseline: string; readonly value: T }>();
  return async (baseline, count) => {
    const known = counted.get(baseline.system);
    if (known?.baseline === baseline.id) return known.value;
    const value = await count();
    counted.set(baseline.system, { baseline: baseline.id, value });
    return value;
  };
}

/** Rows with what says which question was asked of which model in which setting. */
interface AskedRows {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** What a sender tells of one call and not of how the model was set. */
const ofOneCall = "(?i)session|trace|request|span|conversation|user";

function liveRows(system: System, window: Window): AskedRows {
  const { predictions } = eventTablesOf(system.name);
  return {
    sql: `SELECT *, toString(release) AS of_release,
        toJSONString(mapFilter((key, value) -> NOT match(toString(key), '${ofOneCall}'), state)) AS setting,
        toString(tuple(model, pipeline, served_by, environment, cohort)) AS of_model
      FROM ${predictions} WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`,
    parameters: { from: window.start, to: window.end },
  };
}

function referenceRows(system: System, baseline: Baseline): AskedRows {
  return {
    sql: `SELECT *, {release:String} AS of_release, '{}' AS setting, '' AS of_model
      FROM ${eventTablesOf(system.name).reference} WHERE release = {release:String} AND scored = 1`,
    parameters: { release: baseline.release },
  };
}

interface RepeatRow {
  readonly same: RepeatedQuestions["same"];
  readonly release: string;
  readonly setting: string;
  readonly questions: string;
  readonly differing: string;
  readonly rows: string;
  readonly spread: number | null;
  readonly largest: number | null;
}

async function repeatsIn(client: DataClient, system: System, asked: AskedRows): Promise<readonly RepeatedQuestions[]> {
  const kinds = [
    { same: "vector", columns: system.pipeline.features.map(({ name }) => `f_${name}`) },
    { same: "input", columns: system.pipeline.inputs.map(({ name }) => `i_${name}`) },
  ] as const;
  // One statement for both: a window's evaluation asks many small questions, and each is a round trip.
  const statements = kinds.map(({ same, columns }) => repeatStatement(system, asked.sql, same, columns));
  const rows = await client.rows<RepeatRow>(statements.join(" UNION ALL "), asked.parameters);
  return rows.map(
    (row): RepeatedQuestions => ({
      same: row.same,
      release: row.release,
      setting: row.setting === "{}" ? "" : row.setting,
      questions: Number(row.questions),
      differing: Number(row.differing),
      rows: Number(row.rows),
      spread: row.spread ?? undefined,
      largest: row.largest ?? undefined,
    }),
  );
}

/** Answers differ when they are further apart than single precision and the order of sums explain. */
const differs = "greatest - least > 1e-9 + 1e-6 * abs(greatest)";

function repeatStatement(
  system: System,
  source: string,
  same: RepeatedQuestions["same"],
  columns: readonly string[],
): string {
  const classes = system.task.type === "multiclass-classification";
  const [answer = "probability"] = outputColumnNames(system);
  const measured = classes
    ? `uniqExact(toString(ifNull(${answer}, ''))) > 1 AS apart, 0 AS squares, 0 AS width`
    : `min(assumeNotNull(${answer})) AS least, max(assumeNotNull(${answer})) AS greatest, ${differs} AS apart,
       varPop(assumeNotNull(${answer})) * count() AS squares, greatest - least AS width`;
  const spread = classes
    ? "CAST(NULL AS Nullable(Float64)) AS spread, CAST(NULL AS Nullable(Float64)) AS largest"
    : "toNullable(sqrt(sum(squares) / sum(n - 1))) AS spread, toNullable(toFloat64(max(width))) AS largest";
  return `SELECT * FROM (SELECT '${same}' AS same, of_release AS release, setting, count() AS questions, countIf(apart) AS differing, sum(n) AS rows, ${spread}
    FROM (SELECT of_release, setting, count() AS n, ${measured} FROM (${source})
      WHERE isNotNull(${answer})
      GROUP BY of_release, setting, of_model, cityHash64(toString(tuple(${columns.join(", ")}))) HAVING n > 1)
    GROUP BY of_release, setting ORDER BY questions DESC, setting LIMIT 50)`;
}

const agesOf = (rows: string): string =>
  `SELECT pair.1 AS feature, pair.2 AS age FROM (SELECT arrayJoin(arrayZip(arrayMap(key -> toString(key), mapKeys(feature_ages)), mapValues(feature_ages))) AS pair FROM ${rows})`;

interface AgeRow {
  readonly feature: string;
  readonly n: string;
  readonly median: number;
  readonly p99: number;
  readonly greatest: number;
}

async function featureAges(
  client: DataClient,
  system: System,
  baseline: Baseline,
  window: Window,
  declared: ReadonlyMap<string, number>,
): Promise<readonly FeatureAge[]> {
  const { predictions, reference } = eventTablesOf(system.name);
  const live = agesOf(
    `${predictions} WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND notEmpty(feature_ages)`,
  );
  const parameters = { from: window.start, to: window.end };
  const told = await summedAges(client, live, parameters);
  if (told.length === 0) return [];
  const normal = agesOf(`${reference} WHERE release = {release:String} AND notEmpty(feature_ages)`);
  const release = { release: baseline.release };
  const known = new Map((await summedAges(client, normal, release)).map((row) => [row.feature, row]));
  const limits = told.flatMap(({ feature }) => {
    const limit = declared.get(feature) ?? known.get(feature)?.p99;
    return limit === undefined ? [] : [{ feature, limit }];
  });
  const over = await olderThan(client, live, parameters, limits);
  const normalOver = await olderThan(client, normal, release, limits);
  return told.map((row): FeatureAge => {
    const { feature } = row;
    const limit = limits.find((one) => one.feature === feature)?.limit;
    return {
      feature,
      rows: Number(row.n),
      median: row.median,
      p99: row.p99,
      greatest: row.greatest,
      limit,
      limitFrom: limit === undefined ? undefined : declared.has(feature) ? "declared" : "baseline",
      overLimit: over.get(feature) ?? 0,
      baselineRows: Number(known.get(feature)?.n ?? 0),
      baselineOverLimit: normalOver.get(feature) ?? 0,
    };
  });
}

function summedAges(client: DataClient, source: string, parameters: QueryParameters): Promise<readonly AgeRow[]> {
  return client.rows<AgeRow>(
    `SELECT feature, count() AS n, quantileExact(0.5)(age) AS median, quantileExact(0.99)(age) AS p99, max(age) AS greatest
     FROM (${source}) GROUP BY feature ORDER BY feature`,
    parameters,
  );
}

async function olderThan(
  client: DataClient,
  source: string,
  parameters: QueryParameters,
  limits: readonly { readonly feature: string; readonly limit: number }[],
): Promise<ReadonlyMap<string, number>> {
  if (limits.length === 0) return new Map();
  const rows = await client.rows<{ feature: string; n: string }>(
    `SELECT feature, countIf(age > transform(feature, {features:Array(String)}, {limits:Array(Float64)}, inf)) AS n
     FROM (${source}) GROUP BY feature`,
    { ...parameters, features: limits.map(({ feature }) => feature), limits: limits.map(({ limit }) => limit) },
  );
  return new Map(rows.map((row) => [row.feature, Number(row.n)]));
}
