import { readFileSync } from "node:fs";
import { mkdir, open, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, reasonOf } from "../domain/fault.ts";
import { isoOf } from "../domain/instant.ts";

/** Raised when the layout of the data directory changes so that an older Homeostat could not read it. */
export const dataFormat = 2;

/**
 * Steps from one layout to the next, by the layout they lead to. They only go forward, and each may be cut off and done
 * again. Layout 2 keeps datasets as parts below `datasets/blobs`; Parquet files of layout 1 stay where they are and are
 * taken over one by one when somebody asks for them.
 */
const upgrades: Readonly<Record<number, (path: string) => Promise<void>>> = {
  2: async (path) => {
    await mkdir(join(path, "datasets", "blobs"), { recursive: true });
  },
};

export interface DataDirectory {
  readonly path: string;
  readonly engine: string;
  readonly control: string;
  readonly spool: string;
  /** Files of rows that wait with the spool's records. */
  readonly spoolFiles: string;
  readonly datasets: string;
  readonly artifacts: string;
  readonly uploads: string;
  readonly cliKey: string;
  /** Gives the directory free. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
  /** The kernel's own note of when the process began: a pid used again by another program does not match. */
  readonly birth: string | undefined;
}

/**
 * Takes the data directory for this process alone. A directory held by a living process is refused by name; one left
 * behind by a killed process is taken over.
 * @throws Fault `data-directory-held`, `data-directory-unwritable`, `data-directory-newer`, `data-directory-corrupt`.
 */
export async function acquireDataDirectory(path: string, now: number): Promise<DataDirectory> {
  await writable(path, async () => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  });
  const lock = join(path, "lock");
  await takeLock(path, lock, { pid: process.pid, startedAt: isoOf(now), birth: birthOf(process.pid) });
  try {
    await checkFormat(path, now);
    const uploads = join(path, "uploads");
    const datasets = join(path, "datasets");
    await writable(path, async () => {
      await mkdir(uploads, { recursive: true });
      await mkdir(datasets, { recursive: true });
    });
    return {
      path,
      engine: join(path, "engine"),
      control: join(path, "control"),
      spool: join(path, "spool"),
      spoolFiles: join(path, "spool", "files"),
      datasets,
      artifacts: join(path, "artifacts"),
      uploads,
      cliKey: join(path, "cli-key"),
      release: () => unlink(lock).catch(() => undefined),
    };
  } catch (thrown) {
    await unlink(lock).catch(() => undefined);
    throw thrown;
  }
}

async function writable(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    throw new Fault("data-directory-unwritable", { path, reason: reasonOf(thrown) }, thrown);
  }
}

async function takeLock(path: string, lock: string, holder: Holder): Promise<void> {
  // Two tries: the second after a dead holder's lock was moved away.
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(lock, "wx", 0o600);
      await file.writeFile(JSON.stringify(holder));
      await file.close();
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST")
        throw new Fault("data-directory-unwritable", { path, reason: reasonOf(thrown) }, thrown);
    }
    const other = await holderOf(lock);
    if (other !== undefined && isAlive(other))
      throw new Fault("data-directory-held", { path, pid: other.pid, startedAt: other.startedAt });
    await moveAway(path, lock, other);
  }
  throw new Fault("data-directory-held", { path, pid: "unknown", startedAt: "just now" });
}

/**
 * Moves a dead holder's lock away. Two starters may have seen the same dead holder; the slower one would move the
 * faster one's fresh lock, so what was moved is looked at, and put back if it is not the dead one's.
 */
async function moveAway(path: string, lock: string, dead: Holder | undefined): Promise<void> {
  const moved = `${lock}.${process.pid}`;
  try {
    await rename(lock, moved);
  } catch {
    // Somebody else was faster; the next try meets their lock.
    return;
  }
  const found = await holderOf(moved);
  if (found !== undefined && (found.pid !== dead?.pid || found.startedAt !== dead.startedAt)) {
    await rename(moved, lock);
    throw new Fault("data-directory-held", { path, pid: found.pid, startedAt: found.startedAt });
  }
  await unlink(moved).catch(() => undefined);
}

const readTries = 10;
const readPauseMs = 20;

/** Who holds a lock. One that was just made may not be written yet, so an unreadable one is read again for a moment. */
async function holderOf(lock: string): Promise<Holder | undefined> {
  for (let attempt = 1; ; attempt++) {
    const holder = await readHolder(lock);
    if (holder !== undefined || attempt === readTries) return holder;
    await sleep(readPauseMs);
  }
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    const read = JSON.parse(await readFile(lock, "utf8")) as Partial<Holder>;
    return typeof read.pid === "number"
      ? { pid: read.pid, startedAt: String(read.startedAt), birth: read.birth }
      : undefined;
  } catch {
    // Half-written by a process that was killed while starting.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const birth = birthOf(holder.pid);
  return birth === undefined || holder.birth === undefined || birth === holder.birth;
}

/** Start time of a process in clock ticks since boot, where the system tells it (Linux). */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A dead child that nobody has waited for holds nothing.
    return fields[0] === "Z" ? "dead" : fields[19];
  } catch {
    return undefined;
  }
}

async function checkFormat(path: string, now: number): Promise<void> {
  const file = join(path, "format.json");
  const text = await readFile(file, "utf8").catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT") return undefined;
    throw new Fault(
      "data-directory-corrupt",
      { path, reason: `format.json cannot be read: ${reasonOf(thrown)}` },
      thrown,
    );
  });
  if (text === undefined) {
    await writable(path, () => writeFile(file, JSON.stringify({ format: dataFormat, createdAt: isoOf(now) })));
    return;
  }
  const found = formatOf(text);
  if (found === undefined)
    throw new Fault("data-directory-corrupt", { path, reason: "format.json does not name a format" });
  if (found > dataFormat) throw new Fault("data-directory-newer", { path, found, known: dataFormat });
  if (found < dataFormat) await writable(path, () => upgrade(path, file, JSON.parse(text) as object, found, now));
}

/** Each step is done before the directory says so. */
async function upgrade(path: string, file: string, before: object, found: number, now: number): Promise<void> {
  for (let next = found + 1; next <= dataFormat; next++) {
    await upgrades[next]?.(path);
    const beside = `${file}.part`;
    await writeFile(beside, JSON.stringify({ ...before, format: next, upgradedAt: isoOf(now) }));
    await rename(beside, file);
  }
}

function formatOf(text: string): number | undefined {
  try {
    const read = JSON.parse(text) as { format?: unknown };
    return typeof read.format === "number" && Number.isInteger(read.format) && read.format > 0
      ? read.format
      : undefined;
  } catch {
    return undefined;
  }
}
