import { describe, expect, it } from "vitest";
import { complementContrast } from "./complement-contrast.ts";
import { defaultDegradationOptions, degradationOf, type MeasuredDegradation } from "./degradation.ts";
import { sliceLineScore, sliceLineUpperBound } from "./slice-line-score.ts";
import { minimumSupport, type SliceSums } from "./slice-sums.ts";

const sums = (baselineRows: number, baselineLoss: number, currentRows: number, currentLoss: number): SliceSums => {
  return { baselineRows, baselineLoss, currentRows, currentLoss };
};

function measured(input: SliceSums, options = defaultDegradationOptions): MeasuredDegradation {
  const answer = degradationOf(input, options);
  if (answer.kind !== "measured") throw new Error("expected a measured degradation");
  return answer;
}

describe("degradationOf", () => {
  it("reproduces the reference z, p-value, standard error, excess and lower bound", () => {
    const answer = measured(sums(10000, 800, 1000, 120));
    expect(answer.z).toBeCloseTo(4.356444184782776, 12);
    expect(answer.pValue / 6.60961910920219e-6).toBeCloseTo(1, 9);
    expect(answer.standardError).toBeCloseTo(0.010628264204469138, 14);
    expect(answer.excess).toBeCloseTo(40, 10);
    // The reference rounds the quantile to 1.6448536.
    expect(answer.excessLower).toBeCloseTo(22.518061361527796, 6);
    expect(answer.test).toBe("two-proportion");
  });

  it("ranks by the change less three smoothed standard errors, times the current rows", () => {
    const se = Math.sqrt(((120.5 / 1001) * (880.5 / 1001)) / 1000 + ((800.5 / 10001) * (9200.5 / 10001)) / 10000);
    expect(measured(sums(10000, 800, 1000, 120)).rank).toBeCloseTo(1000 * (0.04 - 3 * se), 9);
  });

  it("uses the exact test when few errors are expected, where the normal tail would cry wolf", () => {
    // 0.5 errors expected among 50 current rows, 4 seen. scipy.stats.fisher_exact([[4, 46], [100, 9900]], "greater").
    const answer = measured(sums(10000, 100, 50, 4));
    expect(answer.test).toBe("fisher");
    expect(answer.pValue / 0.0017294244549111199).toBeCloseTo(1, 9);
  });

  it("tests real losses by Welch", () => {
    // scipy.stats.ttest_ind([1,2,3,4,8], [1,1,2,2,3,3,1,1], equal_var=False, alternative="greater")
    const answer = measured({
      baselineRows: 8,
      baselineLoss: 14,
      baselineSquares: 30,
      currentRows: 5,
      currentLoss: 18,
      currentSquares: 94,
    });
    expect(answer.test).toBe("welch");
    expect(answer.z).toBeCloseTo(1.4820338992647204, 12);
    expect(answer.pValue).toBeCloseTo(0.10205213872429755, 10);
  });

  it("widens by the overdispersion and never narrows by one below 1", () => {
    const plain = measured(sums(10000, 800, 1000, 120));
    const clustered = measured(sums(10000, 800, 1000, 120), { ...defaultDegradationOptions, overdispersion: 4 });
    expect(clustered.z).toBeCloseTo(plain.z / 2, 12);
    expect(clustered.standardError).toBeCloseTo(plain.standardError * 2, 12);
    expect(measured(sums(10000, 800, 1000, 120), { ...defaultDegradationOptions, overdispersion: 0.2 })).toEqual(plain);
  });

  it("claims no certainty from a period without a single error", () => {
    const answer = measured(sums(100, 0, 100, 10));
    expect(answer.standardError).toBeGreaterThan(Math.sqrt((0.1 * 0.9) / 100));
    expect(measured(sums(100, 0, 100, 0))).toMatchObject({ test: "no-variation", pValue: 1, z: 0, excess: 0 });
    expect(measured(sums(100, 100, 100, 100))).toMatchObject({ test: "no-variation", pValue: 1 });
  });

  it("is insufficient without rows in a period", () => {
    expect(degradationOf(sums(0, 0, 10, 1))).toEqual({ kind: "insufficient", baselineRows: 0, currentRows: 10 });
    expect(degradationOf(sums(10, 1, 0, 0))).toMatchObject({ kind: "insufficient" });
  });
});

describe("complementContrast", () => {
  const total = sums(10000, 1000, 10000, 1200);

  it("blames the slice when the others stayed as they were", () => {
    const answer = complementContrast(sums(1000, 100, 1000, 300), total, defaultDegradationOptions);
    expect(answer).toMatchObject({ kind: "contrast", extent: "slice", restDelta: 0 });
  });

  it("says everyone when the rest worsened as much", () => {
    const answer = complementContrast(
      sums(1000, 100, 1000, 150),
      sums(10000, 1000, 10000, 1500),
      defaultDegradationOptions,
    );
    expect(answer).toMatchObject({ kind: "contrast", extent: "everyone" });
  });

  it("cannot compare a slice that is everyone", () => {
    expect(complementContrast(total, total, defaultDegradationOptions)).toEqual({ kind: "insufficient" });
  });
});

describe("sliceLineScore and its bound", () => {
  it("reproduce the reference values", () => {
    const adult = { alpha: 0.95, sliceRows: 7541, sliceLoss: 2213, rows: 32561, loss: 4758 };
    expect(sliceLineScore(adult)).toBeCloseTo(0.7919795004347538, 12);
    const small = { sliceRows: 1000, sliceLoss: 300, rows: 10000, loss: 1000 };
    expect(sliceLineScore({ alpha: 0.95, ...small })).toBeCloseTo(1.45, 12);
    expect(sliceLineScore({ alpha: 0.5, ...small })).toBeCloseTo(-3.5, 12);
    const bound = {
      alpha: 0.95,
      minimumRows: 100,
      parentRows: 1000,
      parentLoss: 300,
      parentMaximumLoss: 1,
      rows: 10000,
      loss: 1000,
    };
    expect(sliceLineUpperBound(bound)).toBeCloseTo(6.933333333333331, 12);
  });

  it("never choose an empty slice, and rule out parents that are already too small", () => {
    expect(sliceLineScore({ alpha: 0.95, sliceRows: 0, sliceLoss: 0, rows: 10, loss: 1 })).toBe(
      Number.NEGATIVE_INFINITY,
    );
    const bound = {
      alpha: 0.95,
      minimumRows: 100,
      parentRows: 99,
      parentLoss: 99,
      parentMaximumLoss: 1,
      rows: 10000,
      loss: 1000,
    };
    expect(sliceLineUpperBound(bound)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("minimumSupport", () => {
  it("is half a percent of the rows but at least fifty", () => {
    expect(minimumSupport(1000)).toBe(50);
    expect(minimumSupport(100_000)).toBe(500);
  });
});
