import type { TrainingSplit } from "../dataset/dataset-files.ts";
import type { Instant } from "../instant.ts";
import type { Pipeline, PipelineVersion } from "../pipeline/pipeline.ts";
import type { ModelVersion } from "./model.ts";

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface HeldOutMetrics {
  readonly auc: Estimate;
  readonly accuracy: Estimate;
  readonly logLoss: Estimate;
  readonly brier: Estimate;
  readonly positiveShare: Estimate;
  readonly calibrationError: number;
}

/** A versioned artifact and how it came to be. */
export interface Model {
  readonly version: ModelVersion;
  readonly system: string;
  readonly pipeline: PipelineVersion;
  readonly dataset: string;
  readonly trainer: string;
  /** Below the directory of artifacts, so that a data directory may be moved or restored elsewhere. */
  readonly artifactPath: string;
  readonly trainedRows: number;
  readonly heldOutRows: number;
  readonly trainingMs: number;
  readonly heldOut: HeldOutMetrics;
  /** Which rows of the dataset it was trained on. */
  readonly split: TrainingSplit;
  readonly createdAt: Instant;
}

export interface ModelStore {
  /** A second save of the same version and system changes nothing: training is reproducible. */
  save(model: Model): Promise<void>;
  get(system: string, version: ModelVersion): Promise<Model | undefined>;
  list(system: string): Promise<readonly Model[]>;
  /** Pipelines are kept by version, so that an old release finds the features it was trained on. */
  savePipeline(pipeline: Pipeline): Promise<void>;
  pipeline(version: PipelineVersion): Promise<Pipeline | undefined>;
}
