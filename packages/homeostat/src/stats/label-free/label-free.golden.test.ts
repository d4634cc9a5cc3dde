import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { conformalQuantile, coverageRange } from "../conformal/conformal-quantile.ts";
import { bocpdDating } from "../sequential/bocpd.ts";
import { exposureAdjustedRate } from "./delay-weighted-rate.ts";
import { expectedBinary } from "./expected-binary.ts";
import { expectedMulticlass } from "./expected-multiclass.ts";
import { labelledSumsOf, predictionPoweredMean } from "./prediction-powered-mean.ts";

interface Binary {
  scores: number[];
  calibrated: number[];
  decisions: number[];
  auc: number;
  averagePrecision: number;
  accuracy: number;
  precision: number;
  recall: number;
  f1: number;
  specificity: number;
}

const golden = JSON.parse(readFileSync(new URL("../golden/label-free.json", import.meta.url), "utf8")) as {
  expectedBinary: Binary[];
  expectedMulticlass: {
    classes: number;
    calibrated: number[];
    decisions: number[];
    accuracy: number;
    macroPrecision: number;
    macroRecall: number;
    macroF1: number;
    macroAuc: number;
  }[];
  predictionPowered: {
    expected: number[];
    actual: number[];
    overdispersion: number;
    power: number;
    value: number;
    standardError: number;
  }[];
  conformal: {
    scores: number[];
    alpha: number;
    rank: number;
    value: number | null;
    coverage: [number, number] | null;
  }[];
  exposure: { positives: number; exposure: number; alpha: number; lower: number; upper: number }[];
  runLengths: { x: number[]; hazard: number; logPredictive: number[]; recent: number[]; onset: number[] }[];
};

function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

/** The value of an expected metric that must be there. */
function worth(metric: { kind: string }): number {
  return healthy(metric as { kind: "expected"; value: number }, "expected").value;
}

describe("label-free estimates against scikit-learn, numpy and scipy", () => {
  it("are the weighted metrics of the doubled sample, ties and tiny windows included", () => {
    for (const c of golden.expectedBinary) {
      const got = healthy(expectedBinary(c, { minimumRows: 1 }), "expected-binary");
      for (const name of ["auc", "accuracy", "precision", "recall", "f1", "specificity"] as const)
        expect(worth(got[name])).toBeCloseTo(c[name], 12);
      expect(got.averagePrecision).toBeCloseTo(c.averagePrecision, 12);
    }
  });

  it("are the weighted macro metrics for more classes", () => {
    for (const c of golden.expectedMulticlass) {
      const got = healthy(
        expectedMulticlass(c.calibrated, c.decisions, c.classes, { minimumRows: 1 }),
        "expected-multiclass",
      );
      expect(got.accuracy.value).toBeCloseTo(c.accuracy, 12);
      expect(got.macroPrecision.value).toBeCloseTo(c.macroPrecision, 12);
      expect(got.macroRecall.value).toBeCloseTo(c.macroRecall, 12);
      expect(got.macroF1.value).toBeCloseTo(c.macroF1, 12);
      expect(worth(got.macroAuc)).toBeCloseTo(c.macroAuc, 12);
    }
  });

  it("give the prediction-powered mean with its best power", () => {
    for (const c of golden.predictionPowered) {
      const n = c.actual.length;
      const labelled = healthy(labelledSumsOf(c.actual, c.expected.slice(0, n)), "labelled-sums").sums;
      const all = {
        n: c.expected.length,
        sumExpected: c.expected.reduce((a, b) => a + b, 0),
        sumExpectedSquare: c.expected.reduce((a, b) => a + b * b, 0),
      };
      const got = healthy(
        predictionPoweredMean(labelled, all, { minimumLabels: 2, overdispersion: c.overdispersion }),
        "prediction-powered",
      );
      expect(got.power).toBeCloseTo(c.power, 10);
      expect(got.estimate.value).toBeCloseTo(c.value, 11);
      expect(got.estimate.standardError).toBeCloseTo(c.standardError, 11);
    }
  });

  it("give conformal cut-offs and their coverage law", () => {
    for (const c of golden.conformal) {
      const got = healthy(conformalQuantile(c.scores, c.alpha), "conformal-quantile");
      expect(got.rank).toBe(c.rank);
      expect(got.value).toBe(c.value ?? Number.POSITIVE_INFINITY);
      const range = coverageRange(c.scores.length, c.alpha);
      expect(range.lower).toBeCloseTo(c.coverage?.[0] ?? 1, 10);
      expect(range.upper).toBeCloseTo(c.coverage?.[1] ?? 1, 10);
    }
  });

  it("give Garwood's limits of a rate by exposure", () => {
    for (const c of golden.exposure) {
      const got = healthy(exposureAdjustedRate(c.positives, c.exposure, 1e6, { alpha: c.alpha }), "delay-adjusted");
      expect(got.estimate.lower).toBeCloseTo(c.lower, 12);
      expect(got.estimate.upper).toBeCloseTo(c.upper, 12);
    }
  });

  it("give the whole run-length recursion under another prior and hazard", () => {
    for (const c of golden.runLengths) {
      const prior = { mean: 0.3, meanWeight: 0.5, shape: 1.5, scale: 2 };
      const got = healthy(bocpdDating(c.x, { prior, hazard: c.hazard, recentSteps: 5 }), "bocpd-dating");
      for (const [t, log] of c.logPredictive.entries()) {
        expect(got.logPredictive[t]).toBeCloseTo(log, 10);
        if (t >= 5) expect(got.recentChange[t]).toBeCloseTo(c.recent[t]!, 11);
      }
      for (const [t, p] of c.onset.entries()) expect(got.onset[t]).toBeCloseTo(p, 11);
    }
  });
});
