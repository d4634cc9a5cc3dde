import {
  type FrozenClass,
  type FrozenFeature,
  type FrozenProbability,
  type FrozenScore,
  type FrozenSegment,
  type FrozenValue,
  mostClasses,
} from "../../domain/baseline/baseline.ts";
import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import { leastRowsForUnusual } from "../../domain/baseline/unusual.ts";
import type { Feature } from "../../domain/pipeline/pipeline.ts";
import type { SegmentDefinition, System } from "../../domain/system/system.ts";
import type { Task } from "../../domain/system/task.ts";
import type { Binning, NumericBinning } from "../../stats/histogram/binning.ts";
import { FINE_BINS, numericBinningOfSummary } from "../../stats/histogram/numeric-binning.ts";
import { withRange } from "../../stats/histogram/with-range.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, windowStartOf } from "./event-table.ts";
import { freezeUnusual } from "./freeze-unusual.ts";

type Frozen = Awaited<ReturnType<ProfileStore["freeze"]>>;

const scoreBins = 200;
const categoriesKept = 49;
const othersKept = 10_000;
/** A segment value with less than this share of the reference is counted under OTHER: support for a slice (SliceLine's 0.5 %). */
const segmentShare = 0.005;

/** Decides bins, edges and segment values from the reference rows of a release. One scan per feature. */
export async function freezeReference(client: DataClient, system: System, release: string): Promise<Frozen> {
  const table = eventTablesOf(system.name).reference;
  const source = `(SELECT * FROM ${table} WHERE release = {release:String})`;
  const [size] = await client.rows<{ rows: string; scored: string }>(
    `SELECT count() AS rows, countIf(scored = 1) AS scored FROM ${source}`,
    { release },
  );
  const windows = await client.rows<{ start: string; rows: string }>(
    `SELECT ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)} AS start, count() AS rows FROM ${source} GROUP BY start ORDER BY start`,
    { release },
  );
  const features = await Promise.all(
    system.pipeline.features.map((feature) => freezeFeature(client, source, release, feature)),
  );
  const rows = Number(size?.rows ?? 0);
  return {
    rows,
    scoredRows: Number(size?.scored ?? 0),
    features,
    unusual: rows < leastRowsForUnusual ? undefined : await freezeUnusual(client, source, release, features),
    score: await freezeScore(client, source, release, system.task),
    segments: await Promise.all(system.segments.map((segment) => freezeSegment(client, source, release, segment))),
    windows: windows.map((row) => ({ start: Number(row.start), rows: Number(row.rows) })),
  };
}

async function freezeFeature(
  client: DataClient,
  source: string,
  release: string,
  feature: Feature,
): Promise<FrozenFeature> {
  const column = `f_${feature.name}`;
  const [nulls] = await client.rows<{ share: number }>(
    `SELECT countIf(isNull(${column})) / count() AS share FROM ${source}`,
    { release },
  );
  const known = { name: feature.name, nullShare: nulls?.share ?? 0 };
  if (feature.type === "category")
    return { ...known, binning: await categoryBinning(client, source, release, column), percentiles: [] };
  const range = await rangeOf(client, source, release, column);
  const binning = await numberBinning(client, source, release, column);
  return {
    ...known,
    binning: range === undefined ? binning : withRange(binning, range.least, range.greatest),
    percentiles: await percentiles(client, source, release, column),
    range,
  };
}

/** The least and the greatest finite value; undefined where there is none. */
async function rangeOf(
  client: DataClient,
  source: string,
  release: string,
  column: string,
): Promise<FrozenFeature["range"]> {
  const finite = `isNotNull(${column}) AND isFinite(assumeNotNull(${column}))`;
  const [row] = await client.rows<{ n: string; least: number; greatest: number }>(
    `SELECT count() AS n, min(assumeNotNull(${column})) + 0 AS least, max(assumeNotNull(${column})) + 0 AS greatest FROM ${source} WHERE ${finite}`,
    { release },
  );
  return row === undefined || Number(row.n) === 0 ? undefined : { least: row.least, greatest: row.greatest };
}

async function percentiles(
  client: DataClient,
  source: string,
  release: string,
  column: string,
): Promise<readonly number[]> {
  const [row] = await client.rows<{ q: number[] }>(
    `SELECT quantilesExact(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)(assumeNotNull(${column})) AS q FROM ${source} WHERE isNotNull(${column})`,
    { release },
  );
  return row?.q ?? [];
}

/** The two aggregates that the statistics room makes a binning of: heavy single values, and quantiles of the rest. */
async function numberBinning(
  client: DataClient,
  source: string,
  release: string,
  column: string,
): Promise<NumericBinning> {
  const finite = `isNotNull(${column}) AND isFinite(assumeNotNull(${column}))`;
  const heavy = await client.rows<{ value: number; count: string }>(
    // Adding zero makes one value of 0 and -0, which would be two groups.
    `SELECT assumeNotNull(${column}) + 0 AS value, count() AS count FROM ${source} WHERE ${finite} GROUP BY value
     HAVING count * ${FINE_BINS} >= (SELECT count() FROM ${source} WHERE ${finite}) ORDER BY value`,
    { release },
  );
  const points = heavy.map((row) => row.value);
  const quantiles = await quantilesOf(
    client,
    `${source} WHERE ${finite} AND NOT has({points:Array(Float64)}, assumeNotNull(${column}))`,
    { release, points },
    `assumeNotNull(${column})`,
    FINE_BINS,
  );
  return numericBinningOfSummary({
    heavy: heavy.map((row) => ({ value: row.value, count: Number(row.count) })),
    quantiles,
  });
}

/** Exact quantiles at levels 0, 1/bins … (bins-1)/bins: the values at index ⌊level·n⌋ in order, never interpolations. Empty when there are no rows. */
async function quantilesOf(
  client: DataClient,
  rows: string,
  parameters: Readonly<Record<string, unknown>>,
  value: string,
  bins: number,
): Promise<readonly number[]> {
  const levels = Array.from({ length: bins }, (_, index) => index / bins).join(", ");
  const [row] = await client.rows<{ q: number[]; n: string }>(
    `SELECT quantilesExact(${levels})(${value}) AS q, count() AS n FROM ${rows}`,
    parameters,
  );
  return row === undefined || Number(row.n) === 0 ? [] : row.q;
}

async function categoryBinning(client: DataClient, source: string, release: string, column: string): Promise<Binning> {
  const rows = await client.rows<{ v: string }>(
    `SELECT toString(${column}) AS v FROM ${source} WHERE isNotNull(${column}) GROUP BY v ORDER BY count() DESC, v LIMIT ${categoriesKept + othersKept + 1}`,
    { release },
  );
  const values = rows.map((row) => row.v);
  return {
    kind: "categorical",
    categories: values.slice(0, categoriesKept),
    others: values.slice(categoriesKept, categoriesKept + othersKept),
    othersComplete: values.length <= categoriesKept + othersKept,
  };
}

function freezeScore(client: DataClient, source: string, release: string, task: Task): Promise<FrozenScore> {
  switch (task.type) {
    case "binary-classification":
      return freezeProbability(client, source, release, task.threshold);
    case "regression":
      return freezeValue(client, source, release);
    case "multiclass-classification":
      return freezeClass(client, source, release, task.classes);
  }
}

async function freezeProbability(
  client: DataClient,
  source: string,
  release: string,
  threshold: number,
): Promise<FrozenProbability> {
  const inner = await innerQuantiles(client, `${source} WHERE scored = 1`, release, "probability");
  const edges = new Set([...inner, threshold]);
  return { kind: "probability", edges: [...edges].sort((a, b) => a - b), threshold };
}

async function freezeValue(client: DataClient, source: string, release: string): Promise<FrozenValue> {
  const known = `${source} WHERE scored = 1 AND isNotNull(value)`;
  const edges = await innerQuantiles(client, known, release, "assumeNotNull(value)");
  const [row] = await client.rows<{ origin: number }>(
    `SELECT ifNull(ifNull(avg(outcome), avg(value)), 0) AS origin FROM ${source} WHERE scored = 1`,
    { release },
  );
  return { kind: "value", edges: [...new Set(edges)].sort((a, b) => a - b), origin: row?.origin ?? 0 };
}

async function freezeClass(
  client: DataClient,
  source: string,
  release: string,
  declared: "open" | readonly string[],
): Promise<FrozenClass> {
  const confident = `${source} WHERE scored = 1 AND isNotNull(confidence)`;
  const edges = await innerQuantiles(client, confident, release, "assumeNotNull(confidence)");
  const confidenceEdges = [...new Set(edges)].sort((a, b) => a - b);
  if (declared !== "open") return { kind: "class", classes: declared, confidenceEdges };
  const rows = await client.rows<{ v: string }>(
    `SELECT assumeNotNull(said) AS v FROM (SELECT arrayJoin([CAST(class AS Nullable(String)), CAST(outcome AS Nullable(String))]) AS said FROM ${source} WHERE scored = 1)
     WHERE isNotNull(said) GROUP BY said ORDER BY count() DESC, said LIMIT ${mostClasses}`,
    { release },
  );
  return { kind: "class", classes: rows.map((row) => row.v), confidenceEdges };
}

/** Quantiles of a number above its lowest value: edges that leave no bin empty. */
async function innerQuantiles(
  client: DataClient,
  rows: string,
  release: string,
  value: string,
): Promise<readonly number[]> {
  const [lowest, ...inner] = await quantilesOf(client, rows, { release }, value, scoreBins);
  return inner.filter((edge) => edge !== lowest);
}

async function freezeSegment(
  client: DataClient,
  source: string,
  release: string,
  segment: SegmentDefinition,
): Promise<FrozenSegment> {
  const column = `s_${segment.name}`;
  const rows = await client.rows<{ v: string }>(
    `SELECT toString(${column}) AS v FROM ${source} WHERE ${column} != '(null)' GROUP BY v
     HAVING count() >= ${segmentShare} * (SELECT count() FROM ${source}) ORDER BY count() DESC, v LIMIT ${segment.top}`,
    { release },
  );
  return { name: segment.name, values: rows.map((row) => row.v) };
}
