import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";

/**
 * Makes a new database directory where there is none. It is made beside its place and moved there when it is whole,
 * so that a crash in between leaves nothing that looks like a database. The build ships a fresh one to copy (0.1 s).
 * Without it a child makes one: that takes 2.5 s and holds 800 MB until the process ends.
 * @throws Fault `data-directory-corrupt` when there is something else in the place, `data-directory-unwritable`.
 */
export async function initializeDirectory(directory: string): Promise<void> {
  if (existsSync(join(directory, "PG_VERSION"))) return;
  const unfinished = `${directory}.initializing`;
  try {
    if (existsSync(directory) && (await readdir(directory)).length > 0) {
      throw new Fault("data-directory-corrupt", { path: directory, reason: "it holds files but no PG_VERSION" });
    }
    await mkdir(dirname(directory), { recursive: true });
    await rm(unfinished, { recursive: true, force: true });
    const template = beside("database-template");
    if (template === undefined) await runInitdb(unfinished);
    else await cp(template, unfinished, { recursive: true });
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault("data-directory-unwritable", { path: directory, reason: reasonOf(thrown) }, thrown);
  }
}

async function runInitdb(directory: string): Promise<void> {
  const program = beside("initdb-child.js");
  invariant(program, "initdb-child.js is not built");
  const child = spawn(process.execPath, [program, directory], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-2_000);
  });
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
  const reason = said.trim().split("\n").at(-1) ?? "";
  if (code !== 0) {
    throw new Fault("data-directory-unwritable", { path: directory, reason: `initdb ended with ${code}: ${reason}` });
  }
}

/** A built file or folder: beside this one when run from `dist`; under Vitest this file runs from `src`. */
function beside(name: string): string | undefined {
  const candidates = [`./${name}`, `../../../dist/store/control/${name}`];
  return candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find(existsSync);
}
