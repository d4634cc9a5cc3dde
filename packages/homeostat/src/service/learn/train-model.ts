import { createHash } from "node:crypto";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Cancellation } from "../../domain/cancellation.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { DatasetFiles, TrainingSplit } from "../../domain/dataset/dataset-files.ts";
import type { Clock } from "../../domain/instant.ts";
import { invariant } from "../../domain/invariant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { trainingLineage } from "../../domain/lineage/own-lineage.ts";
import type { ModelRuntime, Trainer } from "../../domain/model/model.ts";
import type { HeldOutMetrics, Model, ModelStore } from "../../domain/model/model-store.ts";
import type { System } from "../../domain/system/system.ts";
import { decisionThreshold } from "../../domain/system/task.ts";
import type { Transact } from "../../domain/transaction.ts";
import { heldOutMetrics } from "./held-out-metrics.ts";
import { type RunTeller, trainingEvents } from "./own-runs.ts";

export interface TrainingPorts {
  readonly files: DatasetFiles;
  readonly trainer: Trainer;
  readonly runtime: ModelRuntime;
  readonly transaction: Transact<TrainingNouns>;
  readonly runs?: RunTeller | undefined;
  readonly clock: Clock;
  /** Where artifacts live. */
  readonly directory: string;
}

interface TrainingNouns {
  readonly models: ModelStore;
  readonly changes: ChangeStore;
  readonly lineage: LineageStore;
  readonly jobs: Pick<JobQueue, "send">;
}

export interface TrainingOrder {
  readonly dataset: string;
  readonly split: TrainingSplit;
  readonly actor: string;
}

export type TrainingOutcome =
  | { readonly kind: "trained"; readonly model: Model }
  | {
      readonly kind: "refused";
      readonly reason: "no-training-rows" | "no-held-out-rows" | "one-class-only";
      readonly message: string;
    };

/**
 * Trains a model from a dataset version with the system's pipeline version and measures it on the part held out in
 * time. The model's version is a digest of everything that made it, so the same inputs give the same version.
 */
export async function trainModel(
  ports: TrainingPorts,
  system: System,
  order: TrainingOrder,
  progress: (step: string, share?: number) => Promise<void>,
  cancellation: Cancellation,
): Promise<TrainingOutcome> {
  const workbench = join(ports.directory, "work", `${order.dataset.slice(0, 19)}-${ports.clock.now()}`);
  await mkdir(workbench, { recursive: true });
  try {
    await progress("computing features of the training rows");
    const csvPath = join(workbench, "training.csv");
    const written = await ports.files.writeTrainingCsv(system, order.dataset, order.split, csvPath);
    if (written.rows === 0)
      return {
        kind: "refused",
        reason: "no-training-rows",
        message: "no row of the dataset lies before the held-out part",
      };
    await progress(`training on ${written.rows} rows with ${ports.trainer.identity}`);
    const artifactPath = join(workbench, "model.zip");
    const trained = await ports.trainer.train(
      { csvPath, labelColumn: "outcome", features: system.pipeline.features, artifactPath },
      cancellation,
    );
    const version = versionOf(system, order, ports.trainer.identity, trained.artifactDigest);
    const kept = await keepArtifact(ports.directory, artifactPath, version);
    await progress("measuring on the held-out part");
    const measured = await measure(ports, system, order, version, kept);
    if (measured.kind === "refused") return measured;
    const model: Model = {
      version,
      system: system.name,
      pipeline: system.pipeline.version,
      dataset: order.dataset,
      trainer: ports.trainer.identity,
      artifactPath: relative(ports.directory, kept),
      trainedRows: written.rows,
      heldOutRows: measured.rows,
      trainingMs: trained.trainingMs,
      heldOut: measured.metrics,
      split: order.split,
      createdAt: ports.clock.now(),
    };
    await ports.transaction((inside) => keepModel(inside, system, model, order.actor, ports.runs));
    return { kind: "trained", model };
  } finally {
    await rm(workbench, { recursive: true, force: true });
  }
}

/** The model, the change and the lineage: all or none. Training again gives the same version and is no new change. */
async function keepModel(
  inside: TrainingNouns,
  system: System,
  model: Model,
  actor: string,
  runs: RunTeller | undefined,
): Promise<void> {
  await inside.models.savePipeline(system.pipeline);
  await inside.models.save(model);
  await inside.changes.record({
    id: `training-${system.name}-${model.version}`,
    component: `model:${model.version}`,
    kind: "training",
    title: `model ${model.version} was trained on ${model.trainedRows} rows of ${model.dataset.slice(0, 15)}`,
    time: model.createdAt,
    recordedAt: model.createdAt,
    actor,
    system: system.name,
  });
  await inside.lineage.record(trainingLineage(model));
  await runs?.tell(inside, trainingEvents(model));
}

function versionOf(system: System, order: TrainingOrder, trainer: string, artifactDigest: string): string {
  const made = JSON.stringify([system.pipeline.version, order.dataset, order.split, trainer, artifactDigest]);
  return `m-${createHash("sha256").update(made).digest("hex").slice(0, 16)}`;
}

async function keepArtifact(directory: string, from: string, version: string): Promise<string> {
  const kept = join(directory, "models", `${version}.zip`);
  await mkdir(join(directory, "models"), { recursive: true });
  // Moved into place whole: the same version may be serving, and a copy cut short must not take its place.
  await copyFile(from, `${kept}.new`);
  await rename(`${kept}.new`, kept);
  return kept;
}

async function measure(
  ports: TrainingPorts,
  system: System,
  order: TrainingOrder,
  version: string,
  artifactPath: string,
): Promise<
  | { readonly kind: "measured"; readonly rows: number; readonly metrics: HeldOutMetrics }
  | Extract<TrainingOutcome, { kind: "refused" }>
> {
  const loaded = await ports.runtime.load(version, artifactPath, system.pipeline.features);
  try {
    const scores: number[] = [];
    const outcomes: boolean[] = [];
    for await (const batch of ports.files.labelledVectors(system, order.dataset, order.split)) {
      const held = batch.filter((row) => row.time >= order.split.heldOutFrom);
      const scored = loaded.score(held.map((row) => row.vector));
      held.forEach((row, index) => {
        const score = scored[index];
        invariant(score !== undefined, "a model scores every vector");
        scores.push(score);
        outcomes.push(row.outcome);
      });
    }
    if (scores.length === 0)
      return {
        kind: "refused",
        reason: "no-held-out-rows",
        message: "no row of the dataset lies in the held-out part, so the model cannot be measured",
      };
    const metrics = heldOutMetrics(scores, outcomes, decisionThreshold(system.task));
    return metrics === undefined
      ? {
          kind: "refused",
          reason: "one-class-only",
          message: "every held-out row has the same outcome, so the model cannot be measured",
        }
      : { kind: "measured", rows: scores.length, metrics };
  } finally {
    loaded.unload();
  }
}
