import type { BlobStore } from "../../domain/dataset/blob-store.ts";
import type { Dataset } from "../../domain/dataset/dataset.ts";
import type { DatasetCheck, PartCheck, SourceCheck, TellProgress } from "../../domain/dataset/dataset-shelf.ts";
import { contentText, erasedPositions, erasedRows, type Manifest, tombstone } from "../../domain/dataset/manifest.ts";
import type { CheckedExpression } from "../../domain/engine/expression.ts";
import type { System } from "../../domain/system/system.ts";
import { canonicalParts, lookAt } from "./canonical-rows.ts";
import type { DataClient } from "./data-client.ts";
import { readManifest, readPart, sha256 } from "./dataset-parts.ts";
import { openPredictions } from "./dataset-source.ts";

interface Ports {
  readonly blobs: BlobStore;
  readonly data: DataClient;
}

/** Reads the manifest and every part again, and looks whether the rows could be taken from their source once more. */
export async function verifyDataset(
  ports: Ports,
  system: System,
  dataset: Dataset,
  tell: TellProgress,
): Promise<DatasetCheck> {
  await tell("reading the manifest");
  const read = await readManifest(ports.blobs, system.name, dataset.digest);
  const sound = read.kind === "manifest" && read.digest === dataset.manifestDigest;
  if (read.kind !== "manifest") {
    return {
      dataset: dataset.digest,
      state: read.kind,
      erasedRows: dataset.erasedRows ?? 0,
      manifest: read.kind,
      parts: [],
      source: { state: "not-checked", reason: "without its manifest nobody knows where the rows came from" },
    };
  }
  const { manifest } = read;
  const parts: PartCheck[] = [];
  for (let index = 0; index < manifest.parts.length; index++) {
    await tell("reading every part again", index / manifest.parts.length);
    parts.push(await checkPart(ports.blobs, manifest, index));
  }
  await tell("looking at the source");
  return {
    dataset: dataset.digest,
    state: sound ? worstOf(parts) : "corrupt",
    erasedRows: erasedRows(manifest),
    manifest: sound ? "ok" : "corrupt",
    parts,
    source: sound
      ? await checkSource(ports.data, system, manifest)
      : { state: "not-checked", reason: "the manifest is not the one that was stored" },
  };
}

const states = ["corrupt", "missing", "erased"] as const;

function worstOf(parts: readonly PartCheck[]): DatasetCheck["state"] {
  return states.find((state) => parts.some((part) => part.state === state)) ?? "ok";
}

async function checkPart(blobs: BlobStore, manifest: Manifest, index: number): Promise<PartCheck> {
  const part = manifest.parts[index];
  if (part === undefined) return { state: "missing", part: index };
  const read = await readPart(blobs, part);
  if (read.kind === "missing") return { state: "missing", part: index };
  if (read.kind === "corrupt") return { state: "corrupt", part: index, reason: read.reason };
  const lines = read.text.toString("utf8").trimEnd().split("\n");
  if (lines.length !== part.rows)
    return { state: "corrupt", part: index, reason: `it holds ${lines.length} rows, not ${part.rows}` };
  const erased = erasedPositions(manifest, index);
  const marked = lines.filter((line) => line === tombstone).length;
  if (marked !== erased.size || [...erased].some((position) => lines[position] !== tombstone))
    return { state: "corrupt", part: index, reason: `${marked} rows are marked as erased, ${erased.size} were` };
  return erased.size === 0 ? { state: "ok", part: index } : { state: "erased", part: index, rows: erased.size };
}

async function checkSource(data: DataClient, system: System, manifest: Manifest): Promise<SourceCheck> {
  const { origin } = manifest;
  if (origin.kind === "files")
    return { state: "not-checked", reason: "the files are their owner's; name them to have them compared" };
  if (manifest.erasures.length > 0)
    return { state: "missing", reason: "rows were erased on request, from the source as well" };
  // The text was checked when the dataset was made, and the manifest's own digest before this.
  const where = origin.where as CheckedExpression | undefined;
  const relation = openPredictions(data, system, { ...origin, where });
  const looked = await lookAt(relation);
  if (looked.kind === "refused" || looked.rows < manifest.rows) {
    const left = looked.kind === "refused" ? 0 : looked.rows;
    return { state: "missing", reason: `${left} of ${manifest.rows} rows are still in the event tables` };
  }
  const parts: Manifest["parts"][number][] = [];
  for await (const { rows, text } of canonicalParts(relation, looked.schema))
    parts.push({ rows, bytes: text.length, digest: sha256(text), stored: { key: "", bytes: 0, digest: "" } });
  const again = sha256(contentText({ schema: looked.schema, rows: looked.rows, parts, erasures: [] }));
  return again === manifest.content
    ? { state: "same" }
    : { state: "missing", reason: "the event tables give other rows for the same question now" };
}
