import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";

/**
 * Makes a new database directory where there is none. It is made beside its place and moved there when it is whole,
 * so that a crash in between leaves nothing that looks like a database. Making one holds 800 MB of memory until the
 * process ends, therefore a child does it and ends. Cost: 2.5 s, once.
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
    await runInitdb(unfinished);
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault("data-directory-unwritable", { path: directory, reason: reasonOf(thrown) }, thrown);
  }
}

async function runInitdb(directory: string): Promise<void> {
  const child = spawn(process.execPath, [childPath(), directory], { stdio: ["ignore", "ignore", "pipe"] });
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

/** Beside this file when run from `dist`; under Vitest this file runs from `src` and the child still from `dist`. */
function childPath(): string {
  const candidates = ["./initdb-child.js", "../../../dist/store/control/initdb-child.js"];
  const path = candidates.map((name) => fileURLToPath(new URL(name, import.meta.url))).find(existsSync);
  invariant(path, "initdb-child.js is not built");
  return path;
}
