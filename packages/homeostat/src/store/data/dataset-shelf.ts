import { createWriteStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { BlobStore } from "../../domain/dataset/blob-store.ts";
import type { Dataset, DatasetStore } from "../../domain/dataset/dataset.ts";
import type { DatasetMaking, DatasetShelf, ExportFormat, TellProgress } from "../../domain/dataset/dataset-shelf.ts";
import {
  contentText,
  type DatasetOrigin,
  type DatasetPart,
  engineTypeOf,
  erasedRows,
  type Manifest,
  manifestFormat,
} from "../../domain/dataset/manifest.ts";
import type { Clock } from "../../domain/instant.ts";
import { invariant } from "../../domain/invariant.ts";
import type { System } from "../../domain/system/system.ts";
import { canonicalParts, lookAt, type Relation, statisticsOf } from "./canonical-rows.ts";
import type { DataClient } from "./data-client.ts";
import {
  type PackedPart,
  packPart,
  readManifest,
  requireManifest,
  sha256,
  storeManifest,
  storePart,
} from "./dataset-parts.ts";
import { createDatasetReader, type DatasetReader } from "./dataset-reader.ts";
import { openFiles, openPredictions } from "./dataset-source.ts";
import { eraseRows } from "./erase-rows.ts";
import { eventTablesOf } from "./event-table.ts";
import type { SubjectHash } from "./subject-hash.ts";
import { verifyDataset } from "./verify-dataset.ts";

export interface ShelfParts {
  /** The connection that may read files below `directory`. */
  readonly files: DataClient;
  /** The connection to the event tables. */
  readonly data: DataClient;
  readonly blobs: BlobStore;
  readonly directory: string;
  readonly datasets: DatasetStore;
  readonly hash: SubjectHash;
  readonly clock: Clock;
}

/**
 * Datasets as manifests with parts of sorted rows in canonical text. The digest covers schema and rows: rows or columns
 * in another order, another compression or layout of the files, nullable or not, narrower integers give the same
 * dataset. Another name, kind of column or value gives another.
 */
export function createDatasetShelf(parts: ShelfParts): DatasetShelf {
  const { files, data, blobs, directory, datasets, clock } = parts;
  const reader = createDatasetReader(files, blobs, directory);

  async function adopt(system: System, dataset: Dataset): Promise<Manifest> {
    const old = await reader.earlier(dataset.digest);
    if (old === undefined) return requireManifest(blobs, system.name, dataset.digest);
    const source = { path: old, name: basename(old), files: [] };
    const opened = await openFiles(files, system, [source], { hashes: [], hash: parts.hash });
    invariant(opened.kind === "relation", "a file that was taken in is readable");
    const order: Order = {
      system,
      by: "",
      origin: { kind: "files", files: [] },
      leftOut: 0,
      name: dataset.digest,
      createdAt: dataset.createdAt,
    };
    const making = await make(parts, reader, order, opened.relation, async () => undefined);
    invariant(making.kind === "made", "a dataset that was taken in holds rows");
    await datasets.replace(making.dataset);
    await rm(old, { force: true });
    return making.manifest;
  }

  async function manifestOf(system: System, dataset: Dataset): Promise<Manifest> {
    if (dataset.manifestDigest === undefined) return adopt(system, dataset);
    return requireManifest(blobs, system.name, dataset.digest);
  }

  return {
    fromFiles: async (system, sources, by, tell) => {
      await tell("reading the files");
      const hashes = await erasedSubjects(data, system.name);
      const opened = await openFiles(files, system, sources, { hashes, hash: parts.hash });
      if (opened.kind === "refused") return opened;
      const origin: DatasetOrigin = {
        kind: "files",
        files: sources.flatMap((source) => source.files),
      };
      const { leftOut, relation } = opened;
      return make(parts, reader, { system, by, origin, leftOut, createdAt: clock.now() }, relation, tell);
    },
    fromPredictions: async (system, query, by, tell) => {
      await tell("reading predictions and outcomes");
      const origin: DatasetOrigin = {
        kind: "predictions",
        since: query.since,
        until: query.until,
        where: query.where,
        labelledOnly: query.labelledOnly,
        receivedUntil: query.receivedUntil,
        watermark: await newestEventTime(data, system),
      };
      const order = { system, by, origin, leftOut: 0, createdAt: clock.now() };
      return make(parts, reader, order, openPredictions(data, system, query), tell);
    },
    manifest: manifestOf,
    verify: async (system, dataset, tell) => {
      const known = dataset.manifestDigest === undefined ? await adopted(datasets, system, dataset, adopt) : dataset;
      return verifyDataset({ blobs, data }, system, known, tell);
    },
    export: async (system, dataset, format, path) => {
      const manifest = await manifestOf(system, dataset);
      if (erasedRows(manifest) === manifest.rows) return writeFile(path, "");
      await reader.withRows(manifest, async ({ client, from, parameters }) => {
        const bytes = await client.stream(`SELECT * FROM ${from}`, engineFormats[format], parameters, {
          output_format_json_quote_64bit_integers: 0,
          output_format_arrow_string_as_string: 1,
          output_format_parquet_string_as_string: 1,
          date_time_output_format: "iso",
        });
        await pipeline(bytes, createWriteStream(path, { mode: 0o600 }));
      });
    },
    erase: async (system, dataset, subject) => {
      const manifest = await manifestOf(system, dataset);
      const answer = await eraseRows({ blobs, reader }, system, manifest, subject);
      // Also where an earlier try was cut off between the manifest and this record.
      const stored = await readManifest(blobs, system.name, dataset.digest);
      const record = (await datasets.get(system.name, dataset.digest)) ?? dataset;
      const ours = stored.kind === "manifest" && stored.manifest.erasures.some((one) => one.subject === subject.hash);
      if (ours && stored.digest !== record.manifestDigest) {
        const total = erasedRows(stored.manifest);
        await datasets.replace({ ...record, erasedRows: total, manifestDigest: stored.digest });
        await reader.forget(dataset.digest);
      }
      return { rows: answer.rows };
    },
  };
}

const engineFormats = {
  parquet: "Parquet",
  csv: "CSVWithNames",
  ndjson: "JSONEachRow",
  arrow: "Arrow",
} as const satisfies Record<ExportFormat, string>;

async function adopted(
  datasets: DatasetStore,
  system: System,
  dataset: Dataset,
  adopt: (system: System, dataset: Dataset) => Promise<Manifest>,
): Promise<Dataset> {
  await adopt(system, dataset);
  return (await datasets.get(system.name, dataset.digest)) ?? dataset;
}

async function erasedSubjects(data: DataClient, system: string): Promise<readonly string[]> {
  const rows = await data.rows<{ hash: string }>(
    "SELECT DISTINCT toString(hash) AS hash FROM erased WHERE system = {system:String} AND kind = 'subject'",
    { system },
  );
  return rows.map(({ hash }) => hash);
}

async function newestEventTime(data: DataClient, system: System): Promise<number | undefined> {
  const [row] = await data.rows<{ n: string; newest: string }>(
    `SELECT count() AS n, toUnixTimestamp64Milli(max(time)) AS newest FROM ${eventTablesOf(system.name).predictions}`,
  );
  return row === undefined || Number(row.n) === 0 ? undefined : Number(row.newest);
}

interface Order {
  readonly system: System;
  readonly by: string;
  readonly origin: DatasetOrigin;
  readonly leftOut: number;
  readonly createdAt: number;
  /** Only for datasets that had their name before they had a manifest. */
  readonly name?: string;
}

async function make(
  parts: ShelfParts,
  reader: DatasetReader,
  order: Order,
  relation: Relation,
  tell: TellProgress,
): Promise<DatasetMaking> {
  const looked = await lookAt(relation);
  if (looked.kind === "refused") {
    const message = `the column ${looked.column} holds text that is not UTF-8`;
    return { kind: "refused", reason: "unreadable", message };
  }
  if (looked.rows === 0) return { kind: "refused", reason: "empty", message: emptyReason(order) };
  const { schema } = looked;
  const waiting: { readonly path: string; readonly part: Omit<PackedPart, "packed"> }[] = [];
  try {
    let rows = 0;
    for await (const { rows: count, text } of canonicalParts(relation, schema)) {
      const { packed, ...part } = await packPart(count, text);
      const path = await reader.workPath("gz");
      await writeFile(path, packed, { mode: 0o600 });
      waiting.push({ path, part });
      rows += count;
      await tell("writing rows in canonical order", Math.min(1, rows / looked.rows));
    }
    await tell("counting what the columns hold");
    const statistics = await statisticsOf(relation, schema);
    const described = {
      schema,
      rows,
      erasures: [],
      parts: waiting.map(({ part }) => ({ ...part, stored: { key: "", bytes: 0, digest: "" } })),
    };
    const content = sha256(contentText(described));
    const name = order.name ?? `ds-${content}`;
    const known = await readManifest(parts.blobs, order.system.name, name);
    if (known.kind === "manifest" && known.manifest.erasures.length > 0) {
      const message = `rows of ${name} were erased on request; the same rows are not taken in again`;
      return { kind: "refused", reason: "rows-erased", message };
    }
    await tell("storing the parts");
    const stored = await storeAll(parts.blobs, order.system.name, name, waiting);
    const first = known.kind === "manifest" ? known.manifest : undefined;
    const manifest: Manifest = {
      format: manifestFormat,
      name,
      content,
      system: order.system.name,
      createdAt: first?.createdAt ?? order.createdAt,
      createdBy: first?.createdBy ?? order.by,
      origin: first?.origin ?? order.origin,
      leftOut: first?.leftOut ?? order.leftOut,
      schema,
      rows,
      parts: stored,
      statistics: first?.statistics ?? statistics,
      erasures: [],
    };
    return { kind: "made", manifest, dataset: await describe(parts, manifest) };
  } finally {
    for (const { path } of waiting) await rm(path, { force: true });
  }
}

function emptyReason({ origin, leftOut }: Order): string {
  if (origin.kind === "predictions") return "no received prediction lies in that stretch of event time";
  return leftOut > 0 ? "every row belongs to a subject that was erased" : "the file holds no rows";
}

async function storeAll(
  blobs: BlobStore,
  system: string,
  name: string,
  waiting: readonly { readonly path: string; readonly part: Omit<PackedPart, "packed"> }[],
): Promise<readonly DatasetPart[]> {
  const stored: DatasetPart[] = [];
  for (const [index, { path, part }] of waiting.entries())
    stored.push(await storePart(blobs, system, name, index, { ...part, packed: await readFile(path) }));
  return stored;
}

/** The manifest is stored last, and whoever asked records it after that: what is listed can be read. */
async function describe(parts: ShelfParts, manifest: Manifest): Promise<Dataset> {
  const manifestDigest = await storeManifest(parts.blobs, manifest);
  const dataset: Dataset = {
    digest: manifest.name,
    system: manifest.system,
    rows: manifest.rows,
    columns: manifest.schema.map(({ name, kind }) => ({ name, type: engineTypeOf(kind) })),
    createdAt: manifest.createdAt,
    kind: manifest.origin.kind,
    createdBy: manifest.createdBy,
    erasedRows: 0,
    manifestDigest,
  };
  return dataset;
}
