import { segmentKey } from "../baseline/profile-store.ts";
import type { SegmentValue } from "../finding/finding.ts";

/** Where the counts of a segment value (undefined: all rows) stand in a profile. */
export function keyOf(segment: SegmentValue | undefined): string {
  return segment === undefined ? "" : segmentKey(segment.name, segment.value);
}
