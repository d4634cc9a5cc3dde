import type { SpooledFile } from "../columnar/columnar.ts";
import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";

/** What one shipped block did. Sending the same rows again changes nothing but `duplicates`. */
export interface StoreReceipt {
  readonly stored: number;
  readonly duplicates: number;
  /** Starts of the windows whose rows or outcomes changed. */
  readonly touched: readonly Instant[];
}

/** The event log in the data plane. Every act is idempotent by prediction id. */
/** A column that exists with another type than the declaration now asks for. */
export interface TypeConflict {
  readonly field: string;
  readonly stored: string;
  readonly declared: string;
}

export interface EventStore {
  /** Makes or extends the system's typed tables; columns are added, never dropped. */
  ensureTables(system: System): Promise<readonly string[]>;
  /** Inputs whose column has another type already: storing their rows could not work. */
  typeConflicts(system: System): Promise<readonly TypeConflict[]>;
  /**
   * Records as the intake or the gateway spooled them, newline-delimited rows or blocks of columns: all of them, or none.
   * @throws Fault `rows-refused` when a row among them can never be stored; others when trying again may help.
   */
  storePredictions(system: System, records: readonly Uint8Array[]): Promise<StoreReceipt>;
  storeOutcomes(system: System, records: readonly Uint8Array[]): Promise<StoreReceipt>;
  /** The good rows of a file in the spool: all of them, or none. @throws Fault as `storePredictions` does. */
  storeFile(system: System, file: SpooledFile): Promise<StoreReceipt>;
  /** The same rows as newline-delimited rows of the spool, in blocks that cut lines anywhere. */
  linesOfFile(system: System, file: SpooledFile): Promise<AsyncIterable<Uint8Array>>;
  counts(system: System): Promise<EventCounts>;
  /** Rows ever stored, and rows that arrived again, of every system. One small statement. */
  shipped(): Promise<
    readonly {
      readonly system: string;
      readonly kind: string;
      readonly stored: number;
      readonly duplicates: number;
    }[]
  >;
  /** Newest event time and newest receive time of the system's predictions. */
  frontier(system: System): Promise<{ readonly eventTime: Instant; readonly receivedAt: Instant } | undefined>;
}

export interface EventCounts {
  readonly predictions: number;
  readonly outcomes: number;
  readonly joined: number;
  readonly outcomesWaiting: number;
  /** Rows that arrived again and changed nothing. */
  readonly predictionDuplicates: number;
  readonly outcomeDuplicates: number;
}
