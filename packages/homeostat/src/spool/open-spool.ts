import { join } from "node:path";
import { Fault, reasonOf } from "../domain/fault.ts";
import type { Clock } from "../domain/instant.ts";
import { invariant } from "../domain/invariant.ts";
import type {
  Spool,
  SpoolDamage,
  SpooledRecord,
  SpoolPosition,
  SpoolRecord,
  SpoolStream,
} from "../domain/spool/spool.ts";
import { encodeCursors } from "./cursors.ts";
import { nodeDisk, type SpoolDisk } from "./disk.ts";
import { createGroupCommit } from "./group-commit.ts";
import { readPlaces } from "./read-places.ts";
import { cursorFileName, queueOf, recoverSpool } from "./recover.ts";
import { encodeRecordHead, recordBytes } from "./segment.ts";
import { createSegmentShelf } from "./segment-shelf.ts";
import { createTurnstile } from "./turnstile.ts";

export interface SpoolOptions {
  /** Owned by one process at a time; whoever opens the spool sees to that. */
  readonly directory: string;
  /** Above this much held on disk and in memory, `append` refuses with `spool-full`. */
  readonly limitBytes: number;
  /** With an oldest unreleased record of more than this age, `append` refuses with `spool-old`. Absent: any age. */
  readonly limitAgeMs?: number;
  /** A segment that has reached this length is closed and a new one begun. Below 2 GiB. */
  readonly segmentBytes: number;
  readonly clock: Clock;
  readonly disk?: SpoolDisk;
  /** Bytes beside the segments that count in the bound. */
  readonly otherBytes?: () => number;
}

/** What may wait in memory for a disk that does not answer. */
const waitingLimitBytes = 64 * 1024 * 1024;
/** Shorter pieces are copied together: one piece costs more than copying a few kilobytes. */
const copiedBytes = 16 * 1024;

/**
 * Opens the durable queue in a directory, recovering what an earlier process left.
 *
 * Appends are group-committed: one write and one fdatasync for all that wait. Memory: 28 bytes per unreleased record,
 * never the records themselves, plus at most 64 MiB of appends that the disk has not taken yet. The bytes of a record
 * must not change until its append has settled.
 * Record bytes are verified again when they are read: one that no longer holds is left out and told in `state().damage`.
 * @throws Fault `spool-unwritable`, `spool-corrupt`.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, limitBytes, limitAgeMs = Number.POSITIVE_INFINITY, otherBytes = () => 0 } = options;
  invariant(options.segmentBytes > 0 && options.segmentBytes <= 2 ** 31, "a spool segment is at most 2 GiB long");
  const disk = options.disk ?? nodeDisk;
  const recovered = await recoverSpool(disk, directory);
  const { queues, cursors } = recovered;
  const damage: SpoolDamage[] = [...recovered.damage];
  const shelf = createSegmentShelf({ ...options, ...recovered, disk });
  const appended = createTurnstile();
  const saving = createGroupCommit<"cursors">(async (requests) => {
    await disk.replace(join(directory, cursorFileName), encodeCursors(cursors));
    return requests.map(() => 0);
  });
  const commits = createGroupCommit<AppendRequest>(commit);
  let { nextPosition, rows } = recovered;
  let stage: "open" | "closed" = "open";
  await shelf.sweep();

  async function commit(requests: readonly AppendRequest[]): Promise<readonly SpoolPosition[]> {
    const first = nextPosition;
    // Also those of a failed write are used up: their bytes may be on the disk.
    nextPosition += requests.length;
    const records = { count: requests.length, firstPosition: first };
    const written = await shelf.write(chunksOf(requests, first), records);
    let offset = written.offset;
    for (const [index, { stream, record }] of requests.entries()) {
      const length = recordBytes(stream, record.bytes);
      const place = { segment: written.segment, offset, length, position: first + index };
      queueOf(queues, stream).push({ ...place, rows: record.rows, receivedAt: record.receivedAt });
      offset += length;
      rows += record.rows;
    }
    appended.open();
    await shelf.sweep();
    return requests.map((_, index) => first + index);
  }

  function refuseAppend(bytes: number): void {
    if (stage === "closed") throw new Fault("spool-unwritable", { path: directory, reason: "the spool is closed" });
    const waiting = commits.waitingBytes();
    const held = shelf.heldBytes() + waiting + otherBytes();
    if (held + bytes > limitBytes) throw new Fault("spool-full", { bytes: held, limitBytes });
    const ageMs = options.clock.now() - (oldestReceivedAt() ?? Number.POSITIVE_INFINITY);
    if (ageMs > limitAgeMs) throw new Fault("spool-old", { ageMs, limitMs: limitAgeMs });
    if (waiting > 0 && waiting + bytes > waitingLimitBytes) {
      throw new Fault("spool-unwritable", { path: directory, reason: `the disk has yet to take ${waiting} bytes` });
    }
  }

  function oldestReceivedAt(): number | undefined {
    let oldest: number | undefined;
    for (const queue of queues.values()) {
      const receivedAt = queue.oldest()?.receivedAt;
      if (receivedAt !== undefined) oldest = Math.min(receivedAt, oldest ?? receivedAt);
    }
    return oldest;
  }

  async function release(stream: SpoolStream, upTo: SpoolPosition): Promise<void> {
    const taken = queues.get(stream)?.takeUpTo(upTo) ?? [];
    const last = taken.at(-1);
    if (last === undefined) return;
    cursors.set(stream, last.position);
    for (const place of taken) {
      rows -= place.rows;
      shelf.releaseOne(place.segment);
    }
    // Files first: on a full disk they make the room that the cursors need, and gone files need no cursor.
    await shelf.sweep();
    await saving.add("cursors", 0).catch((cause) => {
      throw new Fault("spool-unwritable", { path: join(directory, cursorFileName), reason: reasonOf(cause) }, cause);
    });
  }

  return {
    async append(stream, record) {
      const bytes = recordBytes(stream, record.bytes);
      refuseAppend(bytes);
      return commits.add({ stream, record }, bytes);
    },

    async read(stream, limits) {
      for (;;) {
        const places = queues.get(stream)?.select(limits) ?? [];
        const last = places.at(-1);
        if (last === undefined) return [];
        const { records, lost } = await readPlaces(shelf, places);
        for (const each of lost) {
          if (!damage.some(({ path, offset }) => path === each.path && offset === each.offset)) damage.push(each);
        }
        if (records.length > 0) return records;
        // Nothing of these can be delivered; they must not stand before the rest for ever.
        await release(stream, last.position);
      }
    },

    release,

    pendingStreams() {
      return [...queues].filter(([, queue]) => queue.oldest() !== undefined).map(([stream]) => stream);
    },

    pendingRows: (stream) => queues.get(stream)?.rows() ?? 0,

    oldestOf: (stream) => queues.get(stream)?.oldest()?.receivedAt,

    waitForAppend: (signal) => appended.pass(signal),

    state() {
      const bytes = shelf.heldBytes() + commits.waitingBytes() + otherBytes();
      return { bytes, limitBytes, rows, oldestReceivedAt: oldestReceivedAt(), limitAgeMs, damage: [...damage] };
    },

    async close() {
      stage = "closed";
      await commits.idle();
      await saving.idle();
      await shelf.close();
    },
  };
}

interface AppendRequest {
  readonly stream: SpoolStream;
  readonly record: SpoolRecord;
}

function chunksOf(requests: readonly AppendRequest[], first: SpoolPosition): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let together: Uint8Array[] = [];
  const flush = (): void => {
    if (together.length > 0)
      chunks.push(together.length === 1 ? (together[0] ?? Buffer.alloc(0)) : Buffer.concat(together));
    together = [];
  };
  for (const [index, { stream, record }] of requests.entries()) {
    const spooled: SpooledRecord = { ...record, position: first + index };
    together.push(encodeRecordHead(stream, spooled));
    if (record.bytes.length < copiedBytes) together.push(record.bytes);
    else {
      flush();
      chunks.push(record.bytes);
    }
  }
  flush();
  return chunks;
}
