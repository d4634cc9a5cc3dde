import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import type { DatasetFiles, LabelledVector } from "../../domain/dataset/dataset-files.ts";
import { dayMs } from "../../domain/instant.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import { createForestRuntime } from "../../runtime/forest-runtime.ts";
import { createForestTrainer } from "../../runtime/train-forest.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../../store/control/open-control-store.ts";
import { makeRelease } from "./make-release.ts";
import { trainModel } from "./train-model.ts";

const system = { ...sampleSystem("trained"), task: { type: "binary-classification", threshold: 0.5 } } as const;
const start = Date.parse("2024-01-01T00:00:00Z");
const never = new AbortController().signal;
const silent = async (): Promise<void> => undefined;

let root: string;
let store: ControlStore;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-learn-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

/** A dataset in memory, because its files are the data plane's: forty rows a day for twenty days, late when far. */
function dataset(outcomeOf: (distance: number) => boolean = (distance) => distance >= 500): DatasetFiles {
  const all = Array.from({ length: 800 }, (_, index): LabelledVector => {
    const distance = (index * 37) % 1_000;
    const time = start + Math.floor(index / 40) * dayMs;
    return { time, inputs: { distance }, vector: [distance], outcome: outcomeOf(distance), trainedOn: false };
  });
  return {
    writeTrainingCsv: async (_system, _digest, split, csvPath) => {
      const training = all.filter((row) => row.time < split.heldOutFrom);
      const lines = training.map((row) => `${row.vector[0]},"${row.outcome}"`);
      await writeFile(csvPath, `distance,outcome\n${lines.join("\n")}\n`);
      return { rows: training.length };
    },
    async *labelledVectors(_system, _digest, split) {
      const rows = all.map((row) => ({ ...row, trainedOn: row.time < split.heldOutFrom }));
      for (let first = 0; first < rows.length; first += 300) yield rows.slice(first, first + 300);
    },
    count: async () => all.length,
  };
}
const split = (heldOutDay: number) => ({
  timeField: "time",
  heldOutFrom: start + heldOutDay * dayMs,
  maxTrainingRows: 10_000,
});
const train = (files: DatasetFiles, heldOutDay: number) =>
  trainModel(
    {
      files,
      trainer: createForestTrainer(),
      runtime: createForestRuntime(join(root, "artifacts")),
      transaction: store.transaction,
      clock: { now: () => start },
      directory: join(root, "artifacts"),
    },
    system,
    { dataset: "ds-0123456789abcdef", split: split(heldOutDay), actor: "ann" },
    silent,
    never,
  );

describe("training a model", () => {
  it("measures it on rows held out in time and keeps it under the digest of what made it", async () => {
    const first = await train(dataset(), 15);
    if (first.kind === "refused") throw new Error(first.message);
    expect(first.model).toMatchObject({
      system: "trained",
      pipeline: system.pipeline.version,
      trainedRows: 600,
      heldOutRows: 200,
    });
    expect(first.model.version).toMatch(/^m-[0-9a-f]{16}$/);
    // The rule is a single threshold: a forest must find it.
    expect(first.model.heldOut.auc.value).toBeGreaterThan(0.95);
    expect(first.model.heldOut.positiveShare.value).toBeCloseTo(0.5, 1);
    expect(await store.models.get("trained", first.model.version)).toEqual(first.model);
    expect(await store.models.pipeline(system.pipeline.version)).toEqual(system.pipeline);
    expect(await readdir(join(root, "artifacts", "models"))).toEqual([`${first.model.version}.zip`]);
    expect(await readdir(join(root, "artifacts", "work"))).toEqual([]);
  });

  it("gives the same version for the same inputs and another one for another split", async () => {
    const [again, other] = [await train(dataset(), 15), await train(dataset(), 14)];
    if (again.kind === "refused" || other.kind === "refused") throw new Error("refused");
    const versions = (await store.models.list("trained")).map((model) => model.version);
    expect(new Set(versions)).toEqual(new Set([again.model.version, other.model.version]));
    expect(versions).toHaveLength(2);
  });

  it("is refused where there is nothing to learn from or to measure on", async () => {
    expect(await train(dataset(), 0)).toMatchObject({ kind: "refused", reason: "no-training-rows" });
    expect(await train(dataset(), 20)).toMatchObject({ kind: "refused", reason: "no-held-out-rows" });
  });

  it("is refused where all held-out rows have one outcome, and nothing is saved", async () => {
    let row = 0;
    const oneKindLate = dataset(() => {
      row += 1;
      return row <= 600 && row % 2 === 0;
    });
    expect(await train(oneKindLate, 15)).toMatchObject({ kind: "refused", reason: "one-class-only" });
    expect(await store.models.list("trained")).toHaveLength(2);
  });
});

describe("making a release", () => {
  /** Freezing and counting are the data plane's; written by hand to say how many windows the reference spans. */
  function releasing(windows: number) {
    const lines: Record<string, unknown>[] = [];
    const profiles = {
      loadReference: async (_system, _release, ndjson) => {
        for await (const bytes of ndjson)
          lines.push(
            ...new TextDecoder()
              .decode(bytes)
              .trim()
              .split("\n")
              .map((line) => JSON.parse(line) as Record<string, unknown>),
          );
        return { rows: lines.length };
      },
      freeze: async () => ({
        rows: lines.length,
        scoredRows: 200,
        features: [],
        score: { kind: "probability" as const, edges: [0.5], threshold: 0.5 },
        segments: [],
        windows: Array.from({ length: windows }, (_, day) => ({ start: start + day * dayMs, rows: 40 })),
      }),
      profileReference: async () => undefined,
    } as Partial<ProfileStore> as ProfileStore;
    const ports = {
      ...store,
      files: dataset(),
      profiles,
      runtime: createForestRuntime(join(root, "artifacts")),
      clock: { now: () => start },
    };
    return {
      lines,
      release: (model: string, of: typeof system = system) =>
        makeRelease(ports, of, { model, note: "n", actor: "ann" }, silent),
    };
  }
  it("is recorded as lineage from the source's rows to the system, and training as a change, once however often", async () => {
    const { version } = await anyModel();
    const graph = await walkLineage(store.lineage, { node: `model:${version}`, direction: "up", depth: 5 });
    expect(graph?.nodes.map((node) => node.name)).toEqual([
      "dataset:ds-0123456789abcdef",
      `pipeline:${system.pipeline.version}`,
      `model:${version}`,
    ]);
    const trainings = await store.changes.list({ system: "trained", kind: "training" });
    expect(trainings.map((change) => change.component).sort()).toEqual(
      (await store.models.list("trained")).map((model) => `model:${model.version}`).sort(),
    );
  });

  const anyModel = async () => (await store.models.list("trained"))[0]!;

  it("puts model, pipeline and baseline live together, and marks which rows may measure the model", async () => {
    const model = await anyModel();
    const { lines, release } = releasing(20);
    const made = await release(model.version);
    if (made.kind === "refused") throw new Error(made.message);
    expect(made.release).toMatchObject({
      id: "trained-1",
      stage: "live",
      model: model.version,
      pipeline: model.pipeline,
      baseline: made.baseline.id,
    });
    expect(await store.baselines.get("trained", made.baseline.id)).toEqual(made.baseline);
    expect(made.baseline.windows.slice(0, 2)).toEqual([
      { start, end: start + dayMs, rows: 40, season: "day-1" },
      { start: start + dayMs, end: start + 2 * dayMs, rows: 40, season: "day-2" },
    ]);
    expect(lines).toHaveLength(800);
    const heldOut = lines.filter((line) => (line.time as number) >= model.split.heldOutFrom);
    expect(lines.filter((line) => line.scored === 1)).toEqual(heldOut);
    expect(lines[1]).toMatchObject({ i_distance: 37, f_distance: 37, outcome: 0 });
    expect(await store.changes.list({ system: "trained", kind: "deploy" })).toMatchObject([
      { component: "release:trained", kind: "deploy", actor: "ann" },
    ]);
  });

  it("is refused for a model nobody trained, one of another pipeline, and too short a reference; what was live stays live", async () => {
    const { version } = await anyModel();
    expect(await releasing(20).release("m-0")).toMatchObject({ kind: "refused", reason: "unknown-model" });
    const moved = { ...system, pipeline: { ...system.pipeline, version: "pl-moved" } };
    expect(await releasing(20).release(version, moved)).toMatchObject({ kind: "refused", reason: "other-pipeline" });
    expect(await releasing(7).release(version)).toMatchObject({ kind: "refused", reason: "too-few-windows" });
    expect((await store.releases.live("trained"))?.id).toBe("trained-1");
  });
});
