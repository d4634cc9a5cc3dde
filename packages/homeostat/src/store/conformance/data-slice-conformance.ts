import { expect, it } from "vitest";
import { type Baseline, otherValue } from "../../domain/baseline/baseline.ts";
import {
  type CodedDimension,
  type LatticeQuestion,
  type RowRange,
  type SentQuery,
  type Slice,
  segmentSlice,
} from "../../domain/baseline/slice-store.ts";
import { sliceDimensions } from "../../domain/diagnosis/slice-dimensions.ts";
import { hourMs } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import { binOf } from "../../stats/histogram/bin-of.ts";
import type { DataBench } from "./data-bench.ts";
import { countedFeatures, countedScores, plainCounts, plainScores } from "./data-count.ts";
import { at, countedValue, segmentsOf, vectorOf } from "./data-sample.ts";
import { liveWindow, nextWindow, type Scene, type SceneRow } from "./data-scene.ts";

const both = { kind: "live", from: liveWindow.start, to: nextWindow.end } as const;

/** Raw rows for a diagnosis: the answers of the engine are those of the same rows in memory. */
export function sliceConformance(bench: () => DataBench, scene: () => Scene): void {
  const inSlice = (row: SceneRow, slice: Slice | undefined): boolean =>
    slice === undefined ||
    slice.conditions.every(({ dimension: { name }, values }) =>
      values.includes(countedValue(scene().baseline, name, segmentsOf(row.inputs)[name] ?? "")),
    );

  it("pictures live and reference rows of all, of some values of a segment, of the rest and of no segment", async () => {
    const { system, baseline, live, reference } = scene();
    const top = baseline.segments[0]?.values ?? [];
    const slices: readonly (Slice | undefined)[] = [
      undefined,
      segmentSlice("label", top.slice(0, 2)),
      segmentSlice("label", ["(null)"]),
      segmentSlice("label", [otherValue, top[0] ?? ""]),
      segmentSlice("size", ["small", "nothing"]),
    ];
    const first = baseline.windows[0]?.start ?? 0;
    const ranges: readonly (readonly [RowRange, readonly SceneRow[]])[] = [
      [both, live],
      [{ ...both, to: liveWindow.end }, live.filter((row) => row.time < liveWindow.end)],
      [{ kind: "reference", windows: [first] }, reference.filter((row) => row.time < first + hourMs)],
    ];
    for (const [range, rows] of ranges)
      for (const slice of slices) {
        const picture = await bench().slices.picture(system, baseline, range, slice);
        const inside = rows.filter((row) => inSlice(row, slice));
        expect(picture.rows).toBe(inside.length);
        const features = [...picture.features].map(([name, counts]) => [name, plainCounts(counts)]);
        expect(Object.fromEntries(features)).toEqual(countedFeatures(system, baseline, inside));
        const scored = inside.filter((row) => row.scored);
        expect(plainScores(picture.score)).toEqual(countedScores(baseline, scored));
      }
    const unknown = await bench().slices.picture(system, baseline, both, segmentSlice("gone", ["x"]));
    expect(unknown.rows).toBe(0);
  });

  it("gives exact quantiles, values of few-valued features, and none without rows", async () => {
    const { system, baseline, live } = scene();
    const { slices } = bench();
    const amounts = live
      .flatMap((row) => vectorOf(row.inputs)[0] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    const levels = [0, 0.25, 0.5, 0.9];
    expect(await slices.quantiles(system, baseline, both, undefined, "amount", levels)).toEqual(
      levels.map((level) => amounts[Math.floor(level * amounts.length)]),
    );
    const none: RowRange = { kind: "live", from: 0, to: 1 };
    expect(await slices.quantiles(system, baseline, none, undefined, "amount", levels)).toEqual([]);
    const hours = new Map<number, number>();
    for (const row of live) {
      const hour = Number(vectorOf(row.inputs)[2]);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    expect(await slices.valueCounts(system, baseline, both, undefined, "hour", 2)).toEqual(hours);
    expect(await slices.valueCounts(system, baseline, both, undefined, "hour", 1)).toBeUndefined();
  });

  it("counts bins of a feature by hour", async () => {
    const { system, baseline, live } = scene();
    const binning = at(baseline.features, 4).binning;
    const expected = new Map<string, number>();
    for (const row of live) {
      const key = `${Math.floor(row.time / hourMs) * hourMs} ${binOf(binning, vectorOf(row.inputs)[4])}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const counted = await bench().slices.hourly(system, baseline, both, undefined, "label");
    expect(new Map(counted.map(({ hour, bin, count }) => [`${hour} ${bin}`, count]))).toEqual(expected);
  });

  it("says how serving went, and knows no latency where there are no rows", async () => {
    const { system, live } = scene();
    const range = { from: liveWindow.start, to: nextWindow.end };
    expect(await bench().slices.serving(system, range)).toEqual({
      rows: live.length,
      degradedShare: 0,
      latencyP95Ms: 1.5,
    });
    expect(await bench().slices.serving(system, { from: 0, to: 1 })).toEqual({
      rows: 0,
      degradedShare: 0,
      latencyP95Ms: undefined,
    });
  });

  it("counts every conjunction of up to three conditions over both periods, as counting row by row does", async () => {
    const { system, baseline, live, reference } = scene();
    const windows = baseline.windows.map(({ start }) => start);
    const before: RowRange = { kind: "reference", windows };
    const usual = await bench().slices.picture(system, baseline, before, undefined);
    const dimensions = sliceDimensions(system, baseline, usual.features, 24 * hourMs, "amount");
    expect(dimensions.map(({ dimension }) => dimension.name)).toEqual([
      "label",
      "size",
      "hour",
      "per_piece",
      "hour",
      "paid",
    ]);
    for (const objective of [{ kind: "loss" }, { kind: "bins", feature: "amount", bins: [0, 1] }] as const) {
      const expected = countedByHand(system, baseline, dimensions, objective, [reference, live]);
      const lattice = await bench().slices.lattice(system, baseline, {
        now: both,
        before,
        dimensions,
        objective,
        conditions: 3,
        minimumRows: 0,
        minimumShare: 0,
      });
      const counted = lattice.cells.map(({ codes, discovery, confirmation }): [string, number[]] => [
        codes.join(","),
        [discovery, confirmation]
          .map(({ before: usually, now }) => [usually.rows, usually.loss, now.rows, now.loss])
          .reduce((left, right) => left.map((value, index) => value + at(right, index))),
      ]);
      expect(new Map(counted)).toEqual(expected);
      const supported = await bench().slices.lattice(system, baseline, {
        now: both,
        before,
        dimensions,
        objective,
        conditions: 2,
        minimumRows: 20,
        minimumShare: 0.05,
      });
      const least = (rows: number): number => Math.max(20, Math.ceil(0.05 * rows));
      const { total } = supported;
      const enough = lattice.cells.filter(
        ({ codes, discovery }) =>
          codes.filter((code) => code > 0).length <= 2 &&
          discovery.before.rows >= least(total.discovery.before.rows) &&
          discovery.now.rows >= least(total.discovery.now.rows),
      );
      const byCodes = (cells: typeof enough) => new Map(cells.map((cell) => [cell.codes.join(), cell]));
      expect(byCodes([...supported.cells])).toEqual(byCodes(enough));
    }
  });

  it("counts wrong answers by hour, and says which way rows came", async () => {
    const { system, baseline, live } = scene();
    const expected = new Map<number, { rows: number; large: number }>();
    for (const row of live) {
      if (row.outcome === undefined) continue;
      const hour = Math.floor(row.time / hourMs) * hourMs;
      const sums = expected.get(hour) ?? { rows: 0, large: 0 };
      const wrong = row.probability >= 0.5 !== row.outcome;
      expected.set(hour, { rows: sums.rows + 1, large: sums.large + Number(wrong) });
    }
    const counted = await bench().slices.hourlyLoss(system, baseline, both, undefined);
    expect(new Map(counted.map(({ hour, rows, large }) => [hour, { rows, large }]))).toEqual(expected);
    // All rows of the scene came one way.
    expect(await bench().slices.channels(system, both, 5)).toEqual([]);
    const reach = await bench().slices.reach(system, baseline, both, segmentSlice("size", ["small"]));
    const small = live.filter((row) => segmentsOf(row.inputs).size === "small");
    expect(reach).toMatchObject({ rows: small.length, callers: [{ value: "key", rows: small.length }], cohorts: [] });
    expect(reach.segments).toContainEqual({ segment: "size", value: "small", rows: small.length });
    expect(await bench().slices.business(system, { from: both.from, to: both.to })).toEqual([]);
  });

  it("gives logged rows to be scored again, always the same, with inputs, vector and what became of them", async () => {
    const { system, baseline, live } = scene();
    const ask = () => bench().slices.replayRows(system, baseline, both, segmentSlice("size", ["small"]), 40);
    const rows = await ask();
    expect(rows).toHaveLength(40);
    expect(await ask()).toEqual(rows);
    for (const row of rows) {
      const known = at(
        live.filter(({ id }) => id === row.id),
        0,
      );
      expect({ ...row, inputs: { ...row.inputs, sold: Date.parse(String(row.inputs.sold)) } }).toEqual({
        id: known.id,
        probability: known.probability,
        outcome: known.outcome,
        vector: vectorOf(known.inputs),
        inputs: { ...known.inputs, sold: known.time },
      });
    }
  });

  it("tells its statements, and answers one that is asked again alike", async () => {
    const { system, baseline } = scene();
    const sent: SentQuery[] = [];
    const slices = bench().slices.told((query) => sent.push(query));
    await slices.hourly(system, baseline, both, segmentSlice("size", ["small"]), "paid");
    expect(sent).toHaveLength(1);
    const [first] = await bench().slices.repeat(JSON.parse(JSON.stringify(at(sent, 0))) as SentQuery, 1);
    expect(first).toMatchObject({ hour: expect.anything(), bin: expect.anything(), n: expect.anything() });
  });
}

/** Every choice of one to three places, the others free. */
function conjunctions(codes: readonly number[]): readonly string[] {
  const sizes = Array.from({ length: 2 ** codes.length - 1 }, (_, index) => index + 1);
  return sizes.flatMap((mask) => {
    const kept = codes.map((code, place) => (((mask >> place) & 1) === 1 ? code : 0));
    const chosen = codes.filter((_, place) => ((mask >> place) & 1) === 1);
    return chosen.length > 3 || chosen.some((code) => code === 0) ? [] : [kept.join(",")];
  });
}

/** The code of a row in a dimension, by plain arithmetic. */
function codeIn(system: System, baseline: Baseline, { dimension, items }: CodedDimension, row: SceneRow): number {
  const { name, kind } = dimension;
  const place = system.pipeline.features.findIndex((feature) => feature.name === name);
  const value =
    kind === "segment"
      ? countedValue(baseline, name, segmentsOf(row.inputs)[name] ?? "")
      : kind === "time"
        ? String(Math.floor(new Date(row.time).getUTCHours() / 3))
        : String(binOf(at(baseline.features, place).binning, vectorOf(row.inputs)[place]));
  return 1 + items.findIndex(({ values }) => values.includes(value));
}

function lossIn(baseline: Baseline, objective: LatticeQuestion["objective"], row: SceneRow): number | undefined {
  if (objective.kind === "bins")
    return Number(objective.bins.includes(binOf(at(baseline.features, 0).binning, vectorOf(row.inputs)[0])));
  return row.outcome === undefined || !row.scored ? undefined : Number(row.probability >= 0.5 !== row.outcome);
}

/** Rows and loss before and now of every conjunction, by its codes. */
function countedByHand(
  system: System,
  baseline: Baseline,
  dimensions: readonly CodedDimension[],
  objective: LatticeQuestion["objective"],
  periods: readonly (readonly SceneRow[])[],
): ReadonlyMap<string, readonly number[]> {
  const counted = new Map<string, readonly number[]>();
  for (const [period, rows] of periods.entries())
    for (const row of rows) {
      const loss = lossIn(baseline, objective, row);
      if (loss === undefined) continue;
      for (const key of conjunctions(dimensions.map((coded) => codeIn(system, baseline, coded, row)))) {
        const sums = counted.get(key) ?? [0, 0, 0, 0];
        const added = [1, loss].map((value, index) => at(sums, 2 * period + index) + value);
        counted.set(key, period === 0 ? [...added, ...sums.slice(2)] : [...sums.slice(0, 2), ...added]);
      }
    }
  return counted;
}
