import { describe, expect, it } from "vitest";
import { adaptiveCutoff, createAdaptive, updateAdaptive } from "./adaptive-conformal.ts";
import { apsScore, apsSet, lacScore, lacSet } from "./classification-conformal.ts";
import { conformalQuantile, coverageRange } from "./conformal-quantile.ts";
import { coverageEvidence } from "./coverage-evidence.ts";
import { createDynamicAdaptive, dynamicLevel, updateDynamicAdaptive } from "./dynamic-adaptive-conformal.ts";
import { mondrianQuantiles } from "./mondrian-quantiles.ts";
import { quantileBandInterval, quantileBandScore, residualInterval, residualScore } from "./regression-conformal.ts";
import { countAtLeast, createScoreWindow, withScore } from "./score-window.ts";

const scores = [
  0.12, 0.5, 0.33, 0.91, 0.07, 0.44, 0.68, 0.25, 0.81, 0.59, 0.38, 0.15, 0.72, 0.29, 0.95, 0.41, 0.63, 0.22, 0.55,
];

describe("conformal sets against reference values", () => {
  it.each([
    [0.1, 18, 0.91],
    [0.2, 16, 0.72],
    [0.05, 19, 0.95],
    [0.04, 20, Number.POSITIVE_INFINITY],
  ])("cuts nineteen scores at level %d at rank %i", (alpha, rank, value) => {
    expect(conformalQuantile(scores, alpha)).toEqual({ kind: "conformal-quantile", value, rank, n: 19, alpha });
  });

  it("includes everything when nothing was calibrated, and refuses NaN", () => {
    expect(conformalQuantile([], 0.1)).toMatchObject({ value: Number.POSITIVE_INFINITY, n: 0 });
    expect(conformalQuantile([1, Number.NaN], 0.1)).toEqual({ kind: "invalid", reason: "not-finite", index: 1 });
  });

  it("knows how far the coverage of one calibration set may be off", () => {
    for (const [n, lower, upper] of [
      [100, 0.848, 0.945],
      [500, 0.877, 0.921],
      [1000, 0.884, 0.915],
    ] as const) {
      const range = coverageRange(n, 0.1);
      expect(range.lower).toBeCloseTo(lower, 2);
      expect(range.upper).toBeCloseTo(upper, 2);
    }
    expect(coverageRange(5, 0.1)).toEqual({ lower: 1, upper: 1 });
  });

  it("moves the level as the reference does", () => {
    let state = createAdaptive(0.1, 0.05, 10);
    const levels = [state.level];
    for (const missed of [0, 1, 0, 0, 1]) {
      state = updateAdaptive(state, missed, 0.5);
      levels.push(state.level);
    }
    [0.1, 0.105, 0.06, 0.065, 0.07, 0.025].forEach((level, i) => {
      expect(levels[i]).toBeCloseTo(level, 12);
    });
    expect(state.misses).toBe(2);
    expect(adaptiveCutoff(state.window, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(adaptiveCutoff(state.window, 1)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("gives the reference sets of the least ambiguous classifier", () => {
    expect(lacSet([0.7, 0.2, 0.1], 0.72)).toEqual([0]);
    expect(lacSet([0.4, 0.35, 0.25], 0.72)).toEqual([0, 1]);
    expect(lacSet([0.9, 0.05, 0.05], 0.72)).toEqual([0]);
    expect(lacSet([0.34, 0.33, 0.33], 0.72)).toEqual([0, 1, 2]);
    expect(lacSet([0.5, 0.5], Number.NEGATIVE_INFINITY)).toEqual([]);
    expect(lacSet([0.5, 0.5], Number.POSITIVE_INFINITY)).toEqual([0, 1]);
    expect(lacScore([0.7, 0.3], 1)).toBeCloseTo(0.7, 15);
  });

  it("orders adaptive sets by probability and includes a class exactly when its score fits", () => {
    const p = [0.2, 0.5, 0.3];
    expect(apsScore(p, 1)).toBeCloseTo(0.5, 14);
    expect(apsScore(p, 2)).toBeCloseTo(0.8, 14);
    expect(apsScore(p, 0, 0.5)).toBeCloseTo(0.9, 14);
    expect(apsSet(p, 0.81)).toEqual([1, 2]);
    expect(apsSet(p, 0.4)).toEqual([]);
    expect(apsSet([0.25, 0.25, 0.25, 0.25], 0.5)).toEqual([0, 1]);
  });

  it("turns cut-offs into intervals, the whole line, or nothing", () => {
    expect(residualScore(3, 5, 4)).toBe(0.5);
    expect(residualInterval(5, 0.5, 4)).toEqual({ kind: "interval", lower: 3, upper: 7 });
    expect(residualInterval(5, Number.POSITIVE_INFINITY)).toEqual({ kind: "everything" });
    expect(quantileBandScore(4, 1, 3)).toBe(1);
    expect(quantileBandScore(2, 1, 4)).toBe(-1);
    expect(quantileBandInterval(1, 4, -1)).toEqual({ kind: "interval", lower: 2, upper: 3 });
    expect(quantileBandInterval(1, 2, -1)).toEqual({ kind: "empty" });
    expect(quantileBandInterval(1, 2, Number.NEGATIVE_INFINITY)).toEqual({ kind: "empty" });
  });

  it("calibrates every group on its own and refuses small ones", () => {
    const values = [...Array.from({ length: 200 }, (_, i) => i), 5, 6];
    const groups = [...new Array<string>(200).fill("big"), "small", "small"];
    const got = mondrianQuantiles(values, groups, 0.1);
    if (got.kind !== "mondrian-quantiles") throw new Error(got.kind);
    expect(got.byGroup.get("big")).toMatchObject({ kind: "conformal-quantile", value: 180 });
    expect(got.byGroup.get("small")).toEqual({ kind: "insufficient", reason: "too-few-labels", have: 2, need: 200 });
  });

  it("keeps a sliding window sorted", () => {
    let window = createScoreWindow(3);
    for (const s of [5, 1, 4, 2, 2]) window = withScore(window, s);
    expect(window.arrivals).toEqual([4, 2, 2]);
    expect(window.sorted).toEqual([2, 2, 4]);
    expect(countAtLeast(window, 2)).toBe(3);
    expect(countAtLeast(window, 2.5)).toBe(1);
  });

  it("keeps expert weights a distribution and its level between theirs", () => {
    let state = createDynamicAdaptive(0.1);
    for (let i = 0; i < 300; i++) state = updateDynamicAdaptive(state, ((i * 7919) % 1000) / 1000 + (i > 150 ? 1 : 0));
    expect(state.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(dynamicLevel(state)).toBeGreaterThanOrEqual(Math.min(...state.levels));
    expect(dynamicLevel(state)).toBeLessThanOrEqual(Math.max(...state.levels));
  });

  it("has no evidence before the first label, and much of it when half the rows miss", () => {
    expect(coverageEvidence(0, 0, 0.1)).toEqual({
      kind: "coverage-evidence",
      logEvidence: 0,
      missRate: null,
      labels: 0,
    });
    expect(coverageEvidence(50, 100, 0.1)).toMatchObject({ missRate: 0.5 });
    const got = coverageEvidence(50, 100, 0.1);
    if (got.kind !== "coverage-evidence") throw new Error(got.kind);
    expect(got.logEvidence).toBeGreaterThan(Math.log(1e6));
  });
});
