import { crc32 } from "node:zlib";
import { invariant } from "../domain/invariant.ts";
import type { SpoolDamage, SpooledRecord, SpoolPosition, SpoolStream } from "../domain/spool/spool.ts";

/*
 * A segment is a file of a header and records behind one another, all numbers little-endian.
 *
 *   header (28 bytes)             record
 *    0  "HSPOOL"                   0  FF 48 52 00
 *    6  u16 format, 1              4  u32 CRC-32 of everything from byte 8 on
 *    8  f64 first position         8  u32 length of everything from byte 12 on
 *   16  f64 time of creation      12  f64 position
 *   24  u32 CRC-32 of the above   20  f64 time of receipt
 *                                 28  u32 rows
 *                                 32  u16 length of the stream's name, then the name (UTF-8), then the bytes
 *
 * Every record starts with four bytes that no JSON text can contain (FF is not UTF-8, 00 is not JSON), so that behind a
 * damaged stretch the next record can be found, and nothing inside a payload can pass for a record.
 */

const segmentHeaderBytes = 28;
const recordHeadBytes = 34;
const segmentMagic = Buffer.from("HSPOOL", "latin1");
const recordMagic = Buffer.from([0xff, 0x48, 0x52, 0x00]);
const segmentFormat = 1;
const shortestRecordBytes = recordHeadBytes;

export interface SegmentHeader {
  readonly format: number;
  /** No record in the segment, nor in any later one, has a lower position. */
  readonly firstPosition: SpoolPosition;
}

export function encodeSegmentHeader(firstPosition: SpoolPosition, createdAt: number): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes);
  segmentMagic.copy(header);
  header.writeUInt16LE(segmentFormat, 6);
  header.writeDoubleLE(firstPosition, 8);
  header.writeDoubleLE(createdAt, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 24)), 24);
  return header;
}

/** The header of a segment, or `undefined` when it is cut short or damaged. */
export function decodeSegmentHeader(segment: Buffer): SegmentHeader | undefined {
  if (segment.length < segmentHeaderBytes || !segmentMagic.equals(segment.subarray(0, 6))) return undefined;
  if (crc32(segment.subarray(0, 24)) !== segment.readUInt32LE(24)) return undefined;
  return { format: segment.readUInt16LE(6), firstPosition: segment.readDoubleLE(8) };
}

/** Whether this version can read the format. */
export function isKnownFormat(header: SegmentHeader): boolean {
  return header.format === segmentFormat;
}

/** How many bytes the record takes in a segment. */
export function recordBytes(stream: SpoolStream, bytes: Uint8Array): number {
  return recordHeadBytes + Buffer.byteLength(stream) + bytes.length;
}

/** What stands before the record's bytes in a segment; the bytes themselves follow unchanged. Cost: one checksum pass. */
export function encodeRecordHead(stream: SpoolStream, record: SpooledRecord): Buffer {
  const nameBytes = Buffer.byteLength(stream);
  invariant(nameBytes <= 0xffff, "the name of a spool stream fits its length field");
  const head = Buffer.allocUnsafe(recordHeadBytes + nameBytes);
  recordMagic.copy(head);
  head.writeUInt32LE(recordHeadBytes - 12 + nameBytes + record.bytes.length, 8);
  head.writeDoubleLE(record.position, 12);
  head.writeDoubleLE(record.receivedAt, 20);
  head.writeUInt32LE(record.rows, 28);
  head.writeUInt16LE(nameBytes, 32);
  head.write(stream, recordHeadBytes, "utf8");
  head.writeUInt32LE(crc32(record.bytes, crc32(head.subarray(8))), 4);
  return head;
}

/** A record read from a segment; `bytes` is a view of what was read. */
export interface DecodedRecord extends SpooledRecord {
  readonly stream: SpoolStream;
  /** Of the whole record in the segment. */
  readonly length: number;
}

/** The record that starts at this offset, or `undefined` when there is none or its checksum does not hold. */
export function decodeRecord(segment: Buffer, offset: number): DecodedRecord | undefined {
  const length = declaredLength(segment, offset);
  if (length === undefined || offset + length > segment.length) return undefined;
  const record = segment.subarray(offset, offset + length);
  if (crc32(record.subarray(8)) !== record.readUInt32LE(4)) return undefined;
  const bytesAt = recordHeadBytes + record.readUInt16LE(32);
  if (bytesAt > length) return undefined;
  return {
    stream: record.toString("utf8", recordHeadBytes, bytesAt) as SpoolStream,
    position: record.readDoubleLE(12),
    receivedAt: record.readDoubleLE(20),
    rows: record.readUInt32LE(28),
    bytes: record.subarray(bytesAt),
    length,
  };
}

function declaredLength(segment: Buffer, offset: number): number | undefined {
  if (offset + shortestRecordBytes > segment.length) return undefined;
  if (segment.compare(recordMagic, 0, 4, offset, offset + 4) !== 0) return undefined;
  const length = 12 + segment.readUInt32LE(offset + 8);
  return length < shortestRecordBytes ? undefined : length;
}

export type SegmentDamage = Omit<SpoolDamage, "path">;

/**
 * Goes through a whole segment, calls back with every record that holds, and answers what does not.
 *
 * Damage with records behind it is told as such and passed over. Bytes at the end that make no whole record are a torn
 * tail: a write that a crash cut short, never acknowledged. A last record that is whole but fails its checksum may have
 * been acknowledged, so that it is a mismatch and not a tail. Cost: one pass over the bytes, checksums included.
 */
export function scanSegment(
  segment: Buffer,
  onRecord: (record: DecodedRecord, offset: number) => void,
): readonly SegmentDamage[] {
  if (neverWritten(segment)) {
    return segment.length === 0 ? [] : [{ offset: 0, kind: "torn-tail", bytesLost: segment.length }];
  }
  const damage: SegmentDamage[] = [];
  if (decodeSegmentHeader(segment) === undefined) damage.push({ offset: 0, kind: "unreadable-header", bytesLost: 0 });
  let offset = segmentHeaderBytes;
  while (offset < segment.length) {
    const record = decodeRecord(segment, offset);
    if (record !== undefined) {
      onRecord(record, offset);
      offset += record.length;
      continue;
    }
    const next = nextRecord(segment, offset + 1);
    damage.push({ offset, kind: kindOf(segment, offset, next), bytesLost: (next ?? segment.length) - offset });
    offset = next ?? segment.length;
  }
  return damage;
}

/** A crash right after creation leaves a part of the header, or the length of the first write without its bytes. */
function neverWritten(segment: Buffer): boolean {
  return segment.length < segmentHeaderBytes || segment.every((byte) => byte === 0);
}

function kindOf(segment: Buffer, offset: number, next: number | undefined): SpoolDamage["kind"] {
  if (next !== undefined) return "checksum-mismatch";
  const length = declaredLength(segment, offset);
  return length !== undefined && offset + length <= segment.length ? "checksum-mismatch" : "torn-tail";
}

/** Where the next record that holds begins. */
function nextRecord(segment: Buffer, from: number): number | undefined {
  for (let at = segment.indexOf(recordMagic, from); at !== -1; at = segment.indexOf(recordMagic, at + 1)) {
    if (decodeRecord(segment, at) !== undefined) return at;
  }
  return undefined;
}
