import {
  type ColumnKind,
  type ColumnStatistics,
  canonicalRow,
  columnKindOf,
  type DatasetColumn,
  partLimits,
} from "../../domain/dataset/manifest.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { linesOf } from "./lines-of.ts";

/** Rows of an engine, wherever they lie. */
export interface Relation {
  readonly client: DataClient;
  /** What stands after FROM; it needs no alias. */
  readonly from: string;
  readonly parameters: QueryParameters;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** One part before it is stored. */
export interface PartText {
  readonly rows: number;
  readonly text: Buffer;
}

type Looked =
  | { readonly kind: "rows"; readonly rows: number; readonly schema: readonly DatasetColumn[] }
  | { readonly kind: "refused"; readonly column: string };

/** A plain name for a column whose own may hold anything. */
const valueName = (index: number): string => `v${index}`;

/** How many rows there are and what their columns hold, in the order of the names. Refuses text that is not UTF-8. */
export async function lookAt(relation: Relation): Promise<Looked> {
  const columns = relation.columns
    .map(({ name, type }) => ({ name, kind: columnKindOf(type) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const tests = columns.flatMap(({ name, kind }, index) => {
    const value = `f.${quotedName(name)}`;
    if (kind === "text") return [`countIf(NOT isValidUTF8(ifNull(toString(${value}), ''))) AS ${valueName(index)}`];
    return kind === "unsigned" ? [`countIf(${value} > 9223372036854775807) AS ${valueName(index)}`] : [];
  });
  const [row] = await relation.client.rows<Record<string, string>>(
    `SELECT ${["count() AS n", ...tests].join(", ")} FROM ${relation.from} AS f`,
    relation.parameters,
  );
  const found = (index: number): number => Number(row?.[valueName(index)] ?? 0);
  const broken = columns.find(({ kind }, index) => kind === "text" && found(index) > 0);
  if (broken !== undefined) return { kind: "refused", column: broken.name };
  return {
    kind: "rows",
    rows: Number(row?.n ?? 0),
    schema: columns.map(({ name, kind }, index) => ({
      name,
      kind: kind === "unsigned" && found(index) === 0 ? "integer" : kind,
    })),
  };
}

/** The rows in their canonical order, cut into parts. Memory here: one part; in the engine: a sort of all rows. */
export async function* canonicalParts(relation: Relation, schema: readonly DatasetColumn[]): AsyncGenerator<PartText> {
  const values = schema.map(({ name, kind }, index) => `${canonicalValue(kind, name)} AS ${valueName(index)}`);
  const order = schema.flatMap(({ kind }, index) => orderOf(kind, valueName(index)));
  const statement = `SELECT ${schema.map((_, index) => valueName(index)).join(", ")} FROM (SELECT ${values.join(", ")} FROM ${relation.from} AS f) ORDER BY ${order.join(", ")}`;
  const stream = await relation.client.stream(statement, "JSONCompactEachRow", relation.parameters, {
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
    date_time_output_format: "simple",
  });
  let lines: string[] = [];
  let bytes = 0;
  for await (const line of linesOf(stream)) {
    if (line === "") continue;
    const row = `${canonicalRow(schema, JSON.parse(line) as unknown[])}\n`;
    lines.push(row);
    bytes += Buffer.byteLength(row);
    if (lines.length < partLimits.rows && bytes < partLimits.bytes) continue;
    yield { rows: lines.length, text: Buffer.from(lines.join(""), "utf8") };
    lines = [];
    bytes = 0;
  }
  if (lines.length > 0) yield { rows: lines.length, text: Buffer.from(lines.join(""), "utf8") };
}

function canonicalValue(kind: ColumnKind, name: string): string {
  const value = `f.${quotedName(name)}`;
  switch (kind) {
    case "boolean":
      return `CAST(${value} AS Nullable(Bool))`;
    case "integer":
      return `CAST(${value} AS Nullable(Int64))`;
    case "unsigned":
      return `CAST(${value} AS Nullable(UInt64))`;
    case "number":
      return `CAST(${value} AS Nullable(Float64))`;
    case "text":
      return `CAST(toString(${value}) AS Nullable(String))`;
    case "date":
      return `CAST(${value} AS Nullable(Date32))`;
    case "timestamp":
      return `toTimeZone(CAST(${value} AS Nullable(DateTime64(6, 'UTC'))), 'UTC')`;
    case "timestamp-ns":
      return `toTimeZone(CAST(${value} AS Nullable(DateTime64(9, 'UTC'))), 'UTC')`;
  }
}

/** Missing values last, before them what is not a number; texts by their bytes. */
function orderOf(kind: ColumnKind, name: string): readonly string[] {
  return kind === "number" ? [`isNull(${name})`, `ifNull(isNaN(${name}), 0)`, name] : [`isNull(${name})`, name];
}

const topShown = 5;

/** What every column holds. One scan per column. */
export async function statisticsOf(
  relation: Relation,
  schema: readonly DatasetColumn[],
): Promise<readonly ColumnStatistics[]> {
  const all: ColumnStatistics[] = [];
  for (const column of schema) all.push(await columnStatistics(relation, column));
  return all;
}

async function columnStatistics(relation: Relation, { name, kind }: DatasetColumn): Promise<ColumnStatistics> {
  const source = `(SELECT ${canonicalValue(kind, name)} AS v FROM ${relation.from} AS f)`;
  const finite = "v IS NOT NULL AND isFinite(v)";
  const numeric = kind === "number" || kind === "integer" || kind === "unsigned";
  const quantiles = numeric
    ? `, quantilesIf(0.05, 0.25, 0.5, 0.75, 0.95)(assumeNotNull(toFloat64(v)), ${finite}) AS q, countIf(${finite}) AS known`
    : "";
  const bounds = kind === "number" ? `minIf(v, ${finite}), maxIf(v, ${finite})` : "min(v), max(v)";
  const [row] = await relation.client.rows<{
    n: string;
    d: string;
    bounds: (string | null)[];
    q?: number[];
    known?: string;
  }>(
    `SELECT countIf(isNull(v)) AS n, uniq(v) AS d, arrayMap(b -> toString(b), [${bounds}]) AS bounds${quantiles} FROM ${source}`,
    relation.parameters,
  );
  const known = Number(row?.known ?? 0);
  return {
    name,
    kind,
    nulls: Number(row?.n ?? 0),
    distinct: Number(row?.d ?? 0),
    min: row?.bounds[0] ?? undefined,
    max: row?.bounds[1] ?? undefined,
    quantiles: known > 0 ? row?.q : undefined,
    top: kind === "text" || kind === "boolean" ? await topOf(relation, source) : undefined,
  };
}

async function topOf(relation: Relation, source: string): Promise<ColumnStatistics["top"]> {
  const rows = await relation.client.rows<{ value: string; n: string }>(
    `SELECT toString(assumeNotNull(v)) AS value, count() AS n FROM ${source} WHERE v IS NOT NULL GROUP BY value ORDER BY n DESC, value LIMIT ${topShown}`,
    relation.parameters,
  );
  return rows.map(({ value, n }) => ({ value, rows: Number(n) }));
}

export function quotedName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
