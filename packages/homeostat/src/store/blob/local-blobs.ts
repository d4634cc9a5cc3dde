import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { type BlobStore, isBlobKey } from "../../domain/dataset/blob-store.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { invariant } from "../../domain/invariant.ts";

/** Files of a write that was cut off begin so; they are no blobs. */
const unfinished = ".part-";
let writes = 0;

/**
 * Blobs as files below a folder. A blob is written beside its place, synced, and moved there, and the folder is synced
 * after it: after a power cut it is there whole or not at all.
 */
export function createLocalBlobs(root: string): BlobStore {
  const pathOf = (key: string): string => {
    invariant(isBlobKey(key), `not a key of a blob: ${key}`);
    return join(root, ...key.split("/"));
  };
  return {
    place: root,
    put: (key, bytes) => guarded(root, () => write(pathOf(key), bytes)),
    get: (key) => guarded(root, () => absent(readFile(pathOf(key)))),
    sizeOf: (key) => guarded(root, async () => (await absent(stat(pathOf(key))))?.size),
    list: (prefix) => guarded(root, () => list(root, prefix)),
    delete: (key) => guarded(root, () => rm(pathOf(key), { force: true })),
  };
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  writes += 1;
  const beside = join(folder, `${unfinished}${process.pid}-${writes}`);
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function list(root: string, prefix: string): Promise<readonly string[]> {
  const found = await absent(readdir(root, { recursive: true, withFileTypes: true }));
  return (found ?? [])
    .filter((entry) => entry.isFile() && !entry.name.startsWith(unfinished))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll(sep, "/"),
    )
    .filter((key) => key.startsWith(prefix))
    .sort();
}

async function absent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw thrown;
  }
}

async function guarded<T>(place: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown)) throw thrown;
    throw new Fault("blob-store-unavailable", { place, reason: reasonOf(thrown) }, thrown);
  }
}
