import { createHash } from "node:crypto";
import type { Baseline, BaselineStore } from "../../domain/baseline/baseline.ts";
import { type ProfileStore, referenceLine } from "../../domain/baseline/profile-store.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { DatasetFiles } from "../../domain/dataset/dataset-files.ts";
import { type Clock, type Instant, secondMs } from "../../domain/instant.ts";
import { invariant } from "../../domain/invariant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { releaseLineage } from "../../domain/lineage/own-lineage.ts";
import type { LoadedModel, ModelRuntime } from "../../domain/model/model.ts";
import type { Model, ModelStore } from "../../domain/model/model-store.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";
import { emptyWindows } from "../../domain/window/empty-windows.ts";
import { seasonOf } from "../../domain/window/window.ts";
import { type RunTeller, releaseEvents } from "./own-runs.ts";

export interface ReleasePorts {
  readonly files: DatasetFiles;
  readonly profiles: ProfileStore;
  readonly baselines: BaselineStore;
  readonly models: ModelStore;
  readonly releases: ReleaseStore;
  readonly transaction: Transact<GoLiveNouns>;
  readonly runs?: RunTeller | undefined;
  readonly runtime: ModelRuntime;
  readonly clock: Clock;
}

interface GoLiveNouns {
  readonly releases: ReleaseStore;
  readonly changes: ChangeStore;
  readonly lineage: LineageStore;
  readonly jobs: Pick<JobQueue, "send">;
}

export type ReleaseOutcome =
  | { readonly kind: "live"; readonly release: Release; readonly baseline: Baseline }
  | {
      readonly kind: "refused";
      readonly reason: "unknown-model" | "other-pipeline" | "too-few-windows";
      readonly message: string;
    };

/** A baseline needs this many reference windows before healthy windows can be compared with each other. */
const leastReferenceWindows = 8;

/**
 * Makes a release of a model: scores its dataset, freezes the baseline (features on all rows, scores and performance on
 * rows the model was never trained on), and puts model, pipeline and baseline live together.
 */
export async function makeRelease(
  ports: ReleasePorts,
  system: System,
  order: { readonly model: string; readonly note: string; readonly actor: string },
  progress: (step: string, share?: number) => Promise<void>,
): Promise<ReleaseOutcome> {
  const model = await ports.models.get(system.name, order.model);
  if (model === undefined)
    return { kind: "refused", reason: "unknown-model", message: `${system.name} has no model ${order.model}` };
  if (model.pipeline !== system.pipeline.version) {
    const message = `model ${model.version} was trained with pipeline ${model.pipeline}, but ${system.name} now declares ${system.pipeline.version}; train again, or apply the pipeline it was trained with`;
    return { kind: "refused", reason: "other-pipeline", message };
  }
  const draft = await ports.releases.createDraft({
    system: system.name,
    model: model.version,
    pipeline: model.pipeline,
    note: order.note,
    createdAt: ports.clock.now(),
  });
  await progress("scoring the reference rows");
  const loaded = await ports.runtime.load(model.version, model.artifactPath, system.pipeline.features);
  try {
    await ports.profiles.loadReference(system, draft.id, referenceLines(ports, system, model, loaded, progress));
  } finally {
    loaded.unload();
  }
  const frozen = await freezeBaseline(ports, system, draft.id, progress);
  if (frozen.kind === "refused") return frozen;
  const release = await goLive(ports, system, draft.id, frozen.baseline, order.actor);
  return { kind: "live", release, baseline: frozen.baseline };
}

/** Freezes and counts the reference rows already loaded for a release. */
export async function freezeBaseline(
  ports: Pick<ReleasePorts, "profiles" | "baselines" | "clock">,
  system: System,
  release: string,
  progress: (step: string, share?: number) => Promise<void>,
): Promise<{ readonly kind: "frozen"; readonly baseline: Baseline } | Extract<ReleaseOutcome, { kind: "refused" }>> {
  await progress("freezing bins, edges and segments");
  const frozen = await ports.profiles.freeze(system, release);
  if (frozen.windows.length < leastReferenceWindows) {
    const message = `the reference rows span ${frozen.windows.length} windows; at least ${leastReferenceWindows} are needed to know how much healthy windows differ from each other`;
    return { kind: "refused", reason: "too-few-windows", message };
  }
  const windows = referenceWindows(system, frozen.windows);
  const content = JSON.stringify([system.name, release, frozen]);
  const baseline: Baseline = {
    id: `b-${createHash("sha256").update(content).digest("hex").slice(0, 16)}`,
    system: system.name,
    release,
    createdAt: ports.clock.now(),
    rows: frozen.rows,
    scoredRows: frozen.scoredRows,
    features: frozen.features,
    unusual: frozen.unusual,
    score: frozen.score,
    segments: frozen.segments,
    windows,
  };
  await progress("counting the reference windows");
  await ports.profiles.profileReference(system, baseline);
  await ports.baselines.save(baseline);
  return { kind: "frozen", baseline };
}

/**
 * The windows of a reference, its empty ones too: how often nothing comes is part of what is normal, and without them
 * silence could not be told from a quiet night.
 */
function referenceWindows(
  { windows: { lengthMs, season } }: System,
  counted: readonly { readonly start: Instant; readonly rows: number }[],
): Baseline["windows"] {
  const filled = counted.map(({ start, rows }) => ({ start, end: start + lengthMs, rows }));
  const last = Math.max(...filled.map(({ end }) => end));
  return [...filled, ...emptyWindows(filled, lengthMs, last).map((window) => ({ ...window, rows: 0 }))]
    .sort((left, right) => left.start - right.start)
    .map((window) => ({ ...window, season: seasonOf(window, season) }));
}

/** Puts a release with its baseline live, and records the change and the lineage, in one transaction. */
export async function goLive(
  ports: Pick<ReleasePorts, "transaction" | "runs" | "clock">,
  system: System,
  id: string,
  baseline: Baseline,
  actor: string,
): Promise<Release> {
  const at = ports.clock.now();
  return ports.transaction(async (inside) => {
    await inside.releases.attachBaseline(system.name, id, baseline.id);
    const release = await inside.releases.goLive(system.name, id, at);
    await inside.changes.record({
      id: `release-${system.name}-${release.number}-${at}`,
      component: `release:${system.name}`,
      kind: "deploy",
      title: `release ${release.number} (${release.id}) went live`,
      time: at,
      recordedAt: at,
      actor,
      system: system.name,
    });
    await inside.lineage.record(releaseLineage(release, baseline, at));
    await ports.runs?.tell(inside, releaseEvents(release));
    return release;
  });
}

async function* referenceLines(
  ports: ReleasePorts,
  system: System,
  model: Model,
  loaded: LoadedModel,
  progress: (step: string, share?: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const total = await ports.files.count(system, model.dataset);
  const encoder = new TextEncoder();
  let done = 0;
  let lastTold: Instant = ports.clock.now();
  for await (const batch of ports.files.labelledVectors(system, model.dataset, model.split)) {
    const scores = loaded.score(batch.map((row) => row.vector));
    const lines = batch.map((row, index) => {
      const probability = scores[index];
      invariant(probability !== undefined, "a model scores every vector");
      return referenceLine(
        {
          time: row.time,
          inputs: row.inputs,
          vector: row.vector,
          probability,
          neverTrained: !row.trainedOn,
          outcome: row.outcome,
        },
        system.pipeline.features,
      );
    });
    yield encoder.encode(`${lines.join("\n")}\n`);
    done += batch.length;
    const now = ports.clock.now();
    if (now - lastTold > secondMs) {
      lastTold = now;
      await progress("scoring the reference rows", total === 0 ? undefined : done / total);
    }
  }
}
