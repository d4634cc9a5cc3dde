import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { KeptRows } from "./retention.ts";

/** Taking rows out of the data plane: by subject, or by age. Nothing may be stored or counted meanwhile. */
export interface RowKeeper {
  /** The keyed hash under which a subject is remembered. */
  hashOf(entity: string): Promise<string>;
  /**
   * Deletes one subject's predictions, their outcomes, the subject's rows of frozen references and quarantined rows that
   * hold the id, on disk and at once, and remembers hashes: rows of the subject from before `at` are never stored again,
   * from the spool or sent anew. Safe to repeat.
   */
  eraseSubject(system: System, entity: string, at: Instant): Promise<ErasedRows>;
  kept(system: System): Promise<KeptRows>;
  /** The receive time below which that share of the rows lies. */
  receivedAtShare(system: System, share: number): Promise<Instant>;
  /** Starts of windows that hold rows received before then. */
  windowsBefore(system: System, receivedBefore: Instant): Promise<readonly Instant[]>;
  /** Deletes rows received before then with their outcomes. */
  dropBefore(
    system: System,
    receivedBefore: Instant,
  ): Promise<{ readonly predictions: number; readonly outcomes: number }>;
}

interface ErasedRows {
  readonly subject: string;
  readonly predictions: number;
  readonly outcomes: number;
  readonly references: number;
  readonly quarantined: number;
}
