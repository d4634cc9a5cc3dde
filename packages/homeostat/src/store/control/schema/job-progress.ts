import type { ColumnType, Generated } from "kysely";
import type { JobKind } from "../../../domain/job/job-queue.ts";

/** Beside the queue's own tables: which process works on a job, whether it still lives, and what it is doing. */
export interface JobProgressTable {
  readonly id: string;
  readonly kind: JobKind;
  /** Jobs of a kind with the same one never run at once; a job sent without a key has one of its own. */
  readonly singleton: string;
  readonly sent_at: Generated<Date>;
  /** The process that works on it; null when none does. */
  readonly owner: string | null;
  /** By the database's clock, so that replicas agree. */
  readonly heartbeat_at: ColumnType<Date | null, never, Date | null>;
  /** How often a process ended while working on it. */
  readonly interruptions: Generated<number>;
  readonly step: string | null;
  readonly share: number | null;
}
