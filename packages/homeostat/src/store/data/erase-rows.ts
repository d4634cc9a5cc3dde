import type { BlobStore } from "../../domain/dataset/blob-store.ts";
import {
  cellTextOf,
  cellTextsOf,
  type DatasetPart,
  type Manifest,
  type PartErasure,
  tombstone,
} from "../../domain/dataset/manifest.ts";
import type { System } from "../../domain/system/system.ts";
import { statisticsOf } from "./canonical-rows.ts";
import { packPart, placeOf, requirePart, storeManifest, storePart } from "./dataset-parts.ts";
import type { DatasetReader } from "./dataset-reader.ts";
import { subjectColumn } from "./dataset-source.ts";

interface Subject {
  readonly entity: string;
  readonly hash: string;
  readonly at: number;
}

/**
 * Writes tombstones over one subject's rows: new parts, then the manifest that names them, then the old parts are
 * removed. Cut off in between, the manifest names whole parts, and a second call finishes.
 * @throws Fault `dataset-damaged`.
 */
export async function eraseRows(
  ports: { readonly blobs: BlobStore; readonly reader: DatasetReader },
  system: System,
  manifest: Manifest,
  subject: Subject,
): Promise<{ readonly rows: number }> {
  const { blobs, reader } = ports;
  const column = manifest.schema.findIndex(({ name }) => name === subjectColumn(system, manifest.origin.kind));
  const kind = manifest.schema[column]?.kind;
  const wanted = kind === undefined ? undefined : cellTextOf(kind, subject.entity);
  if (wanted === undefined) return { rows: 0 };
  const parts: DatasetPart[] = [];
  const erasures: PartErasure[] = [];
  for (const [index, part] of manifest.parts.entries()) {
    const rewritten = rewrite(await requirePart(blobs, manifest, index), column, wanted);
    if (rewritten.positions.length === 0) {
      parts.push(part);
      continue;
    }
    const stored = await storePart(
      blobs,
      manifest.system,
      manifest.name,
      index,
      await packPart(part.rows, rewritten.text),
    );
    parts.push(stored);
    erasures.push({
      at: subject.at,
      subject: subject.hash,
      part: index,
      positions: rewritten.positions,
      before: { digest: part.digest, bytes: part.bytes },
      after: { digest: stored.digest, bytes: stored.bytes },
    });
  }
  let after: Manifest = manifest;
  if (erasures.length > 0) {
    const changed: Manifest = { ...manifest, parts, erasures: [...manifest.erasures, ...erasures] };
    const statistics = await reader.withRows(changed, (rows) => statisticsOf(rows, changed.schema));
    after = { ...changed, statistics };
    await storeManifest(blobs, after);
  }
  await removeOthers(blobs, after);
  return { rows: erasures.reduce((sum, { positions }) => sum + positions.length, 0) };
}

function rewrite(
  text: Buffer,
  column: number,
  wanted: string,
): { readonly text: Buffer; readonly positions: readonly number[] } {
  const lines = text.toString("utf8").trimEnd().split("\n");
  const positions: number[] = [];
  const kept = lines.map((line, position) => {
    if (!line.includes(wanted) || cellTextsOf(line)[column] !== wanted) return line;
    positions.push(position);
    return tombstone;
  });
  return { text: Buffer.from(`${kept.join("\n")}\n`, "utf8"), positions };
}

/** Parts that no manifest names any more hold what was to be erased. */
async function removeOthers(blobs: BlobStore, manifest: Manifest): Promise<void> {
  const named = new Set(manifest.parts.map(({ stored }) => stored.key));
  for (const key of await blobs.list(placeOf(manifest.system, manifest.name)))
    if (!named.has(key) && !key.endsWith("/manifest.json")) await blobs.delete(key);
}
