import { createWriteStream } from "node:fs";
import { pipeline as streamPipeline } from "node:stream/promises";
import type { DatasetFiles, LabelledVector, TrainingSplit } from "../../domain/dataset/dataset-files.ts";
import { columnTypeOf, type FieldType } from "../../domain/pipeline/pipeline.ts";
import type { System } from "../../domain/system/system.ts";
import { quotedName } from "./canonical-rows.ts";
import type { DataClient } from "./data-client.ts";
import type { DatasetFile, DatasetReader } from "./dataset-reader.ts";
import { physicalColumns } from "./dataset-source.ts";
import { featureValue } from "./event-table.ts";
import { linesOf } from "./lines-of.ts";

const batchRows = 10_000;

/** Reads datasets with the contract's names and types, and computes the pipeline's features over them. */
export function createDatasetFiles(files: DataClient, reader: DatasetReader): DatasetFiles {
  return {
    writeTrainingCsv: async (system, digest, split, csvPath) =>
      writeTrainingCsv(files, system, await reader.parquet(system.name, digest), split, csvPath),
    labelledVectors: (system, digest, split) => labelledVectors(files, system, reader, digest, split),
    count: async (system, digest) => rowCount(files, (await reader.parquet(system.name, digest)).path),
  };
}

async function rowCount(files: DataClient, path: string): Promise<number> {
  const [row] = await files.rows<{ n: string }>("SELECT count() AS n FROM file({path:String}, 'Parquet')", { path });
  return Number(row?.n ?? 0);
}

/** What the outcome of received predictions is called beside the contract's fields: no field's name has a capital. */
const receivedOutcome = "Outcome";

/** What the outcome of a row is: the declared expression over the source's columns, or what was received. */
const outcomeOf = (system: System, kind: DatasetFile["kind"]): string =>
  kind === "files" ? system.outcome.expression : receivedOutcome;

/** The contract's view of a file: its columns under the field names, in the contract's types. */
function contractRows(system: System, kind: DatasetFile["kind"]): string {
  if (kind === "predictions") {
    const inputs = system.pipeline.inputs.map(
      (field) => `CAST(f.i_${field.name} AS ${columnTypeOf(field.type)}) AS ${field.name}`,
    );
    return `SELECT ${inputs.join(", ")}, f.outcome AS ${receivedOutcome} FROM file({path:String}, 'Parquet') AS f`;
  }
  const columns = physicalColumns(system).map(
    (column) => `CAST(f.${quotedName(column.physicalName)} AS ${column.type}) AS ${column.name}`,
  );
  // Qualified names are the file's own: a field may be called what another field's column is called.
  return `SELECT ${columns.join(", ")} FROM file({path:String}, 'Parquet') AS f`;
}

function splitParameters(split: TrainingSplit, path: string, share: number): Readonly<Record<string, unknown>> {
  return { path, held: split.heldOutFrom, limit: Math.min(1, share) * 4_294_967_296 };
}

/** Chosen by the row's own content, so that the same dataset gives the same training rows everywhere. */
function trainedExpression(system: System, kind: DatasetFile["kind"], split: TrainingSplit): string {
  const names =
    kind === "files"
      ? physicalColumns(system).map((column) => column.name)
      : [...system.pipeline.inputs.map((field) => field.name), receivedOutcome];
  const content = names.map((name) => `toString(ifNull(toString(${name}), ''))`).join(", ");
  return `${split.timeField} < fromUnixTimestamp64Milli({held:Int64}, 'UTC') AND (cityHash64(${content}) % 4294967296) < {limit:Float64}`;
}

async function sampledShare(
  files: DataClient,
  system: System,
  { path, kind }: DatasetFile,
  split: TrainingSplit,
): Promise<number> {
  const [row] = await files.rows<{ n: string }>(
    `SELECT count() AS n FROM (${contractRows(system, kind)}) WHERE ${split.timeField} < fromUnixTimestamp64Milli({held:Int64}, 'UTC')`,
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
  file: DatasetFile,
  split: TrainingSplit,
  csvPath: string,
): Promise<{ readonly rows: number }> {
  const { path, kind } = file;
  const outcome = outcomeOf(system, kind);
  const share = await sampledShare(files, system, file, split);
  const parameters = splitParameters(split, path, share);
  const features = system.pipeline.features.map((feature) => `${featureValue(feature)} AS v_${feature.name}`);
  const label = `if(ifNull(${outcome}, 0), 'true', 'false') AS v_outcome`;
  const chosen = `FROM (${contractRows(system, kind)}) WHERE ${trainedExpression(system, kind, split)} AND isNotNull(${outcome})`;
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
  reader: DatasetReader,
  digest: string,
  split: TrainingSplit,
): AsyncGenerator<readonly LabelledVector[]> {
  const file = await reader.parquet(system.name, digest);
  const { path, kind } = file;
  const outcome = outcomeOf(system, kind);
  const share = await sampledShare(files, system, file, split);
  const inputs = system.pipeline.inputs;
  const columns = [
    `toUnixTimestamp64Milli(assumeNotNull(${split.timeField}))`,
    `toUInt8(${trainedExpression(system, kind, split)})`,
    `toUInt8(ifNull(${outcome}, 0))`,
    ...inputs.map((field) =>
      field.type === "timestamp" ? `concat(replaceOne(toString(${field.name}), ' ', 'T'), 'Z')` : field.name,
    ),
    ...system.pipeline.features.map((feature) => featureValue(feature)),
  ];
  const statement = `SELECT ${columns.join(", ")} FROM (${contractRows(system, kind)}) WHERE isNotNull(${split.timeField}) AND isNotNull(${outcome}) ORDER BY ${split.timeField}`;
  const bytes = await files.stream(statement, "JSONCompactEachRow", splitParameters(split, path, share), {
    output_format_json_quote_64bit_integers: 1,
  });
  let batch: LabelledVector[] = [];
  for await (const line of linesOf(bytes)) {
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
