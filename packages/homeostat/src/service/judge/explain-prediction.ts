import type { ContractWindow, ContractWindowStore } from "../../domain/contract/contract-window.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Model, ModelStore } from "../../domain/model/model-store.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { LoggedPrediction, PredictionLog } from "../../domain/prediction/prediction-log.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import { type System, type SystemStore, versionAt } from "../../domain/system/system.ts";
import { windowOf } from "../../domain/window/window.ts";

interface ExplainPorts {
  readonly log: PredictionLog;
  readonly systems: SystemStore;
  readonly models: ModelStore;
  readonly releases: ReleaseStore;
  readonly contracts: Pick<ContractWindowStore, "list">;
}

/** How old a value was when the model saw it: told by the sender, reckoned from the source's time, or not known. */
type FeatureAge = { readonly kind: "told" | "source-time"; readonly seconds: number } | { readonly kind: "unknown" };

interface ExplainedFeature {
  readonly name: string;
  readonly type: string;
  readonly value: string | number | boolean | null;
  readonly expression: string;
  /** Input fields it reads; undefined where they were not noted. */
  readonly reads: readonly string[] | undefined;
  readonly age: FeatureAge;
}

/** One prediction with everything it came from, as far as it is known. */
export interface ExplainedPrediction {
  readonly prediction: LoggedPrediction;
  /** The declaration that counted when it arrived. */
  readonly system: System;
  readonly pipeline: Pipeline;
  readonly features: readonly ExplainedFeature[];
  readonly release: Release | undefined;
  /** undefined: made elsewhere, or answered by a constant. */
  readonly model: Model | undefined;
  /** How the rules of the contract did over the window that it is in; undefined: the window was not held to them yet. */
  readonly checkedWindow: ContractWindow | undefined;
}

/**
 * Walks one prediction back: outputs, vector, the expressions that made it, inputs, source and contract, release, model and
 * the dataset it was trained on. What is not known is said to be unknown. undefined: no such prediction is stored.
 */
export async function explainPrediction(
  ports: ExplainPorts,
  system: System,
  id: string,
): Promise<ExplainedPrediction | undefined> {
  const prediction = await ports.log.find(system, id);
  if (prediction === undefined) return undefined;
  const declared = versionAt(await ports.systems.versions(system.name), prediction.receivedAt)?.system ?? system;
  const release = await ports.releases.get(system.name, prediction.release);
  const version = prediction.pipeline || release?.pipeline || declared.pipeline.version;
  const pipeline = (await ports.models.pipeline(version)) ?? declared.pipeline;
  const modelVersion = prediction.model || release?.model;
  const model = modelVersion === undefined ? undefined : await ports.models.get(system.name, modelVersion);
  const { start, end } = windowOf(prediction.time, declared.windows.lengthMs);
  const [checkedWindow] = await ports.contracts.list(system.name, { from: start, to: end });
  return {
    prediction,
    system: declared,
    pipeline,
    features: pipeline.features.map((feature) => ({
      name: feature.name,
      type: feature.type,
      value: prediction.features[feature.name] ?? null,
      expression: feature.expression,
      reads: feature.reads,
      age: ageOf(prediction, feature.name),
    })),
    release,
    model,
    checkedWindow,
  };
}

/** `sourceTime` among the state is the time of the source's record that the inputs came from. */
function ageOf(prediction: LoggedPrediction, feature: string): FeatureAge {
  const told = prediction.featureAges[feature];
  if (told !== undefined) return { kind: "told", seconds: told };
  const sourceTime: Instant = Date.parse(prediction.state.sourceTime ?? "");
  const ageMs = prediction.time - sourceTime;
  return Number.isNaN(ageMs) || ageMs < 0 ? { kind: "unknown" } : { kind: "source-time", seconds: ageMs / 1_000 };
}
