import type { Instant } from "../instant.ts";

/**
 * Why rows are not where they should be. `spool-full`, `spool-old` and `spool-unwritable`: a sender was told to come
 * back with them. `not-logged`: the gateway answered and could not write it down; those rows are lost.
 * `quarantine-full`: refused rows of which nothing was kept. `file-lost`: acknowledged rows of a table whose file is gone
 * from the spool; those rows are lost.
 */
export type GapKind = "spool-full" | "spool-old" | "spool-unwritable" | "not-logged" | "quarantine-full" | "file-lost";

export interface Gap {
  readonly system: string;
  readonly kind: GapKind;
  readonly rows: number;
  readonly lastAt: Instant;
}

/** Counts rows that were not taken. Counting never fails and never waits; what was counted is written down when it can be. */
export interface GapLog {
  note(system: string, kind: GapKind, rows: number): void;
  /** All gaps ever, of this server and those before it on the same store; by system, then kind. */
  list(): readonly Gap[];
  /** Writes down what was counted since. @throws Fault of the data engine; nothing is forgotten then. */
  flush(): Promise<void>;
}
