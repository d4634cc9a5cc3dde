import type { Instant } from "../instant.ts";
import type { InputField } from "../pipeline/pipeline.ts";
import type { QuarantineStream } from "../quarantine/quarantine.ts";
import type { System } from "../system/system.ts";

/** Formats of files of rows, by the names that the engine gives them. */
export type ColumnarFormat = "Parquet" | "ArrowStream" | "Arrow";

export interface FileColumn {
  readonly name: string;
  readonly type: string;
}

/** When a file came, from whom, and which contract it was checked against: checking it again gives the same rows. */
export interface FileArrival {
  readonly stream: QuarantineStream;
  readonly format: ColumnarFormat;
  readonly receivedAt: Instant;
  readonly caller: string;
  readonly environment: string;
  readonly columns: readonly FileColumn[];
  readonly fields: readonly InputField[];
}

/** A file that waits in the spool: what its record says. */
export interface SpooledFile extends FileArrival {
  readonly name: string;
  /** Rows that were found good. Absent in records of earlier versions. */
  readonly rows?: number;
}

/** A row of a file that cannot be taken, numbered from 1, as the JSON row it would have been. */
export interface RejectedFileRow {
  readonly row: number;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly payload: string;
}

export type FileCheck =
  | {
      readonly kind: "checked";
      readonly arrival: FileArrival;
      readonly accepted: number;
      readonly refusedCount: number;
      /** The first ten thousand. */
      readonly rejected: readonly RejectedFileRow[];
      readonly newestTime: Instant | undefined;
    }
  | {
      readonly kind: "refused";
      readonly reason: "unreadable" | "columns" | "empty" | "too-many-rows";
      readonly message: string;
      readonly issues: readonly { readonly path: string; readonly expected: string; readonly found: string }[];
    };

export interface ColumnarReader {
  /**
   * Checks a file of rows by one statement: its columns and their types, then every row for what a JSON row is checked
   * for. @throws Fault `engine-unavailable`, `engine-timeout`.
   */
  check(path: string, system: System, arrival: Omit<FileArrival, "columns" | "fields">): Promise<FileCheck>;
}

/** A file may hold so many rows: it is staged in memory as a whole. */
export const mostFileRows = 2_000_000;
