import { describe, expect, it } from "vitest";
import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { sampleBinomial } from "../random/sample-binomial.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { samplePoisson } from "../random/sample-poisson.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { binomialCdf } from "../special/binomial-cdf.ts";
import { calibrationTable } from "./calibration-table.ts";
import { chainLadder } from "./chain-ladder.ts";
import { delayLawChange } from "./delay-law-change.ts";
import { delayRegime } from "./delay-regime.ts";
import { exposureAdjustedRate, inverseDelayMean } from "./delay-weighted-rate.ts";
import { expectedBinary } from "./expected-binary.ts";
import { expectedMulticlass } from "./expected-multiclass.ts";
import { importanceWeightedMean } from "./importance-weighted-mean.ts";
import { labelledSumsOf, predictionPoweredMean } from "./prediction-powered-mean.ts";

const long = process.env.HOMEOSTAT_TEST_LONG !== undefined;
const timeout = long ? 1_800_000 : 120_000;
const times = (short: number): number => (long ? 10 * short : short);

/** The rate lies in [low, high], as far as 1e-5 binomial bounds can tell. */
function expectRate(hits: number, trials: number, low: number, high: number): void {
  expect(1 - binomialCdf(hits - 1, trials, high), `${hits}/${trials} above ${high}`).toBeGreaterThan(5e-6);
  expect(binomialCdf(hits, trials, low), `${hits}/${trials} below ${low}`).toBeGreaterThan(5e-6);
}

function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

const BINS = 20;
const centre = (b: number): number => (b + 0.5) / BINS;
const flat = new Array<number>(BINS).fill(1 / BINS);

/** Realised metrics of a labelled window given as positives and negatives per bin; bins from the middle up are flagged. */
function realised(positives: readonly number[], negatives: readonly number[]) {
  let tp = 0;
  let fp = 0;
  let fn = 0;
  let tn = 0;
  let auc = 0;
  let below = 0;
  for (let b = 0; b < BINS; b++) {
    const p = positives[b]!;
    const q = negatives[b]!;
    if (b >= BINS / 2) {
      tp += p;
      fp += q;
    } else {
      fn += p;
      tn += q;
    }
    auc += p * (below + q / 2);
    below += q;
  }
  return {
    accuracy: (tp + tn) / (tp + fp + fn + tn),
    precision: tp / (tp + fp),
    recall: tp / (tp + fn),
    specificity: tn / (tn + fp),
    f1: (2 * tp) / (2 * tp + fp + fn),
    auc: auc / ((tp + fn) * (tn + fp)),
  };
}

describe("expected performance", { timeout }, () => {
  it("bands hold the realised metrics of the window 95 times in 100, calibration error included", () => {
    const random = createXoshiro(1);
    const trials = times(3000);
    const names = ["accuracy", "precision", "recall", "specificity", "f1", "auc"] as const;
    const hits = new Map<string, number>();
    for (let r = 0; r < trials; r++) {
      const baseline = sampleMultinomial(random, 2000, flat).map((n, b) => ({
        n,
        sumLabel: sampleBinomial(random, n, centre(b)),
      }));
      const table = healthy(calibrationTable(baseline), "calibration-table");
      const window = sampleMultinomial(
        random,
        600,
        flat.map((_, b) => 1 + b / 10),
      );
      const positives = window.map((n, b) => sampleBinomial(random, n, centre(b)));
      const truth = realised(
        positives,
        window.map((n, b) => n - positives[b]!),
      );
      const bins = window.map((_, b) => b);
      const got = healthy(
        expectedBinary({
          scores: bins,
          calibrated: table.probability,
          decisions: bins.map((b) => (b >= BINS / 2 ? 1 : 0)),
          counts: window,
          calibration: { bins, variance: table.variance },
        }),
        "expected-binary",
      );
      for (const name of names) {
        const metric = healthy(got[name] as { kind: "expected"; lower: number; upper: number }, "expected");
        if (metric.lower <= truth[name] && truth[name] <= metric.upper) hits.set(name, (hits.get(name) ?? 0) + 1);
      }
    }
    for (const name of names) expectRate(hits.get(name) ?? 0, trials, 0.93, 0.97);
  });

  it("bands of a three-class model hold the realised accuracy and macro metrics", () => {
    const random = createXoshiro(2);
    const trials = times(400);
    let accuracy = 0;
    let recall = 0;
    for (let r = 0; r < trials; r++) {
      const rows = Array.from({ length: 400 }, () => {
        const raw = [random.next() ** 2, random.next() ** 2, random.next() ** 2];
        const sum = raw[0]! + raw[1]! + raw[2]!;
        return raw.map((v) => v / sum);
      });
      const decisions = rows.map((p) => p.indexOf(Math.max(...p)));
      const labels = rows.map((p) => sampleMultinomial(random, 1, p).indexOf(1));
      const got = healthy(expectedMulticlass(rows.flat(), decisions, 3), "expected-multiclass");
      const right = labels.filter((y, i) => y === decisions[i]).length / 400;
      const macro = [0, 1, 2].map(
        (c) => labels.filter((y, i) => y === c && decisions[i] === c).length / labels.filter((y) => y === c).length,
      );
      const mean = (macro[0]! + macro[1]! + macro[2]!) / 3;
      if (got.accuracy.lower <= right && right <= got.accuracy.upper) accuracy += 1;
      if (got.macroRecall.lower <= mean && mean <= got.macroRecall.upper) recall += 1;
    }
    expectRate(accuracy, trials, 0.92, 0.98);
    expectRate(recall, trials, 0.92, 0.98);
  });
});

/** A window under concept drift: labels follow `truth`, expectations the old law. */
function window(random: Random, n: number, drift: number) {
  const expected = Array.from({ length: n }, () => 0.5 + random.next() / 2);
  const actual = expected.map((c) => (random.next() < c - drift ? 1 : 0));
  return { expected, actual };
}

const sumsOf = (expected: readonly number[]) => ({
  n: expected.length,
  sumExpected: expected.reduce((a, b) => a + b, 0),
  sumExpectedSquare: expected.reduce((a, b) => a + b * b, 0),
});

describe("prediction-powered estimates", { timeout }, () => {
  it("cover 95 % under concept drift, are never wider than labels alone by more than a hair, and expose the drift", () => {
    const random = createXoshiro(3);
    const trials = times(1000);
    let covered = 0;
    let exposed = 0;
    let width = 0;
    let alone = 0;
    for (let r = 0; r < trials; r++) {
      const { expected, actual } = window(random, 2000, 0.1);
      const labelled = healthy(labelledSumsOf(actual.slice(0, 300), expected.slice(0, 300)), "labelled-sums").sums;
      const got = healthy(predictionPoweredMean(labelled, sumsOf(expected)), "prediction-powered");
      const mean = labelled.sumActual / 300;
      if (got.estimate.lower <= 0.65 && 0.65 <= got.estimate.upper) covered += 1;
      if (got.pLabelFreeBias < 0.01) exposed += 1;
      width += got.estimate.standardError;
      alone += Math.sqrt((mean * (1 - mean)) / 299);
    }
    expectRate(covered, trials, 0.93, 0.97);
    expectRate(exposed, trials, 0.7, 1);
    expect(width).toBeLessThan(alone * 1.005);
  });

  it("do not call random labels biased, nor a true expectation wrong", () => {
    const random = createXoshiro(4);
    const trials = times(3000);
    let contradicted = 0;
    let biased = 0;
    for (let r = 0; r < trials; r++) {
      const { expected, actual } = window(random, 600, 0);
      const labelled = healthy(labelledSumsOf(actual.slice(0, 150), expected.slice(0, 150)), "labelled-sums").sums;
      const got = healthy(predictionPoweredMean(labelled, sumsOf(expected)), "prediction-powered");
      if (got.caveats[0]?.standing === "contradicted") contradicted += 1;
      if (got.pLabelFreeBias < 0.01) biased += 1;
    }
    expectRate(contradicted, trials, 0.005, 0.016);
    expectRate(biased, trials, 0.005, 0.016);
  });
});

describe("importance weights", { timeout }, () => {
  it("recover the shifted mean with 95 % coverage when only the inputs moved", () => {
    const random = createXoshiro(5);
    const trials = times(1000);
    let covered = 0;
    // x ~ N(0,1) at the baseline, N(0.5, 1) now: w = exp(x/2 - 1/8); P(error | x) = Phi-like step at 1.
    for (let r = 0; r < trials; r++) {
      const x = normalPairs(random, 2000);
      const errors = x.map((v) => (v > 1 ? 1 : 0));
      const got = healthy(
        importanceWeightedMean(
          errors,
          x.map((v) => Math.exp(v / 2 - 0.125)),
        ),
        "importance-weighted",
      );
      // P(N(0.5, 1) > 1) = 1 - Phi(0.5)
      if (got.estimate.lower <= 0.3085375387 && 0.3085375387 <= got.estimate.upper) covered += 1;
    }
    expectRate(covered, trials, 0.93, 0.97);
  });
});

/** Day by day: counts of labels by delay, geometric of mean `mean` cut at `columns`. */
function arrivals(random: Random, n: number, mean: number, columns: number): number[] {
  const q = 1 / (1 + mean);
  const shares = Array.from({ length: columns }, (_, k) => q * (1 - q) ** k);
  shares[columns - 1] = (1 - q) ** (columns - 1);
  return sampleMultinomial(random, n, shares);
}

describe("late labels", { timeout }, () => {
  it("weighted by the arrival law of their class they are unbiased where the labelled rows alone are 30 % too low", () => {
    const random = createXoshiro(6);
    const columns = 60;
    const days = 40;
    const runs = times(150);
    let naive = 0;
    let weighted = 0;
    let silent = 0;
    for (let r = 0; r < runs; r++) {
      const triangles: [number[][], number[][]] = [[], []];
      for (let day = 0; day < 100 + days; day++) {
        const positives = sampleBinomial(random, 300, 0.1);
        for (const [y, mean] of [
          [0, 4],
          [1, 15],
        ] as const) {
          const seen = Math.min(columns, 100 + days - day);
          let sum = 0;
          triangles[y].push(
            arrivals(random, y === 1 ? positives : 300 - positives, mean, columns)
              .slice(0, seen)
              .map((c) => (sum += c)),
          );
        }
      }
      const law = triangles.map((t) => healthy(chainLadder(t), "chain-ladder").arrived);
      const values: number[] = [];
      const shares: number[] = [];
      let positives = 0;
      let exposure = 0;
      for (let day = 100; day < 100 + days; day++)
        for (const y of [0, 1] as const) {
          const seen = triangles[y][day]!;
          const count = seen[seen.length - 1]!;
          const share = law[y]![seen.length - 1]!;
          for (let i = 0; i < count; i++) {
            values.push(y);
            shares.push(share);
          }
          if (y === 1) {
            positives += count;
            exposure += 300 * share;
          }
        }
      naive += values.filter((v) => v === 1).length / values.length / runs;
      weighted += healthy(inverseDelayMean(values, shares), "delay-adjusted").estimate.value / runs;
      silent += healthy(exposureAdjustedRate(positives, exposure, 300 * days), "delay-adjusted").estimate.value / runs;
    }
    expect(naive).toBeLessThan(0.085);
    expect(Math.abs(weighted - 0.1)).toBeLessThan(0.0015);
    expect(Math.abs(silent - 0.1)).toBeLessThan(0.0015);
  });

  it("exposure limits cover at least 95 %", () => {
    const random = createXoshiro(7);
    const trials = times(5000);
    let covered = 0;
    for (let r = 0; r < trials; r++) {
      const got = healthy(exposureAdjustedRate(Math.min(900, samplePoisson(random, 20)), 800, 900), "delay-adjusted");
      if (got.estimate.lower <= 0.025 && 0.025 <= got.estimate.upper) covered += 1;
    }
    expectRate(covered, trials, 0.95, 0.985);
  });

  it("a steady delay law is called changed, or outcome-dependent, at most once in a hundred", () => {
    const random = createXoshiro(8);
    const trials = times(4000);
    let changed = 0;
    let dependent = 0;
    for (let r = 0; r < trials; r++) {
      const triangle = Array.from({ length: 20 }, (_, day) => {
        let sum = 0;
        return arrivals(random, 80, 2, 8)
          .slice(0, Math.min(8, 20 - day))
          .map((c) => (sum += c));
      });
      if (healthy(delayLawChange(triangle, { recentDays: 5 }), "delay-law-change").p < 0.01) changed += 1;
      const regime = delayRegime(arrivals(random, 60, 3, 15), arrivals(random, 500, 3, 15));
      if (regime.kind === "outcome-dependent") dependent += 1;
    }
    expectRate(changed, trials, 0.001, 0.014);
    expectRate(dependent, trials, 0, 0.01);
  });
});
