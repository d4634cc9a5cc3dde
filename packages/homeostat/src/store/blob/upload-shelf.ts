import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { UploadShelf } from "../../domain/dataset/dataset-shelf.ts";
import { type Clock, dayMs } from "../../domain/instant.ts";

const namePattern = /^kept-([0-9a-f]{32})\.parquet$/;

/** Files below the folder for uploads, under names that nobody can guess. What lies there longer than a day is removed. */
export function createUploadShelf(folder: string, clock: Clock): UploadShelf {
  const pathOf = (upload: string): string => join(folder, `kept-${upload}.parquet`);

  async function removeForgotten(): Promise<void> {
    for (const name of await readdir(folder)) {
      if (!namePattern.test(name)) continue;
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && clock.now() - found.mtimeMs > dayMs) await rm(path, { force: true });
    }
  }

  return {
    keep: async (path) => {
      await removeForgotten();
      const upload = randomBytes(16).toString("hex");
      await rename(path, pathOf(upload));
      return { upload, bytes: (await stat(pathOf(upload))).size };
    },
    find: (upload) =>
      access(pathOf(upload)).then(
        () => pathOf(upload),
        () => undefined,
      ),
    drop: (upload) => rm(pathOf(upload), { force: true }),
    describe: async (path) => {
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const chunk of createReadStream(path)) {
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
      }
      return { bytes, sha256: hash.digest("hex") };
    },
    // Named as uploads are, so that what a killed process left is removed at the next start.
    workPath: () => join(folder, `upload-${randomBytes(8).toString("hex")}`),
  };
}
