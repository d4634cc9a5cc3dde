import { describe, expect, it } from "vitest";
import { heldOutMetrics } from "./held-out-metrics.ts";

const scores = [0.1, 0.4, 0.35, 0.8, 0.7, 0.2];
const outcomes = [false, false, true, true, true, false];

describe("metrics on held-out rows", () => {
  const metrics = heldOutMetrics(scores, outcomes, 0.5)!;

  it("are the known numbers", () => {
    // Of nine pairs of a positive and a negative one is the wrong way round (0.35 below 0.4).
    expect(metrics.auc.value).toBeCloseTo(8 / 9, 12);
    expect(metrics.accuracy.value).toBeCloseTo(5 / 6, 12);
    expect(metrics.positiveShare.value).toBe(0.5);
    const brier = (0.01 + 0.16 + 0.4225 + 0.04 + 0.09 + 0.04) / 6;
    expect(metrics.brier.value).toBeCloseTo(brier, 12);
    const logLoss = -[0.9, 0.6, 0.35, 0.8, 0.7, 0.8].reduce((sum, p) => sum + Math.log(p), 0) / 6;
    expect(metrics.logLoss.value).toBeCloseTo(logLoss, 12);
    // Every row has a bin of its own: the mean distance of score and outcome.
    expect(metrics.calibrationError).toBeCloseTo((0.1 + 0.4 + 0.65 + 0.2 + 0.3 + 0.2) / 6, 12);
  });

  it("carry intervals around their values", () => {
    for (const { value, low, high } of [
      metrics.auc,
      metrics.accuracy,
      metrics.brier,
      metrics.logLoss,
      metrics.positiveShare,
    ]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it("count a score at the threshold as a positive decision", () => {
    expect(heldOutMetrics([0.5, 0.1, 0.5, 0.2], [true, false, true, false], 0.5)!.accuracy.value).toBe(1);
  });

  it("are unknown for one class only, too few rows and none", () => {
    expect(heldOutMetrics([0.1, 0.2, 0.3], [true, true, true], 0.5)).toBeUndefined();
    expect(heldOutMetrics([0.1, 0.9], [false, true], 0.5)).toBeUndefined();
    expect(heldOutMetrics([], [], 0.5)).toBeUndefined();
  });
});
