import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXoshiro } from "../random/xoshiro.ts";
import { sampledShapleyValues, shapleyValues } from "./shapley-values.ts";
import { sharedSupportDecomposition } from "./shared-support-decomposition.ts";
import type { ShiftCell } from "./shift-cell.ts";
import { shiftDecomposition } from "./shift-decomposition.ts";
import { shiftStandardErrors } from "./shift-standard-errors.ts";

function cells(...rows: readonly (readonly [number, number, number, number])[]): ShiftCell[] {
  return rows.map(([baselineRows, baselineLoss, currentRows, currentLoss]) => ({
    baselineRows,
    baselineLoss,
    currentRows,
    currentLoss,
  }));
}

const three = cells([5000, 250, 300, 18], [3000, 300, 300, 45], [2000, 400, 400, 120]);
const withUnseen = cells([5000, 250, 300, 18], [3000, 300, 300, 45], [2000, 400, 300, 90], [0, 0, 100, 60]);

const anyCells = fc.array(
  fc
    .tuple(fc.nat(50), fc.nat(50), fc.float({ min: 0, max: 1, noNaN: true }), fc.float({ min: 0, max: 1, noNaN: true }))
    .map(
      ([n0, n1, l0, l1]): ShiftCell => ({
        baselineRows: n0,
        baselineLoss: n0 * l0,
        currentRows: n1,
        currentLoss: n1 * l1,
      }),
    ),
  { minLength: 1, maxLength: 12 },
);

function meanChange(all: readonly ShiftCell[]): number {
  const sum = (f: (c: ShiftCell) => number): number => all.reduce((total, c) => total + f(c), 0);
  return (
    sum((c) => c.currentLoss) / sum((c) => c.currentRows) - sum((c) => c.baselineLoss) / sum((c) => c.baselineRows)
  );
}

describe("shiftDecomposition", () => {
  it("reproduces the reference splits, with and without an unseen cell", () => {
    expect(shiftDecomposition(three)).toMatchObject({
      covariate: expect.closeTo(0.039, 12),
      concept: expect.closeTo(0.049, 12),
      unseen: 0,
      total: expect.closeTo(0.088, 12),
      reading: "split",
    });
    expect(shiftDecomposition(withUnseen)).toMatchObject({
      covariate: expect.closeTo(0.014, 12),
      concept: expect.closeTo(0.044, 12),
      unseen: expect.closeTo(0.06, 12),
      total: expect.closeTo(0.118, 12),
      unseenShare: 0.1,
    });
  });

  it("adds up to the change of the mean, whatever the cells", () => {
    fc.assert(
      fc.property(anyCells, (all) => {
        const answer = shiftDecomposition(all);
        if (answer.kind === "insufficient") return;
        expect(answer.covariate + answer.concept + answer.unseen).toBeCloseTo(meanChange(all), 10);
        expect(answer.total).toBeCloseTo(meanChange(all), 10);
      }),
    );
  });

  it("speaks of extrapolation when too many rows were never seen, and is insufficient without rows", () => {
    expect(shiftDecomposition(cells([100, 10, 80, 8], [0, 0, 20, 10]))).toMatchObject({
      reading: "extrapolation",
      unseenShare: 0.2,
    });
    expect(shiftDecomposition([])).toEqual({ kind: "insufficient", baselineRows: 0, currentRows: 0 });
    expect(shiftDecomposition(cells([10, 1, 0, 0]))).toMatchObject({ kind: "insufficient" });
    expect(() => shiftDecomposition(cells([-1, 0, 1, 0]))).toThrow(RangeError);
  });
});

describe("sharedSupportDecomposition", () => {
  it("reproduces the reference terms", () => {
    const close = (values: readonly number[]): unknown => ({
      kind: "decomposed",
      baselineToShared: expect.closeTo(values[0]!, 8),
      onShared: expect.closeTo(values[1]!, 8),
      sharedToCurrent: expect.closeTo(values[2]!, 8),
      unseen: expect.closeTo(values[3]!, 12),
    });
    expect(sharedSupportDecomposition(three)).toEqual(close([0.01340708, 0.04823009, 0.02636283, 0]));
    expect(sharedSupportDecomposition(withUnseen)).toEqual(close([0.0107377, 0.04672131, 0.00054098, 0.06]));
  });

  it("adds up to the change of the mean, whatever the cells", () => {
    fc.assert(
      fc.property(anyCells, (all) => {
        const answer = sharedSupportDecomposition(all);
        if (answer.kind === "insufficient") return;
        expect(answer.baselineToShared + answer.onShared + answer.sharedToCurrent + answer.unseen).toBeCloseTo(
          meanChange(all),
          10,
        );
      }),
    );
  });

  it("is insufficient when the periods share no cell", () => {
    expect(sharedSupportDecomposition(cells([10, 1, 0, 0], [0, 0, 10, 1]))).toEqual({
      kind: "insufficient",
      reason: "no-shared-cells",
    });
    expect(sharedSupportDecomposition([])).toEqual({ kind: "insufficient", reason: "no-rows" });
  });
});

describe("shiftStandardErrors", () => {
  it("agrees with the delta method for the total, and depends only on the random stream", () => {
    const answer = shiftStandardErrors(three, createXoshiro(4), 400);
    if (answer.kind !== "estimated") throw new Error("expected an estimate");
    const analytic = Math.sqrt((0.095 * 0.905) / 10000 + (0.183 * 0.817) / 1000);
    expect(Math.abs(answer.total / analytic - 1)).toBeLessThan(0.15);
    expect(shiftStandardErrors(three, createXoshiro(4), 400)).toEqual(answer);
  });

  it("covers the truth: intervals of two standard errors miss about one time in twenty", () => {
    const random = createXoshiro(9);
    const q = [0.5, 0.3, 0.2];
    const p = [0.4, 0.3, 0.3];
    const l0 = [0.05, 0.1, 0.2];
    const l1 = [0.08, 0.15, 0.25];
    const truth = q.reduce((sum, share, i) => sum + ((share + p[i]!) / 2) * (l1[i]! - l0[i]!), 0);
    const draw = (n: number, shares: readonly number[], losses: readonly number[]): [number, number][] => {
      const rows = shares.map((): [number, number] => [0, 0]);
      for (let i = 0; i < n; i++) {
        const u = random.next();
        const cell = u < shares[0]! ? 0 : u < shares[0]! + shares[1]! ? 1 : 2;
        rows[cell]![0] += 1;
        if (random.next() < losses[cell]!) rows[cell]![1] += 1;
      }
      return rows;
    };
    let missed = 0;
    for (let run = 0; run < 200; run++) {
      const before = draw(2000, q, l0);
      const after = draw(1000, p, l1);
      const drawn = cells(
        ...before.map((b, i): [number, number, number, number] => [b[0], b[1], after[i]![0], after[i]![1]]),
      );
      const split = shiftDecomposition(drawn);
      const error = shiftStandardErrors(drawn, random, 60);
      if (
        split.kind === "decomposed" &&
        error.kind === "estimated" &&
        Math.abs(split.concept - truth) > 1.96 * error.concept
      )
        missed += 1;
    }
    // Binomial(200, .05) with a little extra for the noise of 60 replicates.
    expect(missed).toBeLessThanOrEqual(22);
  });

  it("refuses real-valued losses and empty periods", () => {
    expect(shiftStandardErrors(cells([10, 2.5, 10, 1]), createXoshiro(1))).toEqual({
      kind: "insufficient",
      reason: "real-valued-losses",
    });
    expect(shiftStandardErrors([], createXoshiro(1))).toEqual({ kind: "insufficient", reason: "no-rows" });
  });
});

describe("shapleyValues", () => {
  it("reproduces the two-player reference", () => {
    expect(shapleyValues(2, (s) => [0.1, 0.13, 0.11, 0.18][s]!)).toEqual([
      expect.closeTo(0.05, 12),
      expect.closeTo(0.03, 12),
    ]);
  });

  it("adds up, gives nothing to a player who changes nothing, and treats equals alike", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 64, maxLength: 64 }), (table) => {
        const value = (s: number): number => table[s & 0b111]!;
        const phi = shapleyValues(4, value);
        expect(phi.reduce((a, b) => a + b, 0)).toBeCloseTo(value(15) - value(0), 9);
        expect(phi[3]).toBeCloseTo(0, 12);
      }),
    );
    const phi = shapleyValues(8, (s) => (s === 255 ? 1 : 0));
    for (const share of phi) expect(share).toBeCloseTo(1 / 8, 12);
  });

  it("takes no players, and refuses more than eight", () => {
    expect(shapleyValues(0, () => 3)).toEqual([]);
    expect(() => shapleyValues(9, () => 0)).toThrow(RangeError);
  });
});

describe("sampledShapleyValues", () => {
  it("adds up exactly and lies within its standard errors of the exact values", () => {
    const random = createXoshiro(8);
    const table = Array.from({ length: 64 }, () => random.next());
    const value = (s: number): number => table[s]!;
    const exact = shapleyValues(6, value);
    const sampled = sampledShapleyValues(6, value, createXoshiro(2), 200);
    expect(sampled.values.reduce((a, b) => a + b, 0)).toBeCloseTo(value(63) - value(0), 10);
    for (const [i, v] of sampled.values.entries()) {
      expect(Math.abs(v - exact[i]!)).toBeLessThan(4 * sampled.standardErrors[i]! + 1e-9);
    }
  });

  it("is exact at once for additive games", () => {
    const weights = [3, -1, 2, 0.5];
    const value = (s: number): number => weights.reduce((sum, w, i) => sum + ((s >> i) & 1) * w, 0);
    expect(sampledShapleyValues(4, value, createXoshiro(1), 1).values).toEqual(
      weights.map((w) => expect.closeTo(w, 12)),
    );
  });
});
