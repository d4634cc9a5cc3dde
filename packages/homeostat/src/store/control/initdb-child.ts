import { existsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";

/**
 * Makes the database directory given as the only argument, then ends and gives the memory back. With `--template` it
 * makes the one that the build ships beside this file, so that a first start copies instead of waiting seconds; one
 * that is newer than the installed database engine is kept.
 */
const argument = process.argv[2];
if (argument === undefined) throw new Error("usage: initdb-child <directory> | --template");
const template = fileURLToPath(new URL("./database-template", import.meta.url));
const directory = argument === "--template" ? template : argument;

if (argument !== "--template" || !isFresh(template)) {
  if (argument === "--template") await rm(template, { recursive: true, force: true });
  const database = await PGlite.create({ dataDir: directory });
  await database.close();
}
process.exit(0);

function isFresh(path: string): boolean {
  const mark = `${path}/PG_VERSION`;
  const engine = fileURLToPath(import.meta.resolve("@electric-sql/pglite"));
  return existsSync(mark) && statSync(mark).mtimeMs > statSync(engine).mtimeMs;
}
