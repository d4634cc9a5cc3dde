import type { Cancellation } from "../cancellation.ts";
import type { Feature, FeatureVector } from "../pipeline/pipeline.ts";

/** `m-` and 16 hex digits: digest over dataset, pipeline, trainer, options and the forest's nodes. */
export type ModelVersion = string;

/** A trained artifact plus its runtime, ready to score. */
export interface LoadedModel {
  readonly version: ModelVersion;
  /** Probability of the positive class per vector, in order. @throws Fault `model-unavailable`. */
  score(vectors: readonly FeatureVector[]): readonly number[];
  unload(): void;
}

/** Loads artifacts into memory. */
export interface ModelRuntime {
  /** @throws Fault `model-unavailable`, `artifact-unreadable`. */
  load(version: ModelVersion, artifactPath: string, features: readonly Feature[]): Promise<LoadedModel>;
}

export interface TrainingRequest {
  /** CSV with a header: the feature columns in pipeline order, then the label column. Read from disk, not from memory. */
  readonly csvPath: string;
  readonly labelColumn: string;
  readonly features: readonly Feature[];
  readonly artifactPath: string;
}

export interface TrainingResult {
  /** SHA-256 over the forest's own nodes and headers (the archive around them differs from run to run). */
  readonly artifactDigest: string;
  readonly trees: number;
  readonly trainingMs: number;
  readonly description: string;
}

/** Runs apart from the serving thread. */
export interface Trainer {
  /** `name/version`, part of the model's identity. */
  readonly identity: string;
  /** @throws Fault `training-failed`. Aborting the signal stops the work. */
  train(request: TrainingRequest, signal: Cancellation): Promise<TrainingResult>;
}
