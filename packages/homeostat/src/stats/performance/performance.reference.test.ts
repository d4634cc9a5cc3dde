import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXoshiro } from "../random/xoshiro.ts";
import { aucDifference } from "./auc-difference.ts";
import { averagePrecision } from "./average-precision.ts";
import { binaryConfusionOf, mergeBinaryConfusions } from "./binary-confusion.ts";
import { binaryMetrics } from "./binary-metrics.ts";
import { binnedAuc } from "./binned-auc.ts";
import { brierDecomposition } from "./brier-decomposition.ts";
import { calibrationBinsOf, equalWidthEdges, mergeCalibrationBins, totalCalibration } from "./calibration-bins.ts";
import { calibrationError } from "./calibration-error.ts";
import { calibrationInTheLarge, spiegelhalterTest } from "./calibration-tests.ts";
import { confidenceEarlyWarning } from "./confidence-early-warning.ts";
import { confidenceParadox } from "./confidence-paradox.ts";
import { confusionValue } from "./confusion-value.ts";
import { corpDecomposition } from "./corp-decomposition.ts";
import { delongPaired } from "./delong-paired.ts";
import { exactAuc } from "./exact-auc.ts";
import { isotonicRegression, predictIsotonic } from "./isotonic-regression.ts";
import { poissonBootstrap } from "./poisson-bootstrap.ts";
import { logLossSums, lossEstimate } from "./probability-losses.ts";
import { proportionEstimate } from "./proportion-estimate.ts";
import {
  averagePrecisionAtK,
  hitAtK,
  ndcgAtK,
  precisionAtK,
  recallAtK,
  reciprocalRankAtK,
} from "./ranking-measures.ts";
import { rankingMetrics, rankingSumsOf } from "./ranking-metrics.ts";
import { regressionMetrics } from "./regression-metrics.ts";
import { mergeRegressionSums, regressionSumsOf } from "./regression-sums.ts";
import { reliabilityPoints } from "./reliability.ts";

/** Narrows a result to its healthy kind or fails the test with what came instead. */
function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

const p = [0.1, 0.15, 0.3, 0.35, 0.55, 0.6, 0.8, 0.85, 0.9, 0.95];
const y = [0, 0, 1, 0, 1, 0, 1, 1, 1, 1];
const binsOf = (count: number) => healthy(calibrationBinsOf(p, y, equalWidthEdges(count)), "calibration-bins").bins;

describe("calibration against reference values", () => {
  it("gives ECE, its null mean and the debiased squared error", () => {
    expect(healthy(calibrationError(binsOf(10)), "calibration-error").expected).toBeCloseTo(0.215, 13);
    const five = healthy(calibrationError(binsOf(5)), "calibration-error");
    expect(five.expected).toBeCloseTo(0.215, 13);
    expect(five.nullMean).toBeCloseTo(0.22078412791048127, 13);
    expect(five.squaredDebiased).toBeCloseTo(-0.0345, 13);
    expect(five.rootDebiased).toBe(0);
  });

  it("gives Brier, log loss, Murphy and CORP", () => {
    const murphy = healthy(brierDecomposition(binsOf(5)), "brier-decomposition");
    expect(murphy.brier).toBeCloseTo(0.12825, 13);
    expect(murphy.reliability).toBeCloseTo(0.07175, 13);
    expect(murphy.resolution).toBeCloseTo(0.19, 13);
    expect(murphy.uncertainty).toBeCloseTo(0.24, 13);
    expect(murphy.withinBinVariance).toBeCloseTo(0.0015, 13);
    expect(murphy.withinBinCovariance).toBeCloseTo(-0.005, 13);
    const corp = healthy(corpDecomposition(p, y), "corp-decomposition");
    expect(corp.miscalibration).toBeCloseTo(0.02825, 13);
    expect(corp.discrimination).toBeCloseTo(0.14, 13);
    const fit = healthy(isotonicRegression(p, y), "isotonic-fit");
    expect(p.map((v) => predictIsotonic(fit, v))).toEqual([0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1]);
    const loss = healthy(lossEstimate(healthy(logLossSums(p, y), "loss-sums").sums), "estimate");
    expect(loss.value).toBeCloseTo(0.3959079189061128, 13);
  });

  it("gives Spiegelhalter's Z, the same from any bins", () => {
    for (const count of [1, 5, 10])
      expect(healthy(spiegelhalterTest(binsOf(count)), "calibration-test").z).toBeCloseTo(-0.4492927029213982, 13);
    const large = healthy(calibrationInTheLarge(binsOf(3)), "calibration-test");
    expect(large.z).toBeCloseTo((6 - 5.55) / Math.sqrt(p.reduce((s, v) => s + v * (1 - v), 0)), 12);
  });

  it("gives the reference paradox, and tells it from mere miscalibration", () => {
    const n0 = 20000;
    const n1 = 1000;
    const sums = (n: number, mean: number, correct: number) => ({
      n,
      sumConfidence: n * mean,
      sumConfidenceSquare: n * (0.0144 + mean * mean),
      correct,
      sumConfidenceCorrect: correct * mean,
    });
    const got = healthy(confidenceParadox(sums(n0, 0.8, 17000), sums(n1, 0.82, 800)), "confidence-paradox");
    expect(got.zConfidence).toBeCloseTo(5.143444998736373, 10);
    expect(got.zAccuracy).toBeCloseTo(3.8763766610110935, 10);
    expect(got.pParadox).toBeCloseTo(5.30117576726587e-5, 15);
    expect(got.verdict).toBe("paradox");
    const only = healthy(confidenceParadox(sums(n0, 0.8, 17000), sums(n1, 0.8, 780)), "confidence-paradox");
    expect(only.verdict).toBe("miscalibrated");
    expect(confidenceParadox(sums(n0, 0.8, 17000), sums(199, 0.9, 10))).toEqual({
      kind: "insufficient",
      reason: "too-few-labels",
      have: 199,
      need: 200,
    });
  });

  it("warns before labels only when confidence rose and the input is unfamiliar", () => {
    const nothing = { pInputDrift: null, pUnfamiliar: null, pAgreementDown: null };
    expect(confidenceEarlyWarning({ pConfidenceUp: 1e-9, ...nothing })).toEqual({
      kind: "unknown",
      reason: "nothing-measured",
    });
    expect(confidenceEarlyWarning({ pConfidenceUp: 0.2, ...nothing, pInputDrift: 1e-9 })).toEqual({
      kind: "quiet",
      reason: "confidence-not-up",
    });
    expect(confidenceEarlyWarning({ pConfidenceUp: 1e-9, ...nothing, pInputDrift: 0.5 })).toEqual({
      kind: "quiet",
      reason: "no-support",
    });
    expect(
      confidenceEarlyWarning({ pConfidenceUp: 1e-9, pInputDrift: 1e-4, pUnfamiliar: 0.9, pAgreementDown: 1e-5 }),
    ).toEqual({ kind: "amber", support: ["input-drift", "agreement-down"] });
  });
});

describe("ranking measures", () => {
  const query = { relevance: [0, 1, 0, 1, 0], judged: [1, 1, 1, 0, 0] };

  it("measures one query by hand", () => {
    expect(precisionAtK(query, 4)).toBe(0.5);
    expect(precisionAtK({ relevance: [1] }, 4)).toBe(0.25);
    expect(recallAtK(query, 4)).toBeCloseTo(2 / 3, 15);
    expect(averagePrecisionAtK(query, 4)).toBeCloseTo((1 / 2 + 2 / 4) / 3, 15);
    expect(averagePrecisionAtK(query, 2)).toBeCloseTo(1 / 2 / 2, 15);
    expect(reciprocalRankAtK(query, 4)).toBe(0.5);
    expect(reciprocalRankAtK(query, 1)).toBe(0);
    expect(hitAtK(query, 1)).toBe(0);
    expect(ndcgAtK(query, 2)).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 14);
    for (const measure of [recallAtK, averagePrecisionAtK, reciprocalRankAtK, hitAtK, ndcgAtK])
      expect(measure({ relevance: [0, 0] }, 2)).toBeNull();
  });

  it("averages over the queries that have something to find, and counts the others apart", () => {
    const sums = healthy(rankingSumsOf([query, { relevance: [0] }, { relevance: [1, 0] }], 4), "ranking-sums");
    expect(sums.withoutRelevant).toBe(1);
    const metrics = rankingMetrics(sums);
    expect(healthy(metrics.meanReciprocalRank, "estimate").value).toBe(0.75);
    expect(healthy(metrics.hitRate, "estimate").value).toBe(1);
    expect(rankingSumsOf([{ relevance: [-1] }], 3)).toEqual({ kind: "invalid", reason: "out-of-range", index: 0 });
    expect(rankingMetrics(healthy(rankingSumsOf([query], 3), "ranking-sums")).ndcg).toMatchObject({
      kind: "insufficient",
    });
  });
});

describe("metrics at the edge", () => {
  it("refuses what cannot be given, with the reason", () => {
    const none = binaryMetrics({ truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 });
    for (const metric of Object.values(none)) expect(metric).toMatchObject({ kind: "insufficient", reason: "no-rows" });
    const silent = binaryMetrics({ truePositive: 0, falsePositive: 0, falseNegative: 4, trueNegative: 6 });
    expect(silent.precision).toEqual({ kind: "insufficient", reason: "no-predicted-positives", have: 0, need: 1 });
    expect(silent.matthewsCorrelation).toMatchObject({ kind: "insufficient" });
    expect(healthy(silent.f1, "estimate").value).toBe(0);
    expect(
      binaryMetrics({ truePositive: Number.NaN, falsePositive: 1, falseNegative: 1, trueNegative: 1 }).accuracy,
    ).toMatchObject({ kind: "invalid", reason: "not-finite" });
    expect(exactAuc([], [])).toMatchObject({ kind: "insufficient", reason: "no-positives" });
    expect(exactAuc([1, 2, 3], [1, 1, 1])).toMatchObject({ kind: "insufficient", reason: "no-negatives" });
    expect(exactAuc([1, Number.NaN], [1, 0])).toEqual({ kind: "invalid", reason: "not-finite", index: 1 });
    expect(exactAuc([1, 2], [1, 2])).toEqual({ kind: "invalid", reason: "out-of-range", index: 1 });
    expect(averagePrecision([1, 2], [0, 0])).toMatchObject({ kind: "insufficient", reason: "no-positives" });
    expect(calibrationError([])).toMatchObject({ kind: "insufficient", reason: "no-rows" });
    expect(brierDecomposition([])).toMatchObject({ kind: "insufficient", reason: "no-rows" });
    expect(calibrationBinsOf([1.1], [1], [])).toEqual({ kind: "invalid", reason: "out-of-range", index: 0 });
    const sure = healthy(calibrationBinsOf([0, 1], [0, 1], []), "calibration-bins").bins;
    expect(spiegelhalterTest(sure)).toMatchObject({ kind: "insufficient", reason: "no-spread" });
    expect(isotonicRegression([], [])).toMatchObject({ kind: "insufficient", reason: "no-rows" });
    const constant = regressionMetrics(healthy(regressionSumsOf([2, 2, 2], [1, 2, 3]), "regression-sums").sums);
    expect(constant.rSquared).toMatchObject({ kind: "insufficient", reason: "no-spread" });
    const zeros = regressionMetrics(healthy(regressionSumsOf([0, 0, 0], [1, 2, 3]), "regression-sums").sums);
    expect(zeros.meanAbsolutePercentageError).toMatchObject({ kind: "insufficient", reason: "no-rows" });
    expect(regressionSumsOf([1, 2], [1, Number.POSITIVE_INFINITY])).toEqual({
      kind: "invalid",
      reason: "not-finite",
      index: 1,
    });
    expect(delongPaired([1, 1, 0, 0], [4, 3, 2, 1], [8, 7, 6, 5])).toMatchObject({
      kind: "insufficient",
      reason: "no-spread",
    });
  });

  it("throws on calls that contradict themselves", () => {
    expect(() => exactAuc([1], [1, 0])).toThrow(RangeError);
    expect(() => proportionEstimate(1, 2, { alpha: 1 })).toThrow(RangeError);
    expect(() => proportionEstimate(1, 2, { overdispersion: 0.5 })).toThrow(RangeError);
    expect(() => mergeCalibrationBins(binsOf(3), binsOf(4))).toThrow(RangeError);
  });

  it("keeps an interval and a usable variance at complete separation", () => {
    const perfect = healthy(exactAuc([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1]), "binned-auc");
    expect(perfect.estimate.value).toBe(1);
    expect(perfect.estimate.lower).toBeCloseTo(0.025 ** (1 / 3), 10);
    expect(perfect.estimate.upper).toBe(1);
    expect(perfect.summary.varianceSource).toBe("hanley-mcneil-shrunk");
    expect(perfect.summary.variance).toBeGreaterThan(0);
    const difference = aucDifference(perfect.summary, perfect.summary);
    expect(difference.z).toBe(0);
    expect(difference.pWorse).toBe(0.5);
  });

  it("bounds the unbinned AUC by the binned one and its bound", () => {
    const random = createXoshiro(9);
    const scores = Array.from({ length: 500 }, () => random.next());
    const labels = scores.map((s) => (random.next() < s ? 1 : 0));
    const exact = healthy(exactAuc(scores, labels), "binned-auc").estimate.value;
    const bins = 10;
    const counts = (label: number) =>
      Array.from(
        { length: bins },
        (_, b) => scores.filter((s, i) => labels[i] === label && Math.floor(s * bins) === b).length,
      );
    const binned = healthy(binnedAuc(counts(1), counts(0)), "binned-auc");
    expect(binned.binningBound).toBeLessThan(0.06);
    expect(Math.abs(binned.estimate.value - exact)).toBeLessThanOrEqual(binned.binningBound);
  });

  it("widens every interval by the overdispersion", () => {
    const counts = { truePositive: 60, falsePositive: 15, falseNegative: 12, trueNegative: 113 };
    const plain = binaryMetrics(counts);
    const wide = binaryMetrics(counts, { overdispersion: 4 });
    for (const name of Object.keys(plain) as (keyof typeof plain)[]) {
      const a = healthy(plain[name], "estimate");
      const b = healthy(wide[name], "estimate");
      expect(b.value).toBe(a.value);
      expect(b.standardError / a.standardError).toBeCloseTo(2, 9);
      expect(b.effectiveN).toBeCloseTo(a.effectiveN / 4, 12);
      expect(b.lower).toBeLessThan(a.lower);
      expect(b.upper).toBeGreaterThan(a.upper);
    }
  });

  it("bootstraps a share to its known interval, wider by the root of the overdispersion, and the same from the same seed", () => {
    const share = (counts: Float64Array) => counts[0]! / (counts[0]! + counts[1]!);
    const run = (overdispersion: number) =>
      healthy(
        poissonBootstrap([300, 700], share, { random: createXoshiro(3), replicates: 4000, overdispersion }),
        "estimate",
      );
    const plain = run(1);
    const wilson = healthy(proportionEstimate(300, 1000), "estimate");
    expect(plain.value).toBe(0.3);
    expect(Math.abs(plain.lower - wilson.lower)).toBeLessThan(0.002);
    expect(Math.abs(plain.upper - wilson.upper)).toBeLessThan(0.002);
    expect(run(4).standardError / plain.standardError).toBeCloseTo(2, 1);
    expect(run(1)).toEqual(plain);
    expect(poissonBootstrap([0, 0], share, { random: createXoshiro(3) })).toMatchObject({
      kind: "insufficient",
      reason: "no-rows",
    });
    expect(poissonBootstrap([1, 1], () => null, { random: createXoshiro(3) })).toMatchObject({
      kind: "insufficient",
      reason: "degenerate",
    });
  });

  it("values decisions as the peer does", () => {
    const confusion = { truePositive: 4.5, falsePositive: 1.5, falseNegative: 0.7, trueNegative: 3.3 };
    expect(
      confusionValue(confusion, { truePositive: 10, falsePositive: -5, falseNegative: -10, trueNegative: 2 }),
    ).toBeCloseTo(37.1, 12);
  });

  it("says where a reliability point lies outside its interval, and leaves empty bins out", () => {
    const bins = healthy(
      calibrationBinsOf(
        new Array(100).fill(0.9),
        Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0)),
        equalWidthEdges(4),
      ),
      "calibration-bins",
    ).bins;
    const points = reliabilityPoints(bins);
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ bin: 3, n: 100, outsideInterval: true });
    expect(points[0]?.gap).toBeCloseTo(-0.4, 12);
  });
});

describe("properties of the metrics", () => {
  const row = fc.record({
    s: fc.integer({ min: 0, max: 20 }),
    y: fc.integer({ min: 0, max: 1 }),
    d: fc.integer({ min: 0, max: 1 }),
  });
  const rows = fc.array(row, { minLength: 1, maxLength: 60 });

  it("AUC does not depend on the order of rows or a monotone change of scores, and flips with the labels", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const auc = (scores: number[], labels: number[]) => exactAuc(scores, labels);
        const base = auc(
          list.map((r) => r.s),
          list.map((r) => r.y),
        );
        if (base.kind !== "binned-auc") return;
        const turned = [...list].reverse();
        expect(
          auc(
            turned.map((r) => r.s),
            turned.map((r) => r.y),
          ),
        ).toEqual(base);
        expect(
          auc(
            list.map((r) => Math.exp(r.s)),
            list.map((r) => r.y),
          ),
        ).toEqual(base);
        const flipped = healthy(
          auc(
            list.map((r) => -r.s),
            list.map((r) => r.y),
          ),
          "binned-auc",
        );
        expect(flipped.estimate.value).toBeCloseTo(1 - base.estimate.value, 12);
        expect(flipped.summary.variance).toBeCloseTo(base.summary.variance, 12);
        expect(base.estimate.lower).toBeLessThanOrEqual(base.estimate.value + 1e-12);
        expect(base.estimate.upper).toBeGreaterThanOrEqual(base.estimate.value - 1e-12);
      }),
      { numRuns: 150 },
    );
  });

  it("confusions, calibration bins and regression sums of a union are the merge of the parts", () => {
    fc.assert(
      fc.property(rows, fc.nat(), (list, cut) => {
        const at = cut % (list.length + 1);
        const parts = [list.slice(0, at), list.slice(at)];
        const confusion = (part: typeof list) =>
          healthy(
            binaryConfusionOf(
              part.map((r) => r.y),
              part.map((r) => r.d),
            ),
            "confusion",
          ).confusion;
        expect(mergeBinaryConfusions(parts.map(confusion))).toEqual(confusion(list));
        const calibration = (part: typeof list) =>
          healthy(
            calibrationBinsOf(
              part.map((r) => r.s / 20),
              part.map((r) => r.y),
              [0.3, 0.7],
            ),
            "calibration-bins",
          ).bins;
        const merged = totalCalibration(mergeCalibrationBins(calibration(parts[0]!), calibration(parts[1]!)));
        const whole = totalCalibration(calibration(list));
        for (const key of Object.keys(whole) as (keyof typeof whole)[]) expect(merged[key]).toBeCloseTo(whole[key], 9);
        const regression = (part: typeof list) =>
          healthy(
            regressionSumsOf(
              part.map((r) => r.s),
              part.map((r) => r.s + r.d),
              5,
            ),
            "regression-sums",
          ).sums;
        expect(mergeRegressionSums(regression(parts[0]!), regression(parts[1]!)).sumLabelQuartic).toBeCloseTo(
          regression(list).sumLabelQuartic,
          5,
        );
      }),
      { numRuns: 100 },
    );
  });

  it("every metric lies inside its interval and its range", () => {
    const count = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(count, count, count, count, (truePositive, falsePositive, falseNegative, trueNegative) => {
        const metrics = binaryMetrics({ truePositive, falsePositive, falseNegative, trueNegative });
        for (const [name, metric] of Object.entries(metrics)) {
          if (metric.kind !== "estimate") continue;
          expect(metric.value).toBeGreaterThanOrEqual(metric.lower - 1e-12);
          expect(metric.value).toBeLessThanOrEqual(metric.upper + 1e-12);
          expect(metric.lower).toBeGreaterThanOrEqual(name === "matthewsCorrelation" ? -1 : -1e-12);
          expect(metric.upper).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("Murphy's five terms add up to the Brier score for any bins", () => {
    fc.assert(
      fc.property(rows, fc.uniqueArray(fc.integer({ min: 1, max: 19 }), { maxLength: 6 }), (list, cuts) => {
        const edges = cuts.sort((a, b) => a - b).map((c) => c / 20 + 0.01);
        const bins = healthy(
          calibrationBinsOf(
            list.map((r) => r.s / 20),
            list.map((r) => r.y),
            edges,
          ),
          "calibration-bins",
        ).bins;
        const d = healthy(brierDecomposition(bins), "brier-decomposition");
        const brier = list.reduce((sum, r) => sum + (r.y - r.s / 20) ** 2, 0) / list.length;
        expect(d.brier).toBeCloseTo(brier, 11);
        expect(d.reliability - d.resolution + d.uncertainty + d.withinBinVariance - d.withinBinCovariance).toBeCloseTo(
          brier,
          11,
        );
      }),
      { numRuns: 150 },
    );
  });

  it("an isotonic fit never falls, stays in the range of the data and keeps its mean", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: -9, max: 9 })), {
          minLength: 1,
          maxLength: 40,
        }),
        (pairs) => {
          const x = pairs.map(([a]) => a);
          const v = pairs.map(([, b]) => b);
          const fit = healthy(isotonicRegression(x, v), "isotonic-fit");
          const fitted = x.map((a) => predictIsotonic(fit, a));
          for (let i = 1; i < fit.values.length; i++)
            expect(fit.values[i]!).toBeGreaterThanOrEqual(fit.values[i - 1]! - 1e-12);
          expect(Math.min(...fitted)).toBeGreaterThanOrEqual(Math.min(...v) - 1e-9);
          expect(Math.max(...fitted)).toBeLessThanOrEqual(Math.max(...v) + 1e-9);
          expect(fitted.reduce((a, b) => a + b, 0)).toBeCloseTo(
            v.reduce((a, b) => a + b, 0),
            8,
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
