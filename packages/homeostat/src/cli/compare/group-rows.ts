import type { ComparedSegment } from "../../domain/comparison/compared-column.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import type { OpenedFile } from "../private-engine.ts";
import { jsonLines, readLines } from "./json-lines.ts";

/** A column whose values cut the rows into parts, with the values that are large enough to be looked at. */
export interface SegmentColumn {
  readonly name: string;
  readonly values: readonly string[];
}

const mostValues = 20;
/** A value with fewer rows than this share of the reference has too few to say anything. */
const leastShare = 0.005;
const missing = "(missing)";

/** The largest values of each segment column in a sample of the reference. */
export async function segmentColumnsOf(
  { query }: OpenedFile,
  sample: string,
  names: readonly string[],
): Promise<readonly SegmentColumn[]> {
  const found: SegmentColumn[] = [];
  for (const name of names) {
    const answer = await query(
      `SELECT ifNull(toString(${sqlName(name)}), '${missing}') AS homeostat_g FROM ${sample} GROUP BY homeostat_g
       HAVING count() >= ${leastShare} * (SELECT count() FROM ${sample}) ORDER BY count() DESC, homeostat_g LIMIT ${mostValues}`,
      jsonLines,
    );
    found.push({ name, values: readLines<[string]>(answer).map(([value]) => value) });
  }
  return found;
}

/**
 * Parts of a grouping statement: every row counts among all rows and among those of each segment value. `part` is 0 for
 * all rows, else the segment column's place from 1; `place` is the value's place from 1, or one more than there are for
 * the values that are not looked at.
 */
export interface RowGroups {
  /** Named expressions, one byte each. */
  readonly keys: readonly string[];
  readonly part: string;
  readonly place: string;
  /** Grouping sets with these further keys. */
  sets(...further: readonly string[]): string;
}

export function rowGroupsOf(segments: readonly SegmentColumn[]): RowGroups {
  const names = segments.map((_, index) => `homeostat_g${index}`);
  const keys = segments.map(({ name, values }, index) => {
    const value = `ifNull(toString(${sqlName(name)}), '${missing}')`;
    const known = `CAST([${values.map(sqlString).join(", ")}], 'Array(String)')`;
    const places = `CAST([${values.map((_, place) => place + 1).join(", ")}], 'Array(UInt8)')`;
    return `transform(${value}, ${known}, ${places}, toUInt8(${values.length + 1})) AS homeostat_g${index}`;
  });
  const parts = names.map((name, index) => `grouping(${name}) = 0, ${index + 1}, `);
  return {
    keys,
    part: names.length === 0 ? "0" : `multiIf(${parts.join("")}0)`,
    place: names.length === 0 ? "0" : names.join(" + "),
    sets: (...further) =>
      [further, ...names.map((name) => [name, ...further])].map((set) => `(${set.join(", ")})`).join(", "),
  };
}

/** The segment that a part and place of an answer stand for; undefined also for values that are not looked at. */
export function segmentAt(
  segments: readonly SegmentColumn[],
  part: number,
  place: number,
): ComparedSegment | undefined {
  const segment = segments[part - 1];
  const value = segment?.values[place - 1];
  return segment === undefined || value === undefined ? undefined : { name: segment.name, value };
}

/** Every part that is looked at: all rows first. */
export function partsOf(segments: readonly SegmentColumn[]): readonly (readonly [part: number, place: number])[] {
  return [
    [0, 0],
    ...segments.flatMap(({ values }, index) => values.map((_, place) => [index + 1, place + 1] as const)),
  ];
}
