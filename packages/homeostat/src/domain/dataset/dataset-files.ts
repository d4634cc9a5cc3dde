import type { Instant } from "../instant.ts";
import type { FeatureVector, InputRow } from "../pipeline/pipeline.ts";
import type { System } from "../system/system.ts";
import type { DatasetDigest } from "./dataset.ts";

/** Which rows a model may be trained on. The rest are never trained on and may measure it. */
export interface TrainingSplit {
  readonly timeField: string;
  /** Rows at or after this time are held out. */
  readonly heldOutFrom: Instant;
  /** Rows before it are sampled by a hash of their content down to about this many. */
  readonly maxTrainingRows: number;
}

/** One dataset row with its features: computed by the pipeline's own expressions. */
export interface LabelledVector {
  readonly time: Instant;
  readonly inputs: InputRow;
  readonly vector: FeatureVector;
  readonly outcome: boolean;
  readonly trainedOn: boolean;
}

/** The rows of datasets as training reads them. @throws Fault `dataset-damaged` where a part is missing or changed. */
export interface DatasetFiles {
  /** Writes the training part as CSV: features in pipeline order, then the outcome as `true` or `false`. */
  writeTrainingCsv(
    system: System,
    digest: DatasetDigest,
    split: TrainingSplit,
    csvPath: string,
  ): Promise<{ readonly rows: number }>;
  /** Every row, in batches, oldest first. */
  labelledVectors(
    system: System,
    digest: DatasetDigest,
    split: TrainingSplit,
  ): AsyncIterable<readonly LabelledVector[]>;
  count(system: System, digest: DatasetDigest): Promise<number>;
}
