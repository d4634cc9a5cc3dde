import type { SegmentRef } from "@homeostat/protocol";

/** The name of the slice of rows: `origin = LAX`, or `All rows`. */
export function segmentName(segment: SegmentRef): string {
  return segment === null ? "All rows" : `${segment.name} = ${segment.value === "" ? "(empty)" : segment.value}`;
}

/** The same as the API takes it: `origin=LAX`, null for all rows. */
export function segmentKey(segment: SegmentRef): string | null {
  return segment === null ? null : `${segment.name}=${segment.value}`;
}

/** Reads what `segmentKey` wrote. Values may contain `=`; names may not. */
export function parseSegmentKey(key: string | null): SegmentRef {
  const cut = key?.indexOf("=") ?? -1;
  return key === null || cut < 1 ? null : { name: key.slice(0, cut), value: key.slice(cut + 1) };
}
