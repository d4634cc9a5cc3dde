import { beforeAll, describe, expect, it } from "vitest";
import type { Baseline, FrozenProbability } from "../../domain/baseline/baseline.ts";
import {
  addProbabilitySums,
  noProbabilitySums,
  type ProbabilitySums,
  probabilitySumNames,
} from "../../domain/baseline/probability-sums.ts";
import { scoreSubject } from "../../domain/baseline/profile-store.ts";
import { unusualScore } from "../../domain/baseline/unusual.ts";
import { hourMs } from "../../domain/instant.ts";
import { categoricalBinningOf } from "../../stats/histogram/categorical-binning.ts";
import { numericBinningOf } from "../../stats/histogram/numeric-binning.ts";
import { withRange } from "../../stats/histogram/with-range.ts";
import { binnedAuc } from "../../stats/performance/binned-auc.ts";
import { exactAuc } from "../../stats/performance/exact-auc.ts";
import type { DataBench } from "./data-bench.ts";
import { countedProfile, plainProfile } from "./data-count.ts";
import { at, blocksOf, firstWindow, sampleShop, vectorOf } from "./data-sample.ts";
import {
  lineOfOutcome,
  liveWindow,
  makeScene,
  nextWindow,
  referenceBlocks,
  type Scene,
  storeLive,
} from "./data-scene.ts";
import { serviceConformance } from "./data-service-conformance.ts";
import { sliceConformance } from "./data-slice-conformance.ts";

/** Profiles against the statistics room: what the engine counts is what the same rows give in memory. */
export function profileConformance(bench: () => DataBench): void {
  let made: Scene | undefined;
  beforeAll(async () => {
    made = await makeScene(bench(), "counted-shop");
  });
  const scene = (): Scene => {
    if (made === undefined) throw new Error("the scene was not made");
    return made;
  };
  describe("of a reference", () => references(bench, scene));
  describe("of live windows", () => liveWindows(bench, scene));
  describe("of serving", () => serviceConformance(bench));
  describe("looked at row by row", () => sliceConformance(bench, scene));
}

function references(bench: () => DataBench, scene: () => Scene): void {
  it("freezes the bins that the statistics room makes of the same rows", () => {
    const { baseline, reference, system } = scene();
    system.pipeline.features.forEach((feature, place) => {
      const values = reference.map((row) => vectorOf(row.inputs)[place] ?? null);
      const frozen = baseline.features[place];
      expect(frozen?.name).toBe(feature.name);
      expect(frozen?.nullShare).toBeCloseTo(values.filter((value) => value === null).length / values.length, 12);
      const numbers = values.filter((value) => typeof value === "number");
      const range = { least: Math.min(...numbers), greatest: Math.max(...numbers) };
      if (feature.type === "number") expect(frozen?.range).toEqual(range);
      if (feature.type === "number")
        expect(frozen?.binning).toEqual(withRange(numericBinningOf(numbers), range.least, range.greatest));
      else expect(frozen?.binning).toEqual(categoricalBinningOf(countsOf(values)));
    });
    expect(baseline).toMatchObject({ rows: 1_500, scoredRows: reference.filter((row) => row.scored).length });
    expect(baseline.features.find((feature) => feature.name === "constant")?.percentiles).toEqual(Array(7).fill(7));
    expect(baseline.features.find((feature) => feature.name === "label")?.percentiles).toEqual([]);
    const { edges } = probabilityOf(baseline);
    expect(edges).toContain(0.5);
    expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
  });

  it("keeps the most frequent values of a segment, never the missing one, and counts rows by window", () => {
    const { baseline, reference } = scene();
    const labels = countsOf(reference.map((row) => row.inputs.label as string | null));
    const top = [...labels].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 3);
    expect(baseline.segments[0]).toEqual({ name: "label", values: top.map(([value]) => value) });
    expect(baseline.windows.map(({ start, rows }) => ({ start, rows }))).toEqual(
      [0, 1, 2].map((n) => ({
        start: firstWindow + n * hourMs,
        rows: reference.filter((row) => Math.floor((row.time - firstWindow) / hourMs) === n).length,
      })),
    );
  });

  it("counts every feature, segment value and score bin of every window, and no more when counted again", async () => {
    const { baseline, reference, system } = scene();
    await bench().profiles.profileReference(system, baseline);
    const profiles = await bench().profiles.reference(baseline);
    expect(profiles.map((profile) => profile.window.start)).toEqual(baseline.windows.map((window) => window.start));
    profiles.forEach((profile) => {
      expect(plainProfile(profile)).toEqual(countedProfile(system, baseline, profile.window, reference));
    });
  });

  it("knows one row in a thousand of the reference as unusual, and rows far outside as well", () => {
    const { baseline, reference } = scene();
    const { unusual, features } = baseline;
    if (unusual === undefined) throw new Error("1,500 rows are enough to tell");
    const scores = reference.map((row) => unusualScore(unusual, features, vectorOf(row.inputs)));
    expect(scores.filter((score) => score > unusual.limit).length).toBeLessThanOrEqual(2);
    const far = { ...at(reference, 0).inputs, amount: 1e6, label: "from elsewhere" };
    expect(unusualScore(unusual, features, vectorOf(far))).toBeGreaterThan(unusual.limit);
  });

  it("replaces what an interrupted load of the same release left, and leaves other releases alone", async () => {
    const { profiles, events } = bench();
    const system = sampleShop("reloaded");
    await events.ensureTables(system);
    const { reference } = scene();
    await profiles.loadReference(system, "other", referenceBlocks(system, reference.slice(0, 10)));
    await profiles.loadReference(system, "r1", referenceBlocks(system, reference.slice(0, 400)));
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield* referenceBlocks(system, reference.slice(0, 20));
      throw new Error("the reader was stopped");
    };
    await expect(profiles.loadReference(system, "r1", broken())).rejects.toThrow();
    expect(await profiles.loadReference(system, "r1", referenceBlocks(system, reference.slice(0, 30)))).toEqual({
      rows: 30,
    });
    expect((await profiles.freeze(system, "r1")).rows).toBe(30);
    expect((await profiles.freeze(system, "other")).rows).toBe(10);
  });

  it("of a release served elsewhere is made of its received rows with their latest outcomes", async () => {
    const { system, baseline, live } = await makeScene(bench(), "received-shop");
    const range = { from: liveWindow.start, to: liveWindow.end };
    const rows = live.filter((row) => row.time < liveWindow.end);
    expect(await bench().profiles.referenceFromEvents(system, "r1", range)).toEqual({ rows: rows.length });
    expect(await bench().profiles.referenceFromEvents(system, "r1", range)).toEqual({ rows: rows.length });
    expect(await bench().profiles.referenceFromEvents(system, "nobody", range)).toEqual({ rows: 0 });
    await bench().profiles.profileReference(system, baseline);
    const [profile] = await bench().profiles.reference({
      ...baseline,
      windows: [{ ...liveWindow, rows: 0, season: "all" }],
    });
    expect(plainProfile(profile)).toEqual(countedProfile(system, baseline, liveWindow, rows));
  });

  it("of thousands of names is frozen and counted with all of them known", async () => {
    const { events, profiles } = bench();
    const system = sampleShop("wide");
    await events.ensureTables(system);
    const { reference, baseline } = scene();
    const label = (n: number): string => `customer number ${n} of a long list 'é`;
    const many = Array.from({ length: 6_000 }, (_, n) => ({
      ...at(reference, 0),
      inputs: { ...at(reference, 0).inputs, label: label(n) },
    }));
    await profiles.loadReference(system, "r1", referenceBlocks(system, many));
    const frozen = await profiles.freeze(system, "r1");
    const binning = frozen.features.find((feature) => feature.name === "label")?.binning;
    expect(binning).toMatchObject({ kind: "categorical", othersComplete: true });
    const wide = { ...baseline, ...frozen, id: "wide", system: "wide", windows: [] };
    await storeLive(bench(), system, [
      { ...at(many, 0), id: "a", time: liveWindow.start },
      { ...at(many, 0), id: "b", time: liveWindow.start, inputs: { ...at(many, 0).inputs, label: "a stranger" } },
    ]);
    await profiles.profileLive(system, wide, liveWindow, 1);
    const [profile] = await profiles.live(wide, [{ ...liveWindow, profileVersion: 1 }]);
    expect(plainProfile(profile).features[""].label).toEqual({ "0": 1, "50": 1 });
    expect(await profiles.newValues(system, wide, "label", liveWindow, undefined, 5)).toEqual([
      { value: "a stranger", count: 1 },
    ]);
  });
}

function liveWindows(bench: () => DataBench, scene: () => Scene): void {
  it("counts every feature, segment value and score bin as the same rows count in memory", async () => {
    const { baseline, live, system } = scene();
    const { profiles } = bench();
    for (const window of [liveWindow, nextWindow]) {
      const inside = live.filter((row) => row.time >= window.start && row.time < window.end);
      expect(await profiles.profileLive(system, baseline, window, 1)).toEqual({
        rows: inside.length,
        labelledRows: inside.filter((row) => row.outcome !== undefined).length,
      });
    }
    const versions = [liveWindow, nextWindow].map((window) => ({ ...window, profileVersion: 1 }));
    const counted = await profiles.live(baseline, versions);
    expect(counted.map(plainProfile)).toEqual(
      [liveWindow, nextWindow].map((window) => countedProfile(system, baseline, window, live)),
    );
    expect(await profiles.live(baseline, [])).toEqual([]);
  });

  it("sums what the losses, the calibration and the confidence of the labelled rows follow from", async () => {
    const { baseline, live } = scene();
    const [profile] = await bench().profiles.live(baseline, [{ ...liveWindow, profileVersion: 1 }]);
    const scores = profile?.scores.get("");
    if (scores?.kind !== "probability") throw new Error("there are scores");
    const { threshold } = probabilityOf(baseline);
    const labelled = live.filter((row) => row.time < liveWindow.end && row.outcome !== undefined);
    const sums = labelled
      .map((row) => termsOf(row.probability, row.outcome === true, threshold))
      .reduce((left, right) => addProbabilitySums(left, right) ?? noProbabilitySums, noProbabilitySums);
    expect(sums.correct).toBeGreaterThan(0);
    for (const name of probabilitySumNames) expect(scores.sums?.[name], name).toBeCloseTo(sums[name], 8);
  });

  it("gives AUC and accuracy of the rows from the bins", async () => {
    const { baseline, live } = scene();
    const [profile] = await bench().profiles.live(baseline, [{ ...liveWindow, profileVersion: 1 }]);
    const scores = profile?.scores.get("");
    if (scores?.kind !== "probability") throw new Error("there are scores");
    const labelled = live.filter((row) => row.time < liveWindow.end && row.outcome !== undefined);
    const order = scores.bins.map((bin, place) => ({ bin, place })).sort((a, b) => a.bin - b.bin);
    const binned = binnedAuc(
      order.map(({ place }) => scores.positives[place] ?? 0),
      order.map(({ place }) => scores.negatives[place] ?? 0),
    );
    const exact = exactAuc(
      labelled.map((row) => row.probability),
      labelled.map((row) => (row.outcome ? 1 : 0)),
    );
    if (binned.kind !== "binned-auc" || exact.kind !== "binned-auc") throw new Error("there is an AUC");
    expect(Math.abs(binned.estimate.value - exact.estimate.value)).toBeLessThanOrEqual(binned.binningBound + 1e-12);
    expect(binned.binningBound).toBeLessThan(0.01);
    const { edges, threshold } = probabilityOf(baseline);
    const positiveFrom = edges.indexOf(threshold) + 1;
    const right = order.reduce(
      (sum, { bin, place }) =>
        sum + (bin >= positiveFrom ? (scores.positives[place] ?? 0) : (scores.negatives[place] ?? 0)),
      0,
    );
    expect(right).toBe(labelled.filter((row) => row.probability >= threshold === row.outcome).length);
  });

  it("keeps the version before when a window is restated, forgets older ones, and counts a version once", async () => {
    const { system, baseline, live } = await makeScene(bench(), "restated-shop");
    const { profiles, events } = bench();
    const versioned = async (version: number) =>
      plainProfile((await profiles.live(baseline, [{ ...liveWindow, profileVersion: version }]))[0]);
    const before = countedProfile(system, baseline, liveWindow, live);
    await profiles.profileLive(system, baseline, liveWindow, 1);
    const corrected = live.map((row) => ({ ...row, outcome: row.outcome !== true }));
    const lines = corrected.map((row) => lineOfOutcome(row.id, row.outcome, row.time + hourMs));
    await events.storeOutcomes(system, blocksOf(...lines));
    const after = countedProfile(system, baseline, liveWindow, corrected);
    await profiles.profileLive(system, baseline, liveWindow, 2);
    await profiles.profileLive(system, baseline, liveWindow, 2);
    expect(await versioned(1)).toEqual(before);
    expect(await versioned(2)).toEqual(after);
    await profiles.profileLive(system, baseline, nextWindow, 1);
    await profiles.profileLive(system, baseline, liveWindow, 3);
    expect(await versioned(1)).toEqual({ features: {}, scores: {} });
    expect(await versioned(2)).toEqual(after);
    expect(await versioned(3)).toEqual(after);
    const [next] = await profiles.live(baseline, [{ ...nextWindow, profileVersion: 1 }]);
    expect(plainProfile(next)).toEqual(countedProfile(system, baseline, nextWindow, corrected));
  });

  it("of a window without rows holds nothing", async () => {
    const { system, baseline } = scene();
    const empty = { start: liveWindow.start - hourMs, end: liveWindow.start };
    expect(await bench().profiles.profileLive(system, baseline, empty, 1)).toEqual({ rows: 0, labelledRows: 0 });
    const [profile] = await bench().profiles.live(baseline, [{ ...empty, profileVersion: 1 }]);
    expect(profile?.scores.has(scoreSubject)).toBe(false);
    expect(profile?.features.size).toBe(0);
  });

  it("names values never seen in the baseline, most frequent first", async () => {
    const { system, baseline, live } = scene();
    const known = new Set(scene().reference.map((row) => row.inputs.label));
    const strangers = live.filter(
      (row) => row.time < liveWindow.end && row.inputs.label !== null && !known.has(row.inputs.label ?? ""),
    );
    const counts = [...countsOf(strangers.map((row) => row.inputs.label as string))].map(([value, count]) => ({
      value,
      count,
    }));
    const sorted = counts.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    expect(sorted.length).toBeGreaterThan(2);
    const { profiles } = bench();
    const named = (feature: string, segment?: { readonly name: string; readonly value: string }) =>
      profiles.newValues(system, baseline, feature, liveWindow, segment, 2);
    expect(await named("label")).toEqual(sorted.slice(0, 2));
    // New labels are of no kept value of the segment: they all are among the others.
    expect(await named("label", { name: "label", value: "(other)" })).toEqual(sorted.slice(0, 2));
    expect(await named("label", { name: "label", value: baseline.segments[0]?.values[0] ?? "" })).toEqual([]);
    const greatest = Math.max(...scene().reference.map((row) => Number(row.inputs.amount ?? 0)));
    const beyond = live.filter((row) => row.time < liveWindow.end && Number(row.inputs.amount ?? 0) > greatest);
    const [most] = await named("amount");
    expect(Number(most?.value)).toBeGreaterThan(greatest);
    expect(most?.count).toBe(beyond.filter((row) => row.inputs.amount === Number(most?.value)).length);
    expect(await named("constant")).toEqual([]);
  });
}

/** What one labelled row adds to the sums. */
function termsOf(p: number, positive: boolean, threshold: number): ProbabilitySums {
  const y = positive ? 1 : 0;
  const confidence = p >= threshold ? p : 1 - p;
  const correct = p >= threshold === positive ? 1 : 0;
  const logLoss = -Math.log(Math.max(1e-15, positive ? p : 1 - p));
  return {
    quarticError: (p - y) ** 4,
    logLoss,
    logLossSquare: logLoss ** 2,
    spread: p * (1 - p),
    residualSlope: (y - p) * (1 - 2 * p),
    slopeSpread: (1 - 2 * p) ** 2 * p * (1 - p),
    confidence,
    confidenceSquare: confidence ** 2,
    correct,
    confidenceCorrect: confidence * correct,
  };
}

function probabilityOf({ score }: Baseline): FrozenProbability {
  if (score.kind !== "probability") throw new Error("the sample is of binary classification");
  return score;
}

function countsOf(values: readonly (string | number | null | undefined)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values)
    if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return counts;
}
