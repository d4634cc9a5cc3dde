import { join } from "node:path";
import { Fault, reasonOf } from "../domain/fault.ts";
import type { SpoolDamage, SpoolPosition, SpoolStream } from "../domain/spool/spool.ts";
import { decodeCursors } from "./cursors.ts";
import type { SpoolDisk } from "./disk.ts";
import { createRecordQueue, type RecordQueue } from "./record-queue.ts";
import { type DecodedRecord, decodeSegmentHeader, isKnownFormat, type SegmentDamage, scanSegment } from "./segment.ts";
import { damagedName, type NamedSegment, parseSegmentName } from "./segment-name.ts";
import type { LiveSegment } from "./segment-shelf.ts";

export const cursorFileName = "cursors";

/** What a spool directory holds. */
export interface RecoveredSpool {
  readonly segments: readonly LiveSegment[];
  readonly queues: Map<SpoolStream, RecordQueue<LiveSegment>>;
  readonly cursors: Map<SpoolStream, SpoolPosition>;
  readonly rows: number;
  readonly damage: readonly SpoolDamage[];
  readonly nextSequence: number;
  readonly nextPosition: SpoolPosition;
}

/**
 * Reads a spool directory: verifies every record of every segment, cuts torn tails, sets segments with other damage
 * aside under another name, and finds what no reader has released. Cost: one pass over all bytes, one segment at a time.
 * @throws Fault `spool-unwritable` when the directory cannot be used, `spool-corrupt` when a file cannot be read at all
 * or was written by a newer version.
 */
export async function recoverSpool(disk: SpoolDisk, directory: string): Promise<RecoveredSpool> {
  const names = await namesIn(disk, directory);
  const damage: SpoolDamage[] = [];
  const cursors = await cursorsIn(disk, directory, names, damage);
  const recovery = {
    segments: [] as LiveSegment[],
    queues: new Map<SpoolStream, RecordQueue<LiveSegment>>(),
    cursors,
    rows: 0,
    damage,
    nextSequence: 1,
    nextPosition: 1 + Math.max(0, ...cursors.values()),
  };
  for (const named of segmentsAmong(names)) {
    recovery.nextSequence = named.sequence + 1;
    if (named.condition !== "released") await recoverSegment(disk, directory, named, recovery);
  }
  return recovery;
}

type Recovery = { -readonly [Key in keyof RecoveredSpool]: RecoveredSpool[Key] } & {
  segments: LiveSegment[];
  damage: SpoolDamage[];
};

async function recoverSegment(
  disk: SpoolDisk,
  directory: string,
  named: NamedSegment,
  recovery: Recovery,
): Promise<void> {
  const path = join(directory, named.name);
  const content = await contentOf(disk, path);
  const header = decodeSegmentHeader(content);
  if (header !== undefined && !isKnownFormat(header)) {
    throw new Fault("spool-corrupt", { path, offset: 6, reason: `format ${header.format} is of a newer version` });
  }
  const found: { readonly record: DecodedRecord; readonly offset: number }[] = [];
  const damage = scanSegment(content, (record, offset) =>
    found.push({ record: { ...record, bytes: nothing }, offset }),
  );
  const mended = await mend(disk, path, named, damage);
  recovery.damage.push(...damage.map((each) => ({ ...each, path: mended.path })));
  const cut = damage.find((each) => each.kind === "torn-tail")?.offset;
  const segment: LiveSegment = {
    sequence: named.sequence,
    path: mended.path,
    condition: mended.condition,
    bytes: cut ?? content.length,
    unreleased: 0,
    stage: "sealed",
    pins: 0,
    file: undefined,
  };
  recovery.segments.push(segment);
  recovery.nextPosition = Math.max(recovery.nextPosition, header?.firstPosition ?? 0);
  for (const { record, offset } of found) take(recovery, segment, record, offset);
}

const nothing = new Uint8Array();

function take(recovery: Recovery, segment: LiveSegment, record: DecodedRecord, offset: number): void {
  recovery.nextPosition = Math.max(recovery.nextPosition, record.position + 1);
  if (record.position <= (recovery.cursors.get(record.stream) ?? 0)) return;
  const { length, rows, position, receivedAt } = record;
  queueOf(recovery.queues, record.stream).push({ segment, offset, length, rows, position, receivedAt });
  segment.unreleased++;
  recovery.rows += rows;
}

/** The stream's queue, made when it is the first record of the stream. */
export function queueOf(
  queues: Map<SpoolStream, RecordQueue<LiveSegment>>,
  stream: SpoolStream,
): RecordQueue<LiveSegment> {
  let queue = queues.get(stream);
  if (queue === undefined) {
    queue = createRecordQueue();
    queues.set(stream, queue);
  }
  return queue;
}

/** Mending is housekeeping: on a disk that takes no writes the same damage is found and told again at the next start. */
async function mend(
  disk: SpoolDisk,
  path: string,
  named: NamedSegment,
  damage: readonly SegmentDamage[],
): Promise<{ readonly path: string; readonly condition: "whole" | "damaged" }> {
  if (named.condition === "damaged") return { path, condition: "damaged" };
  if (damage.some((each) => each.kind !== "torn-tail")) {
    const aside = damagedName(path);
    const [renamed] = await Promise.allSettled([disk.rename(path, aside)]);
    return { path: renamed.status === "fulfilled" ? aside : path, condition: "damaged" };
  }
  const tail = damage[0];
  if (tail !== undefined) await Promise.allSettled([disk.truncate(path, tail.offset)]);
  return { path, condition: "whole" };
}

async function namesIn(disk: SpoolDisk, directory: string): Promise<readonly string[]> {
  try {
    await disk.makeDirectory(directory);
    return await disk.list(directory);
  } catch (cause) {
    throw new Fault("spool-unwritable", { path: directory, reason: reasonOf(cause) }, cause);
  }
}

async function cursorsIn(
  disk: SpoolDisk,
  directory: string,
  names: readonly string[],
  damage: SpoolDamage[],
): Promise<Map<SpoolStream, SpoolPosition>> {
  if (!names.includes(cursorFileName)) return new Map();
  const path = join(directory, cursorFileName);
  const cursors = decodeCursors(await contentOf(disk, path));
  // Without cursors everything still on disk is delivered again: at least once, and nothing is lost.
  if (cursors === undefined) damage.push({ path, offset: 0, kind: "checksum-mismatch", bytesLost: 0 });
  return new Map(cursors);
}

async function contentOf(disk: SpoolDisk, path: string): Promise<Buffer> {
  try {
    const bytes = await disk.readWhole(path);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (cause) {
    throw new Fault("spool-corrupt", { path, offset: 0, reason: reasonOf(cause) }, cause);
  }
}

function segmentsAmong(names: readonly string[]): readonly NamedSegment[] {
  return names
    .map(parseSegmentName)
    .filter((named) => named !== undefined)
    .sort((a, b) => a.sequence - b.sequence);
}
