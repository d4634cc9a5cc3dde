import type { CheckedExpression } from "../engine/expression.ts";
import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { Dataset } from "./dataset.ts";
import type { Manifest } from "./manifest.ts";

/** Tells how far a long act is; the share is from 0 to 1. */
export type TellProgress = (step: string, share?: number) => Promise<void>;

/** Rows that lie on this machine as Parquet, with the owner's files that they came from. */
export interface SourceFile {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
}

/** Which received predictions, joined with their outcomes. Times are event times; `until` is exclusive. */
export interface PredictionQuery {
  readonly since: Instant;
  readonly until: Instant;
  readonly where: CheckedExpression | undefined;
  readonly labelledOnly: boolean;
  /** Predictions and outcomes received after it stay out: the same query gives the same rows later too. */
  readonly receivedUntil: Instant;
}

export type DatasetMaking =
  | { readonly kind: "made"; readonly dataset: Dataset; readonly manifest: Manifest }
  | {
      readonly kind: "refused";
      readonly reason: "unreadable" | "missing-columns" | "other-columns" | "empty" | "rows-erased";
      readonly message: string;
    };

/** What reading a part again found. */
export type PartCheck =
  | { readonly state: "ok"; readonly part: number }
  | { readonly state: "missing"; readonly part: number }
  | { readonly state: "corrupt"; readonly part: number; readonly reason: string }
  | { readonly state: "erased"; readonly part: number; readonly rows: number };

/** Whether the rows could be taken from where they came from once more. */
export type SourceCheck =
  | { readonly state: "same" }
  | { readonly state: "missing"; readonly reason: string }
  | { readonly state: "not-checked"; readonly reason: string };

export interface DatasetCheck {
  readonly dataset: string;
  /** The worst of all: `corrupt`, then `missing`, then `erased`, then `ok`. Says nothing about the source. */
  readonly state: "ok" | "erased" | "missing" | "corrupt";
  readonly erasedRows: number;
  readonly manifest: "ok" | "missing" | "corrupt";
  readonly parts: readonly PartCheck[];
  readonly source: SourceCheck;
}

export type ExportFormat = "parquet" | "csv" | "ndjson" | "arrow";

/** Immutable snapshots of rows: made, read again, given out, and rid of one subject's rows. */
export interface DatasetShelf {
  /** @throws Fault of the engine or the place of datasets. */
  fromFiles(system: System, files: readonly SourceFile[], by: string, tell: TellProgress): Promise<DatasetMaking>;
  /** @throws Fault of the engine or the place of datasets. */
  fromPredictions(system: System, query: PredictionQuery, by: string, tell: TellProgress): Promise<DatasetMaking>;
  /**
   * What is known of a dataset; one of an earlier release gets its manifest now.
   * @throws Fault `dataset-damaged` when the manifest is missing or not the one that was stored.
   */
  manifest(system: System, dataset: Dataset): Promise<Manifest>;
  /** Reads every part again. Never throws because of what it finds in the dataset. */
  verify(system: System, dataset: Dataset, tell: TellProgress): Promise<DatasetCheck>;
  /** Writes the rows that are not erased into a file. @throws Fault `dataset-damaged`. */
  export(system: System, dataset: Dataset, format: ExportFormat, path: string): Promise<void>;
  /**
   * Puts tombstones in the place of one subject's rows. Safe to repeat after a failure: what an earlier try left is
   * removed. Returns the rows erased now.
   * @throws Fault `dataset-damaged`: rows in a part that cannot be read are not known to be erased.
   */
  erase(
    system: System,
    dataset: Dataset,
    subject: { readonly entity: string; readonly hash: string; readonly at: Instant },
  ): Promise<{ readonly rows: number }>;
}

/** Parquet files that were sent and wait to become part of a dataset. */
export interface UploadShelf {
  /** Takes over a file. */
  keep(path: string): Promise<{ readonly upload: string; readonly bytes: number }>;
  /** Where it lies; undefined when there is none, or no longer. */
  find(upload: string): Promise<string | undefined>;
  drop(upload: string): Promise<void>;
  /** Size and SHA-256 (hex) of a file. */
  describe(path: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** A path for a file that is written, sent and deleted. */
  workPath(): string;
}
