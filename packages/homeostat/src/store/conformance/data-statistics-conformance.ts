import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ShiftCell, shiftTotals } from "../../stats/attribution/shift-cell.ts";
import { shiftDecomposition } from "../../stats/attribution/shift-decomposition.ts";
import { chiSquare } from "../../stats/distance/chi-square.ts";
import { cramersV } from "../../stats/distance/cramers-v.ts";
import { kolmogorovSmirnov, kolmogorovSmirnovOfBins } from "../../stats/distance/kolmogorov-smirnov.ts";
import { wasserstein, wassersteinOfBins } from "../../stats/distance/wasserstein.ts";
import { binOf } from "../../stats/histogram/bin-of.ts";
import { binCountOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { histogramOf } from "../../stats/histogram/histogram.ts";
import { nextDouble } from "../../stats/histogram/next-double.ts";
import { chainLadder } from "../../stats/label-free/chain-ladder.ts";
import { brierDecomposition } from "../../stats/performance/brier-decomposition.ts";
import {
  type CalibrationBin,
  calibrationBinsOf,
  emptyCalibrationBin,
} from "../../stats/performance/calibration-bins.ts";
import { calibrationError } from "../../stats/performance/calibration-error.ts";
import { spiegelhalterTest } from "../../stats/performance/calibration-tests.ts";
import { multiclassConfusionOf } from "../../stats/performance/multiclass-confusion.ts";
import { multiclassMetrics } from "../../stats/performance/multiclass-metrics.ts";
import { regressionMetrics } from "../../stats/performance/regression-metrics.ts";
import { type RegressionSums, regressionSumsOf } from "../../stats/performance/regression-sums.ts";
import { reliabilityPoints } from "../../stats/performance/reliability.ts";
import { betLogSums } from "../../stats/sequential/bet-log-sums.ts";
import { bettingGrid } from "../../stats/sequential/betting-grid.ts";
import { gridLogEvidence } from "../../stats/sequential/grid-evidence.ts";
import { type Moments, mergeMoments, momentsOf, varianceOf } from "../../stats/sum/moments.ts";
import { edgeBin } from "../data/edge-bin.ts";
import type { DataBench } from "./data-bench.ts";
import {
  atomsStatement,
  betsStatement,
  binsStatement,
  calibrationStatement,
  cellsStatement,
  confusionStatement,
  momentsStatement,
  regressionStatement,
  sortedDistancesStatement,
  triangleStatement,
} from "./statistics-statement.ts";
import {
  emptyTable,
  expectAlike,
  featuresOf,
  finite,
  finiteOf,
  frozen,
  lineOf,
  numbers,
  only,
  rows,
  samples,
  type TwinRow,
  table,
  twinColumns,
} from "./statistics-twin-rows.ts";

/** Every statistic computed from engine counts equals the one of the statistics room on the same rows. */
export function statisticsConformance(bench: () => DataBench): void {
  beforeAll(async () => {
    const { client } = bench().place;
    for (const name of [table, emptyTable]) {
      await client.command(`DROP TABLE IF EXISTS ${name}`);
      await client.command(`CREATE TABLE ${name} (${twinColumns}) ENGINE = MergeTree ORDER BY tuple()`);
    }
    await client.insertLines(table, [new TextEncoder().encode(rows.map(lineOf).join(""))]);
  });
  afterAll(async () => {
    for (const name of [table, emptyTable]) await bench().place.client.command(`DROP TABLE IF EXISTS ${name}`);
  });
  describe("bins", () => edgeBins(bench));
  describe("distances", () => distances(bench));
  describe("performance", () => performanceTwins(bench));
  describe("sequential, label-free and attribution", () => evidenceTwins(bench));
}

function edgeBins(bench: () => DataBench): void {
  const evenly = Array.from({ length: 63 }, (_, index) => Math.sinh((index - 31) / 9));
  const heavy = [-999, nextDouble(-999), 0, nextDouble(0), 0.1, 0.3, 1, nextDouble(1), 1e3];
  const uneven = [...Array.from({ length: 9 }, (_, index) => index / 3), 1e12];

  it.each([
    ["a table of cells", evenly],
    ["cells that two heavy values share", heavy],
    ["a search, where a table does not pay", uneven],
  ])("are found by %s as the statistics room finds them, on both sides of every edge", async (_, edges) => {
    const values = edges.flatMap((edge) => [edge, nextDouble(edge), -nextDouble(-edge), edge * 1.0001, -edge]);
    const bin = edgeBin("v", edges, "");
    const answer = await bench().place.client.rows<{ v: number; bin: number }>(
      `SELECT v, ${bin.sql} AS bin FROM (SELECT arrayJoin({values:Array(Float64)}) AS v)`,
      { ...bin.parameters, values },
    );
    const binning = { kind: "numeric", edges, points: [] } as const;
    expect(answer.map((row) => row.bin)).toEqual(values.map((value) => binOf(binning, value)));
  });
}

function distances(bench: () => DataBench): void {
  const window = finiteOf(1, (row) => row.x);
  const baseline = finiteOf(0, (row) => row.x);

  it("Kolmogorov–Smirnov and Wasserstein by one sort of distinct values are those of the values", async () => {
    const { client } = bench().place;
    const [sorted] = await client.rows<{ ks: number; wasserstein: number }>(sortedDistancesStatement(table));
    const ks = kolmogorovSmirnov(window, baseline);
    const earth = wasserstein(window, baseline);
    if (ks.kind !== "measured" || earth.kind !== "measured") throw new Error("there are rows");
    expectAlike(sorted, { ks: ks.value, wasserstein: earth.value });
    const atoms = (await client.rows<{ x: number; n: string; m: string }>(atomsStatement(table))).map(numbers);
    const rowsAt = (side: "n" | "m"): number[] => atoms.flatMap((atom) => new Array<number>(atom[side]).fill(atom.x));
    expect(kolmogorovSmirnov(rowsAt("n"), rowsAt("m"))).toEqual(ks);
    expect(wasserstein(rowsAt("n"), rowsAt("m"))).toEqual(earth);
  });

  it("agree with the engine's own Kolmogorov–Smirnov test", async () => {
    const [own] = await bench().place.client.rows<{ d: number }>(
      `SELECT tupleElement(kolmogorovSmirnovTest('two-sided')(assumeNotNull(f_x), sample), 1) AS d FROM ${table} WHERE isFinite(ifNull(f_x, nan)) AND sample < 2`,
    );
    const ks = kolmogorovSmirnov(window, baseline);
    if (ks.kind !== "measured") throw new Error("there are rows");
    expect(own?.d).toBeCloseTo(ks.value, 9);
  });

  it("from bins are those of the histograms of the same rows, the null bin left out", async () => {
    const counted = await binned(bench, "x");
    const atLeast = nullBinOf(featuresOf.x);
    const inMemory = [0, 1].map((sample) =>
      histogramOf(
        featuresOf.x,
        only(sample).map((row) => row.x),
      ),
    );
    expect(counted.map(({ counts }) => counts)).toEqual(inMemory.map(({ counts }) => [...counts]));
    const [before, now] = counted.map(({ counts, sums }) => ({
      counts: counts.slice(0, atLeast),
      sums: sums.slice(0, atLeast),
    }));
    const [memoryBefore, memoryNow] = [0, 1].map((sample) => binsInMemory(sample, atLeast));
    if (!before || !now || !memoryBefore || !memoryNow) throw new Error("there are two samples");
    expectAlike(wassersteinOfBins(now, before), wassersteinOfBins(memoryNow, memoryBefore));
    expectAlike(
      kolmogorovSmirnovOfBins(now.counts, before.counts),
      kolmogorovSmirnovOfBins(memoryNow.counts, memoryBefore.counts),
    );
    const close = wassersteinOfBins(now, before);
    const exact = wasserstein(window, baseline);
    if (close.kind !== "measured" || exact.kind !== "measured") throw new Error("there are rows");
    expect(close.value / exact.value).toBeGreaterThan(0.95);
    expect(close.value / exact.value).toBeLessThan(1.05);
  });

  it("chi-square and Cramér's V from counts are those of the histograms, for numbers and for texts", async () => {
    for (const feature of ["x", "kind"] as const) {
      const [before, now] = await binned(bench, feature);
      const [memoryBefore, memoryNow] = [0, 1].map((sample) => [
        ...histogramOf(
          featuresOf[feature],
          only(sample).map((row) => row[feature]),
        ).counts,
      ]);
      if (!before || !now || !memoryBefore || !memoryNow) throw new Error("there are two samples");
      expect(chiSquare(now.counts, before.counts)).toEqual(chiSquare(memoryNow, memoryBefore));
      expect(cramersV(now.counts, before.counts)).toEqual(cramersV(memoryNow, memoryBefore));
      expect(cramersV(now.counts, before.counts).kind).toBe("measured");
    }
  });

  it("say nothing about no rows", async () => {
    const { client } = bench().place;
    expect(await client.rows(sortedDistancesStatement(emptyTable))).toEqual([{ ks: null, wasserstein: null }]);
    expect(await client.rows(atomsStatement(emptyTable))).toEqual([]);
    const bins = binsStatement(emptyTable, frozen, "x");
    expect(await client.rows(bins.sql, bins.parameters)).toEqual([]);
    expect(kolmogorovSmirnov([], [])).toMatchObject({ kind: "insufficient" });
  });

  it("means and variances of windows merge into those of all rows, a large common offset or not", async () => {
    for (const [column, of] of [
      ["f_x", (row: TwinRow) => row.x],
      ["big", (row: TwinRow) => row.offset],
    ] as const) {
      const answer = await bench().place.client.rows<Record<"sample" | keyof Moments, number>>(
        momentsStatement(table, column),
      );
      const merged = answer.map(numbers).reduce<Moments>(mergeMoments, { n: 0, mean: 0, m2: 0 });
      const whole = momentsOf(rows.map(of).filter(finite));
      expect(merged.n).toBe(whole.n);
      expectAlike(merged.mean, whole.mean);
      // Nine digits of an offset leave seven of the spread beside it.
      expect(varianceOf(merged) / varianceOf(whole)).toBeCloseTo(1, 6);
    }
  });
}

async function binned(bench: () => DataBench, feature: "x" | "kind") {
  const { sql, parameters } = binsStatement(table, frozen, feature);
  const answer = (await bench().place.client.rows<Record<"sample" | "bin" | "n" | "s", unknown>>(sql, parameters)).map(
    numbers,
  );
  const size = binCountOf(featuresOf[feature]);
  return [0, 1].map((sample) => {
    const counts = new Array<number>(size).fill(0);
    const sums = new Array<number>(size).fill(0);
    for (const { bin, n, s } of answer.filter((row) => row.sample === sample)) {
      counts[bin] = n;
      sums[bin] = s;
    }
    return { counts, sums };
  });
}

function binsInMemory(sample: number, bins: number) {
  const counts = new Array<number>(bins).fill(0);
  const sums = new Array<number>(bins).fill(0);
  for (const x of finiteOf(sample, (row) => row.x)) {
    const bin = binOf(featuresOf.x, x);
    counts[bin] = (counts[bin] ?? 0) + 1;
    sums[bin] = (sums[bin] ?? 0) + x;
  }
  return { counts, sums };
}

function performanceTwins(bench: () => DataBench): void {
  it("calibration sums give the errors, tests, Brier parts and reliability points of the rows", async () => {
    const edges = [0.1, 0.25, 0.5, 0.75, 0.9, 0.999];
    const { sql, parameters } = calibrationStatement(table, edges);
    const answer = (
      await bench().place.client.rows<Record<keyof CalibrationBin | "sample" | "bin", unknown>>(sql, parameters)
    ).map(numbers);
    for (const sample of samples) {
      const known = only(sample).filter((row) => finite(row.score) && row.label !== null);
      const inMemory = calibrationBinsOf(
        known.map((row) => row.score as number),
        known.map((row) => row.label as number),
        edges,
      );
      if (inMemory.kind !== "calibration-bins") throw new Error("the rows are sound");
      const bins = inMemory.bins.map((_, bin): CalibrationBin => {
        const found = answer.find((row) => row.sample === sample && row.bin === bin);
        if (found === undefined) return emptyCalibrationBin;
        const { sample: _sample, bin: _bin, ...sums } = found;
        return sums;
      });
      expectAlike(bins, inMemory.bins);
      for (const statistic of [calibrationError, spiegelhalterTest, brierDecomposition, reliabilityPoints] as const)
        expectAlike(statistic(bins), statistic(inMemory.bins));
    }
    const none = calibrationStatement(emptyTable, edges);
    expect(await bench().place.client.rows(none.sql, none.parameters)).toEqual([]);
    expect(calibrationError([])).toMatchObject({ kind: "insufficient", reason: "no-rows" });
  });

  it("regression sums give the errors and R² of the rows, with their intervals", async () => {
    const origin = 6.5;
    const { sql, parameters } = regressionStatement(table, origin);
    const answer = (
      await bench().place.client.rows<Record<keyof RegressionSums | "sample", unknown>>(sql, parameters)
    ).map(numbers);
    for (const sample of samples) {
      const known = only(sample).filter((row) => finite(row.target) && finite(row.estimate));
      const inMemory = regressionSumsOf(
        known.map((row) => row.target as number),
        known.map((row) => row.estimate as number),
        origin,
      );
      const found = answer.find((row) => row.sample === sample);
      if (inMemory.kind !== "regression-sums" || found === undefined) throw new Error("the rows are sound");
      const { sample: _, ...sums } = { ...found, origin };
      expectAlike(sums, inMemory.sums);
      expect(inMemory.sums.percentageN).toBeLessThan(inMemory.sums.n);
      expectAlike(regressionMetrics(sums), regressionMetrics(inMemory.sums));
      expect(regressionMetrics(sums).rSquared.kind).toBe("estimate");
    }
    const none = regressionStatement(emptyTable, origin);
    expect(await bench().place.client.rows(none.sql, none.parameters)).toEqual([]);
  });

  it("counts by true and decided class give the confusion of the rows", async () => {
    const answer = (
      await bench().place.client.rows<Record<"sample" | "t" | "d" | "n", unknown>>(confusionStatement(table))
    ).map(numbers);
    for (const sample of samples) {
      const known = only(sample).filter((row) => row.truth !== null && row.guess !== null);
      const inMemory = multiclassConfusionOf(
        known.map((row) => row.truth as number),
        known.map((row) => row.guess as number),
        4,
      );
      if (inMemory.kind !== "multiclass-confusion") throw new Error("the rows are sound");
      const cells = new Float64Array(16);
      for (const { t, d, n } of answer.filter((row) => row.sample === sample)) cells[4 * t + d] = n;
      expect(cells).toEqual(inMemory.cells);
      expect(multiclassMetrics({ ...inMemory, cells })).toEqual(multiclassMetrics(inMemory));
    }
    expect(await bench().place.client.rows(confusionStatement(emptyTable))).toEqual([]);
  });
}

function evidenceTwins(bench: () => DataBench): void {
  it("log sums of bets give the evidence of the rows, in both directions", async () => {
    for (const direction of ["above", "below"] as const) {
      const grid = bettingGrid(0.3, direction);
      const { sql, parameters } = betsStatement(table, grid.bets, grid.nullMean, direction);
      const answer = await bench().place.client.rows<{ sample: number; n: string; sums: number[] }>(sql, parameters);
      for (const sample of samples) {
        const inMemory = betLogSums(
          finiteOf(sample, (row) => row.loss),
          grid,
        );
        const found = answer.find((row) => row.sample === sample);
        if (inMemory.kind !== "bet-log-sums" || found === undefined) throw new Error("the losses are sound");
        const sums = { ...inMemory, n: Number(found.n), sums: Float64Array.from(found.sums) };
        expectAlike(sums, inMemory);
        expectAlike(gridLogEvidence(sums), gridLogEvidence(inMemory));
      }
      const none = betsStatement(emptyTable, grid.bets, grid.nullMean, direction);
      expect(await bench().place.client.rows(none.sql, none.parameters)).toEqual([]);
    }
  });

  it("the run-off triangle of outcomes gives the delay law of the rows", async () => {
    const [today, width] = [7, 6];
    const { sql, parameters } = triangleStatement(table, today, width);
    const answer = await bench().place.client.rows<{ day: number; arrived: number[] }>(sql, parameters);
    const inMemory = Array.from({ length: today + 1 }, (_, day) => {
      const delays = rows.flatMap((row) =>
        row.day === day && row.arrived !== null && row.arrived <= today ? [row.arrived - day] : [],
      );
      return Array.from(
        { length: Math.min(width, today - day + 1) },
        (_, k) => delays.filter((delay) => delay <= k).length,
      );
    });
    const triangle = answer.map((row) => row.arrived.map(Number));
    expect(triangle).toEqual(inMemory);
    const law = chainLadder(triangle);
    expect(law).toEqual(chainLadder(inMemory));
    expect(law.kind).toBe("chain-ladder");
    const none = triangleStatement(emptyTable, today, width);
    expect(await bench().place.client.rows(none.sql, none.parameters)).toEqual([]);
  });

  it("cells of score decile and category split a change of loss as the rows do", async () => {
    const answer = await bench().place.client.rows<Record<keyof ShiftCell | "decile" | "stratum", unknown>>(
      cellsStatement(table),
    );
    const cells = answer.map(({ decile: _decile, stratum: _stratum, ...cell }) => numbers(cell));
    const inMemory = new Map<string, ShiftCell>();
    for (const row of rows.filter(({ score, loss }) => finite(score) && finite(loss))) {
      const key = `${Math.min(9, Math.floor(10 * (row.score ?? 0)))} ${row.kind ?? "(null)"}`;
      const cell = inMemory.get(key) ?? { baselineRows: 0, baselineLoss: 0, currentRows: 0, currentLoss: 0 };
      const [before, now] = [row.sample === 0 ? 1 : 0, row.sample === 1 ? 1 : 0];
      inMemory.set(key, {
        baselineRows: cell.baselineRows + before,
        baselineLoss: cell.baselineLoss + before * (row.loss ?? 0),
        currentRows: cell.currentRows + now,
        currentLoss: cell.currentLoss + now * (row.loss ?? 0),
      });
    }
    expect(cells.length).toBe(inMemory.size);
    expect(shiftTotals(cells)).toEqual(shiftTotals([...inMemory.values()]));
    const split = shiftDecomposition(cells);
    const expected = shiftDecomposition([...inMemory.values()]);
    if (split.kind !== "decomposed" || expected.kind !== "decomposed") throw new Error("both periods have rows");
    for (const part of ["total", "covariate", "concept", "unseen", "unseenShare"] as const)
      expect(split[part]).toBeCloseTo(expected[part], 12);
    expect(split.unseenShare).toBeGreaterThan(0);
    expect(shiftDecomposition([])).toMatchObject({ kind: "insufficient" });
    expect(await bench().place.client.rows(cellsStatement(emptyTable))).toEqual([]);
  });
}
