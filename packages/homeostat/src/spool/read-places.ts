import type { SpoolDamage, SpooledRecord } from "../domain/spool/spool.ts";
import type { RecordPlace } from "./record-queue.ts";
import { decodeRecord } from "./segment.ts";
import type { LiveSegment, SegmentShelf } from "./segment-shelf.ts";

/** Records of other streams between two wanted ones are read over when that is cheaper than a second read. */
const gapBytes = 64 * 1024;
const stretchBytes = 8 * 1024 * 1024;

type Place = RecordPlace<LiveSegment>;

/**
 * Reads the records at these places, in as few reads as neighbours allow, and verifies every checksum.
 * A record that no longer holds is not among the records but in `lost`.
 * @throws Fault `spool-corrupt` when the disk cannot read at all.
 */
export function readPlaces(shelf: SegmentShelf, places: readonly Place[]): Promise<ReadRecords> {
  return shelf.keeping(new Set(places.map(({ segment }) => segment)), () => readStretches(shelf, stretchesOf(places)));
}

export interface ReadRecords {
  readonly records: readonly SpooledRecord[];
  readonly lost: readonly SpoolDamage[];
}

async function readStretches(shelf: SegmentShelf, stretches: readonly Stretch[]): Promise<ReadRecords> {
  const records: SpooledRecord[] = [];
  const lost: SpoolDamage[] = [];
  for (const stretch of stretches) {
    const content = await shelf.read(stretch.segment, stretch.from, stretch.to - stretch.from);
    for (const { offset, length, position } of stretch.places) {
      const record = decodeRecord(content, offset - stretch.from);
      if (record?.position === position) {
        records.push({ position, rows: record.rows, receivedAt: record.receivedAt, bytes: record.bytes });
      } else {
        lost.push({ path: stretch.segment.path, offset, kind: "checksum-mismatch", bytesLost: length });
      }
    }
  }
  return { records, lost };
}

interface Stretch {
  readonly segment: LiveSegment;
  readonly from: number;
  to: number;
  readonly places: Place[];
}

function stretchesOf(places: readonly Place[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const place of places) {
    const last = stretches.at(-1);
    const end = place.offset + place.length;
    if (
      last !== undefined &&
      last.segment === place.segment &&
      place.offset - last.to <= gapBytes &&
      end - last.from <= stretchBytes
    ) {
      last.to = end;
      last.places.push(place);
    } else {
      stretches.push({ segment: place.segment, from: place.offset, to: end, places: [place] });
    }
  }
  return stretches;
}
