import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overconfidenceNull, overconfidenceScore } from "../performance/overconfidence-sequence.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { sampleBinomial } from "../random/sample-binomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { createAdwin, updateAdwin } from "./adwin.ts";
import { alertThreshold } from "./alert-budget.ts";
import { ar1Model } from "./ar1-whitening.ts";
import { baselineMeanNull } from "./baseline-mean-null.ts";
import { baselineNull } from "./baseline-null.ts";
import { bernoulliLogSums, betLogSums, mergeBetLogSums } from "./bet-log-sums.ts";
import { betaBinomialSequence } from "./beta-binomial-sequence.ts";
import { bettingGrid } from "./betting-grid.ts";
import { bocpdDating } from "./bocpd.ts";
import { changeTimePosterior } from "./change-time-posterior.ts";
import { dirichletMultinomialEvidence } from "./dirichlet-multinomial-evidence.ts";
import { createEDetector, updateEDetector } from "./e-detector.ts";
import { anytimePValue, gridLogEvidence } from "./grid-evidence.ts";
import { noiseScale } from "./noise-scale.ts";
import { optimalPartition } from "./optimal-partition.ts";
import { initialPageHinkley, updatePageHinkley } from "./page-hinkley.ts";

function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

describe("sequential statistics at the edge", () => {
  it("have no evidence in no rows", () => {
    const grid = bettingGrid(0.1);
    expect(gridLogEvidence(healthy(betLogSums([], grid), "bet-log-sums"))).toBe(0);
    expect(anytimePValue(0)).toBe(1);
    expect(anytimePValue(Math.log(1000))).toBeCloseTo(0.001, 12);
    expect(betaBinomialSequence(0, 0)).toEqual({ kind: "sequence-interval", lower: 0, upper: 1, n: 0 });
    expect(healthy(dirichletMultinomialEvidence([0, 0], [5, 5]), "drift-evidence").logEvidence).toBeCloseTo(0, 12);
  });

  it("stay finite for counts of a billion", () => {
    const sums = healthy(bernoulliLogSums(2e8, 8e8, bettingGrid(0.1)), "bet-log-sums");
    expect(gridLogEvidence(sums)).toBeGreaterThan(1e7);
    const reading = updateEDetector(createEDetector(10), sums, 1000);
    expect(reading.alarm).toBe(true);
    expect(Number.isFinite(reading.logStatistic)).toBe(true);
    const got = healthy(betaBinomialSequence(5e8, 5e8), "sequence-interval");
    expect(got.upper - got.lower).toBeLessThan(3e-4);
    expect(healthy(dirichletMultinomialEvidence([1e9, 2e9], [1e6, 1e6]), "drift-evidence").logEvidence).toBeGreaterThan(
      1e4,
    );
  });

  it("refuse broken values and calls", () => {
    const grid = bettingGrid(0.1);
    expect(betLogSums([0.5, 1.5], grid)).toEqual({ kind: "invalid", reason: "out-of-range", index: 1 });
    expect(betLogSums([Number.NaN], grid)).toEqual({ kind: "invalid", reason: "not-finite", index: 0 });
    expect(bernoulliLogSums(1, -1, grid)).toEqual({ kind: "invalid", reason: "out-of-range", index: 1 });
    expect(dirichletMultinomialEvidence([1], [1])).toMatchObject({ kind: "insufficient", reason: "no-spread" });
    expect(baselineNull(10, 10, 0.05)).toMatchObject({ kind: "insufficient", reason: "degenerate" });
    expect(baselineNull(0, 0, 0.05)).toMatchObject({ kind: "insufficient", reason: "no-rows" });
    expect(healthy(baselineNull(0, 10, 0.05), "baseline-null").nullMean).toBeCloseTo(1 - 0.025 ** 0.1, 10);
    expect(baselineMeanNull(100, 0.1, 0.01, 0.05)).toMatchObject({
      kind: "insufficient",
      reason: "too-few-expected-events",
    });
    expect(() => bettingGrid(0)).toThrow(RangeError);
    expect(() => alertThreshold(0, 1, 1)).toThrow(RangeError);
    expect(alertThreshold(40, 168, 1)).toBe(6720);
    expect(noiseScale([1, 2])).toMatchObject({ kind: "insufficient" });
    expect(optimalPartition([1, 2, Number.NaN, 4, 5])).toEqual({ kind: "invalid", reason: "not-finite", index: 2 });
    expect(ar1Model(new Array<number>(300).fill(1))).toMatchObject({ kind: "insufficient", reason: "no-spread" });
    expect(changeTimePosterior([3, 3, 3, 3, 3])).toMatchObject({ kind: "insufficient", reason: "no-spread" });
    expect(bocpdDating([1], { prior: { mean: 0, meanWeight: 1, shape: 1, scale: 1 } })).toMatchObject({
      kind: "insufficient",
    });
    const adwin = createAdwin();
    expect(updateAdwin(adwin, Number.POSITIVE_INFINITY)).toMatchObject({ kind: "invalid" });
    expect(adwin).toEqual(createAdwin());
    expect(updatePageHinkley(initialPageHinkley, Number.NaN)).toMatchObject({ kind: "invalid" });
  });

  it("divide a constant series nowhere and a clean step exactly", () => {
    expect(healthy(optimalPartition(new Array<number>(50).fill(7)), "partition").changes).toEqual([]);
    const step = [...new Array<number>(30).fill(1), ...new Array<number>(12).fill(2)];
    const got = healthy(optimalPartition(step), "partition");
    expect(got.changes).toEqual([30]);
    expect(got.segments.map(({ from, to }) => [from, to])).toEqual([
      [0, 30],
      [30, 42],
    ]);
    expect(got.segments[0]?.mean).toBeCloseTo(1, 12);
    expect(got.segments[1]?.mean).toBeCloseTo(2, 12);
  });

  it("cap long runs of the run-length posterior without losing mass", () => {
    const x = normalPairs(createXoshiro(2), 90);
    const prior = { mean: 0, meanWeight: 1, shape: 1, scale: 1 };
    const full = healthy(bocpdDating(x, { prior }), "bocpd-dating");
    const capped = healthy(bocpdDating(x, { prior, maximumRun: 30 }), "bocpd-dating");
    expect(capped.onset.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(capped.onset[0]!).toBeGreaterThan(0.3);
    expect(full.onset[0]!).toBeGreaterThan(0.3);
    // The last run keeps the statistics of all its rows, not of the newest thirty: a quiet series predicts as uncapped.
    const sum = (logs: Float64Array) => logs.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(capped.logPredictive) - sum(full.logPredictive))).toBeLessThan(0.3);
    const clipped = healthy(
      bocpdDating([...x, 1e6], { prior, winsorise: { centre: 0, deviation: 1 } }),
      "bocpd-dating",
    );
    expect(clipped.logPredictive[90]!).toBeGreaterThan(-20);
  });

  it("watch overconfidence grow, and only then", () => {
    const random = createXoshiro(4);
    const n = 20_000;
    const correct = sampleBinomial(random, n, 0.8);
    const baseline = {
      n,
      sumConfidence: 0.8 * n,
      sumConfidenceSquare: 0.65 * n,
      correct,
      sumConfidenceCorrect: 0.8 * correct,
    };
    const nothing = healthy(overconfidenceNull(baseline, 0.01), "baseline-null");
    const grid = bettingGrid(nothing.nullMean);
    const evidence = (accuracy: number) => {
      const values = Array.from({ length: 3000 }, () => overconfidenceScore(0.8, random.next() < accuracy));
      return gridLogEvidence(healthy(betLogSums(values, grid), "bet-log-sums"));
    };
    expect(evidence(0.7)).toBeGreaterThan(Math.log(1 / nothing.testAlpha));
    expect(evidence(0.8)).toBeLessThan(0);
    expect(overconfidenceNull({ ...baseline, n: 1 }, 0.01)).toMatchObject({ kind: "insufficient" });
  });
});

describe("properties of sequential statistics", () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 });

  it("evidence does not depend on the order of rows or how they are split, and is the mirror image downwards", () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (x, cut, m0) => {
        const grid = bettingGrid(m0);
        const whole = gridLogEvidence(healthy(betLogSums(x, grid), "bet-log-sums"));
        const at = cut % (x.length + 1);
        const parts = mergeBetLogSums(
          healthy(betLogSums(x.slice(at), grid), "bet-log-sums"),
          healthy(betLogSums(x.slice(0, at), grid), "bet-log-sums"),
        );
        expect(gridLogEvidence(parts)).toBeCloseTo(whole, 9);
        const mirrored = betLogSums(
          x.map((v) => 1 - v),
          bettingGrid(1 - m0, "below"),
        );
        expect(gridLogEvidence(healthy(mirrored, "bet-log-sums"))).toBeCloseTo(whole, 6);
        expect(gridLogEvidence(parts, 3)).toBeLessThanOrEqual(Math.max(0, whole) + 1e-9);
      }),
      { numRuns: 200 },
    );
  });

  it("drift evidence does not depend on the order of bins", () => {
    const bins = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 3000 })), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(bins, (pairs) => {
        const of = (list: readonly (readonly [number, number])[]) =>
          healthy(
            dirichletMultinomialEvidence(
              list.map(([n]) => n),
              list.map(([, m]) => m),
            ),
            "drift-evidence",
          ).logEvidence;
        expect(of([...pairs].reverse())).toBeCloseTo(of(pairs), 7);
      }),
      { numRuns: 100 },
    );
  });

  it("partitions do not depend on the origin or scale of the series", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 50 }),
        (seed, origin, scale) => {
          const x = normalPairs(createXoshiro(seed), 60).map((z, i) => z + (i >= 20 ? 2 : 0));
          const moved = x.map((v) => origin + scale * v);
          expect(healthy(optimalPartition(moved), "partition").changes).toEqual(
            healthy(optimalPartition(x), "partition").changes,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a confidence sequence holds its estimate, shrinks at a looser level, and widens with overdispersion", () => {
    fc.assert(
      fc.property(fc.nat({ max: 3000 }), fc.nat({ max: 3000 }), (s, f) => {
        const tight = healthy(betaBinomialSequence(s, f, { alpha: 0.1 }), "sequence-interval");
        const loose = healthy(betaBinomialSequence(s, f, { alpha: 0.01 }), "sequence-interval");
        const clustered = healthy(betaBinomialSequence(s, f, { alpha: 0.1, overdispersion: 4 }), "sequence-interval");
        if (s + f > 0) {
          expect(tight.lower).toBeLessThanOrEqual(s / (s + f));
          expect(tight.upper).toBeGreaterThanOrEqual(s / (s + f));
        }
        expect(loose.lower).toBeLessThanOrEqual(tight.lower);
        expect(loose.upper).toBeGreaterThanOrEqual(tight.upper);
        expect(clustered.lower).toBeLessThanOrEqual(tight.lower);
        expect(clustered.upper).toBeGreaterThanOrEqual(tight.upper);
      }),
      { numRuns: 150 },
    );
  });
});
