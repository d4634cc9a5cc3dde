import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type DatasetCheck, type DatasetDetail, upload as uploadSchema } from "@homeostat/protocol";
import type { Cli, Connection } from "./cli.ts";
import { openFile } from "./private-engine.ts";
import { createProgress } from "./progress.ts";
import { createByteSender } from "./send-bytes.ts";

interface Described {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Reads each file or folder, and sends its rows as Parquet for a dataset to be made of. */
export async function uploadFiles(
  cli: Cli,
  connection: Connection,
  system: string,
  paths: readonly string[],
): Promise<{ upload: string; files: Described[] }[]> {
  const progress = createProgress(cli, "Sending");
  const directory = await mkdtemp(join(tmpdir(), "homeostat-dataset-"));
  const sender = createByteSender(connection, 1);
  const sent: { upload: string; files: Described[] }[] = [];
  try {
    for (const [index, path] of paths.entries()) {
      progress.update(index / paths.length, basename(path));
      const parquet = join(directory, `${index}.parquet`);
      const files = await writeParquet(path, parquet);
      const handle = await open(parquet, "r");
      try {
        const answer = await sender.post(`/v1/systems/${encodeURIComponent(system)}/uploads`, {
          type: "application/vnd.apache.parquet",
          bytes: handle.createReadStream({ autoClose: false }),
        });
        sent.push({ upload: uploadSchema.parse(JSON.parse(answer.toString("utf8"))).upload, files });
      } finally {
        await handle.close();
      }
    }
    return sent;
  } finally {
    progress.end("sent");
    await sender.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeParquet(path: string, parquet: string): Promise<Described[]> {
  const table = await openFile(path);
  try {
    const rows = table.stream(`SELECT * FROM ${table.source}`, { default_format: "Parquet" });
    await pipeline(Readable.from(rows, { objectMode: false }), createWriteStream(parquet, { mode: 0o600 }));
    const files: Described[] = [];
    for (const file of table.files.paths) files.push(await describeFile(file));
    return files;
  } finally {
    await table.close();
  }
}

async function describeFile(path: string): Promise<Described> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { name: basename(path), sha256: hash.digest("hex"), bytes: (await stat(path)).size };
}

/** Whether the owner's files are still those that a dataset was made of. */
export async function compareSources(
  origin: DatasetDetail["origin"],
  paths: readonly string[],
): Promise<DatasetCheck["source"]> {
  if (origin.kind !== "files") return { state: "not-checked", reason: "the dataset was not made of files" };
  const known = new Set<string>();
  for (const path of paths) {
    const described = await describeFile(path).catch(() => undefined);
    if (described !== undefined) known.add(described.sha256);
  }
  const missing = origin.files.filter(({ sha256 }) => !known.has(sha256));
  if (missing.length === 0) return { state: "same" };
  return { state: "missing", reason: `no file given has the content of ${missing.map(({ name }) => name).join(", ")}` };
}
