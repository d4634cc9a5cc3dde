import { join } from "node:path";
import { Fault, reasonOf } from "../domain/fault.ts";
import type { Clock } from "../domain/instant.ts";
import { invariant } from "../domain/invariant.ts";
import type { SpoolPosition } from "../domain/spool/spool.ts";
import type { SpoolDisk, SpoolFile } from "./disk.ts";
import { encodeSegmentHeader } from "./segment.ts";
import { releasedName, segmentName } from "./segment-name.ts";

/** A segment file in use. */
export interface LiveSegment {
  readonly sequence: number;
  readonly path: string;
  readonly condition: "whole" | "damaged";
  /** Durable bytes; zero until the header is on disk. */
  bytes: number;
  /** Records that no reader has released. */
  unreleased: number;
  /** A sealed segment takes no more records. */
  stage: "active" | "sealed";
  /** Reads under way. */
  pins: number;
  file: Promise<SpoolFile> | undefined;
}

interface ShelfOptions {
  readonly disk: SpoolDisk;
  readonly directory: string;
  readonly segmentBytes: number;
  readonly clock: Clock;
  /** What a recovery found, oldest first. */
  readonly segments: readonly LiveSegment[];
  readonly nextSequence: number;
}

/**
 * The segment files of one spool: writes go to the active one, reads to any, and files without unreleased records go.
 *
 * After a failed write or fsync the active segment is never written again: the kernel may have dropped the dirty pages
 * and will call the next fsync a success (Rebello et al., "Can applications recover from fsync failures?", ATC 2020).
 * The newest file always stays, because its header keeps positions increasing across restarts.
 */
export interface SegmentShelf {
  /**
   * Appends the chunks, which are so many records, and returns where they begin once they are durable.
   * @throws Fault `spool-unwritable`; nothing of the chunks is part of the spool then.
   */
  write(
    chunks: readonly Uint8Array[],
    records: { readonly count: number; readonly firstPosition: SpoolPosition },
  ): Promise<{ readonly segment: LiveSegment; readonly offset: number }>;
  /** @throws Fault `spool-corrupt` when the disk cannot read. */
  read(segment: LiveSegment, offset: number, length: number): Promise<Buffer>;
  /** Keeps the files of these segments where they are while the act runs, also when they are released meanwhile. */
  keeping<T>(segments: ReadonlySet<LiveSegment>, act: () => Promise<T>): Promise<T>;
  /** One record of the segment was released. */
  releaseOne(segment: LiveSegment): void;
  /** Removes the files that hold nothing unreleased; a damaged one stays under another name, for people. */
  sweep(): Promise<void>;
  /** Bytes of the segments that cannot be removed yet. */
  heldBytes(): number;
  close(): Promise<void>;
}

export function createSegmentShelf(options: ShelfOptions): SegmentShelf {
  const { disk, directory } = options;
  const segments: LiveSegment[] = [...options.segments];
  let active: LiveSegment | undefined;
  let sequence = options.nextSequence;

  async function writable(): Promise<LiveSegment> {
    if (active !== undefined) return active;
    const path = join(directory, segmentName(sequence));
    const created: LiveSegment = {
      sequence: sequence++,
      path,
      condition: "whole",
      bytes: 0,
      unreleased: 0,
      stage: "active",
      pins: 0,
      file: undefined,
    };
    created.file = Promise.resolve(await disk.create(path));
    active = created;
    segments.push(created);
    return created;
  }

  async function abandon(segment: LiveSegment): Promise<void> {
    segment.stage = "sealed";
    active = undefined;
    if (segment.bytes === 0) {
      segments.splice(segments.indexOf(segment), 1);
      await Promise.allSettled([closed(segment), disk.remove(segment.path)]);
      return;
    }
    // What was refused should not come back at the next start; if the disk refuses this too, it is delivered twice.
    await Promise.allSettled([disk.truncate(segment.path, segment.bytes)]);
  }

  return {
    async write(chunks, { count, firstPosition }) {
      const segment = await writable().catch((cause) => {
        throw unwritable(directory, cause);
      });
      const header = segment.bytes === 0 ? [encodeSegmentHeader(firstPosition, options.clock.now())] : [];
      const offset = segment.bytes + sizeOf(header);
      try {
        const file = await fileOf(disk, segment);
        await file.append([...header, ...chunks]);
        await file.sync();
        if (segment.bytes === 0) await disk.syncDirectory(directory);
      } catch (cause) {
        await abandon(segment);
        throw unwritable(segment.path, cause);
      }
      segment.bytes = offset + sizeOf(chunks);
      segment.unreleased += count;
      if (segment.bytes >= options.segmentBytes) {
        segment.stage = "sealed";
        active = undefined;
      }
      return { segment, offset };
    },

    async read(segment, offset, length) {
      try {
        const bytes = await (await fileOf(disk, segment)).read(offset, length);
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      } catch (cause) {
        throw new Fault("spool-corrupt", { path: segment.path, offset, reason: reasonOf(cause) }, cause);
      }
    },

    async keeping(kept, act) {
      for (const segment of kept) segment.pins++;
      try {
        return await act();
      } finally {
        for (const segment of kept) segment.pins--;
      }
    },

    releaseOne(segment) {
      invariant(segment.unreleased > 0, "a spool record is released once");
      segment.unreleased--;
      // A drained segment of some size makes room, also before it is full.
      if (segment === active && segment.unreleased === 0 && segment.bytes >= options.segmentBytes / 8) {
        segment.stage = "sealed";
        active = undefined;
      }
    },

    async sweep() {
      const newest = segments.findLast((segment) => segment.bytes > 0);
      const free = segments.filter((segment) => isFree(segment) && segment !== newest && segment.pins === 0);
      for (const segment of free) segments.splice(segments.indexOf(segment), 1);
      // A file that cannot be removed is found again, and found released, at the next start.
      await Promise.allSettled(
        free.map(async (segment) => {
          await closed(segment);
          if (segment.condition === "whole") await disk.remove(segment.path);
          else await disk.rename(segment.path, releasedName(segment.path));
        }),
      );
    },

    heldBytes() {
      let bytes = 0;
      for (const segment of segments) if (!isFree(segment)) bytes += segment.bytes;
      return bytes;
    },

    async close() {
      await Promise.allSettled(segments.map(closed));
    },
  };
}

function isFree(segment: LiveSegment): boolean {
  return segment.stage === "sealed" && segment.unreleased === 0;
}

function fileOf(disk: SpoolDisk, segment: LiveSegment): Promise<SpoolFile> {
  // A refusal (too many open files, say) must not stick.
  segment.file ??= disk.open(segment.path).catch((cause) => {
    segment.file = undefined;
    throw cause;
  });
  return segment.file;
}

async function closed(segment: LiveSegment): Promise<void> {
  const file = segment.file;
  if (file === undefined) return;
  segment.file = undefined;
  await (await file).close();
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function unwritable(path: string, cause: unknown): Fault {
  return new Fault("spool-unwritable", { path, reason: reasonOf(cause) }, cause);
}
