import type { RowSampler } from "../../domain/baseline/row-sampler.ts";
import type { ExaminationStore } from "../../domain/examination/examination.ts";
import type { Clock } from "../../domain/instant.ts";
import type { ModelStore } from "../../domain/model/model-store.ts";
import type { FeatureComputer, FeatureVector, Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { Release } from "../../domain/release/release.ts";
import { judgeReplay } from "../../domain/skew/judge-replay.ts";
import type { ReplayOutcome } from "../../domain/skew/replay.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";

export interface ReplayPorts {
  readonly sampler: RowSampler;
  readonly features: FeatureComputer;
  readonly models: Pick<ModelStore, "pipeline">;
  readonly examinations: ExaminationStore;
  readonly clock: Clock;
}

/** So many that no mismatch at all proves a rate below one in a thousand with 95 % confidence. */
export const usualReplayRows = 3_000;
/** The engine that answers questions computes them: small enough that a question never waits long behind one. */
const rowsAtOnce = 500;

/**
 * Recomputes a sample of a window's logged inputs with the pipeline its release was trained with, compares feature by
 * feature with what was served, and keeps the report. The pipeline is the one the release names; a system whose
 * predictions are made elsewhere has one, the declared. Cost: one sample, one computation of the rows (10,000 take less
 * than 50 ms). @throws Fault of store and engine.
 */
export async function replayWindow(
  ports: ReplayPorts,
  system: System,
  release: Release,
  window: Window,
  mostRows: number,
): Promise<ReplayOutcome> {
  const pipeline = await trainingPipelineOf(ports, system, release);
  if (pipeline === undefined)
    return {
      kind: "not-replayed",
      reason: "no-pipeline",
      message: `the pipeline ${release.pipeline} of release ${release.id} is not known any more`,
    };
  const sample = await ports.sampler.sample(system, window, release.id, pipeline, mostRows);
  if (sample.windowRows === 0) return { kind: "not-replayed", reason: "no-rows", message: "the window holds no rows" };
  if (sample.rows.length === 0)
    return {
      kind: "not-replayed",
      reason: "no-vectors",
      message: `none of the ${sample.windowRows} rows tells the vector that release ${release.id} saw; only the distributions can be compared, which cannot see faults that shift rows against each other`,
    };
  const recomputed: FeatureVector[] = [];
  for (let at = 0; at < sample.rows.length; at += rowsAtOnce) {
    const inputs = sample.rows.slice(at, at + rowsAtOnce).map((row) => row.inputs);
    recomputed.push(...(await ports.features.compute(pipeline, inputs)));
  }
  const report = judgeReplay(release.id, pipeline, sample, recomputed);
  await ports.examinations.save({
    kind: "replay",
    system: system.name,
    window: { start: window.start, end: window.end },
    at: ports.clock.now(),
    report,
  });
  return { kind: "replayed", report };
}

async function trainingPipelineOf(
  ports: Pick<ReplayPorts, "models">,
  system: System,
  release: Release,
): Promise<Pipeline | undefined> {
  if (release.pipeline === system.pipeline.version) return system.pipeline;
  return ports.models.pipeline(release.pipeline);
}
