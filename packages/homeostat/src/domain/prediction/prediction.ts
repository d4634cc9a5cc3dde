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
  readonly probability: number;
  readonly inputs: InputRow;
  /** The vector the model really saw; undefined when it was not told: the store then computes it from the inputs and says so. */
  readonly vector: SeenVector | undefined;
}

/** Values with the features they belong to: those of the pipeline that answered, which may not be the one declared now. */
interface SeenVector {
  readonly features: readonly { readonly name: string }[];
  readonly values: FeatureVector;
}

/** What turned out to be true of a prediction. */
export interface Outcome {
  readonly predictionId: string;
  readonly time: Instant;
  readonly receivedAt: Instant;
  readonly value: boolean;
}

/** How far ahead of the server's clock an event may claim to be: minutes of skew are normal, more is a wrong clock. */
export const futureToleranceMs = 5 * 60_000;

/**
 * One line of the spool, as the data plane's staging table takes it: flat keys, inputs as `i_<field>`, the vector as
 * `f_<feature>`, times in milliseconds.
 */
export function predictionLine(prediction: Prediction): string {
  const head = JSON.stringify({
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
    probability: prediction.probability,
    vector_seen: prediction.vector === undefined ? 0 : 1,
  });
  const { inputs, vector } = prediction;
  // Put together as text: an object of prefixed keys costs three times as much, and this is done for every row.
  let members = "";
  for (const name of Object.keys(inputs)) members += memberText("i_", name, inputs[name] ?? null);
  vector?.features.forEach((feature, index) => {
    members += memberText("f_", feature.name, vector.values[index] ?? null);
  });
  return `${head.slice(0, -1)}${members}}`;
}

function memberText(prefix: string, name: string, value: string | number | boolean | null): string {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : JSON.stringify(value);
  return `${memberHead(prefix + name)}${text}`;
}

const memberHeads = new Map<string, string>();
/** Names come from contracts and pipelines: some hundreds. The bound is for a process that sees ever new ones. */
const mostMemberHeads = 10_000;

function memberHead(key: string): string {
  const known = memberHeads.get(key);
  if (known !== undefined) return known;
  if (memberHeads.size >= mostMemberHeads) memberHeads.clear();
  const head = `,${JSON.stringify(key)}:`;
  memberHeads.set(key, head);
  return head;
}

/** One line of the outcome spool. */
export function outcomeLine(outcome: Outcome): string {
  return JSON.stringify({
    prediction_id: outcome.predictionId,
    time: outcome.time,
    received: outcome.receivedAt,
    value: outcome.value ? 1 : 0,
  });
}
