import type { Instant } from "../instant.ts";
import type { FeatureVector, InputRow } from "../pipeline/pipeline.ts";

/** One answer of a model, with the state it depended on. */
export interface Prediction {
  readonly id: string;
  /** Event time. */
  readonly time: Instant;
  readonly receivedAt: Instant;
  readonly release: string;
  /** Versions the answer depended on; empty where they are not known (monitor-only systems). */
  readonly model: string;
  readonly pipeline: string;
  readonly servedBy: "release" | "previous-release" | "constant" | "elsewhere";
  readonly environment: string;
  readonly cohort: string;
  /** Name of the key that sent it. */
  readonly caller: string;
  readonly latencyMs: number | undefined;
  readonly output: PredictionOutput;
  readonly inputs: InputRow;
  /** The vector the model really saw; undefined when it was not told: the store then computes it from the inputs and says so. */
  readonly vector: SeenVector | undefined;
  /** What the sender told of the state the answer depended on; undefined: nothing. */
  readonly told?: ToldState | undefined;
}

/** Prompt version, retrieval-index version, session, sampling settings, seed, A/B arm and other keys; cost; ages. */
export interface ToldState {
  readonly state: Readonly<Record<string, string>>;
  readonly costUsd: number | undefined;
  /** Seconds, by feature. */
  readonly featureAges: Readonly<Record<string, number>>;
}

/** What a model said, in the shape of its system's task. */
export type PredictionOutput =
  /** Of the positive class, in 0..1. */
  | { readonly kind: "probability"; readonly probability: number }
  /** In the unit that the task declares. */
  | { readonly kind: "value"; readonly value: number }
  | {
      readonly kind: "class";
      readonly class: string;
      /** In 0..1; undefined where the sender did not tell it. */
      readonly confidence: number | undefined;
      /** By class; undefined where the sender did not tell them. */
      readonly probabilities: Readonly<Record<string, number>> | undefined;
    };

/** Values with the features they belong to: those of the pipeline that answered, which may not be the one declared now. */
interface SeenVector {
  readonly features: readonly { readonly name: string }[];
  readonly values: FeatureVector;
}

export type OutcomeKind = "label" | "business" | "feedback";

/**
 * What turned out to be true of a prediction. Of several with the same prediction, kind and name the one with the latest
 * time counts, then the latest to arrive.
 */
export interface Outcome {
  readonly predictionId: string;
  readonly time: Instant;
  readonly receivedAt: Instant;
  readonly kind: OutcomeKind;
  /** Which metric or question; empty for the label. */
  readonly name: string;
  /** Of a business metric; otherwise empty. */
  readonly unit: string;
  /** A label is what the task predicts: boolean, number, or the text of a class. */
  readonly value: boolean | number | string;
}

/** How far ahead of the server's clock an event may claim to be: minutes of skew are normal, more is a wrong clock. */
export const futureToleranceMs = 5 * 60_000;

/**
 * One line of the spool, as the data plane's staging table takes it: flat keys, inputs as `i_<field>`, the vector as
 * `f_<feature>`, times in milliseconds.
 */
export function predictionLine(prediction: Prediction): string {
  const line: Record<string, unknown> = {
    id: prediction.id,
    time: prediction.time,
    received: prediction.receivedAt,
    release: prediction.release,
    model: prediction.model,
    pipeline: prediction.pipeline,
    served_by: prediction.servedBy,
    environment: prediction.environment,
    cohort: prediction.cohort,
    caller: prediction.caller,
    latency_ms: prediction.latencyMs ?? null,
    ...outputKeys(prediction.output),
    vector_seen: prediction.vector === undefined ? 0 : 1,
    ...(prediction.told === undefined ? {} : toldKeys(prediction.told)),
  };
  const { inputs, vector } = prediction;
  for (const name of Object.keys(inputs)) line[inputKeys.of(name)] = inputs[name];
  vector?.features.forEach((feature, index) => {
    line[featureKeys.of(feature.name)] = vector.values[index] ?? null;
  });
  return JSON.stringify(line);
}

function toldKeys({ state, costUsd, featureAges }: ToldState): Readonly<Record<string, unknown>> {
  return { state, feature_ages: featureAges, ...(costUsd === undefined ? {} : { cost_usd: costUsd }) };
}

function outputKeys(output: PredictionOutput): Readonly<Record<string, unknown>> {
  switch (output.kind) {
    case "probability":
      return { probability: output.probability };
    case "value":
      return { value: output.value };
    case "class":
      return {
        class: output.class,
        confidence: output.confidence ?? output.probabilities?.[output.class] ?? null,
        class_probabilities: output.probabilities ?? {},
      };
  }
}

/** Prefixed names, made once: a key made anew for every cell of every row has to be looked up by its text each time. */
function prefixedKeys(prefix: string): { of(name: string): string } {
  const keys = new Map<string, string>();
  return {
    of: (name) => {
      const known = keys.get(name);
      if (known !== undefined) return known;
      // Names come from contracts and pipelines: some hundreds. The bound is for a process that sees ever new ones.
      if (keys.size >= 10_000) keys.clear();
      const key = `${prefix}${name}`;
      keys.set(name, key);
      return key;
    },
  };
}

const inputKeys = prefixedKeys("i_");
const featureKeys = prefixedKeys("f_");

/**
 * One line of the outcome spool. What is left out has the defaults of the staging table: a boolean label needs no more
 * than it ever did, so lines spooled by an earlier version are read as what they were.
 */
export function outcomeLine(outcome: Outcome): string {
  const { kind, name, unit, value } = outcome;
  return JSON.stringify({
    prediction_id: outcome.predictionId,
    time: outcome.time,
    received: outcome.receivedAt,
    ...(kind === "label" ? {} : { kind, name, unit }),
    ...(typeof value === "boolean" ? { value: value ? 1 : 0 } : {}),
    ...(typeof value === "number" ? { type: "number", number: value } : {}),
    ...(typeof value === "string" ? { type: "text", text: value } : {}),
  });
}
