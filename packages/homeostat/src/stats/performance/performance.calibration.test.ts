import { describe, expect, it } from "vitest";
import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { sampleBinomial } from "../random/sample-binomial.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { binomialCdf } from "../special/binomial-cdf.ts";
import { aucDifference } from "./auc-difference.ts";
import { averagePrecision } from "./average-precision.ts";
import { binaryMetrics } from "./binary-metrics.ts";
import { binnedAuc } from "./binned-auc.ts";
import { calibrationBinsOf, equalWidthEdges } from "./calibration-bins.ts";
import { calibrationError } from "./calibration-error.ts";
import { calibrationInTheLarge, spiegelhalterTest } from "./calibration-tests.ts";
import { confidenceParadox } from "./confidence-paradox.ts";
import { delongPaired } from "./delong-paired.ts";
import type { Estimate } from "./estimate.ts";
import { exactAuc } from "./exact-auc.ts";
import { multiclassMetrics } from "./multiclass-metrics.ts";
import { poissonBootstrap } from "./poisson-bootstrap.ts";
import { proportionEstimate } from "./proportion-estimate.ts";
import { regressionMetrics } from "./regression-metrics.ts";
import { regressionSumsOf } from "./regression-sums.ts";

const long = process.env.HOMEOSTAT_TEST_LONG !== undefined;

const timeout = long ? 1_800_000 : 120_000;

/** Replicates of a cell: the number asked for, tenfold in the long run. */
const times = (short: number): number => (long ? 10 * short : short);

/** The two-sided 1e-5 binomial bounds of a rate: a right test fails one such cell in a hundred thousand. */
function expectRate(hits: number, trials: number, low: number, high = low): void {
  expect(1 - binomialCdf(hits - 1, trials, high), `${hits}/${trials} above ${high}`).toBeGreaterThan(5e-6);
  expect(binomialCdf(hits, trials, low), `${hits}/${trials} below ${low}`).toBeGreaterThan(5e-6);
}

function count(trials: number, hit: (replicate: number) => boolean): number {
  let hits = 0;
  for (let r = 0; r < trials; r++) if (hit(r)) hits += 1;
  return hits;
}

function covers(estimate: { kind: string }, truth: number): boolean {
  if (estimate.kind !== "estimate") return true;
  const { lower, upper } = estimate as Estimate;
  return lower <= truth && truth <= upper;
}

/** Scores of two normal classes `shift` apart, with labels. */
function twoNormals(random: Random, positives: number, negatives: number, shift: number) {
  const z = normalPairs(random, positives + negatives);
  return {
    scores: z.map((v, i) => v + (i < positives ? shift : 0)),
    labels: z.map((_, i) => (i < positives ? 1 : 0)),
  };
}

describe("coverage of the intervals", { timeout }, () => {
  it("Wilson covers 95 % on average over rates, Clopper-Pearson never less than 95 %: exactly, without chance", () => {
    for (const n of [1, 10, 50, 400]) {
      const mass = (k: number, p: number): number => binomialCdf(k, n, p) - binomialCdf(k - 1, n, p);
      const rates = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);
      const coverage = (method: "wilson" | "clopper-pearson", p: number): number => {
        let sum = 0;
        for (let k = 0; k <= n; k++) if (covers(proportionEstimate(k, n, { method }), p)) sum += mass(k, p);
        return sum;
      };
      const few = rates.filter((_, i) => n < 100 || i % 10 === 0);
      const wilson = few.map((p) => coverage("wilson", p));
      expect(wilson.reduce((x, y) => x + y, 0) / few.length).toBeGreaterThan(n < 5 ? 0.9 : 0.945);
      expect(wilson.reduce((x, y) => x + y, 0) / few.length).toBeLessThan(0.97);
      expect(Math.min(...few.map((p) => coverage("clopper-pearson", p)))).toBeGreaterThanOrEqual(0.95 - 1e-9);
    }
  });

  it("F1, balanced accuracy and Matthews correlation cover 95 % within two points", () => {
    const random = createXoshiro(2);
    for (const cells of [
      [0.2, 0.1, 0.1, 0.6],
      [0.05, 0.03, 0.04, 0.88],
    ] as const) {
      const n = 400;
      const truth = binaryMetrics({
        truePositive: cells[0],
        falsePositive: cells[1],
        falseNegative: cells[2],
        trueNegative: cells[3],
      });
      const names = ["f1", "balancedAccuracy", "matthewsCorrelation", "precision"] as const;
      const hits = { f1: 0, balancedAccuracy: 0, matthewsCorrelation: 0, precision: 0 };
      const trials = times(5000);
      for (let r = 0; r < trials; r++) {
        const [truePositive = 0, falsePositive = 0, falseNegative = 0, trueNegative = 0] = sampleMultinomial(
          random,
          n,
          [...cells],
        );
        const got = binaryMetrics({ truePositive, falsePositive, falseNegative, trueNegative });
        for (const name of names) if (covers(got[name], (truth[name] as Estimate).value)) hits[name] += 1;
      }
      for (const name of names) expectRate(hits[name], trials, 0.925, 0.975);
    }
  });

  it("multiclass macro F1, Matthews correlation and kappa cover 95 % within three points", () => {
    const random = createXoshiro(3);
    const shares = [0.3, 0.05, 0.05, 0.06, 0.2, 0.04, 0.05, 0.05, 0.2];
    const of = (cells: readonly number[]) =>
      multiclassMetrics({ kind: "multiclass-confusion", classes: 3, cells: Float64Array.from(cells) });
    const truth = of(shares.map((s) => s * 1e6));
    const names = [
      "macroF1",
      "matthewsCorrelation",
      "cohenKappa",
      "balancedAccuracy",
      "macroPrecision",
      "weightedF1",
    ] as const;
    const hits = new Map<string, number>();
    const trials = times(2000);
    for (let r = 0; r < trials; r++) {
      const got = of(sampleMultinomial(random, 300, shares));
      for (const name of names)
        if (covers(got[name], (truth[name] as Estimate).value)) hits.set(name, (hits.get(name) ?? 0) + 1);
    }
    for (const name of names) expectRate(hits.get(name) ?? 0, trials, 0.925, 0.975);
  });

  it("the AUC covers 95 % for equal and unequal classes", () => {
    const random = createXoshiro(4);
    const shift = 1;
    // P(N(shift, 1) > N(0, 1)) = Phi(shift / sqrt 2)
    const truth = 0.7602499389065233;
    for (const [positives, negatives] of [
      [30, 170],
      [100, 100],
    ] as const) {
      const trials = times(2000);
      const exact = count(trials, () => {
        const { scores, labels } = twoNormals(random, positives, negatives, shift);
        const got = exactAuc(scores, labels);
        return got.kind === "binned-auc" && covers(got.estimate, truth);
      });
      expectRate(exact, trials, 0.93, 0.97);
    }
  });

  it("average precision covers 90 to 97 % at 60 positives", () => {
    const random = createXoshiro(5);
    const big = twoNormals(createXoshiro(99), 40_000, 120_000, 1);
    const truth = averagePrecision(big.scores, big.labels);
    const trials = times(1500);
    const hits = count(trials, () => {
      const { scores, labels } = twoNormals(random, 60, 180, 1);
      return covers(averagePrecision(scores, labels), (truth as Estimate).value);
    });
    expectRate(hits, trials, 0.9, 0.97);
  });

  it("MAE, RMSE and R squared cover 95 % within three points at 100 rows", () => {
    const random = createXoshiro(6);
    const trials = times(4000);
    const hits = { mae: 0, rmse: 0, r2: 0, bias: 0 };
    for (let r = 0; r < trials; r++) {
      const z = normalPairs(random, 200);
      const labels = z.slice(0, 100).map((v) => 10 + 2 * v);
      const sums = regressionSumsOf(
        labels,
        labels.map((v, i) => v + (z[100 + i] ?? 0)),
        10,
      );
      if (sums.kind !== "regression-sums") throw new Error(sums.kind);
      const got = regressionMetrics(sums.sums);
      if (covers(got.meanAbsoluteError, Math.sqrt(2 / Math.PI))) hits.mae += 1;
      if (covers(got.rootMeanSquaredError, 1)) hits.rmse += 1;
      if (covers(got.rSquared, 0.75)) hits.r2 += 1;
      if (covers(got.bias, 0)) hits.bias += 1;
    }
    for (const value of Object.values(hits)) expectRate(value, trials, 0.92, 0.97);
  });

  it("the Poisson bootstrap of a binned AUC agrees with DeLong's error and covers 95 % within three points", () => {
    const random = createXoshiro(7);
    const positiveShares = [0.05, 0.1, 0.2, 0.3, 0.35];
    const negativeShares = [0.35, 0.3, 0.2, 0.1, 0.05];
    const auc = (cells: ArrayLike<number>): number | null => {
      const got = binnedAuc(Array.from(cells).slice(0, 5), Array.from(cells).slice(5));
      return got.kind === "binned-auc" ? got.estimate.value : null;
    };
    const truth = auc([...positiveShares, ...negativeShares].map((s) => s * 1e6))!;
    const trials = times(300);
    let ratio = 0;
    const hits = count(trials, () => {
      const cells = [
        ...sampleMultinomial(random, 60, positiveShares),
        ...sampleMultinomial(random, 90, negativeShares),
      ];
      const got = poissonBootstrap(cells, auc, { random, replicates: 200 });
      const delong = binnedAuc(cells.slice(0, 5), cells.slice(5));
      if (got.kind !== "estimate" || delong.kind !== "binned-auc") throw new Error("refused");
      ratio += got.standardError / delong.estimate.standardError / trials;
      return covers(got, truth);
    });
    expectRate(hits, trials, 0.92, 0.98);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });

  it("the debiased calibration error is unbiased and its interval covers, ECE matches its null mean", () => {
    const random = createXoshiro(8);
    const edges = equalWidthEdges(10);
    const trials = times(20_000);
    let squared = 0;
    let ratio = 0;
    const falseAlarms = count(trials, () => {
      const p = Array.from({ length: 300 }, () => random.next());
      const bins = calibrationBinsOf(
        p,
        p.map((v) => (random.next() < v ? 1 : 0)),
        edges,
      );
      if (bins.kind !== "calibration-bins") throw new Error(bins.kind);
      const got = calibrationError(bins.bins);
      if (got.kind !== "calibration-error") throw new Error(got.kind);
      squared += (got.squaredDebiased ?? 0) / trials;
      ratio += got.expected / got.nullMean / trials;
      return got.pCalibrated < 0.01;
    });
    expect(Math.abs(squared)).toBeLessThan(3e-4);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
    expectRate(falseAlarms, trials, 0.002, 0.03);
    const windows = times(2000);
    const covered = count(windows, () => {
      const p = Array.from({ length: 2000 }, () => random.next());
      const bins = calibrationBinsOf(
        p,
        p.map((v) => (random.next() < 0.8 * v + 0.1 ? 1 : 0)),
        edges,
      );
      if (bins.kind !== "calibration-bins") throw new Error(bins.kind);
      const got = calibrationError(bins.bins);
      // Gap of bin b is 0.2 (centre - 0.5); its mean square over ten equal bins is 0.04 · 0.0825.
      return got.kind === "calibration-error" && (got.squaredLower ?? 0) <= 0.0033 && 0.0033 <= (got.squaredUpper ?? 1);
    });
    expectRate(covered, windows, 0.92, 0.98);
  });
});

describe("size and power of the tests", { timeout }, () => {
  it("the unpaired AUC test keeps 1 % on equal windows of unequal size, and finds a drop of 0.1", () => {
    const random = createXoshiro(11);
    const shares = [0.05, 0.1, 0.15, 0.3, 0.4];
    const window = (n: number, tilt: number) =>
      binnedAuc(
        sampleMultinomial(
          random,
          Math.round(0.3 * n),
          shares.map((s, b) => s + tilt * (2 - b)),
        ),
        sampleMultinomial(random, Math.round(0.7 * n), [...shares].reverse()),
      );
    const compare = (tilt: number): boolean => {
      const before = window(2000, 0);
      const after = window(400, tilt);
      if (before.kind !== "binned-auc" || after.kind !== "binned-auc") throw new Error("refused");
      return aucDifference(before.summary, after.summary).pWorse <= 0.01;
    };
    const trials = times(20_000);
    expectRate(
      count(trials, () => compare(0)),
      trials,
      0.007,
      0.013,
    );
    expectRate(
      count(500, () => compare(0.05)),
      500,
      0.9,
      1,
    );
  });

  it("clustered rows break the unpaired AUC test and the overdispersion repairs it", () => {
    const random = createXoshiro(12);
    const shares = [0.1, 0.15, 0.2, 0.25, 0.3];
    const cluster = 5;
    const window = (n: number) =>
      binnedAuc(
        sampleMultinomial(random, n / cluster, shares).map((c) => c * cluster),
        sampleMultinomial(random, n / cluster, [...shares].reverse()).map((c) => c * cluster),
      );
    let naive = 0;
    let repaired = 0;
    const trials = times(20_000);
    for (let r = 0; r < trials; r++) {
      const before = window(2000);
      const after = window(1000);
      if (before.kind !== "binned-auc" || after.kind !== "binned-auc") throw new Error("refused");
      if (aucDifference(before.summary, after.summary).pWorse <= 0.01) naive += 1;
      const options = { baselineOverdispersion: cluster, currentOverdispersion: cluster };
      if (aucDifference(before.summary, after.summary, options).pWorse <= 0.01) repaired += 1;
    }
    expect(naive / trials).toBeGreaterThan(0.08);
    expectRate(repaired, trials, 0.006, 0.014);
  });

  it("the paired AUC test keeps 1 % for two equally good scores, and is sharper than the unpaired one", () => {
    const random = createXoshiro(13);
    const trials = times(20_000);
    let paired = 0;
    let narrower = 0;
    for (let r = 0; r < trials; r++) {
      const { scores, labels } = twoNormals(random, 40, 60, 1);
      const noise = normalPairs(random, 200);
      const got = delongPaired(
        labels,
        scores.map((s, i) => s + 0.5 * noise[i]!),
        scores.map((s, i) => s + 0.5 * noise[100 + i]!),
      );
      if (got.kind !== "delong-paired") throw new Error(got.kind);
      if (got.pTwoSided <= 0.01) paired += 1;
      if (got.standardError < Math.sqrt(got.varianceA + got.varianceB)) narrower += 1;
    }
    expectRate(paired, trials, 0.006, 0.016);
    expect(narrower / trials).toBeGreaterThan(0.99);
  });

  it("Spiegelhalter's test and calibration in the large keep 1 %", () => {
    const random = createXoshiro(14);
    const trials = times(20_000);
    let spiegelhalter = 0;
    let large = 0;
    for (let r = 0; r < trials; r++) {
      const p = Array.from({ length: 60 }, () => random.next());
      const bins = calibrationBinsOf(
        p,
        p.map((v) => (random.next() < v ? 1 : 0)),
        [],
      );
      if (bins.kind !== "calibration-bins") throw new Error(bins.kind);
      const a = spiegelhalterTest(bins.bins);
      const b = calibrationInTheLarge(bins.bins);
      if (a.kind === "calibration-test" && a.pTwoSided <= 0.01) spiegelhalter += 1;
      if (b.kind === "calibration-test" && b.pTwoSided <= 0.01) large += 1;
    }
    expectRate(spiegelhalter, trials, 0.007, 0.013);
    expectRate(large, trials, 0.007, 0.013);
  });

  it("the paradox is named only when confidence rises and outcomes fall", () => {
    const random = createXoshiro(15);
    const sums = (n: number, lift: number, accuracy: number) => {
      const correct = sampleBinomial(random, n, accuracy);
      const [z = 0] = normalPairs(random, 1);
      const mean = 0.8 + lift + (0.1 / Math.sqrt(n)) * z;
      return {
        n,
        sumConfidence: n * mean,
        sumConfidenceSquare: n * (mean * mean + 0.01),
        correct,
        sumConfidenceCorrect: correct * mean,
      };
    };
    const rates = (lift: number, accuracy: number, trials: number) => {
      const verdicts = { paradox: 0, miscalibrated: 0, none: 0 };
      for (let r = 0; r < trials; r++) {
        const got = confidenceParadox(sums(20_000, 0, 0.85), sums(1000, lift, accuracy));
        if (got.kind !== "confidence-paradox") throw new Error(got.kind);
        verdicts[got.verdict] += 1;
      }
      return verdicts;
    };
    const quiet = rates(0, 0.85, times(20_000));
    expect(quiet.paradox / times(20_000)).toBeLessThan(0.002);
    expectRate(quiet.miscalibrated, times(20_000), 0.007, 0.013);
    expectRate(rates(0.02, 0.85, 5000).paradox, 5000, 0, 0.013);
    expect(rates(0.02, 0.8, 1000).paradox / 1000).toBeGreaterThan(0.9);
  });
});
