import type { Dataset as DatasetAnswer, DatasetDetail, DatasetRequest, ExportFormat } from "@homeostat/protocol";
import type { Dataset } from "../../domain/dataset/dataset.ts";
import { erasedRows, type Manifest } from "../../domain/dataset/manifest.ts";
import type { CheckedExpression } from "../../domain/engine/expression.ts";
import { type Instant, isoOf } from "../../domain/instant.ts";
import { columnTypeOf } from "../../domain/pipeline/pipeline.ts";
import type { System } from "../../domain/system/system.ts";
import { type DatasetOrder, keepMade } from "../../service/learn/make-dataset.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { sendJob } from "./send-job.ts";

type DatasetRoutes =
  | "createDataset"
  | "datasets"
  | "uploadRows"
  | "buildDataset"
  | "dataset"
  | "verifyDataset"
  | "exportDataset";

type Found = { readonly kind: "found"; readonly system: System; readonly dataset: Dataset } | Refusal;

/** Datasets: made, shown, verified, given out. */
export function datasetHandlers(house: House): Pick<Handlers, DatasetRoutes> {
  async function find(name: string, digest: string): Promise<Found> {
    const found = await findSystem(house, name);
    if (found.kind === "refused") return found;
    const dataset = await house.datasets.get(name, digest);
    return dataset === undefined
      ? refused("not-found", `${name} has no dataset ${digest}.`)
      : { kind: "found", system: found.system, dataset };
  }
  return {
    createDataset: async ({ path, body, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const sent = { name: "(sent)", ...(await house.uploads.describe(body.path)) };
      const file = { path: body.path, name: "that was sent", files: [sent] };
      const making = await house.shelf.fromFiles(found.system, [file], caller.name, async () => undefined);
      const made = await keepMade(house, found.system, making);
      return made.kind === "refused"
        ? refused("malformed-body", `${made.message}.`)
        : { kind: "ok", value: datasetAnswer(made.dataset) };
    },
    datasets: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      return { kind: "ok", value: { items: (await house.datasets.list(path.system)).map(datasetAnswer) } };
    },
    uploadRows: async ({ path, body }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      return { kind: "ok", value: await house.uploads.keep(body.path) };
    },
    buildDataset: async ({ path, body, caller, receivedAt }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const order = await readOrder(house, found.system, body, receivedAt);
      if (order.kind === "refused") return order;
      const payload = { system: found.system.name, order: order.value, by: caller.name };
      return { kind: "ok", value: await sendJob(house, "dataset", payload) };
    },
    dataset: async ({ path }) => {
      const found = await find(path.system, path.dataset);
      if (found.kind === "refused") return found;
      const manifest = await house.shelf.manifest(found.system, found.dataset);
      return { kind: "ok", value: detailAnswer(found.dataset, manifest) };
    },
    verifyDataset: async ({ path }) => {
      const found = await find(path.system, path.dataset);
      if (found.kind === "refused") return found;
      const payload = { system: found.system.name, dataset: found.dataset.digest };
      return { kind: "ok", value: await sendJob(house, "verify", payload) };
    },
    exportDataset: async ({ path, query }) => {
      const found = await find(path.system, path.dataset);
      if (found.kind === "refused") return found;
      const file = house.uploads.workPath();
      await house.shelf.export(found.system, found.dataset, query.format, file);
      const name = `${found.dataset.digest.slice(0, 15)}.${query.format}`;
      return { kind: "ok", value: null, file: { path: file, mediaType: mediaTypes[query.format], name } };
    },
  };
}

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  parquet: "application/vnd.apache.parquet",
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson",
  arrow: "application/vnd.apache.arrow.file",
};

async function readOrder(
  house: House,
  system: System,
  body: DatasetRequest,
  now: Instant,
): Promise<{ readonly kind: "order"; readonly value: DatasetOrder } | Refusal> {
  if ("uploads" in body) return { kind: "order", value: { kind: "uploads", uploads: body.uploads } };
  const asked = body.predictions;
  const since = Date.parse(asked.since);
  const until = Date.parse(asked.until);
  if (until <= since) return refused("malformed-body", "`until` must be later than `since`.");
  const where = await readWhere(house, system, asked.where);
  if (where.kind === "refused") return where;
  const receivedUntil = asked.receivedUntil === undefined ? now : Date.parse(asked.receivedUntil);
  if (receivedUntil > now) return refused("malformed-body", "`receivedUntil` lies ahead: rows may still come.");
  const query = { since, until, where: where.value, labelledOnly: asked.labelledOnly ?? false, receivedUntil };
  return { kind: "order", value: { kind: "predictions", query } };
}

async function readWhere(
  house: House,
  system: System,
  text: string | undefined,
): Promise<{ readonly kind: "where"; readonly value: CheckedExpression | undefined } | Refusal> {
  if (text === undefined) return { kind: "where", value: undefined };
  const columns = system.pipeline.inputs.map(({ name, type }) => ({ name, type: columnTypeOf(type) }));
  const verdict = await house.checker.check(text, columns);
  const wrong = (expected: string, found: string): Refusal =>
    refused("malformed-body", `The condition cannot be used: ${found}.`, {
      issues: [{ path: "predictions.where", expected, found }],
    });
  if (verdict.kind === "refused")
    return wrong(`an expression over ${columns.map(({ name }) => name).join(", ")}`, verdict.message);
  if (!/^(LowCardinality\()?(Nullable\()?(Bool|UInt8)\)*$/.test(verdict.resultType))
    return wrong("a condition", `its value is ${verdict.resultType}`);
  return { kind: "where", value: verdict.expression };
}

function datasetAnswer(dataset: Dataset): DatasetAnswer {
  return {
    digest: dataset.digest,
    rows: dataset.rows,
    erasedRows: dataset.erasedRows ?? 0,
    kind: dataset.kind ?? "files",
    columns: [...dataset.columns],
    createdAt: isoOf(dataset.createdAt),
    createdBy: dataset.createdBy ?? "",
  };
}

function detailAnswer(dataset: Dataset, manifest: Manifest): DatasetDetail {
  return {
    ...datasetAnswer(dataset),
    erasedRows: erasedRows(manifest),
    origin: originAnswer(manifest.origin),
    leftOut: manifest.leftOut,
    parts: manifest.parts.map(({ rows, bytes, digest }) => ({ rows, bytes, digest })),
    statistics: manifest.statistics.map((column) => ({
      ...column,
      min: column.min ?? null,
      max: column.max ?? null,
      quantiles: column.quantiles === undefined ? null : [...column.quantiles],
      top: column.top === undefined ? null : [...column.top],
    })),
    erasures: manifest.erasures.map((erasure) => ({
      at: isoOf(erasure.at),
      subject: erasure.subject,
      part: erasure.part,
      positions: [...erasure.positions],
      before: erasure.before.digest,
      after: erasure.after.digest,
    })),
  };
}

function originAnswer(origin: Manifest["origin"]): DatasetDetail["origin"] {
  if (origin.kind === "files") return { kind: "files", files: [...origin.files] };
  return {
    kind: "predictions",
    since: isoOf(origin.since),
    until: isoOf(origin.until),
    where: origin.where ?? null,
    labelledOnly: origin.labelledOnly,
    receivedUntil: isoOf(origin.receivedUntil),
    watermark: origin.watermark === undefined ? null : isoOf(origin.watermark),
  };
}
