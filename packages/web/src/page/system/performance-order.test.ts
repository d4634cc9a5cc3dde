import type { PerformanceCell } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { headlineDifference, worstFirst } from "./performance-order.ts";

const estimate = (value: number) => ({ value, low: value, high: value });
const cell = (name: string | null, auc: number | null, baselineAuc: number | null, rows = 10): PerformanceCell => ({
  window: "2001-02-01T00:00:00Z",
  segment: name === null ? null : { name: "origin", value: name },
  state: "healthy",
  rows,
  labelledRows: rows,
  headline: {
    name: "auc",
    value: auc === null ? null : estimate(auc),
    baseline: baselineAuc === null ? null : estimate(baselineAuc),
  },
  others: [],
  classes: [],
  auc: auc === null ? null : estimate(auc),
  accuracy: null,
  positiveShare: null,
  meanProbability: null,
  calibrationError: null,
  baselineAuc: baselineAuc === null ? null : estimate(baselineAuc),
  baselineAccuracy: null,
  pValue: null,
  against: { lastWindow: null, yesterday: null, lastWeek: null },
  split: null,
});

describe("worstFirst", () => {
  it("orders by the loss against each segment's own baseline, not by the AUC itself", () => {
    const cells = [cell("hard", 0.6, 0.6), cell("broken", 0.7, 0.9), cell(null, 0.7, 0.71)];
    expect(worstFirst(cells).map((one) => one.segment?.value ?? "all")).toEqual(["all", "broken", "hard"]);
  });

  it("knows that an error grows for the worse", () => {
    const error = (name: string, value: number, baseline: number): PerformanceCell => ({
      ...cell(name, null, null),
      headline: { name: "mae", value: estimate(value), baseline: estimate(baseline) },
    });
    const cells = [error("better", 5, 10), error("worse", 12, 10)];
    expect(worstFirst(cells).map((one) => one.segment?.value)).toEqual(["worse", "better"]);
  });

  it("puts segments without a comparison last, the larger first, because unknown is not good", () => {
    const cells = [cell("small", null, 0.7, 3), cell("large", 0.7, null, 30), cell("fine", 0.8, 0.7)];
    expect(worstFirst(cells).map((one) => one.segment?.value)).toEqual(["fine", "large", "small"]);
    expect(headlineDifference(cell("small", null, 0.7))).toBeNull();
  });
});
