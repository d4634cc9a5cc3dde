import type { Instant } from "../instant.ts";

/** `ds-` and 64 hex digits: SHA-256 over the canonical text of the sorted rows. */
export type DatasetDigest = string;

/** An immutable snapshot of rows. */
export interface Dataset {
  readonly digest: DatasetDigest;
  readonly system: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly createdAt: Instant;
}

export interface DatasetStore {
  /** Keeps the first record of a digest; a second save of the same digest and system changes nothing. */
  save(dataset: Dataset): Promise<void>;
  get(system: string, digest: DatasetDigest): Promise<Dataset | undefined>;
  list(system: string): Promise<readonly Dataset[]>;
}
