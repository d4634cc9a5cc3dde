import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * What the spool asks of a disk, small enough to be simulated with every way in which disks fail.
 *
 * Written bytes are durable after `SpoolFile.sync`; a new or renamed name is durable after `syncDirectory`. Every method
 * rejects with the error of the operating system.
 */
export interface SpoolDisk {
  /** With all directories above it, durably. */
  makeDirectory(path: string): Promise<void>;
  /** Names in the directory, in no order. */
  list(path: string): Promise<readonly string[]>;
  /** A new empty file to append to and read from. Fails when the name is taken. */
  create(path: string): Promise<SpoolFile>;
  /** An existing file, to read from. */
  open(path: string): Promise<SpoolFile>;
  readWhole(path: string): Promise<Uint8Array>;
  /** Puts this content in the place of the file's, whole or not at all, durably. */
  replace(path: string, content: Uint8Array): Promise<void>;
  /** Cuts a file to its first bytes, durably. */
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; a missing one is no error. */
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
}

export interface SpoolFile {
  /** Writes all chunks behind what is there. After a failure any part of them may be there. */
  append(chunks: readonly Uint8Array[]): Promise<void>;
  /** Up to `length` bytes; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Waits until everything appended so far is on the medium (fdatasync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The disk under `node:fs`. */
export const nodeDisk: SpoolDisk = {
  async makeDirectory(path) {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    // Every new name stands in the directory above it.
    for (let above = dirname(resolve(path)); ; above = dirname(above)) {
      await syncDirectory(above);
      if (above === dirname(resolve(first))) return;
    }
  },
  list: (path) => readdir(path),
  create: async (path) => nodeFile(await open(path, "ax+")),
  open: async (path) => nodeFile(await open(path, "r")),
  readWhole: (path) => readFile(path),
  async replace(path, content) {
    const next = `${path}.next`;
    await withHandle(next, "w", async (handle) => {
      await handle.writeFile(content);
      await handle.datasync();
    });
    await rename(next, path);
    await syncDirectory(dirname(path));
  },
  truncate: (path, length) =>
    withHandle(path, "r+", async (handle) => {
      await handle.truncate(length);
      await handle.datasync();
    }),
  rename,
  remove: (path) => rm(path, { force: true }),
  syncDirectory,
};

function nodeFile(handle: FileHandle): SpoolFile {
  return {
    append: (chunks) => appendAll(handle, chunks),
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

/** One `writev`, repeated for the rest when the system took only a part (as a nearly full disk does). */
async function appendAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = [...chunks];
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest);
    rest = after(rest, bytesWritten);
  }
}

function after(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  let index = 0;
  for (const chunk of chunks) {
    if (skip < chunk.length) break;
    skip -= chunk.length;
    index++;
  }
  const rest = chunks.slice(index);
  if (skip > 0 && rest[0] !== undefined) rest[0] = rest[0].subarray(skip);
  return rest;
}

async function syncDirectory(path: string): Promise<void> {
  await withHandle(path, "r", (handle) => handle.sync());
}

async function withHandle<T>(path: string, flags: string, act: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, flags);
  try {
    return await act(handle);
  } finally {
    await handle.close();
  }
}
