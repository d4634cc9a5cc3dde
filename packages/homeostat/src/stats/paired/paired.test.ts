import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXoshiro } from "../random/xoshiro.ts";
import { flipMatrix } from "./flip-matrix.ts";
import { mcnemarTest } from "./mcnemar-test.ts";
import { pairedBootstrap } from "./paired-bootstrap.ts";
import { pairedEvidenceFromCounts, pairedEvidenceFromSums, pairedSums } from "./paired-evidence.ts";
import { pairsNeeded, rowsNeededPerArm } from "./paired-sample-size.ts";
import { aucDifference, meanDifference, rmseDifference } from "./paired-statistics.ts";
import { defaultReleaseSettings, type ReleaseComparison, releaseVerdict } from "./release-verdict.ts";
import { unpairedBlocks } from "./unpaired-blocks.ts";

describe("mcnemarTest", () => {
  it.each([
    [10, 2, 0.03857421875, 0.0224609375, 4.0833333],
    [25, 15, 0.1538599441628321, 0.1172752059574122, 2.025],
    [5, 5, 1, 1, 0.1],
    [1, 8, 0.0390625, 0.021484375, 4],
  ])("reproduces the reference for b = %d, c = %d, either way round", (b, c, exact, midP, chiSquared) => {
    for (const [x, y] of [
      [b, c],
      [c, b],
    ] as const) {
      expect(mcnemarTest(x, y)).toMatchObject({
        exact: expect.closeTo(exact, 12),
        midP: expect.closeTo(midP, 12),
        chiSquared: expect.closeTo(chiSquared, 6),
      });
    }
  });

  it("has nothing to say without discordant pairs, and counts in whole numbers", () => {
    expect(mcnemarTest(0, 0)).toEqual({ kind: "no-discordant-pairs" });
    expect(() => mcnemarTest(1.5, 2)).toThrow(RangeError);
    expect(mcnemarTest(1, 0)).toMatchObject({ exact: expect.closeTo(1, 12), midP: expect.closeTo(0.5, 12) });
  });
});

describe("paired evidence", () => {
  it("reproduces the reference evidence of harm and of non-inferiority", () => {
    const harm = pairedEvidenceFromCounts({ newBetter: 10, equal: 965, newWorse: 25 }, 0.02);
    expect(harm.lnHarm).toBeCloseTo(1.655856732168136, 10);
    const few = pairedEvidenceFromCounts({ newBetter: 30, equal: 940, newWorse: 30 }, 0.02);
    expect(few.lnNonInferiority).toBeCloseTo(1.487033614694584, 10);
    const many = pairedEvidenceFromCounts({ newBetter: 300, equal: 9400, newWorse: 300 }, 0.02);
    expect(many.lnNonInferiority).toBeCloseTo(27.41753061215541, 8);
  });

  it("is the same from counts and from row-wise differences, and sums of parts add up", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, 0, 1), { maxLength: 200 }), fc.nat(200), (differences, cut) => {
        const count = (d: number): number => differences.filter((x) => x === d).length;
        const counts = { newBetter: count(-1), equal: count(0), newWorse: count(1) };
        const fromCounts = pairedEvidenceFromCounts(counts, 0.05);
        const a = pairedSums(differences.slice(0, cut), 0.05);
        const b = pairedSums(differences.slice(cut), 0.05);
        const merged = {
          pairs: a.pairs + b.pairs,
          discordant: a.discordant + b.discordant,
          sum: a.sum + b.sum,
          sumSquares: a.sumSquares + b.sumSquares,
          harmLogSums: a.harmLogSums.map((v, k) => v + b.harmLogSums[k]!),
          nonInferiorityLogSums: a.nonInferiorityLogSums.map((v, k) => v + b.nonInferiorityLogSums[k]!),
        };
        const fromSums = pairedEvidenceFromSums(merged);
        expect(fromSums.lnHarm).toBeCloseTo(fromCounts.lnHarm, 9);
        expect(fromSums.lnNonInferiority).toBeCloseTo(fromCounts.lnNonInferiority, 9);
        expect(fromSums).toMatchObject({
          pairs: fromCounts.pairs,
          discordant: fromCounts.discordant,
          meanDifference: fromCounts.meanDifference,
        });
      }),
    );
  });

  it("starts at no evidence, and refuses differences outside [-1, 1] and impossible counts", () => {
    expect(pairedEvidenceFromCounts({ newBetter: 0, equal: 0, newWorse: 0 }, 0.01)).toMatchObject({
      lnHarm: 0,
      lnNonInferiority: 0,
      pairs: 0,
    });
    expect(() => pairedSums([0.5, 1.2], 0.01)).toThrow(RangeError);
    expect(() => pairedEvidenceFromCounts({ newBetter: -1, equal: 0, newWorse: 0 }, 0.01)).toThrow(RangeError);
    expect(() => pairedEvidenceFromCounts({ newBetter: 1, equal: 0, newWorse: 0 }, 0)).toThrow(RangeError);
  });
});

describe("sample sizes", () => {
  it.each([
    [0.06, 0.01, 3708],
    [0.06, 0.02, 925],
    [0.02, 0.005, 4944],
    [0.1, 0.01, 6181],
  ])("needs the reference number of pairs for p_d = %d, d = %d", (discordance, difference, n) => {
    // The reference uses quantiles of four digits and rounds to the nearest; ours rounds up.
    const answer = pairsNeeded({ discordance, difference });
    if (answer.kind !== "needed") throw new Error("expected a size");
    expect(Math.abs(answer.n - n)).toBeLessThanOrEqual(1);
  });

  it("needs more rows unpaired, and says what cannot be planned", () => {
    expect(rowsNeededPerArm(0.1, 0.01)).toEqual({ kind: "needed", n: 11_618 });
    expect(pairsNeeded({ discordance: 0.1, difference: 0 })).toEqual({ kind: "impossible" });
    expect(pairsNeeded({ discordance: 0.01, difference: 0.5 })).toEqual({ kind: "impossible" });
    expect(rowsNeededPerArm(0.99, 0.05)).toEqual({ kind: "impossible" });
  });
});

describe("flipMatrix", () => {
  it("counts decisions, agreement with its exact interval, and agreement beyond chance", () => {
    const answer = flipMatrix(["a", "a", "b", "b", "a"], ["a", "b", "b", "b", "a"]);
    expect(answer).toMatchObject({ rows: 5, agreement: 0.8, kappa: expect.closeTo((0.8 - 0.48) / 0.52, 12) });
    if (answer.kind !== "counted") throw new Error("expected counts");
    expect(answer.cells).toContainEqual({ from: "a", to: "b", count: 1 });
    expect(answer.cells.reduce((sum, cell) => sum + cell.count, 0)).toBe(5);
    expect(answer.agreementInterval.lower).toBeLessThan(0.8);
  });

  it("knows no kappa when only one decision exists, and nothing without rows", () => {
    expect(flipMatrix(["a", "a"], ["a", "a"])).toMatchObject({ agreement: 1, kappa: null });
    expect(flipMatrix([], [])).toEqual({ kind: "insufficient", rows: 0 });
    expect(() => flipMatrix(["a"], [])).toThrow(RangeError);
  });
});

describe("pairedBootstrap", () => {
  it("has the standard error of the mean for a mean, and an interval around it", () => {
    const random = createXoshiro(3);
    const differences = Float64Array.from({ length: 400 }, () => random.next() - 0.4);
    const answer = pairedBootstrap(400, meanDifference(differences), random, 600);
    if (answer.kind !== "estimated") throw new Error("expected an estimate");
    expect(Math.abs(answer.standardError / (Math.sqrt(1 / 12) / 20) - 1)).toBeLessThan(0.15);
    expect(answer.lower).toBeLessThan(answer.estimate);
    expect(answer.upper).toBeGreaterThan(answer.estimate);
    expect(answer.shareAboveZero).toBeGreaterThan(0.95);
  });

  it("gives no difference with no spread when both models score alike", () => {
    const labels = [0, 1, 0, 1, 1];
    const scores = [0.1, 0.9, 0.4, 0.4, 0.7];
    expect(pairedBootstrap(5, aucDifference(labels, scores, scores), createXoshiro(1), 50)).toMatchObject({
      estimate: 0,
      standardError: 0,
    });
  });

  it("counts ties half in the area under the curve, and knows RMSE", () => {
    const ones = new Float64Array(7).fill(1);
    // Reference: base [.1,.4,.35,.8] against now [.3,.6,.9] gives 2/3.
    const auc = aucDifference([0, 0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1], [0.1, 0.4, 0.35, 0.8, 0.3, 0.6, 0.9]);
    expect(auc(ones)).toBeCloseTo(2 / 3 - 0.5, 12);
    expect(rmseDifference([0, 0], [1, 1], [3, 4])(new Float64Array([1, 1]))).toBeCloseTo(Math.sqrt(12.5) - 1, 12);
  });

  it("is insufficient when the statistic cannot be computed", () => {
    expect(pairedBootstrap(2, aucDifference([1, 1], [0, 1], [0, 1]), createXoshiro(1))).toEqual({
      kind: "insufficient",
      reason: "undefined-statistic",
    });
    expect(pairedBootstrap(0, () => 0, createXoshiro(1))).toEqual({ kind: "insufficient", reason: "no-rows" });
  });
});

describe("releaseVerdict", () => {
  const margin = 0.01;
  const compare = (
    newBetter: number,
    equal: number,
    newWorse: number,
    extra: Partial<ReleaseComparison> = {},
  ): ReleaseComparison => {
    return {
      evidence: pairedEvidenceFromCounts({ newBetter, equal, newWorse }, margin),
      unscoredPairs: 0,
      protectedSlices: [],
      ...extra,
    };
  };

  it("promotes on proof of non-inferiority", () => {
    expect(releaseVerdict(compare(300, 9400, 300))).toEqual({ verdict: "promote", reason: "non-inferior" });
  });

  it("rolls back on proof of harm, overall or on one protected slice at its share of alpha", () => {
    expect(releaseVerdict(compare(100, 800, 300))).toEqual({ verdict: "rollback", reason: "harm-overall" });
    const harmed = {
      name: "women over 60",
      evidence: pairedEvidenceFromCounts({ newBetter: 2, equal: 150, newWorse: 48 }, margin),
    };
    expect(releaseVerdict(compare(300, 9400, 300, { protectedSlices: [harmed] }))).toEqual({
      verdict: "rollback",
      reason: "harm-on-slice",
      slice: "women over 60",
    });
  });

  it("asks more of each slice when there are more of them", () => {
    const slightly = pairedEvidenceFromCounts({ newBetter: 5, equal: 170, newWorse: 25 }, margin);
    expect(slightly.lnHarm).toBeGreaterThan(Math.log(1 / 0.05));
    expect(slightly.lnHarm).toBeLessThan(Math.log(20 / 0.05));
    const slices = Array.from({ length: 20 }, (_, i) => ({ name: `s${i}`, evidence: slightly }));
    expect(releaseVerdict(compare(300, 9400, 300, { protectedSlices: slices.slice(0, 1) })).verdict).toBe("rollback");
    expect(releaseVerdict(compare(300, 9400, 300, { protectedSlices: slices })).verdict).toBe("promote");
  });

  it("remembers evidence of harm that has since faded", () => {
    expect(releaseVerdict(compare(300, 9400, 300, { largestLnHarm: 5 })).verdict).toBe("rollback");
  });

  it("does not take missing outcomes, or a slice without data, as a pass", () => {
    expect(releaseVerdict(compare(300, 9400, 300, { unscoredPairs: 5000 }))).toMatchObject({
      verdict: "inconclusive",
      reason: "missing-outcomes",
    });
    const empty = { name: "rare", evidence: pairedEvidenceFromCounts({ newBetter: 0, equal: 0, newWorse: 0 }, margin) };
    const answer = releaseVerdict(compare(300, 9400, 300, { protectedSlices: [empty] }));
    expect(answer).toMatchObject({ verdict: "inconclusive", reason: "slice-without-data", slice: "rare" });
    expect(releaseVerdict(compare(300, 19_400, 300, { unscoredPairs: 5000 }))).toEqual({
      verdict: "hold",
      reason: "ended-incomplete",
    });
  });

  it("holds the old model when the comparison ends undecided", () => {
    const ended = compare(1000, 18_000, 1125);
    expect(ended.evidence.lnHarm).toBeLessThan(Math.log(20));
    expect(releaseVerdict(ended)).toEqual({ verdict: "hold", reason: "ended-undecided" });
  });

  it("says how many pairs are still needed: never zero, fewer as pairs come in, and none invented without data", () => {
    const none = releaseVerdict(compare(0, 0, 0));
    expect(none).toMatchObject({ verdict: "inconclusive", reason: "too-few-pairs" });
    const at = (n: number): number => {
      const answer = releaseVerdict(compare(0.03 * n, 0.94 * n, 0.03 * n));
      return answer.verdict === "inconclusive" ? answer.morePairsNeeded : 0;
    };
    expect(at(1000)).toBeGreaterThan(at(2000));
    expect(at(1000)).toBeLessThan(defaultReleaseSettings.maximumPairs);
    // p_d .06, distance .01: 3708 pairs at fixed n, one and a half times that when watched.
    expect(at(1000)).toBe(Math.ceil(1.5 * 3708) - 1000);
  });

  it("needs some discordant pairs, unless so many pairs agree that none were to be expected", () => {
    expect(releaseVerdict(compare(1, 600, 1))).toMatchObject({ verdict: "inconclusive", reason: "too-few-discordant" });
    expect(releaseVerdict(compare(0, 3000, 0))).toEqual({ verdict: "promote", reason: "non-inferior" });
  });
});

describe("unpairedBlocks", () => {
  it("pairs the arms in order of arrival and leaves the surplus", () => {
    expect([...unpairedBlocks([0, 1, 1], [1, 1])]).toEqual([1, 0]);
  });
});
