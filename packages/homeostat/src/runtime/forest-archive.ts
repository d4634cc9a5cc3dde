import { createHash } from "node:crypto";
import JSZip from "jszip";
import { invariant } from "../domain/invariant.ts";
import { fieldsOf, lengthDelimited, type ProtobufField, varintOf } from "./protobuf-fields.ts";

/** A forest as YDF writes it: file contents by name (`header.pb`, `data_spec.pb`, `nodes-…`, …). */
export type ForestFiles = ReadonlyMap<string, Uint8Array>;

/** Unpacks the flat zip in which YDF hands over a model. Cost: inflates everything into memory. */
export async function unpackForest(zip: Uint8Array): Promise<ForestFiles> {
  const archive = await JSZip.loadAsync(zip);
  const files = new Map<string, Uint8Array>();
  for (const name of Object.keys(archive.files).sort()) {
    const entry = archive.file(name);
    if (entry !== null) files.set(name, await entry.async("uint8array"));
  }
  return files;
}

/**
 * Packs a forest so that the same forest gives the same bytes: sorted names, one fixed date, one compression level.
 */
export async function packForest(files: ForestFiles): Promise<Uint8Array> {
  const archive = new JSZip();
  const date = new Date(Date.UTC(1980, 0, 1));
  for (const [name, bytes] of [...files].sort(byName)) archive.file(name, bytes, { date, createFolders: false });
  return archive.generateAsync({ type: "uint8array", compression: "DEFLATE", compressionOptions: { level: 6 } });
}

/**
 * Removes from a forest what differs between two trainings on the same rows and does not touch its predictions.
 *
 * Observed differences (YDF 1.x, compared byte by byte): `header.pb` carries the creation time and a random identifier
 * in its metadata (field 10), and `data_spec.pb` writes the dictionaries of categories (column 1, categorical 6, items 7),
 * which are protobuf maps, in the order of a randomly seeded hash. The metadata goes, the maps are sorted; trees and
 * training log are already equal.
 * Source: `abstract_model.proto`, `data_spec.proto` of google/yggdrasil-decision-forests.
 */
export function canonicalForest(files: ForestFiles): ForestFiles {
  const canonical = new Map(files);
  const header = files.get("header.pb");
  const dataSpec = files.get("data_spec.pb");
  invariant(header !== undefined && dataSpec !== undefined, "a forest has header.pb and data_spec.pb");
  canonical.set("header.pb", Buffer.concat(rawOf(fieldsOf(header).filter((field) => field.number !== 10))));
  canonical.set(
    "data_spec.pb",
    rewritten(dataSpec, 1, (column) => rewritten(column, 6, sortedDictionary)),
  );
  return canonical;
}

/** SHA-256 in hex over the names, lengths and contents of a canonical forest's files, by sorted name. */
export function digestOfForest(files: ForestFiles): string {
  const hash = createHash("sha256");
  for (const [name, bytes] of [...files].sort(byName)) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
}

/** How many trees the forest holds, from its header (`num_trees`, field 2 of `gradient_boosted_trees.proto`). */
export function treeCountOf(files: ForestFiles): number {
  const header = files.get("gradient_boosted_trees_header.pb");
  invariant(header !== undefined, "a forest of gradient boosted trees has its header");
  const count = fieldsOf(header).find((field) => field.number === 2);
  invariant(count !== undefined, "the header of a forest counts its trees");
  return Number(varintOf(count));
}

function rewritten(message: Uint8Array, number: number, rewrite: (content: Uint8Array) => Uint8Array): Uint8Array {
  return Buffer.concat(
    fieldsOf(message).map((field) =>
      field.number === number && field.wireType === 2 ? lengthDelimited(number, rewrite(field.value)) : field.raw,
    ),
  );
}

function sortedDictionary(categorical: Uint8Array): Uint8Array {
  const fields = fieldsOf(categorical);
  const items = rawOf(fields.filter((field) => field.number === 7)).sort(Buffer.compare);
  return Buffer.concat([...rawOf(fields.filter((field) => field.number !== 7)), ...items]);
}

function rawOf(fields: readonly ProtobufField[]): Uint8Array[] {
  return fields.map((field) => field.raw);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
