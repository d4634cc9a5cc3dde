import { createWriteStream } from "node:fs";
import { appendFile, copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Fault, reasonOf } from "../domain/fault.ts";
import { type Clock, isoOf } from "../domain/instant.ts";
import type { QuietGate } from "../service/keep/quiet-gate.ts";
import type { ControlStore } from "../store/control/open-control-store.ts";
import type { DataClient } from "../store/data/data-client.ts";
import { dumpTable, tablesToDump } from "../store/data/table-dump.ts";
import { type BackupManifest, backupFormat, backupManifestName, describeFiles, syncFile } from "./backup-manifest.ts";
import { type DataDirectory, dataFormat } from "./data-directory.ts";

export interface BackupPorts {
  readonly gate: QuietGate;
  readonly control: Pick<ControlStore, "dump">;
  readonly data: DataClient;
  readonly directory: DataDirectory;
  /** Where datasets lie when it is not below the data directory. */
  readonly datasetsElsewhere: string | undefined;
  readonly version: string;
  readonly clock: Clock;
}

interface BackupOutcome {
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes everything of a running server into an empty folder. Nothing is stored or counted meanwhile, and what is
 * acknowledged goes on to wait in the spool, which is copied too: a row acknowledged before is in the backup once, as a
 * stored row or as a spooled one. The manifest comes last; a folder without it is no backup.
 * @throws Fault `backup-failed`.
 */
export async function backUp(
  ports: BackupPorts,
  directory: string,
  tell: (step: string, share?: number) => Promise<void>,
): Promise<BackupOutcome> {
  if (isBelow(directory, ports.directory.path))
    throw new Fault("backup-failed", { reason: `${directory} lies in the data directory, which is what is copied` });
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new Fault("backup-failed", { reason: reasonOf(thrown) }, thrown);
  }
  if ((await readdir(directory)).length > 0) throw new Fault("backup-failed", { reason: `${directory} is not empty` });
  await tell("waiting for what is being stored and counted");
  try {
    return await ports.gate.exclusive(() => write(ports, directory, tell));
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault("backup-failed", { reason: reasonOf(thrown) }, thrown);
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

async function write(
  ports: BackupPorts,
  directory: string,
  tell: (step: string, share?: number) => Promise<void>,
): Promise<BackupOutcome> {
  const createdAt = isoOf(ports.clock.now());
  await tell("copying the spool");
  await copyTree(ports.directory.spool, join(directory, "spool"), () => true);
  await tell("writing the control store");
  const { control, controlStep } = await writeControl(ports, directory);
  const engine = await writeEngine(ports, directory, tell);
  await tell("copying models and datasets");
  await copyTree(ports.directory.artifacts, join(directory, "artifacts"), (name) => name !== "work");
  await copyTree(ports.directory.datasets, join(directory, "datasets"), (name) => name !== "work" && name !== "cache");
  await tell("digesting every file");
  const files = await describeFiles(directory);
  for (const file of files) await syncFile(join(directory, file.path));
  const manifest: BackupManifest = {
    format: backupFormat,
    version: ports.version,
    createdAt,
    dataFormat,
    controlStep,
    control,
    engine,
    datasetsElsewhere: ports.datasetsElsewhere ?? null,
    files,
  };
  const beside = join(directory, `${backupManifestName}.part`);
  await writeFile(beside, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
  await syncFile(beside);
  await rename(beside, join(directory, backupManifestName));
  return { directory, files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

async function writeControl(
  ports: BackupPorts,
  directory: string,
): Promise<{ readonly control: BackupManifest["control"]; readonly controlStep: number }> {
  await mkdir(join(directory, "control"), { recursive: true });
  const rows = new Map<string, number>();
  const controlStep = await ports.control.dump(async (table, lines) => {
    rows.set(table, (rows.get(table) ?? 0) + lines.length);
    const text = lines.map((line) => `${line}\n`).join("");
    await appendFile(join(directory, controlFile(table)), text, { mode: 0o600 });
  });
  const control = [...rows].map(([table, count]) => ({ table, file: controlFile(table), rows: count }));
  return { control, controlStep };
}

const controlFile = (table: string): string => `control/${table}.jsonl`;

async function writeEngine(
  ports: BackupPorts,
  directory: string,
  tell: (step: string, share?: number) => Promise<void>,
): Promise<BackupManifest["engine"]> {
  await mkdir(join(directory, "engine"), { recursive: true });
  const written: BackupManifest["engine"][number][] = [];
  const tables = await tablesToDump(ports.data);
  for (const [index, table] of tables.entries()) {
    await tell(`writing ${table.name}`, index / tables.length);
    const file = `engine/${table.name}.jsonl.gz`;
    const target = createWriteStream(join(directory, file), { mode: 0o600 });
    await pipeline(await dumpTable(ports.data, table), createGzip({ level: 1 }), target);
    written.push({ ...table, file });
  }
  return written;
}

/** Copies a folder; one that is not there is none. Names at its top may be passed over. */
async function copyTree(from: string, to: string, taken: (name: string) => boolean): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT") return [];
    throw thrown;
  });
  if (entries.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  // Folders last: the files of tables are there before the records that name them, so none is named and not copied.
  const ordered = [...entries].sort((left, right) => Number(left.isDirectory()) - Number(right.isDirectory()));
  for (const entry of ordered) {
    if (!taken(entry.name)) continue;
    if (entry.isDirectory()) await copyTree(join(from, entry.name), join(to, entry.name), () => true);
    else if (entry.isFile()) await copyOne(join(from, entry.name), join(to, entry.name));
  }
}

async function copyOne(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (thrown) {
    // A file that was written beside its place and has been moved there meanwhile.
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    await rm(to, { force: true });
  }
}
