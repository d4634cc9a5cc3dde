import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault, reasonOf } from "../domain/fault.ts";
import type { SpoolFiles } from "../domain/spool/spool.ts";

const namePattern = /^rows-[0-9a-f]{24}$/;

/**
 * Opens the directory of files that wait with the spool, and counts what is there. Nothing is removed before `sweep`.
 * @throws Fault `spool-unwritable`.
 */
export async function openSpoolFiles(directory: string): Promise<SpoolFiles> {
  const unwritable = (path: string, cause: unknown): Fault =>
    new Fault("spool-unwritable", { path, reason: reasonOf(cause) }, cause);
  const sizes = new Map<string, number>();
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory))
      if (namePattern.test(name)) sizes.set(name, (await stat(join(directory, name))).size);
  } catch (thrown) {
    throw unwritable(directory, thrown);
  }
  const pathOf = (name: string): string => join(directory, name);
  const remove = async (name: string): Promise<void> => {
    try {
      await rm(pathOf(name), { force: true });
    } catch (thrown) {
      throw unwritable(pathOf(name), thrown);
    }
    sizes.delete(name);
  };
  return {
    pathOf,
    has: (name) => sizes.has(name),
    remove,
    heldBytes: () => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    async adopt(path, sizeBytes) {
      const name = `rows-${randomBytes(12).toString("hex")}`;
      // Counted before it is there: two large files at once must not both find room.
      sizes.set(name, sizeBytes);
      try {
        await chmod(path, 0o600);
        await syncPath(path);
        await rename(path, pathOf(name));
        await syncPath(directory);
      } catch (thrown) {
        sizes.delete(name);
        await rm(pathOf(name), { force: true }).catch(() => undefined);
        throw unwritable(pathOf(name), thrown);
      }
      return name;
    },
    async sweep(named) {
      for (const name of [...sizes.keys()]) if (!named.has(name)) await remove(name);
    },
  };
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
