import type { Instant } from "../instant.ts";

/** What one erasure took away. The subject stands as a keyed hash: the id itself is kept nowhere. */
export interface Erasure {
  readonly system: string;
  readonly at: Instant;
  readonly subject: string;
  readonly actor: string;
  readonly predictions: number;
  readonly outcomes: number;
  /** Rows of frozen baselines. */
  readonly references: number;
  /** Quarantined rows that held the id, and halves of inferences that waited for the other one. */
  readonly quarantined: number;
  readonly datasets: readonly { readonly dataset: string; readonly rows: number }[];
}

export interface ErasureStore {
  record(erasure: Erasure): Promise<void>;
  /** Newest first. */
  list(system: string): Promise<readonly Erasure[]>;
}

/** Keys that the server makes for itself and that must outlive it. */
export interface SecretStore {
  /** The secret of that name; the first to ask decides what it is. */
  keep(name: string, made: string): Promise<string>;
}
