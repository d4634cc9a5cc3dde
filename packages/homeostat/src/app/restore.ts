import { createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { Fault, reasonOf } from "../domain/fault.ts";
import { startEngine } from "../engine/supervise-engine.ts";
import { knownSteps, loadControl } from "../store/control/control-dump.ts";
import { openDataClient } from "../store/data/data-client.ts";
import { linesOf } from "../store/data/lines-of.ts";
import { loadTable } from "../store/data/table-dump.ts";
import { type BackupManifest, backupFormat, backupManifestName, digestOf } from "./backup-manifest.ts";
import { dataFormat } from "./data-directory.ts";

interface RestoreOutcome {
  readonly dataDirectory: string;
  readonly createdAt: string;
  readonly files: number;
  readonly rows: number;
  readonly datasetsElsewhere: string | null;
}

const engineMemoryBytes = 2 * 1024 ** 3;
const engineStopMs = 10_000;

/**
 * Makes a new data directory of a backup. Every digest is checked before anything is written; the directory appears at
 * its place only when it is whole.
 * @throws Fault `backup-unreadable`, `data-directory-newer`, `data-directory-unwritable`.
 */
export async function restore(
  from: string,
  dataDirectory: string,
  tell: (step: string, share?: number) => void,
): Promise<RestoreOutcome> {
  const source = resolve(from);
  const target = resolve(dataDirectory);
  await requireEmpty(target);
  const manifest = await readManifest(source);
  await checkFiles(source, manifest, tell);
  const beside = `${target}.restoring-${process.pid}`;
  await rm(beside, { recursive: true, force: true });
  try {
    await mkdir(beside, { recursive: true, mode: 0o700 });
    for (const { path } of manifest.files) {
      if (!/^(spool|artifacts|datasets)\//.test(path)) continue;
      await mkdir(dirname(join(beside, path)), { recursive: true, mode: 0o700 });
      await copyFile(join(source, path), join(beside, path));
    }
    tell("writing the control store");
    await loadControl(join(beside, "control"), manifest.controlStep, controlRows(source, manifest));
    await loadEngine(source, beside, manifest, tell);
    const format = JSON.stringify({ format: manifest.dataFormat, createdAt: manifest.createdAt });
    await writeFile(join(beside, "format.json"), format);
    await rmdir(target).catch(() => undefined);
    await rename(beside, target);
  } catch (thrown) {
    await rm(beside, { recursive: true, force: true });
    if (thrown instanceof Fault) throw thrown;
    throw new Fault("backup-unreadable", { path: source, reason: reasonOf(thrown) }, thrown);
  }
  return {
    dataDirectory: target,
    createdAt: manifest.createdAt,
    files: manifest.files.length,
    rows: manifest.engine.reduce((sum, table) => sum + table.rows, 0),
    datasetsElsewhere: manifest.datasetsElsewhere,
  };
}

async function requireEmpty(target: string): Promise<void> {
  const found = await readdir(target).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT") return [];
    throw new Fault("data-directory-unwritable", { path: target, reason: reasonOf(thrown) }, thrown);
  });
  if (found.length > 0)
    throw new Fault("data-directory-unwritable", { path: target, reason: "it is not empty; restore into a new one" });
}

async function readManifest(source: string): Promise<BackupManifest> {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(await readFile(join(source, backupManifestName), "utf8")) as BackupManifest;
  } catch (thrown) {
    const reason = `${backupManifestName} cannot be read, so this is no whole backup: ${reasonOf(thrown)}`;
    throw new Fault("backup-unreadable", { path: source, reason }, thrown);
  }
  for (const [found, known] of [
    [manifest.format, backupFormat],
    [manifest.dataFormat, dataFormat],
    [manifest.controlStep, knownSteps],
  ] as const) {
    if (!Number.isInteger(found) || found < 1)
      throw new Fault("backup-unreadable", { path: source, reason: `${backupManifestName} names no format` });
    if (found > known) throw new Fault("data-directory-newer", { path: source, found, known });
  }
  return manifest;
}

/** Nothing but what the manifest names is read, and only from below the backup. */
async function checkFiles(
  source: string,
  manifest: BackupManifest,
  tell: (step: string, share?: number) => void,
): Promise<void> {
  for (const [index, { path, bytes, sha256 }] of manifest.files.entries()) {
    tell("checking every file", index / manifest.files.length);
    const reason = await wrongWith(source, path, bytes, sha256);
    if (reason !== undefined) throw new Fault("backup-unreadable", { path: source, reason: `${path} ${reason}` });
  }
  const known = new Set(manifest.files.map(({ path }) => path));
  for (const { file } of [...manifest.control, ...manifest.engine])
    if (!known.has(file)) throw new Fault("backup-unreadable", { path: source, reason: `${file} has no digest` });
}

async function wrongWith(source: string, path: string, bytes: number, sha256: string): Promise<string | undefined> {
  if (path.split("/").some((step) => step === "" || step === "." || step === "..")) return "leads elsewhere";
  const found = await stat(join(source, path)).catch(() => undefined);
  if (found === undefined) return "is missing";
  if (found.size !== bytes) return `has ${found.size} bytes, not ${bytes}`;
  return (await digestOf(join(source, path))) === sha256 ? undefined : "was changed";
}

const linesAtOnce = 1_000;

async function* controlRows(
  source: string,
  manifest: BackupManifest,
): AsyncGenerator<{ readonly table: string; readonly lines: readonly string[] }> {
  for (const { table, file } of manifest.control) {
    let lines: string[] = [];
    for await (const line of linesOf(createReadStream(join(source, file)))) {
      lines.push(line);
      if (lines.length < linesAtOnce) continue;
      yield { table, lines };
      lines = [];
    }
    yield { table, lines };
  }
}

async function loadEngine(
  source: string,
  directory: string,
  manifest: BackupManifest,
  tell: (step: string, share?: number) => void,
): Promise<void> {
  const engine = await startEngine({ dataPath: join(directory, "engine"), memoryLimitBytes: engineMemoryBytes });
  const client = openDataClient(engine.address);
  try {
    for (const [index, table] of manifest.engine.entries()) {
      tell(`writing ${table.name}`, index / manifest.engine.length);
      await loadTable(client, table, createReadStream(join(source, table.file)).pipe(createGunzip()));
    }
  } finally {
    await client.close();
    await engine.stop(engineStopMs);
  }
}
