import type { Binning } from "../../stats/histogram/binning.ts";

/** Counts of one column in two tables, over the bins of one binning that was chosen from the reference alone. */
export interface ComparedColumn {
  readonly name: string;
  readonly role: "feature" | "score" | "prediction" | "outcome";
  readonly binning: Binning;
  /** The first cell holds all rows; the others one value of a segment each. */
  readonly cells: readonly ComparedCell[];
  /** Numbers of the current table outside the reference's smallest and largest; undefined for categories. */
  readonly outside: OutsideRange | undefined;
  /** Looked up only where there is something to tell. */
  readonly detail: ColumnDetail | undefined;
}

/** What a person wants to know of a column that moved. */
export interface ColumnDetail {
  /** Values of the current table that the reference never had, the most frequent first; at most ten. */
  readonly newValues: readonly { readonly value: string; readonly rows: number }[];
  /** Of the finite numbers; undefined for categories and where there are none. */
  readonly numbers: NumberDetail | undefined;
}

interface NumberDetail {
  readonly referenceMean: number;
  readonly currentMean: number;
  readonly currentLeast: number;
  readonly currentGreatest: number;
}

/** `undefined` segment: all rows. */
export interface ComparedCell {
  readonly segment: ComparedSegment | undefined;
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

export interface ComparedSegment {
  readonly name: string;
  readonly value: string;
}

/** Rows outside the range of the reference; of a large reference, outside that of a sample of it. */
export interface OutsideRange {
  readonly least: number;
  readonly greatest: number;
  readonly rows: number;
  /** 0 unless the range is a sample's. */
  readonly referenceRows: number;
}

/** `all rows`, `origin=LAX` */
export function segmentTextOf(segment: ComparedSegment | undefined): string {
  return segment === undefined ? "all rows" : `${segment.name}=${segment.value}`;
}
