import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { BlobStore } from "../../domain/dataset/blob-store.ts";
import type { DatasetPart, Manifest } from "../../domain/dataset/manifest.ts";
import { contentText, manifestFormat } from "../../domain/dataset/manifest.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Everything of a dataset lies under this. */
export const placeOf = (system: string, name: string): string => `${system}/${name}/`;
const manifestKey = (system: string, name: string): string => `${placeOf(system, name)}manifest.json`;

/** A part compressed, with what identifies it. */
export interface PackedPart {
  readonly rows: number;
  readonly bytes: number;
  readonly digest: string;
  readonly packed: Uint8Array;
}

export async function packPart(rows: number, text: Buffer): Promise<PackedPart> {
  return { rows, bytes: text.length, digest: sha256(text), packed: await compress(text, { level: 6 }) };
}

/** Keeps a packed part as the given one of a dataset. */
export async function storePart(
  blobs: BlobStore,
  system: string,
  name: string,
  index: number,
  part: PackedPart,
): Promise<DatasetPart> {
  const key = `${placeOf(system, name)}part-${String(index).padStart(5, "0")}-${part.digest.slice(0, 16)}.ndjson.gz`;
  await blobs.put(key, part.packed);
  const { rows, bytes, digest } = part;
  return { rows, bytes, digest, stored: { key, bytes: part.packed.length, digest: sha256(part.packed) } };
}

type ReadPart =
  | { readonly kind: "text"; readonly text: Buffer }
  | { readonly kind: "missing" }
  | { readonly kind: "corrupt"; readonly reason: string };

/** Reads a part again and checks the stored bytes and the text in them against their digests. */
export async function readPart(blobs: BlobStore, part: DatasetPart): Promise<ReadPart> {
  const packed = await blobs.get(part.stored.key);
  if (packed === undefined) return { kind: "missing" };
  if (sha256(packed) !== part.stored.digest)
    return { kind: "corrupt", reason: "its bytes are not those that were stored" };
  try {
    const text = await decompress(packed);
    return sha256(text) === part.digest
      ? { kind: "text", text }
      : { kind: "corrupt", reason: "its rows are not those that were stored" };
  } catch (thrown) {
    return { kind: "corrupt", reason: `it cannot be decompressed: ${reasonOf(thrown)}` };
  }
}

/** Keeps a manifest; returns the digest under which it is known. */
export async function storeManifest(blobs: BlobStore, manifest: Manifest): Promise<string> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await blobs.put(manifestKey(manifest.system, manifest.name), Buffer.from(text, "utf8"));
  return sha256(text);
}

type ReadManifest =
  | { readonly kind: "manifest"; readonly manifest: Manifest; readonly digest: string }
  | { readonly kind: "missing" }
  | { readonly kind: "corrupt"; readonly reason: string };

/** Reads a manifest and checks that it describes what its name says. */
export async function readManifest(blobs: BlobStore, system: string, name: string): Promise<ReadManifest> {
  const bytes = await blobs.get(manifestKey(system, name));
  if (bytes === undefined) return { kind: "missing" };
  try {
    const manifest = JSON.parse(Buffer.from(bytes).toString("utf8")) as Manifest;
    if (manifest.format !== manifestFormat)
      return { kind: "corrupt", reason: `its format is ${String(manifest.format)}, not ${manifestFormat}` };
    if (manifest.name !== name || sha256(contentText(manifest)) !== manifest.content)
      return { kind: "corrupt", reason: "it does not describe the rows that its name stands for" };
    return { kind: "manifest", manifest, digest: sha256(bytes) };
  } catch (thrown) {
    return { kind: "corrupt", reason: `it is not readable: ${reasonOf(thrown)}` };
  }
}

/** @throws Fault `dataset-damaged`. */
export async function requireManifest(blobs: BlobStore, system: string, name: string): Promise<Manifest> {
  const read = await readManifest(blobs, system, name);
  if (read.kind === "manifest") return read.manifest;
  const reason = read.kind === "missing" ? "its manifest is missing" : `its manifest: ${read.reason}`;
  throw new Fault("dataset-damaged", { dataset: name, reason });
}

/** @throws Fault `dataset-damaged`. */
export async function requirePart(blobs: BlobStore, manifest: Manifest, index: number): Promise<Buffer> {
  const part = manifest.parts[index];
  const read = part === undefined ? ({ kind: "missing" } as const) : await readPart(blobs, part);
  if (read.kind === "text") return read.text;
  const reason = read.kind === "missing" ? `part ${index} is missing` : `part ${index}: ${read.reason}`;
  throw new Fault("dataset-damaged", { dataset: manifest.name, reason });
}
