import { dirname } from "node:path";
import { invariant } from "../domain/invariant.ts";
import type { SpoolDisk, SpoolFile } from "./disk.ts";

/** One thing that the spool asked of the disk. */
interface DiskOperation {
  readonly kind: keyof SpoolDisk | keyof SpoolFile;
  readonly path: string;
  /** Counted from 1 over the life of the disk. */
  readonly number: number;
}

/**
 * A disk in memory for tests, as unkind as POSIX allows: unsynchronised bytes and unsynchronised names may be lost, in
 * part and in any order of sectors; a failed write leaves half of its bytes; after a failed fsync the dirty pages are
 * gone while later ones report success.
 */
export interface SimulatedDisk extends SpoolDisk {
  /** Asked before every operation: return to let it pass, throw to fail it, wait to slow it down. */
  before: (operation: DiskOperation) => Promise<void> | void;
  /** How often each kind of operation was begun. */
  countOf(kind: DiskOperation["kind"]): number;
  /** Pulls the plug: operations of this disk never end again. */
  cutPower(): void;
  /** What the medium holds after the cut; `random` in [0, 1) decides what becomes of everything unsynchronised. */
  afterPowerCut(random: () => number): SimulatedDisk;
  /** The bytes of a file, to look at or to damage. */
  contentOf(path: string): Buffer;
  put(path: string, content: Uint8Array): void;
}

interface Inode {
  content: Buffer;
  /** Bytes that survive a power cut. */
  synced: number;
  pages: "kept" | "lost";
}

const sectorBytes = 512;

export function createSimulatedDisk(durable: ReadonlyMap<string, Buffer> = new Map()): SimulatedDisk {
  const names = new Map([...durable].map(([path, content]) => [path, inodeOf(content)]));
  const durableNames = new Map(names);
  const counts = new Map<string, number>();
  let number = 0;
  let power: "on" | "off" = "on";

  async function begin(kind: DiskOperation["kind"], path: string): Promise<void> {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    await new Promise((resolve) => setImmediate(resolve));
    await running();
    await simulated.before({ kind, path, number: ++number });
    await running();
  }

  function running(): Promise<void> | undefined {
    return power === "off" ? new Promise(() => {}) : undefined;
  }

  function inode(path: string): Inode {
    const found = names.get(path);
    if (found === undefined) throw diskError("ENOENT", path);
    return found;
  }

  function fileOf(path: string, file: Inode): SpoolFile {
    return {
      async append(chunks) {
        const bytes = Buffer.concat(chunks);
        try {
          await begin("append", path);
        } catch (cause) {
          file.content = Buffer.concat([file.content, bytes.subarray(0, bytes.length / 2)]);
          throw cause;
        }
        file.content = Buffer.concat([file.content, bytes]);
      },
      async read(offset, length) {
        await begin("read", path);
        return Buffer.from(file.content.subarray(offset, offset + length));
      },
      async sync() {
        try {
          await begin("sync", path);
        } catch (cause) {
          file.pages = "lost";
          throw cause;
        }
        if (file.pages === "kept") file.synced = file.content.length;
      },
      close: () => begin("close", path),
    };
  }

  const simulated: SimulatedDisk = {
    before: () => {},
    countOf: (kind) => counts.get(kind) ?? 0,
    cutPower() {
      power = "off";
    },
    afterPowerCut(random) {
      const survivors = new Map(durableNames);
      // A new name may have reached the medium by itself, and so may a removal.
      for (const [path, file] of names) if (random() < 0.5) survivors.set(path, file);
      for (const path of durableNames.keys()) if (!names.has(path) && random() < 0.5) survivors.delete(path);
      return createSimulatedDisk(new Map([...survivors].map(([path, file]) => [path, survivingBytes(file, random)])));
    },
    contentOf: (path) => Buffer.from(inode(path).content),
    put(path, content) {
      names.set(path, inodeOf(Buffer.from(content)));
    },
    makeDirectory: (path) => begin("makeDirectory", path),
    async list(path) {
      await begin("list", path);
      return [...names.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1));
    },
    async create(path) {
      await begin("create", path);
      if (names.has(path)) throw diskError("EEXIST", path);
      const created: Inode = { content: Buffer.alloc(0), synced: 0, pages: "kept" };
      names.set(path, created);
      return fileOf(path, created);
    },
    async open(path) {
      await begin("open", path);
      return fileOf(path, inode(path));
    },
    async readWhole(path) {
      await begin("readWhole", path);
      return Buffer.from(inode(path).content);
    },
    async replace(path, content) {
      await begin("replace", path);
      const replaced = inodeOf(Buffer.from(content));
      names.set(path, replaced);
      durableNames.set(path, replaced);
    },
    async truncate(path, length) {
      await begin("truncate", path);
      const file = inode(path);
      file.content = file.content.subarray(0, length);
      file.synced = Math.min(file.synced, length);
    },
    async rename(from, to) {
      await begin("rename", from);
      names.set(to, inode(from));
      names.delete(from);
    },
    async remove(path) {
      await begin("remove", path);
      names.delete(path);
    },
    async syncDirectory(path) {
      await begin("syncDirectory", path);
      const inside = (name: string): boolean => dirname(name) === path;
      for (const name of [...durableNames.keys()].filter(inside)) durableNames.delete(name);
      for (const [name, file] of names) if (inside(name)) durableNames.set(name, file);
    },
  };
  return simulated;
}

/** The error that the operating system gives, by its name. */
export function diskError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${path}`), { code });
}

function inodeOf(content: Buffer): Inode {
  return { content, synced: content.length, pages: "kept" };
}

/** Synchronised bytes, and of the others a beginning of any length, now and then with sectors of it left at zero. */
function survivingBytes(file: Inode, random: () => number): Buffer {
  invariant(file.synced <= file.content.length, "only bytes that are there are synchronised");
  const length = file.synced + Math.floor(random() * (file.content.length - file.synced + 1));
  const survived = Buffer.from(file.content.subarray(0, length));
  if (random() < 0.3) {
    for (let at = file.synced; at < length; at += sectorBytes)
      if (random() < 0.5) survived.fill(0, at, Math.min(at + sectorBytes, length));
  }
  return survived;
}
