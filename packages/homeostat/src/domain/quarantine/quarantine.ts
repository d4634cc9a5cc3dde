import type { Instant } from "../instant.ts";

/** Which stream a row was meant for. */
export type QuarantineStream = "predictions" | "outcomes";

/**
 * Why a row could not be taken. `not-json`: its text is none. `shape`: a field is missing, of the wrong type or out of
 * range. `engine`: the data engine refuses it for good. `unpaired`: a logged request whose answer never came, or the reverse.
 */
type QuarantineReason = "not-json" | "shape" | "engine" | "unpaired";

/** A row that was sent and cannot be stored, with all that is needed to put it right. */
export interface QuarantinedRow {
  /** Made of system, stream and payload: the same row sent again is the same entry. */
  readonly id: string;
  readonly stream: QuarantineStream;
  /** `row`: as it was sent. `line`: as the spool held it, in the shape of the staging table. */
  readonly form: "row" | "line";
  readonly receivedAt: Instant;
  readonly caller: string;
  readonly reason: QuarantineReason;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** The text of the row, byte for byte. */
  readonly payload: string;
}

/** `replayed`: taken after all. `discarded`: given up by somebody. Both have let go of their payload. */
type QuarantineState = "open" | "replayed" | "discarded";

export interface QuarantineEntry extends QuarantinedRow {
  readonly state: QuarantineState;
  /** Somebody has edited the payload. */
  readonly fixed: boolean;
  readonly changedAt: Instant | undefined;
  readonly changedBy: string;
}

export interface QuarantineQuery {
  readonly state?: QuarantineState | undefined;
  readonly stream?: QuarantineStream | undefined;
  readonly reason?: QuarantineReason | undefined;
  /** Found anywhere in payload, path, expectation or finding, whatever its case. */
  readonly text?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
}

export interface QuarantineCounts {
  readonly open: number;
  readonly replayed: number;
  readonly discarded: number;
  readonly openBytes: number;
}

/** How much a system's open entries may be. */
export interface QuarantineLimits {
  readonly rows: number;
  readonly bytes: number;
}

export const quarantineLimits: QuarantineLimits = { rows: 100_000, bytes: 256 * 1024 * 1024 };

/** Rows that wait for somebody to put them right. */
export interface QuarantineStore {
  /**
   * Keeps rows, each once, as far as the limits allow, and answers how many there was no room for. A row that is known
   * changes nothing, unless the engine refuses what had been replayed: then it is open again.
   */
  keep(system: string, rows: readonly QuarantinedRow[]): Promise<{ readonly noRoom: number }>;
  /** Newest first. */
  list(system: string, query: QuarantineQuery): Promise<readonly QuarantineEntry[]>;
  counts(system: string): Promise<QuarantineCounts>;
  /** Writes entries anew under their ids: an edited payload, a reason found now, a closed state. */
  update(system: string, entries: readonly QuarantineEntry[]): Promise<void>;
}
