import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { MadeDeclaration } from "@homeostat/protocol";
import { type Document, isMap, isSeq, parseDocument } from "yaml";
import { lineDiff } from "./line-diff.ts";
import { readDeclarations } from "./read-declarations.ts";
import { UsageError } from "./usage-error.ts";

export interface WrittenDeclaration {
  readonly file: string;
  readonly diff: string;
  readonly written: boolean;
}

/**
 * Puts a declaration into the file of a folder where it belongs; comments stay. Only shown unless `write`.
 * @throws UsageError when the folder does not hold the system, or its file has no such place.
 */
export async function writeDeclaration(
  folder: string,
  made: Pick<MadeDeclaration, "system" | "document" | "place" | "value">,
  write: boolean,
): Promise<WrittenDeclaration> {
  const file = await fileOf(folder, made);
  const before = await readFile(file, "utf8");
  const document = parseDocument(before, { version: "1.2", schema: "core" });
  if (document.errors.length > 0) throw new UsageError(`${file} is no YAML: ${document.errors[0]?.message ?? ""}`);
  addAt(document, file, made.place, made.value);
  const after = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  if (write) await writeFile(file, after);
  return { file, diff: lineDiff(file, before, after), written: write };
}

async function fileOf(folder: string, made: Pick<MadeDeclaration, "system" | "document">): Promise<string> {
  const { bundle } = await readDeclarations([folder]);
  for (const { path, text } of bundle.files) {
    const system = parseDocument(text, { version: "1.2", schema: "core" });
    if (system.get("kind") !== "System" || system.get("name") !== made.system) continue;
    const found = resolve(folder, path);
    if (made.document === "System") return found;
    const contract: unknown = system.get("contract");
    return join(dirname(found), typeof contract === "string" ? contract : "");
  }
  throw new UsageError(`no file below ${folder} declares the system ${made.system}`);
}

/** Walks the keys; an item of a list goes by its name. The last key is a list, made when it is missing. */
function addAt(document: Document, file: string, place: readonly string[], value: unknown): void {
  const path: (string | number)[] = [];
  for (const [index, key] of place.entries()) {
    const here = path.length === 0 ? document.contents : document.getIn(path);
    if (isSeq(here)) {
      const item = here.items.findIndex((one) => isMap(one) && one.get("name") === key);
      if (item < 0) throw new UsageError(`${file} has nothing called ${key} at ${place.slice(0, index).join(".")}`);
      path.push(item);
    } else path.push(key);
  }
  const list = document.getIn(path);
  if (isSeq(list)) list.add(document.createNode(value));
  else if (list === undefined) document.setIn(path, document.createNode([value]));
  else throw new UsageError(`${place.join(".")} in ${file} is no list`);
}
