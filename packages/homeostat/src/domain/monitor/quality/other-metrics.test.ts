import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../../stats/random/xoshiro.ts";
import type { FrozenProbability } from "../../baseline/baseline.ts";
import { noProbabilitySums, type ProbabilitySums } from "../../baseline/probability-sums.ts";
import type { ProbabilityCounts, WindowProfile } from "../../baseline/profile-store.ts";
import { dayWindow } from "../sample-picture.ts";
import { binaryQualities } from "./binary-quality.ts";
import type { MetricName } from "./metric-name.ts";

const frozen: FrozenProbability = {
  kind: "probability",
  edges: Array.from({ length: 39 }, (_, index) => (index + 1) / 40),
  threshold: 0.5,
};
const random = createXoshiro(3);

/** A day of calibrated rows, of which a share gets the other outcome. `surer` moves every score towards 0 or 1. */
function dayOf(rows: number, flipped = 0, surer = 0): ProbabilityCounts {
  const size = frozen.edges.length + 1;
  const zeros = (): number[] => new Array<number>(size).fill(0);
  const counts = { positives: zeros(), negatives: zeros(), labelledScoreSums: zeros() };
  const sums: Record<keyof ProbabilitySums, number> = { ...noProbabilitySums };
  for (let row = 0; row < rows; row += 1) {
    const truth = random.next();
    const p = truth < 0.5 ? truth * (1 - surer) : 1 - (1 - truth) * (1 - surer);
    const y = random.next() < truth !== random.next() < flipped ? 1 : 0;
    const bin = Math.min(size - 1, Math.floor(p * size));
    const side = y === 1 ? counts.positives : counts.negatives;
    side[bin] = (side[bin] ?? 0) + 1;
    counts.labelledScoreSums[bin] = (counts.labelledScoreSums[bin] ?? 0) + p;
    const loss = -Math.log(Math.max(1e-15, y === 1 ? p : 1 - p));
    sums.logLoss += loss;
    sums.logLossSquare += loss ** 2;
    sums.spread += p * (1 - p);
    sums.residualSlope += (y - p) * (1 - 2 * p);
    sums.quarticError += (p - y) ** 4;
  }
  return {
    kind: "probability",
    bins: [...counts.positives.keys()],
    ...counts,
    unlabelled: zeros(),
    scoreSums: counts.labelledScoreSums,
    sums,
  };
}

const days = 28;
const profiles = Array.from(
  { length: days },
  (_, day): WindowProfile => ({
    window: dayWindow(day),
    features: new Map(),
    scores: new Map([["", dayOf(400)]]),
    confidences: new Map(),
  }),
);
const quality = binaryQualities(frozen, profiles, [undefined])(undefined);
const metrics: readonly MetricName[] = [
  "accuracy",
  "precision",
  "recall",
  "f1",
  "logLoss",
  "brier",
  "calibrationError",
  "auc",
];
function pValueOf(metric: MetricName, scores: ProbabilityCounts): number {
  const tested = quality.test({ scores, confidences: undefined }, metric);
  if ("notEnough" in tested) throw new Error(tested.notEnough);
  return tested.pValue;
}

describe("every metric of a probability", () => {
  it("stands beside the baseline with an interval", () => {
    const shown = quality.shown({ scores: dayOf(400), confidences: undefined });
    const all = [shown.headline, ...(shown.others ?? [])];
    expect(all.map((metric) => metric?.name)).toEqual(["auc", ...metrics.slice(0, -1)]);
    for (const metric of all) {
      expect(metric?.value?.low, metric?.name).toBeLessThanOrEqual(metric?.value?.value ?? Number.NaN);
      expect(metric?.value?.high, metric?.name).toBeGreaterThanOrEqual(metric?.value?.value ?? Number.NaN);
      expect(metric?.baseline, metric?.name).toBeDefined();
    }
  });

  it("can be judged by: few alarms when nothing changed, and three in ten false outcomes are found", () => {
    const healthy = Array.from({ length: 300 }, () => dayOf(400));
    for (const metric of metrics) {
      const alarms = healthy.filter((day) => pValueOf(metric, day) < 0.01).length;
      expect(alarms / healthy.length, metric).toBeLessThan(0.035);
      if (metric !== "calibrationError") expect(pValueOf(metric, dayOf(1_000, 0.3)), metric).toBeLessThan(0.001);
    }
    expect(pValueOf("calibrationError", dayOf(400, 0, 0.8))).toBeLessThan(0.001);
    expect(quality.test({ scores: healthy[0], confidences: undefined }, "brier")).toMatchObject({ threshold: 0.2 });
  });

  it("is not made up where counts of an earlier version lack it", () => {
    const { sums: _, ...scores } = dayOf(400);
    expect(quality.test({ scores, confidences: undefined }, "logLoss")).toHaveProperty("notEnough");
    const shown = quality.shown({ scores, confidences: undefined });
    expect(shown.others?.find(({ name }) => name === "logLoss")?.value).toBeUndefined();
    expect(shown.accuracy).toBeDefined();
  });

  it("of another task is refused", () => {
    expect(quality.test({ scores: dayOf(400), confidences: undefined }, "mae")).toHaveProperty("notEnough");
  });
});
