import { describe, expect, it } from "vitest";
import { isotonicRegression, predictIsotonic } from "../performance/isotonic-regression.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { auditSampleSize, neymanAllocation } from "./audit-sample.ts";
import { calibrationGate, equalCountCalibrationError } from "./calibration-gate.ts";
import { calibrationTable } from "./calibration-table.ts";
import { chainLadder } from "./chain-ladder.ts";
import { chunkThresholds } from "./chunk-thresholds.ts";
import { delayLawChange } from "./delay-law-change.ts";
import { delayRegime } from "./delay-regime.ts";
import { exposureAdjustedRate, inverseDelayMean } from "./delay-weighted-rate.ts";
import { estimatedLoss } from "./estimated-loss.ts";
import { expectedBinary } from "./expected-binary.ts";
import { expectedMulticlass } from "./expected-multiclass.ts";
import { expectedRanking } from "./expected-ranking.ts";
import { densityRatio, importanceWeightedMean } from "./importance-weighted-mean.ts";
import { labelledSumsOf, predictionPoweredMean } from "./prediction-powered-mean.ts";

/** Narrows a result to its healthy kind or fails the test with what came instead. */
function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

/** The value of an expected metric that must be there. */
function expected(metric: { kind: string }): number {
  return healthy(metric as { kind: "expected"; value: number }, "expected").value;
}

const decided = (scores: readonly number[]) => scores.map((s) => (s >= 0.5 ? 1 : 0));

describe("expected performance of a two-class model", () => {
  it("gives the reference values of eight rows", () => {
    const c = [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1];
    const got = healthy(
      expectedBinary({ scores: c, calibrated: c, decisions: decided(c) }, { minimumRows: 1 }),
      "expected-binary",
    );
    for (const metric of [got.accuracy, got.precision, got.recall, got.f1])
      expect(expected(metric)).toBeCloseTo(0.75, 14);
    expect(expected(got.auc)).toBeCloseTo(0.8125, 14);
    expect(got.accuracy.samplingError).toBeCloseTo(0.1479019945774904, 14);
    expect(got.accuracy.calibrationError).toBe(0);
    expect(got.caveats).toEqual([{ assumption: "label-law-unchanged", standing: "assumed", p: null }]);
  });

  const raw = [0.05, 0.1, 0.2, 0.35, 0.5, 0.6, 0.75, 0.8, 0.9, 0.95];

  it("agrees with the peer's estimates when the scores are calibrated", () => {
    const got = healthy(
      expectedBinary({ scores: raw, calibrated: raw, decisions: decided(raw) }, { minimumRows: 1 }),
      "expected-binary",
    );
    expect(got.confusion.truePositive).toBeCloseTo(4.5, 12);
    expect(got.confusion.falsePositive).toBeCloseTo(1.5, 12);
    expect(got.confusion.falseNegative).toBeCloseTo(0.7, 12);
    expect(got.confusion.trueNegative).toBeCloseTo(3.3, 12);
    expect(expected(got.precision)).toBeCloseTo(0.75, 12);
    expect(expected(got.recall)).toBeCloseTo(0.8653846153846153, 12);
    expect(expected(got.specificity)).toBeCloseTo(0.6875, 12);
    expect(expected(got.f1)).toBeCloseTo(0.8035714285714286, 12);
    expect(expected(got.accuracy)).toBeCloseTo(0.78, 12);
    expect(expected(got.auc)).toBeCloseTo(0.8605769230769229, 12);
    expect(got.averagePrecision).toBeCloseTo(0.8434882478632477, 12);
  });

  it("ranks by the raw score and counts with the calibrated one", () => {
    const calibrated = [0, 0, 0.25, 0.25, 0.25, 0.6, 0.6, 0.9, 0.9, 1];
    const got = healthy(
      expectedBinary({ scores: raw, calibrated, decisions: decided(raw) }, { minimumRows: 1 }),
      "expected-binary",
    );
    expect(expected(got.precision)).toBeCloseTo(0.7083333333333334, 12);
    expect(expected(got.recall)).toBeCloseTo(0.8947368421052632, 12);
    expect(expected(got.specificity)).toBeCloseTo(2 / 3, 12);
    expect(expected(got.f1)).toBeCloseTo(0.7906976744186046, 12);
    expect(expected(got.accuracy)).toBeCloseTo(0.775, 12);
    expect(expected(got.auc)).toBeCloseTo(0.9, 5);
    expect(got.averagePrecision).toBeCloseTo(0.8781547619047618, 12);
  });

  it("gives the same from counted cells as from the rows they stand for", () => {
    const table = healthy(
      calibrationTable([
        { n: 50, sumLabel: 4 },
        { n: 0, sumLabel: 0 },
        { n: 40, sumLabel: 33 },
      ]),
      "calibration-table",
    );
    const cells = [
      [0, 0, 30],
      [0, 1, 3],
      [1, 0, 11],
      [1, 1, 8],
      [2, 1, 25],
      [2, 0, 2],
    ] as const;
    const rows = cells.flatMap(([bin, decision, count]) =>
      Array.from({ length: count }, () => [bin, decision] as const),
    );
    const of = (list: readonly (readonly [number, number, ...number[]])[], counts?: number[]) =>
      healthy(
        expectedBinary(
          {
            scores: list.map(([bin]) => bin),
            calibrated: list.map(([bin]) => table.probability[bin]!),
            decisions: list.map(([, decision]) => decision),
            calibration: { bins: list.map(([bin]) => bin), variance: table.variance },
            ...(counts === undefined ? {} : { counts }),
          },
          { minimumRows: 1 },
        ),
        "expected-binary",
      );
    const fromCells = of(
      cells,
      cells.map(([, , count]) => count),
    );
    const fromRows = of(rows);
    for (const name of ["accuracy", "precision", "recall", "specificity", "f1", "auc"] as const) {
      const a = healthy(fromCells[name], "expected");
      const b = healthy(fromRows[name], "expected");
      expect(a.value).toBeCloseTo(b.value, 12);
      expect(a.samplingError).toBeCloseTo(b.samplingError, 12);
      expect(a.calibrationError).toBeCloseTo(b.calibrationError, 12);
      expect(a.calibrationError).toBeGreaterThan(0);
    }
  });

  it("knows how its AUC moves with each label, classes unequal and scores tied", () => {
    const scores = [1, 2, 2, 3, 5, 5, 8];
    const c = [0.05, 0.1, 0.3, 0.1, 0.2, 0.6, 0.3];
    const ones = new Array<number>(7).fill(1);
    const at = (shares: readonly number[]) => healthy(expectedRanking(scores, shares, ones), "ranking");
    for (const [i, slope] of at(c).aucSlopes.entries()) {
      const moved = (by: number) => at(c.map((v, j) => (j === i ? v + by : v))).auc;
      expect(slope).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    }
  });

  it("refuses a chunk below its minimum, a model that never flags, and a broken row", () => {
    const one = { scores: [0.2], calibrated: [0.2], decisions: [0] };
    expect(expectedBinary(one)).toEqual({ kind: "insufficient", reason: "too-few-rows", have: 1, need: 300 });
    const got = healthy(expectedBinary(one, { minimumRows: 1 }), "expected-binary");
    expect(got.precision).toEqual({ kind: "insufficient", reason: "no-predicted-positives", have: 0, need: 1 });
    expect(expectedBinary({ ...one, calibrated: [Number.NaN] })).toEqual({
      kind: "invalid",
      reason: "not-finite",
      index: 0,
    });
  });
});

describe("expected performance of a k-class model", () => {
  it("reduces to the two-class estimate when there are two classes", () => {
    const c = [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1];
    const two = healthy(
      expectedBinary({ scores: c, calibrated: c, decisions: decided(c) }, { minimumRows: 1 }),
      "expected-binary",
    );
    const got = healthy(
      expectedMulticlass(
        c.flatMap((p) => [1 - p, p]),
        decided(c),
        2,
        { minimumRows: 1 },
      ),
      "expected-multiclass",
    );
    expect(got.accuracy.value).toBeCloseTo(two.accuracy.value, 13);
    expect(got.accuracy.samplingError).toBeCloseTo(two.accuracy.samplingError, 13);
    expect(expected(got.macroAuc)).toBeCloseTo(0.8125, 13);
    expect(healthy(got.macroAuc, "expected").samplingError).toBeCloseTo(healthy(two.auc, "expected").samplingError, 13);
    expect(got.macroRecall.value).toBeCloseTo((expected(two.recall) + expected(two.specificity)) / 2, 13);
  });

  it("scales rows to sum one, takes a row of zeros as unknown, and refuses a row with NaN", () => {
    const got = healthy(
      expectedMulticlass([0.2, 0.2, 0, 0, 0, 0], [0, 2], 3, { minimumRows: 1 }),
      "expected-multiclass",
    );
    expect(got.accuracy.value).toBeCloseTo((0.5 + 1 / 3) / 2, 14);
    expect(expectedMulticlass([0.5, Number.NaN], [0], 2, { minimumRows: 1 })).toEqual({
      kind: "invalid",
      reason: "out-of-range",
      index: 0,
    });
  });
});

describe("calibration of the scores behind an estimate", () => {
  const x = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const y = [0, 0, 1, 0, 1, 0, 1, 1, 1];

  it("gives the peer's isotonic fit and equal-count calibration error", () => {
    const fit = healthy(isotonicRegression(x, y), "isotonic-fit");
    expect([...fit.knots]).toEqual([0.1, 0.2, 0.3, 0.6, 0.7, 0.9]);
    expect([...fit.values]).toEqual([0, 0, 0.5, 0.5, 1, 1]);
    const at = [0.05, 0.15, 0.35, 0.45, 0.55, 0.65, 0.95];
    at.forEach((v, i) => {
      expect(predictIsotonic(fit, v)).toBeCloseTo([0, 0, 0.5, 0.5, 0.5, 0.75, 1][i]!, 12);
    });
    expect(equalCountCalibrationError(x, y, 3)).toBeCloseTo(0.16666666666666666, 14);
  });

  it("recalibrates squashed probabilities and leaves true ones alone", () => {
    const random = createXoshiro(5);
    const truth = Array.from({ length: 4000 }, () => random.next());
    const labels = truth.map((p) => (random.next() < p ? 1 : 0));
    const squashed = truth.map((p) => p ** 3);
    const repaired = healthy(calibrationGate(squashed, labels, createXoshiro(1)), "calibrate");
    expect(repaired.after).toBeLessThan(repaired.before / 3);
    expect(predictIsotonic(repaired.fit, 0.5 ** 3)).toBeCloseTo(0.5, 1);
    expect(calibrationGate(squashed, labels, createXoshiro(1))).toEqual(repaired);
    expect(calibrationGate([0.1, 0.9], [0, 0], createXoshiro(1))).toEqual({
      kind: "insufficient",
      reason: "one-class",
      have: 0,
      need: 10,
    });
  });

  it("gives the peer's chunk thresholds", () => {
    const range = Array.from({ length: 30 }, (_, i) => i);
    const median = healthy(chunkThresholds(range, { below: 1.4, above: 2, centre: "median" }), "chunk-thresholds");
    expect(median.lower).toBeCloseTo(2.382381972241136, 12);
    expect(median.upper).toBeCloseTo(31.81088289679838, 12);
    const least = healthy(chunkThresholds(range, { below: 0.3, above: 3.1, centre: "minimum" }), "chunk-thresholds");
    expect(least.lower).toBeCloseTo(-2.5966324345197567, 12);
    expect(least.upper).toBeCloseTo(26.83186849003749, 12);
    const plain = healthy(
      chunkThresholds([0.1, 0.12, 0.11, 0.13, 0.09, 0.1, 0.11, 0.12, 0.1, 0.115]),
      "chunk-thresholds",
    );
    expect(plain.lower).toBeCloseTo(0.075, 3);
    expect(plain.upper).toBeCloseTo(0.144, 3);
    expect(chunkThresholds([1, 2, 3])).toEqual({ kind: "insufficient", reason: "too-few-rows", have: 3, need: 6 });
  });
});

describe("a few labels beside an estimate", () => {
  it("gives the reference prediction-powered mean at full power", () => {
    const c = [0.9, 0.8, 0.7, 0.6, 0.9, 0.8, 0.55, 0.95, 0.7, 0.6];
    const labelled = healthy(labelledSumsOf([1, 1, 0, 1], c.slice(0, 4)), "labelled-sums").sums;
    const all = {
      n: 10,
      sumExpected: c.reduce((a, b) => a + b, 0),
      sumExpectedSquare: c.reduce((a, b) => a + b * b, 0),
    };
    const got = healthy(predictionPoweredMean(labelled, all, { power: 1, minimumLabels: 4 }), "prediction-powered");
    expect(got.estimate.value).toBeCloseTo(0.75, 13);
    expect(got.estimate.standardError ** 2).toBeCloseTo(0.06033333333, 10);
    expect(predictionPoweredMean(labelled, all)).toEqual({
      kind: "insufficient",
      reason: "too-few-labels",
      have: 4,
      need: 100,
    });
  });

  it("says that the labelled rows are no random sample when their expectations differ from the rest", () => {
    const easy = Array.from({ length: 200 }, (_, i) => 0.9 + (i % 2) / 20);
    const labelled = healthy(
      labelledSumsOf(
        easy.map(() => 1),
        easy,
      ),
      "labelled-sums",
    ).sums;
    const all = { n: 5000, sumExpected: 3500, sumExpectedSquare: 2600 };
    const got = healthy(predictionPoweredMean(labelled, all), "prediction-powered");
    expect(got.caveats[0]).toMatchObject({ assumption: "labelled-at-random", standing: "contradicted" });
  });

  it("plans an audit and spreads it over strata", () => {
    expect(auditSampleSize(0.09, 0.02)).toBe(865);
    const given = neymanAllocation(
      [
        { size: 1000, expected: 0.5 },
        { size: 1000, expected: 0.9 },
        { size: 10, expected: 0.5 },
        { size: 500, expected: 1 },
      ],
      200,
    );
    expect(given.reduce((a, b) => a + b, 0)).toBe(200);
    expect(given[0]! / given[1]!).toBeCloseTo(0.5 / 0.3, 1);
    expect(given[3]).toBe(0);
    expect(
      neymanAllocation(
        [
          { size: 3, expected: 0.5 },
          { size: 4, expected: 1 },
        ],
        99,
      ),
    ).toEqual([3, 4]);
    expect(neymanAllocation([], 5)).toEqual([]);
  });
});

describe("estimates from weights and from a loss regressor", () => {
  it("refuses weights that rest on a handful of rows, and gives the plain mean for equal ones", () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const plain = healthy(importanceWeightedMean(values, new Array<number>(1000).fill(2)), "importance-weighted");
    expect(plain.estimate.value).toBeCloseTo(0.1, 13);
    expect(plain.effectiveSampleSize).toBeCloseTo(1000, 9);
    const few = importanceWeightedMean(
      values,
      values.map((_, i) => (i < 5 ? 20 : 0.001)),
    );
    expect(few).toMatchObject({ kind: "insufficient", reason: "effective-sample-too-small", need: 100 });
    const skewed = importanceWeightedMean(
      new Array<number>(10_000).fill(1),
      Array.from({ length: 10_000 }, (_, i) => (i < 300 ? 1 : 0)),
    );
    expect(skewed).toEqual({ kind: "insufficient", reason: "effective-sample-too-small", have: 300, need: 500 });
    expect(densityRatio(0.5, 2000, 1000)).toBe(2);
    expect(densityRatio(1, 2000, 1000)).toBe(20);
  });

  it("takes the mean of predicted losses, never below zero, and reports a biased regressor", () => {
    const predictions = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? -1 : 4));
    const record = { n: 900, meanResidual: 0.5, residualVariance: 1 };
    const mean = healthy(estimatedLoss(predictions, record), "estimated-loss");
    expect(mean.estimate.value).toBeCloseTo(3, 12);
    expect(mean.caveats.map((c) => c.standing)).toEqual(["assumed", "contradicted"]);
    const root = healthy(
      estimatedLoss(predictions, { ...record, meanResidual: 0 }, { scale: "root" }),
      "estimated-loss",
    );
    expect(root.estimate.value).toBeCloseTo(Math.sqrt(3), 12);
    expect(root.caveats.map((c) => c.standing)).toEqual(["assumed", "supported"]);
  });
});

describe("late labels", () => {
  it("gives the reference chain ladder", () => {
    const got = healthy(chainLadder([[10, 15, 18, 20], [12, 18, 22], [8, 13], [11]]), "chain-ladder");
    [1.5333333333333334, 1.2121212121212122, 1.1111111111111112].forEach((f, i) => {
      expect(got.factors[i]).toBeCloseTo(f, 13);
    });
    [0.4842391304347825, 0.7425, 0.9, 1].forEach((g, i) => {
      expect(got.arrived[i]).toBeCloseTo(g, 13);
    });
    [20, 24.4444444, 17.5084175, 22.7160494].forEach((u, i) => {
      expect(got.ultimates[i]).toBeCloseTo(u, 6);
    });
  });

  it("refuses a triangle that cannot be multiplied up, falls, or is empty", () => {
    expect(chainLadder([[0, 5], [0]])).toEqual({ kind: "insufficient", reason: "too-few-labels", have: 0, need: 1 });
    expect(chainLadder([[5, 4]])).toEqual({ kind: "invalid", reason: "not-ordered", index: 0 });
    expect(chainLadder([])).toEqual({ kind: "insufficient", reason: "too-few-days", have: 0, need: 1 });
  });

  it("gives the reference inverse-delay weighted rate", () => {
    const ages = [5, 10, 20, 40];
    const labels = [1, 0, 1, 0];
    const shares = ages.map((a, i) => 1 - Math.exp(-a / (labels[i] === 1 ? 30 : 10)));
    const got = healthy(inverseDelayMean(labels, shares, { minimumEffective: 1 }), "delay-adjusted");
    expect(got.estimate.value).toBeCloseTo(0.7671699108730342, 12);
    expect(inverseDelayMean(labels, shares)).toMatchObject({
      kind: "insufficient",
      reason: "effective-sample-too-small",
    });
    expect(
      healthy(inverseDelayMean([1, 0, 1], [0.04, 0.5, 1], { minimumEffective: 1 }), "delay-adjusted").dropped,
    ).toBe(1);
  });

  it("divides positives by exposure with exact Poisson limits", () => {
    const got = healthy(exposureAdjustedRate(0, 300, 400), "delay-adjusted");
    expect(got.estimate.lower).toBe(0);
    expect(got.estimate.upper).toBeCloseTo(-Math.log(0.025) / 300, 10);
    expect(healthy(exposureAdjustedRate(30, 300, 400), "delay-adjusted").estimate.value).toBeCloseTo(0.1, 13);
    expect(exposureAdjustedRate(1, 10, 400)).toMatchObject({ kind: "insufficient" });
    expect(exposureAdjustedRate(5, 500, 400)).toMatchObject({ kind: "invalid" });
  });

  it("notices that labels became slower, and tells the three delay regimes apart", () => {
    const day = (pace: readonly number[], size: number, seen: number) =>
      pace.slice(0, seen).map((share) => Math.round(share * size));
    const old = [0.4, 0.7, 0.9, 1];
    const slow = [0.25, 0.55, 0.85, 1];
    const triangle = [
      ...Array.from({ length: 10 }, () => day(old, 200, 4)),
      ...[4, 3, 2, 1].map((seen) => day(slow, 200, seen)),
    ];
    const change = healthy(delayLawChange(triangle, { recentDays: 4 }), "delay-law-change");
    expect(change.direction).toBe("slower");
    expect(change.p).toBeLessThan(0.001);
    const same = [
      ...Array.from({ length: 10 }, () => day(old, 200, 4)),
      ...[4, 3, 2, 1].map((seen) => day(old, 200, seen)),
    ];
    expect(healthy(delayLawChange(same, { recentDays: 4 }), "delay-law-change").p).toBeGreaterThan(0.5);
    expect(delayRegime([50, 30, 20], [52, 29, 19]).kind).toBe("ignorable");
    expect(delayRegime([10, 30, 60], [60, 30, 10])).toMatchObject({ kind: "outcome-dependent", slower: "positives" });
    expect(delayRegime([10, 30, 60], [0, 0, 0])).toEqual({ kind: "silent-negatives" });
    expect(delayRegime([1], [1])).toEqual({ kind: "insufficient", reason: "too-few-labels", have: 1, need: 20 });
  });
});
