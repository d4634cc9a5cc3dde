import type { CheckedExpression } from "../engine/expression.ts";

/** A versioned set of feature transformations. The version is the digest of its canonical text: same text, same version. */
export interface Pipeline {
  readonly version: PipelineVersion;
  readonly inputs: readonly InputField[];
  readonly features: readonly Feature[];
}

/** `pl-` and 16 hex digits of SHA-256 over the canonical text. */
export type PipelineVersion = string;

export type FieldType = "string" | "number" | "integer" | "boolean" | "timestamp";

/** A field of the contract that a request brings. */
export interface InputField {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** What the column is called in the owner's files, where it differs. */
  readonly physicalName: string;
}

export type FeatureType = "number" | "category";

/** A feature is one scalar SQL expression over the input fields; training and serving run the same text. */
export interface Feature {
  readonly name: string;
  readonly type: FeatureType;
  readonly expression: CheckedExpression;
  /** Input fields the expression reads, in the order of the contract; undefined for one stored before they were noted. */
  readonly reads?: readonly string[];
  /** Declared: older than this the value is stale. Says nothing of how it is computed, so it is no part of the version. */
  readonly maxAgeSeconds?: number | undefined;
}

/** Values by input field name. `null` is missing. Timestamps are ISO 8601 text. */
export type InputRow = Readonly<Record<string, string | number | boolean | null>>;

/** Feature values in the order of `Pipeline.features`: the vector the model really saw. */
export type FeatureVector = readonly (number | string | null)[];

/** Computes feature vectors with the engine: one vector per input row, in order. */
export interface FeatureComputer {
  /** @throws Fault `engine-unavailable`, `engine-query-failed`, `engine-timeout`. */
  compute(pipeline: Pipeline, rows: readonly InputRow[]): Promise<readonly FeatureVector[]>;
}

/** The text whose digest is the version. Field order counts: it is the order of the vector. */
export function canonicalTextOf(pipeline: Pick<Pipeline, "inputs" | "features">): string {
  return JSON.stringify({
    inputs: pipeline.inputs.map((field) => [field.name, field.type, field.required]),
    features: pipeline.features.map((feature) => [feature.name, feature.type, feature.expression]),
  });
}

/** ClickHouse column type of an input field as the engine stores and evaluates it. */
export function columnTypeOf(type: FieldType): string {
  switch (type) {
    case "string":
      return "Nullable(String)";
    case "number":
      return "Nullable(Float64)";
    case "integer":
      return "Nullable(Int64)";
    case "boolean":
      return "Nullable(Bool)";
    case "timestamp":
      return "Nullable(DateTime64(3, 'UTC'))";
  }
}
