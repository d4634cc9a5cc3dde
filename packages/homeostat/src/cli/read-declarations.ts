import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { DeclarationBundle } from "@homeostat/protocol";
import { parseAllDocuments } from "yaml";
import { reasonOf } from "../domain/fault.ts";
import { UsageError } from "./usage-error.ts";

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);
const passedOver = new Set(["node_modules", "dist"]);

/** What will be sent, and what was found beside it and is no declaration. */
export interface DeclarationsFound {
  readonly bundle: DeclarationBundle;
  readonly passedOver: readonly string[];
}

/**
 * Reads the YAML files named, and those below the directories named. Hidden directories, `node_modules` and `dist` are
 * not looked into; files that hold `changes` are for `replay` and `change record` and stay here. Nothing is checked: the
 * server names file, line and column of what is wrong. @throws UsageError when nothing can be read.
 */
export async function readDeclarations(paths: readonly string[]): Promise<DeclarationsFound> {
  const found = (await Promise.all(paths.map(filesAt))).flat();
  const base = baseOf(paths);
  const files = await Promise.all(
    [...new Set(found)].sort().map(async (path) => ({
      path: nameOf(base, path),
      text: await readFile(path, "utf8").catch((thrown: unknown) => refuse(path, thrown)),
    })),
  );
  const declarations = files.filter(({ text }) => !isChanges(text));
  if (declarations.length === 0) {
    throw new UsageError(
      `no declarations in ${paths.join(", ")}`,
      "Name a directory that holds system.yaml and the files it refers to, or the files themselves.",
    );
  }
  const rest = files.filter((file) => !declarations.includes(file)).map(({ path }) => path);
  return { bundle: { files: declarations }, passedOver: rest };
}

async function filesAt(path: string): Promise<readonly string[]> {
  const entry = await stat(path).catch((thrown: unknown) => refuse(path, thrown));
  if (!entry.isDirectory()) return [path];
  const inside = await readdir(path, { withFileTypes: true });
  const nested = inside.map(async (item) => {
    const full = join(path, item.name);
    if (item.isDirectory()) return item.name.startsWith(".") || passedOver.has(item.name) ? [] : filesAt(full);
    return item.isFile() && isYaml(item.name) ? [full] : [];
  });
  return (await Promise.all(nested)).flat();
}

function refuse(path: string, thrown: unknown): never {
  throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
}

/** One directory given: paths are told relative to it. Otherwise as they were typed. */
function baseOf(paths: readonly string[]): string | undefined {
  const [only] = paths;
  return paths.length === 1 && only !== undefined && !isYaml(only) ? only : undefined;
}

function nameOf(base: string | undefined, path: string): string {
  const name = base === undefined ? path : relative(base, path);
  return (name === "" ? basename(path) : name).split(sep).join("/");
}

function isChanges(text: string): boolean {
  const documents = parseAllDocuments(text, { version: "1.2", schema: "core" });
  if (!Array.isArray(documents) || documents.length === 0) return false;
  return documents.every((document) => {
    const kind: unknown = document.errors.length === 0 ? document.get("kind") : "";
    return kind === "Changes" || (kind === undefined && document.has("changes"));
  });
}
