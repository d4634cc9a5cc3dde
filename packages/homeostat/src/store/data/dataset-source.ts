import type { PredictionQuery, SourceFile } from "../../domain/dataset/dataset-shelf.ts";
import { Fault } from "../../domain/fault.ts";
import { columnTypeOf } from "../../domain/pipeline/pipeline.ts";
import type { System } from "../../domain/system/system.ts";
import { quotedName, type Relation } from "./canonical-rows.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, labelTypes, latestLabels, predictionColumns } from "./event-table.ts";
import type { SubjectHash } from "./subject-hash.ts";

interface NamedColumn {
  readonly name: string;
  readonly physicalName: string;
  readonly type: string;
}

/** Columns that the contract promises, as the owner's files call them. */
export function physicalColumns(system: System): readonly NamedColumn[] {
  return [
    ...system.pipeline.inputs.map((field) => ({
      name: field.name,
      physicalName: field.physicalName,
      type: columnTypeOf(field.type),
    })),
    ...system.source.outcomeColumns,
  ];
}

/** What the column of the declared subject is called in a dataset of that kind. */
export function subjectColumn(system: System, kind: "files" | "predictions"): string | undefined {
  const field = system.pipeline.inputs.find((input) => input.name === system.entity);
  if (field === undefined) return undefined;
  return kind === "files" ? field.physicalName : `i_${field.name}`;
}

type Opened =
  | { readonly kind: "relation"; readonly relation: Relation; readonly leftOut: number }
  | {
      readonly kind: "refused";
      readonly reason: "unreadable" | "missing-columns" | "other-columns";
      readonly message: string;
    };

/** The rows of files together, without those of subjects who were erased. */
export async function openFiles(
  client: DataClient,
  system: System,
  files: readonly SourceFile[],
  erased: { readonly hashes: readonly string[]; readonly hash: SubjectHash },
): Promise<Opened> {
  const [first, ...others] = await Promise.all(
    files.map(async (file) => ({ file, ...(await columnsOf(client, file)) })),
  );
  if (first === undefined) return { kind: "refused", reason: "unreadable", message: "no file was given" };
  for (const one of [first, ...others]) if (one.refused !== undefined) return one.refused;
  const { columns } = first;
  const missing = missingColumns(system, first.file, columns);
  if (missing !== undefined) return missing;
  const names = columns.map(({ name }) => name).sort();
  for (const other of others) {
    const theirs = other.columns.map(({ name }) => name).sort();
    if (JSON.stringify(theirs) === JSON.stringify(names)) continue;
    const message = `${other.file.name} has the columns ${theirs.join(", ")}, but ${first.file.name} has ${names.join(", ")}; files of one dataset must have the same columns`;
    return { kind: "refused", reason: "other-columns", message };
  }
  const parameters: Record<string, unknown> = { erased: erased.hashes, ...erased.hash.parameters };
  const listed = names.map((name) => quotedName(name)).join(", ");
  const rows = files.map((file, index) => {
    parameters[`path${index}`] = file.path;
    return `SELECT ${listed} FROM file({path${index}:String}, 'Parquet')`;
  });
  const all = `(${rows.join(" UNION ALL ")})`;
  const subject = subjectColumn(system, "files");
  const typed = files.length === 1 ? columns : await describe(client, all, parameters);
  if (subject === undefined || erased.hashes.length === 0)
    return { kind: "relation", relation: { client, from: all, parameters, columns: typed }, leftOut: 0 };
  const isErased = `${erased.hash.sql(`ifNull(toString(${quotedName(subject)}), '')`)} IN {erased:Array(String)}`;
  const [left] = await client.rows<{ n: string }>(`SELECT countIf(${isErased}) AS n FROM ${all}`, parameters);
  const from = `(SELECT * FROM ${all} WHERE NOT (${isErased}))`;
  return {
    kind: "relation",
    relation: { client, from, parameters, columns: typed },
    leftOut: Number(left?.n ?? 0),
  };
}

function missingColumns(
  system: System,
  file: SourceFile,
  columns: Relation["columns"],
): Extract<Opened, { readonly kind: "refused" }> | undefined {
  const present = new Set(columns.map((column) => column.name));
  const missing = physicalColumns(system).filter((column) => !present.has(column.physicalName));
  if (missing.length === 0) return undefined;
  const names = missing.map((column) => `${column.physicalName} (field ${column.name})`).join(", ");
  const message = `the file ${file.name} lacks columns of the contract: ${names}; it has ${[...present].join(", ")}`;
  return { kind: "refused", reason: "missing-columns", message };
}

async function columnsOf(
  client: DataClient,
  file: SourceFile,
): Promise<{
  readonly columns: Relation["columns"];
  readonly refused?: Extract<Opened, { readonly kind: "refused" }>;
}> {
  try {
    return { columns: await describe(client, "file({path:String}, 'Parquet')", { path: file.path }) };
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== "engine-query-failed") throw thrown;
    const message = `${file.name} is not a readable Parquet file: ${String(thrown.detail.reason ?? "")}`;
    return { columns: [], refused: { kind: "refused", reason: "unreadable", message } };
  }
}

async function describe(
  client: DataClient,
  from: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Relation["columns"]> {
  const rows = await client.rows<{ name: string; type: string }>(`DESCRIBE TABLE ${from}`, parameters);
  return rows.map(({ name, type }) => ({ name, type }));
}

/** Not in a dataset: when a row came and from whom says nothing about what was predicted, and differs between servers. */
const leftAside = new Set(["received", "stored", "caller", "latency_ms", "vector_seen"]);

/** Received predictions with the outcome that counts, under the names of the event table. */
export function openPredictions(client: DataClient, system: System, query: PredictionQuery): Relation {
  const { predictions } = eventTablesOf(system.name);
  const inTime = `time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND received <= fromUnixTimestamp64Milli({receivedUntil:Int64}, 'UTC')`;
  const truth = system.task.type === "binary-classification";
  const columns = predictionColumns(system).filter(({ name }) => !leftAside.has(name));
  const scope = system.pipeline.inputs.map((field) => `i_${field.name} AS ${field.name}`).join(", ");
  const listed = columns.map(({ name }) => name).join(", ");
  const chosen =
    query.where === undefined
      ? `SELECT ${listed} FROM ${predictions} WHERE ${inTime}`
      : `SELECT ${listed} FROM (SELECT *, ${scope} FROM ${predictions} WHERE ${inTime}) WHERE ifNull(${query.where}, 0)`;
  const outcomes = latestLabels(
    system,
    `SELECT id FROM ${predictions} WHERE ${inTime}`,
    "received <= fromUnixTimestamp64Milli({receivedUntil:Int64}, 'UTC')",
  );
  const joined = `SELECT ${columns.map(({ name }) => `p.${name} AS ${name}`).join(", ")}, ${truth ? "CAST(o.outcome AS Nullable(Bool))" : "o.outcome"} AS outcome
    FROM (${chosen}) AS p LEFT JOIN (${outcomes}) AS o ON p.id = o.prediction_id`;
  return {
    client,
    from: query.labelledOnly ? `(SELECT * FROM (${joined}) WHERE isNotNull(outcome))` : `(${joined})`,
    parameters: { system: system.name, since: query.since, until: query.until, receivedUntil: query.receivedUntil },
    columns: [...columns, { name: "outcome", type: truth ? "Nullable(Bool)" : labelTypes[system.task.type] }],
  };
}
