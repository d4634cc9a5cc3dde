import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { BlobStore } from "../../domain/dataset/blob-store.ts";
import { type DatasetColumn, engineTypeOf, type Manifest, tombstone } from "../../domain/dataset/manifest.ts";
import { quotedName, type Relation } from "./canonical-rows.ts";
import type { DataClient } from "./data-client.ts";
import { readManifest, requireManifest, requirePart, sha256 } from "./dataset-parts.ts";

/** Datasets as files that the local engine can read, the only connection that may read files. */
export interface DatasetReader {
  /**
   * The rows that are not erased, as a Parquet file on this machine; made from the parts when it is not there yet.
   * @throws Fault `dataset-damaged`.
   */
  parquet(system: string, name: string): Promise<DatasetFile>;
  /** The file of a dataset that was made before manifests; undefined for others. */
  earlier(name: string): Promise<string | undefined>;
  /** The rows of a manifest as the engine reads them from a file of lines, which is removed afterwards. */
  withRows<T>(manifest: Manifest, act: (rows: Relation) => Promise<T>): Promise<T>;
  /** Removes what was made for the engine. */
  forget(name: string): Promise<void>;
  /** A path for work that lasts no longer than the process. */
  workPath(ending: string): Promise<string>;
}

export interface DatasetFile {
  readonly path: string;
  /** `predictions`: the columns are those of the event table, and the outcome stands in one of them. */
  readonly kind: "files" | "predictions";
}

/** @param directory below which the engine may read files. */
export function createDatasetReader(files: DataClient, blobs: BlobStore, directory: string): DatasetReader {
  const cache = join(directory, "cache");
  const work = join(directory, "work");

  async function workPath(ending: string): Promise<string> {
    await mkdir(work, { recursive: true });
    return join(work, `${randomUUID()}.${ending}`);
  }

  async function withRows<T>(manifest: Manifest, act: (rows: Relation) => Promise<T>): Promise<T> {
    const path = await workPath("jsonl");
    try {
      await pipeline(Readable.from(textsOf(blobs, manifest)), createWriteStream(path, { mode: 0o600 }));
      return await act(linesRelation(files, path, manifest.schema));
    } finally {
      await rm(path, { force: true });
    }
  }

  async function earlier(name: string): Promise<string | undefined> {
    const path = join(directory, `${name}.parquet`);
    return (await exists(path)) ? path : undefined;
  }

  return {
    workPath,
    withRows,
    earlier,
    forget: async (name) => {
      const made = await readdir(cache).catch(() => []);
      for (const file of made) if (file.startsWith(name)) await rm(join(cache, file), { force: true });
    },
    parquet: async (system, name) => {
      const old = await earlier(name);
      const read = await readManifest(blobs, system, name);
      if (read.kind !== "manifest" && old !== undefined) return { path: old, kind: "files" };
      const manifest = read.kind === "manifest" ? read.manifest : await requireManifest(blobs, system, name);
      const { kind } = manifest.origin;
      const path = join(cache, `${name}-${sha256(JSON.stringify(manifest.parts)).slice(0, 12)}.parquet`);
      if (await exists(path)) return { path, kind };
      await mkdir(cache, { recursive: true });
      const beside = await workPath("parquet");
      await withRows(manifest, async ({ client, from, parameters }) => {
        const bytes = await client.stream(`SELECT * FROM ${from}`, "Parquet", parameters);
        await pipeline(bytes, createWriteStream(beside, { mode: 0o600 }));
      });
      await rename(beside, path);
      return { path, kind };
    },
  };
}

/** Lists of values, one a line, read as columns of the schema's types. */
function linesRelation(client: DataClient, path: string, schema: readonly DatasetColumn[]): Relation {
  const columns = schema.map(({ name, kind }) => ({ name, type: engineTypeOf(kind) }));
  const structure = columns.map(({ name, type }) => `${quotedName(name)} ${type}`).join(", ");
  return {
    client,
    from: "file({lines:String}, 'JSONCompactEachRow', {structure:String})",
    parameters: { lines: path, structure },
    columns,
  };
}

async function* textsOf(blobs: BlobStore, manifest: Manifest): AsyncGenerator<Buffer> {
  const mark = Buffer.from(`${tombstone}\n`, "utf8");
  for (let index = 0; index < manifest.parts.length; index++) {
    const text = await requirePart(blobs, manifest, index);
    yield manifest.erasures.some(({ part }) => part === index) ? withoutMarks(text, mark) : text;
  }
}

function withoutMarks(text: Buffer, mark: Buffer): Buffer {
  const kept = text
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "" && `${line}\n` !== mark.toString("utf8"));
  return Buffer.from(kept.map((line) => `${line}\n`).join(""), "utf8");
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
