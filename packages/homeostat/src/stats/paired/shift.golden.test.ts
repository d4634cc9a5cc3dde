import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shapleyValues } from "../attribution/shapley-values.ts";
import { degradationOf } from "../slice/degradation.ts";
import { flipMatrix } from "./flip-matrix.ts";
import { mcnemarTest } from "./mcnemar-test.ts";
import { aucDifference } from "./paired-statistics.ts";

interface Golden {
  readonly degradation: readonly {
    n0: number;
    e0: number;
    n1: number;
    e1: number;
    z: number;
    p: number;
    fisher: number;
  }[];
  readonly welch: readonly { baseline: number[]; current: number[]; t: number; p: number }[];
  readonly mcnemar: readonly {
    b: number;
    c: number;
    exact: number;
    midP: number;
    chiSquared: number;
    chiSquaredP: number;
  }[];
  readonly shapley: readonly { values: number[]; phi: number[] }[];
  readonly auc: readonly { labels: number[]; scores: number[]; weights: number[]; auc: number }[];
  readonly flips: readonly { before: string[]; after: string[]; kappa: number; agreement: number }[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/shift.json", import.meta.url), "utf8")) as Golden;

/** Relative agreement: special functions differ in the last digits, and p-values span three hundred orders of magnitude. */
function expectRelative(actual: number, expected: number): void {
  expect(actual / expected).toBeCloseTo(1, 9);
}

describe("agreement with scipy, statsmodels and scikit-learn", () => {
  it("holds for two-proportion z and its p-value, Fisher's where few errors are expected", () => {
    for (const { n0, e0, n1, e1, z, p, fisher } of golden.degradation) {
      const answer = degradationOf({ baselineRows: n0, baselineLoss: e0, currentRows: n1, currentLoss: e1 });
      if (answer.kind !== "measured") throw new Error("expected a measure");
      expect(answer.z).toBeCloseTo(z, 9);
      expectRelative(answer.pValue, answer.test === "fisher" ? Math.max(fisher, p) : p);
    }
  });

  it("holds for Welch's t from sums", () => {
    const total = (values: readonly number[], f: (x: number) => number): number =>
      values.reduce((sum, x) => sum + f(x), 0);
    for (const { baseline, current, t, p } of golden.welch) {
      const answer = degradationOf({
        baselineRows: baseline.length,
        baselineLoss: total(baseline, (x) => x),
        baselineSquares: total(baseline, (x) => x * x),
        currentRows: current.length,
        currentLoss: total(current, (x) => x),
        currentSquares: total(current, (x) => x * x),
      });
      expect(answer).toMatchObject({ test: "welch", z: expect.closeTo(t, 8), pValue: expect.closeTo(p, 9) });
    }
  });

  it("holds for McNemar's tests", () => {
    for (const { b, c, exact, midP, chiSquared, chiSquaredP } of golden.mcnemar) {
      expect(mcnemarTest(b, c)).toMatchObject({
        exact: expect.closeTo(exact, 11),
        midP: expect.closeTo(midP, 11),
        chiSquared: expect.closeTo(chiSquared, 11),
        chiSquaredP: expect.closeTo(chiSquaredP, 11),
      });
    }
  });

  it("holds for Shapley values over all orders", () => {
    for (const { values, phi } of golden.shapley) {
      expect(shapleyValues(phi.length, (s) => values[s]!)).toEqual(phi.map((v) => expect.closeTo(v, 10)));
    }
  });

  it("holds for weighted areas under the curve with ties, and for agreement", () => {
    for (const { labels, scores, weights, auc } of golden.auc) {
      const flat = scores.map(() => 0);
      expect(aucDifference(labels, flat, scores)(Float64Array.from(weights))).toBeCloseTo(auc - 0.5, 12);
    }
    for (const { before, after, kappa, agreement } of golden.flips) {
      expect(flipMatrix(before, after)).toMatchObject({
        kappa: expect.closeTo(kappa, 12),
        agreement: expect.closeTo(agreement, 12),
      });
    }
  });
});
