import type { Instant } from "../instant.ts";

/** `ds-` and 64 hex digits: SHA-256 over schema and parts of the sorted rows in canonical text (see `manifest.ts`). */
export type DatasetDigest = string;

/** An immutable snapshot of rows. */
export interface Dataset {
  readonly digest: DatasetDigest;
  readonly system: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly createdAt: Instant;
  /** Missing where the dataset was made by a release before manifests: from a file. */
  readonly kind?: "files" | "predictions";
  readonly createdBy?: string;
  /** Rows that were erased since it was made. */
  readonly erasedRows?: number;
  /** SHA-256 (hex) of the manifest as it is stored beside the parts. */
  readonly manifestDigest?: string;
}

export interface DatasetStore {
  /** Keeps the first record of a digest; a second save of the same digest and system changes nothing. */
  save(dataset: Dataset): Promise<void>;
  /** Replaces the record: rows were erased, or a manifest was made for an older dataset. */
  replace(dataset: Dataset): Promise<void>;
  get(system: string, digest: DatasetDigest): Promise<Dataset | undefined>;
  list(system: string): Promise<readonly Dataset[]>;
}
