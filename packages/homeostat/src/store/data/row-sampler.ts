import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { RowSampler } from "../../domain/baseline/row-sampler.ts";
import type { RowRange } from "../../domain/baseline/slice-store.ts";
import type { FeatureVector, Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { ServedRow, ServedSample } from "../../domain/skew/replay.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, windowStartOf } from "./event-table.ts";
import { inputValue } from "./prediction-log.ts";

type Row = Readonly<Record<string, unknown>>;

const inWindow =
  "time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

/** Draws by the least hashes, so that a draw is spread over the window and can be repeated. */
export function createRowSampler(client: DataClient): RowSampler {
  return {
    sample: (system, window, release, pipeline, mostRows) =>
      sample(client, system, window, release, pipeline, mostRows),
    vectors: (system, baseline, range, mostRows) => vectors(client, system, baseline, range, mostRows),
  };
}

async function sample(
  client: DataClient,
  system: System,
  window: Window,
  release: string,
  pipeline: Pipeline,
  mostRows: number,
): Promise<ServedSample> {
  const { predictions } = eventTablesOf(system.name);
  const parameters = { from: window.start, to: window.end, release };
  const served = "release = {release:String} AND vector_seen = 1";
  const [counted] = await client.rows<{ n: string; seen: string }>(
    `SELECT count() AS n, countIf(${served}) AS seen FROM ${predictions} WHERE ${inWindow}`,
    parameters,
  );
  const withVector = Number(counted?.seen ?? 0);
  const windowRows = Number(counted?.n ?? 0);
  if (withVector === 0) return { rows: [], withVector, windowRows };
  // Whole entities are drawn where there are entities: a stale value is recognised by an earlier one of the same entity.
  const entity = system.entity === undefined ? undefined : `ifNull(toString(i_${system.entity}), '')`;
  const columns = [
    ...pipeline.inputs.map(({ name }) => `i_${name}`),
    ...pipeline.features.map(({ name }) => `f_${name}`),
  ];
  const rows = await client.rows<Row>(
    `SELECT id, toUnixTimestamp64Milli(time) AS time_ms, ${entity ?? "''"} AS of_entity, ${columns.join(", ")}
     FROM ${predictions} WHERE ${inWindow} AND ${served}
     ORDER BY cityHash64(${entity ?? "id"}), time, id LIMIT {mostRows:UInt32}`,
    { ...parameters, mostRows },
  );
  return { rows: rows.map((row) => servedRow(pipeline, row)), withVector, windowRows };
}

function servedRow(pipeline: Pipeline, row: Row): ServedRow {
  return {
    id: String(row.id),
    time: Number(row.time_ms),
    entity: String(row.of_entity),
    inputs: Object.fromEntries(
      pipeline.inputs.map(({ name, type }) => [name, inputValue(type, row[`i_${name}`])] as const),
    ),
    vector: pipeline.features.map(({ name, type }) => vectorValue(type === "number", row[`f_${name}`])),
  };
}

async function vectors(
  client: DataClient,
  system: System,
  baseline: Baseline,
  range: RowRange,
  mostRows: number,
): Promise<readonly FeatureVector[]> {
  const tables = eventTablesOf(system.name);
  const columns = baseline.features.map(({ name }) => `f_${name}`);
  const source =
    range.kind === "live"
      ? {
          sql: `${tables.predictions} WHERE ${inWindow}`,
          parameters: { from: range.from, to: range.to },
        }
      : {
          sql: `${tables.reference} WHERE release = {release:String}
            AND has({starts:Array(Int64)}, ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)})`,
          parameters: { release: baseline.release, starts: [...range.windows] },
        };
  const rows = await client.rows<Row>(
    `SELECT ${columns.join(", ")} FROM ${source.sql}
     ORDER BY cityHash64(toString(tuple(time, ${columns.join(", ")}))) LIMIT {mostRows:UInt32}`,
    { ...source.parameters, mostRows },
  );
  return rows.map((row) =>
    baseline.features.map(({ name, binning }) => vectorValue(binning.kind === "numeric", row[`f_${name}`])),
  );
}

function vectorValue(isNumber: boolean, value: unknown): FeatureVector[number] {
  if (value === null || value === undefined) return null;
  return isNumber ? Number(value) : String(value);
}
