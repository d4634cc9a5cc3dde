/*
 * `000000000007.spool` is a segment, `….spool.damaged` one in which a checksum did not hold but records wait,
 * `….spool.damaged.released` what is left of it for people. The number only ever increases.
 */

export function segmentName(sequence: number): string {
  return `${String(sequence).padStart(12, "0")}.spool`;
}

export function damagedName(path: string): string {
  return `${path}.damaged`;
}

export function releasedName(damagedPath: string): string {
  return `${damagedPath}.released`;
}

export interface NamedSegment {
  readonly name: string;
  readonly sequence: number;
  readonly condition: "whole" | "damaged" | "released";
}

/** What a file name in the spool directory says, or `undefined` when the file is none of ours. */
export function parseSegmentName(name: string): NamedSegment | undefined {
  const match = /^(\d{12,})\.spool(\.damaged(\.released)?)?$/.exec(name);
  if (match === null) return undefined;
  const condition = match[3] !== undefined ? "released" : match[2] !== undefined ? "damaged" : "whole";
  return { name, sequence: Number(match[1]), condition };
}
