import type { Cancellation } from "../cancellation.ts";
import type { Instant } from "../instant.ts";

/**
 * The durable queue between an acknowledgement and the store. `append` resolves only after the bytes are on disk
 * (group-commit fsync); what it acknowledged is delivered to a reader at least once, in order, also after SIGKILL or
 * a power cut. Readers make delivery idempotent. One spool holds several streams (one per system and event kind).
 */
export interface Spool {
  /**
   * Appends one record and resolves once it is durable.
   * @throws Fault `spool-full` when the bound of bytes would be passed, `spool-old` when the oldest record has waited
   * longer than allowed, `spool-unwritable` when the disk refuses.
   */
  append(stream: SpoolStream, record: SpoolRecord): Promise<SpoolPosition>;
  /** Records of one stream not yet released, oldest first, up to the limits; empty when there is nothing to ship. */
  read(
    stream: SpoolStream,
    limits: { readonly maxRows: number; readonly maxBytes: number },
  ): Promise<readonly SpooledRecord[]>;
  /** Says that the store has confirmed everything of the stream up to and including this position. */
  release(stream: SpoolStream, upTo: SpoolPosition): Promise<void>;
  /** Streams that hold unreleased records. */
  pendingStreams(): readonly SpoolStream[];
  /**
   * Resolves when something is appended (or the signal aborts), so that a shipper sleeps without polling. Take the
   * promise before looking at what is pending, or a row appended in between is slept through.
   */
  waitForAppend(signal: Cancellation): Promise<void>;
  /** Rows of a stream not yet released. */
  pendingRows(stream: SpoolStream): number;
  /** When the oldest of them was received; undefined when there are none. */
  oldestOf(stream: SpoolStream): Instant | undefined;
  state(): SpoolState;
  close(): Promise<void>;
}

/** `predictions:flight-delay`. System names hold no colon. */
export type SpoolStream = `${SpoolKind}:${string}`;

/** `quarantine`: rows that were refused, on their way to where they wait for somebody to put them right. */
export type SpoolKind = "predictions" | "outcomes" | "quarantine" | FileKind;

/** Records that each stand for one file beside the spool. */
export type FileKind = "prediction-files" | "outcome-files";

/** Files that wait in the spool's directory with the rows of records that name them. They count in the spool's bound. */
export interface SpoolFiles {
  /**
   * Takes over a file: it is on disk under a new name when the promise resolves, and counted.
   * @throws Fault `spool-unwritable`; the file is then where it was or gone.
   */
  adopt(path: string, sizeBytes: number): Promise<string>;
  pathOf(name: string): string;
  /** Whether the file was there when the directory was opened, or was taken over since. */
  has(name: string): boolean;
  heldBytes(): number;
  /** The store has its rows, or no record names it. */
  remove(name: string): Promise<void>;
  /** Removes every file but these: what a crash left between two steps. */
  sweep(named: ReadonlySet<string>): Promise<void>;
}

/** A record is a block of newline-delimited JSON rows, or of columns, as bytes; the spool does not look inside. */
export interface SpoolRecord {
  readonly rows: number;
  readonly bytes: Uint8Array;
  readonly receivedAt: Instant;
}

export interface SpooledRecord extends SpoolRecord {
  readonly position: SpoolPosition;
}

/** Strictly increasing across restarts within one spool directory. */
export type SpoolPosition = number;

interface SpoolState {
  readonly bytes: number;
  readonly limitBytes: number;
  readonly rows: number;
  readonly oldestReceivedAt: Instant | undefined;
  /** With an oldest record of more than this age nothing more is taken. */
  readonly limitAgeMs: number;
  /** Damage found at start-up: a torn last record is cut off and told; anything else is kept aside and told. */
  readonly damage: readonly SpoolDamage[];
}

export interface SpoolDamage {
  readonly path: string;
  readonly offset: number;
  readonly kind: "torn-tail" | "checksum-mismatch" | "unreadable-header";
  readonly bytesLost: number;
}
