import { crc32 } from "node:zlib";
import type { SpoolPosition, SpoolStream } from "../domain/spool/spool.ts";

/** Up to which position each stream has been released. */
export type Cursors = ReadonlyMap<SpoolStream, SpoolPosition>;

/** The content of the cursor file: a line of JSON behind a line with its CRC-32. */
export function encodeCursors(cursors: Cursors): Buffer {
  const text = JSON.stringify(Object.fromEntries(cursors));
  return Buffer.from(`${crc32(text).toString(16)}\n${text}\n`);
}

/** The cursors in a file, or `undefined` when it is damaged. */
export function decodeCursors(content: Buffer): Cursors | undefined {
  const [checksum, text] = content.toString("utf8").split("\n");
  if (text === undefined || crc32(text).toString(16) !== checksum) return undefined;
  return new Map(Object.entries(JSON.parse(text) as Record<SpoolStream, SpoolPosition>) as [SpoolStream, number][]);
}
