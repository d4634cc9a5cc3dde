import { beforeAll, expect, it } from "vitest";
import type { Baseline } from "../../domain/baseline/baseline.ts";
import { hourMs } from "../../domain/instant.ts";
import type { Prediction } from "../../domain/prediction/prediction.ts";
import { predictionLine } from "../../domain/prediction/prediction.ts";
import { createRowFacts } from "../data/row-facts.ts";
import { createRowSampler } from "../data/row-sampler.ts";
import type { DataBench } from "./data-bench.ts";
import { at, blocksOf, inputsAt, samplePrediction, sampleShop, vectorOf } from "./data-sample.ts";
import { liveWindow, referenceBlocks } from "./data-scene.ts";

const system = sampleShop("watched-shop", { entity: "label" });
const inside = (minute: number): number => liveWindow.start + minute * 60_000;

/** A row of the live window. */
function row(id: string, minute: number, change: Partial<Prediction> = {}): Prediction {
  const time = inside(minute);
  const inputs = change.inputs ?? inputsAt(time, { label: `customer ${minute % 5}` });
  return samplePrediction(id, {
    time,
    inputs,
    vector: { features: system.pipeline.features, values: vectorOf(inputs) },
    ...change,
  });
}

let sessions = 0;
const one = { ...inputsAt(liveWindow.start), amount: 50, label: "asked twice" };
const rows: readonly Prediction[] = [
  ...Array.from({ length: 40 }, (_, n) => row(`served ${n}`, n)),
  row("untold", 41, { vector: undefined }),
  row("of another release", 42, { release: "r0" }),
  // One question asked four times of one release: in one setting alike, in the other not.
  ...[0.25, 0.25].map((probability, n) =>
    row(`cold ${n}`, 45, { inputs: one, output: { kind: "probability", probability }, told: toldWith("0") }),
  ),
  ...[0.25, 0.75].map((probability, n) =>
    row(`warm ${n}`, 46, { inputs: one, output: { kind: "probability", probability }, told: toldWith("1") }),
  ),
  // Somebody feels for the threshold: slightly different amounts, both answers.
  ...Array.from({ length: 60 }, (_, n) =>
    row(`probe ${n}`, 50, {
      inputs: { ...one, amount: 60 + n / 1_000, label: "tea" },
      caller: "prober",
      output: { kind: "probability", probability: 0.45 + (n % 20) / 200 },
    }),
  ),
];

function toldWith(temperature: string): Prediction["told"] {
  sessions += 1;
  return {
    state: { temperature, session: `session ${sessions}` },
    costUsd: undefined,
    featureAges: { amount: temperature === "1" ? 7_200 : 60 },
  };
}

/** Draws of raw rows and counts over them: the answers of the engine are those of the same rows in memory. */
export function rowConformance(bench: () => DataBench): void {
  const facts = () => createRowFacts(bench().place.client);
  const sampler = () => createRowSampler(bench().place.client);
  let baseline: Baseline;
  beforeAll(async () => {
    const { events, profiles } = bench();
    await events.ensureTables(system);
    await profiles.loadReference(system, "r1", referenceBlocks(system));
    const frozen = await profiles.freeze(system, "r1");
    baseline = {
      ...frozen,
      id: "baseline of rows",
      system: system.name,
      release: "r1",
      createdAt: 0,
      windows: frozen.windows.map((window) => ({ ...window, end: window.start + hourMs, season: "all" })),
    };
    await events.storePredictions(system, blocksOf(...rows.map(predictionLine)));
  });

  it("draws served rows with what came in and what was seen, the same ones again, whole entities first", async () => {
    const draw = (most: number) => sampler().sample(system, liveWindow, "r1", system.pipeline, most);
    const all = await draw(1_000);
    const served = rows.filter(({ release, vector }) => release === "r1" && vector !== undefined);
    expect(all).toMatchObject({ withVector: served.length, windowRows: rows.length });
    expect(all.rows.map(({ id }) => id).sort()).toEqual(served.map(({ id }) => id).sort());
    for (const drawn of all.rows) {
      const sent = at(
        rows.filter(({ id }) => id === drawn.id),
        0,
      );
      expect(drawn.vector).toEqual(sent.vector?.values);
      expect(drawn.inputs).toEqual(sent.inputs);
      expect(drawn.entity).toBe(sent.inputs.label);
    }
    const some = await draw(20);
    expect(some.rows).toHaveLength(20);
    expect(await draw(20)).toEqual(some);
    expect(all.rows.slice(0, 20)).toEqual(some.rows);
  });

  it("draws vectors of live and of reference rows", async () => {
    const live = { kind: "live", from: liveWindow.start, to: liveWindow.end } as const;
    expect(await sampler().vectors(system, baseline, live, 1_000)).toHaveLength(rows.length);
    const [first] = baseline.windows;
    const reference = { kind: "reference", windows: [first?.start ?? 0] } as const;
    const drawn = await sampler().vectors(system, baseline, reference, 50);
    expect(drawn).toHaveLength(50);
    expect(await sampler().vectors(system, baseline, reference, 50)).toEqual(drawn);
    for (const vector of drawn) expect(vector).toHaveLength(system.pipeline.features.length);
  });

  it("counts questions asked again, by setting, and how far their answers lie apart; sessions are no setting", async () => {
    const repeats = await facts().repeats(system, liveWindow);
    const vectors = repeats.filter(({ same, setting }) => same === "vector" && setting !== "");
    expect(vectors.sort((left, right) => (left.setting < right.setting ? -1 : 1))).toEqual([
      expect.objectContaining({ setting: '{"temperature":"0"}', questions: 1, differing: 0, rows: 2, largest: 0 }),
      expect.objectContaining({
        setting: '{"temperature":"1"}',
        questions: 1,
        differing: 1,
        rows: 2,
        largest: 0.5,
        spread: expect.closeTo(Math.sqrt(0.125), 6),
      }),
    ]);
    expect(repeats.some(({ same }) => same === "input")).toBe(true);
    const reference = await facts().referenceRepeats(system, baseline);
    for (const { questions, rows: asked } of reference) expect(asked).toBeGreaterThanOrEqual(2 * questions);
  });

  it("sums the ages that senders told, against declared limits and against the baseline's", async () => {
    const [age, ...others] = await facts().featureAges(system, baseline, liveWindow, new Map([["amount", 3_600]]));
    expect(others).toEqual([]);
    expect(age).toMatchObject({ feature: "amount", rows: 4, greatest: 7_200, limit: 3_600, overLimit: 2 });
    const { profiles } = bench();
    await profiles.referenceFromEvents(system, "r1", { from: liveWindow.start, to: liveWindow.end });
    const [known] = await facts().featureAges(system, baseline, liveWindow, new Map());
    expect(known).toMatchObject({ limitFrom: "baseline", limit: 7_200, overLimit: 0, baselineRows: 4 });
    await profiles.loadReference(system, "r1", referenceBlocks(system));
    const [unknown] = await facts().featureAges(system, baseline, liveWindow, new Map());
    expect(unknown).toMatchObject({ limit: undefined, overLimit: 0, baselineRows: 0 });
  });

  it("finds the crowd of one caller about the threshold, and the fullest place of each reference window", async () => {
    const band = { least: 0.45, greatest: 0.55 };
    const [fullest] = await facts().crowds(system, baseline, liveWindow, band);
    expect(fullest).toMatchObject({ distinct: 60, rows: 60, nearThreshold: 60, positives: 30 });
    const crowds = await facts().crowds(system, baseline, liveWindow, band);
    expect(crowds.find(({ by, who }) => by === "caller" && who === "prober")?.distinct).toBe(60);
    expect(crowds.find(({ by, who }) => by === "label" && who === "tea")?.distinct).toBe(60);
    const reference = await facts().referenceCrowds(system, baseline, band);
    expect(reference.map(({ windowStart }) => windowStart)).toEqual(baseline.windows.map(({ start }) => start));
    for (const { distinct, rows: crowded } of reference) expect(distinct).toBeLessThanOrEqual(crowded);
  });
}
