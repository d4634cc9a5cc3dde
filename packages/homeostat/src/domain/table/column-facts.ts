/** What is known of a column of a table that nobody has described yet. Counts are of the rows looked at. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  /** Rows with a value. */
  readonly present: number;
  readonly distinct: number;
  /** Smallest and largest number, or instant in milliseconds; undefined for text and where there is none. */
  readonly least: number | undefined;
  readonly greatest: number | undefined;
  /** For text: the share of values that can be read as a time. */
  readonly timeShare: number;
  /** Whether every instant lies at midnight. */
  readonly wholeDays: boolean;
}

export type ColumnKind = "time" | "whole" | "fraction" | "text" | "yes-no" | "other";
