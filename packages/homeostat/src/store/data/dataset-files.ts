import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline as streamPipeline } from "node:stream/promises";
import type { DatasetFiles, LabelledVector, TrainingSplit } from "../../domain/dataset/dataset-files.ts";
import { Fault } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";
import { columnTypeOf, type FieldType } from "../../domain/pipeline/pipeline.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import { featureValue } from "./event-table.ts";

const batchRows = 10_000;

/**
 * Datasets as Parquet files under their digest, read by the local engine (the only connection that may read files).
 * The digest covers column names and values, not the file: rows or columns in another order, another compression, other
 * row groups, nullable or not, wider integers give the same dataset. Another name, type of text or precision of a time
 * gives another.
 */
export function createDatasetFiles(files: DataClient, directory: string): DatasetFiles {
  const pathOf = (digest: string): string => join(directory, `${digest}.parquet`);
  return {
    ingest: (system, uploadedPath) => ingest(files, system, uploadedPath, directory, pathOf),
    writeTrainingCsv: (system, digest, split, csvPath) =>
      writeTrainingCsv(files, system, pathOf(digest), split, csvPath),
    labelledVectors: (system, digest, split) => labelledVectors(files, system, pathOf(digest), split),
    count: async (_system, digest) => rowCount(files, pathOf(digest)),
  };
}

type Ingested = Awaited<ReturnType<DatasetFiles["ingest"]>>;

async function ingest(
  files: DataClient,
  system: System,
  uploadedPath: string,
  directory: string,
  pathOf: (digest: string) => string,
): Promise<Ingested> {
  let columns: readonly { readonly name: string; readonly type: string }[];
  try {
    columns = await files.rows<{ name: string; type: string }>("DESCRIBE TABLE file({path:String}, 'Parquet')", {
      path: uploadedPath,
    });
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === "engine-query-failed") {
      return {
        kind: "refused",
        reason: "unreadable",
        message: `the body is not a readable Parquet file: ${thrown.message}`,
      };
    }
    throw thrown;
  }
  const present = new Set(columns.map((column) => column.name));
  const missing = physicalColumns(system).filter((column) => !present.has(column.physicalName));
  if (missing.length > 0) {
    const names = missing.map((column) => `${column.physicalName} (field ${column.name})`).join(", ");
    return {
      kind: "refused",
      reason: "missing-columns",
      message: `the file lacks columns of the contract: ${names}; it has ${[...present].join(", ")}`,
    };
  }
  const rows = await rowCount(files, uploadedPath);
  if (rows === 0) return { kind: "refused", reason: "empty", message: "the file holds no rows" };
  const digest = `ds-${await digestRows(files, uploadedPath, [...present])}`;
  await mkdir(directory, { recursive: true });
  await rename(uploadedPath, pathOf(digest));
  return { kind: "ingested", digest, rows, columns: columns.map(({ name, type }) => ({ name, type })) };
}

async function rowCount(files: DataClient, path: string): Promise<number> {
  const [row] = await files.rows<{ n: string }>("SELECT count() AS n FROM file({path:String}, 'Parquet')", { path });
  return Number(row?.n ?? 0);
}

/**
 * SHA-256 over the column names in order, then the SHA-256 of every row (its values as text in the order of the names,
 * texts quoted, NULL bare) in ascending order. Memory: about a hundred bytes a row in the engine.
 */
async function digestRows(files: DataClient, path: string, names: readonly string[]): Promise<string> {
  const sorted = names.toSorted();
  const row = `SHA256(toString(tuple(${sorted.map((name) => `f.${quoted(name)}`).join(", ")})))`;
  const [answer] = await files.rows<{ digest: string }>(
    `SELECT lower(hex(SHA256(concat({names:String}, arrayStringConcat(arraySort(groupArray(toString(${row})))))))) AS digest
     FROM file({path:String}, 'Parquet') AS f`,
    { path, names: JSON.stringify(sorted) },
  );
  invariant(answer !== undefined, "an aggregate has an answer");
  return answer.digest;
}

function physicalColumns(
  system: System,
): readonly { readonly name: string; readonly physicalName: string; readonly type: string }[] {
  return [
    ...system.pipeline.inputs.map((field) => ({
      name: field.name,
      physicalName: field.physicalName,
      type: columnTypeOf(field.type),
    })),
    ...system.source.outcomeColumns,
  ];
}

const quoted = (name: string): string => `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;

/** The contract's view of a file: its columns under the field names, in the contract's types. */
function contractRows(system: System): string {
  const columns = physicalColumns(system).map(
    (column) => `CAST(f.${quoted(column.physicalName)} AS ${column.type}) AS ${column.name}`,
  );
  // Qualified names are the file's own: a field may be called what another field's column is called.
  return `SELECT ${columns.join(", ")} FROM file({path:String}, 'Parquet') AS f`;
}

function splitParameters(split: TrainingSplit, path: string, share: number): Readonly<Record<string, unknown>> {
  return { path, held: split.heldOutFrom, limit: Math.min(1, share) * 4_294_967_296 };
}

/** Chosen by the row's own content, so that the same dataset gives the same training rows everywhere. */
function trainedExpression(system: System, split: TrainingSplit): string {
  const content = physicalColumns(system)
    .map((column) => `toString(ifNull(toString(${column.name}), ''))`)
    .join(", ");
  return `${split.timeField} < fromUnixTimestamp64Milli({held:Int64}, 'UTC') AND (cityHash64(${content}) % 4294967296) < {limit:Float64}`;
}

async function sampledShare(files: DataClient, system: System, path: string, split: TrainingSplit): Promise<number> {
  const [row] = await files.rows<{ n: string }>(
    `SELECT count() AS n FROM (${contractRows(system)}) WHERE ${split.timeField} < fromUnixTimestamp64Milli({held:Int64}, 'UTC')`,
    {
      path,
      held: split.heldOutFrom,
    },
  );
  const before = Number(row?.n ?? 0);
  return before === 0 ? 0 : split.maxTrainingRows / before;
}

async function writeTrainingCsv(
  files: DataClient,
  system: System,
  path: string,
  split: TrainingSplit,
  csvPath: string,
): Promise<{ readonly rows: number }> {
  const share = await sampledShare(files, system, path, split);
  const parameters = splitParameters(split, path, share);
  const features = system.pipeline.features.map((feature) => `${featureValue(feature)} AS v_${feature.name}`);
  const label = `if(ifNull(${system.outcome.expression}, 0), 'true', 'false') AS v_outcome`;
  const chosen = `FROM (${contractRows(system)}) WHERE ${trainedExpression(system, split)} AND isNotNull(${system.outcome.expression})`;
  const renamed = [
    ...system.pipeline.features.map((feature) => `v_${feature.name} AS ${feature.name}`),
    "v_outcome AS outcome",
  ];
  const statement = `SELECT ${renamed.join(", ")} FROM (SELECT ${[...features, label].join(", ")} ${chosen} ORDER BY ALL)`;
  const bytes = await files.stream(statement, "CSVWithNames", parameters, { format_csv_null_representation: "" });
  await streamPipeline(bytes, createWriteStream(csvPath));
  const [row] = await files.rows<{ n: string }>(`SELECT count() AS n ${chosen}`, parameters);
  return { rows: Number(row?.n ?? 0) };
}

async function* labelledVectors(
  files: DataClient,
  system: System,
  path: string,
  split: TrainingSplit,
): AsyncGenerator<readonly LabelledVector[]> {
  const share = await sampledShare(files, system, path, split);
  const inputs = system.pipeline.inputs;
  const columns = [
    `toUnixTimestamp64Milli(assumeNotNull(${split.timeField}))`,
    `toUInt8(${trainedExpression(system, split)})`,
    `toUInt8(ifNull(${system.outcome.expression}, 0))`,
    ...inputs.map((field) =>
      field.type === "timestamp" ? `concat(replaceOne(toString(${field.name}), ' ', 'T'), 'Z')` : field.name,
    ),
    ...system.pipeline.features.map((feature) => featureValue(feature)),
  ];
  const statement = `SELECT ${columns.join(", ")} FROM (${contractRows(system)}) WHERE isNotNull(${split.timeField}) AND isNotNull(${system.outcome.expression}) ORDER BY ${split.timeField}`;
  const bytes = await files.stream(statement, "JSONCompactEachRow", splitParameters(split, path, share), {
    output_format_json_quote_64bit_integers: 1,
  });
  let batch: LabelledVector[] = [];
  for await (const line of createInterface({ input: Readable.from(bytes), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === "") continue;
    const cells = JSON.parse(line) as (string | number | boolean | null)[];
    const values = cells.slice(3, 3 + inputs.length);
    batch.push({
      time: Number(cells[0]),
      trainedOn: cells[1] === 1,
      outcome: cells[2] === 1,
      inputs: Object.fromEntries(
        inputs.map((field, index) => [field.name, inputOf(field.type, values[index] ?? null)]),
      ),
      vector: cells.slice(3 + inputs.length) as (string | number | null)[],
    });
    if (batch.length === batchRows) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Integers come as text, so that none loses digits; those that JavaScript holds exactly become numbers. */
function inputOf(type: FieldType, value: string | number | boolean | null): string | number | boolean | null {
  if (type !== "integer" || value === null) return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
