import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { DumpedTable } from "../store/data/table-dump.ts";

/** Raised when a backup made now could not be restored by an older Homeostat. */
export const backupFormat = 1;
export const backupManifestName = "backup.json";

/** What a folder must hold to be a whole backup. Written last. */
export interface BackupManifest {
  readonly format: number;
  /** Homeostat that wrote it. */
  readonly version: string;
  readonly createdAt: string;
  /** Layout of the data directory it was taken from. */
  readonly dataFormat: number;
  /** Newest schema step of the control store. */
  readonly controlStep: number;
  readonly control: readonly { readonly table: string; readonly file: string; readonly rows: number }[];
  readonly engine: readonly (DumpedTable & { readonly file: string })[];
  /** Where datasets lie when they are not in the backup. */
  readonly datasetsElsewhere: string | null;
  readonly files: readonly BackupFile[];
}

export interface BackupFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Every file below a folder with its digest, in order. */
export async function describeFiles(root: string): Promise<readonly BackupFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: BackupFile[] = [];
  for (const path of paths.sort()) {
    const { size } = await stat(path);
    files.push({ path: relative(root, path).replaceAll(sep, "/"), bytes: size, sha256: await digestOf(path) });
  }
  return files;
}

/** SHA-256 (hex) of a file. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The file's bytes are on disk when this resolves. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
