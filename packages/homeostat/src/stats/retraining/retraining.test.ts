import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXoshiro } from "../random/xoshiro.ts";
import { economicInterval, impliedDecayCost } from "./economic-interval.ts";
import { expectedGain } from "./expected-gain.ts";
import { rowsToRetrain } from "./learning-curve-rows.ts";
import { type RetrainingInput, retrainingDecision } from "./retraining-decision.ts";
import { retrainingTrigger } from "./retraining-trigger.ts";

describe("economicInterval", () => {
  it.each([
    [1000, 10, 14.142135623730951, 141.42],
    [500, 2, 22.360679774997898, 44.72],
    [2000, 0.5, 89.44271909999159, 44.72],
  ])("gives the reference interval for C = %d, r = %d", (cost, decay, days, perDay) => {
    expect(economicInterval(cost, decay)).toEqual({
      kind: "interval",
      days: expect.closeTo(days, 10),
      costPerDay: expect.closeTo(perDay, 2),
    });
    expect(impliedDecayCost(cost, days)).toBeCloseTo(decay, 10);
  });

  it("says never without decay and always without cost, and refuses nonsense", () => {
    expect(economicInterval(100, 0)).toEqual({ kind: "never" });
    expect(economicInterval(0, 1)).toEqual({ kind: "always" });
    expect(() => economicInterval(-1, 1)).toThrow(RangeError);
    expect(() => impliedDecayCost(10, 0)).toThrow(RangeError);
  });
});

describe("retrainingTrigger", () => {
  it("is due once the harm has cost as much as retraining, counting only positive days", () => {
    expect(retrainingTrigger({ excessCosts: [30, -50, 40], retrainingCost: 100 })).toMatchObject({
      kind: "not-due",
      accumulated: 70,
      share: 0.7,
    });
    expect(retrainingTrigger({ excessCosts: [30, -50, 40, 30], retrainingCost: 100 })).toMatchObject({
      kind: "due",
      share: 1,
    });
  });

  it("does not read unknown days as healthy ones", () => {
    expect(retrainingTrigger({ excessCosts: [null, Number.NaN], retrainingCost: 100 })).toEqual({
      kind: "insufficient",
      unknownDays: 2,
    });
    expect(retrainingTrigger({ excessCosts: [], retrainingCost: 100 })).toEqual({
      kind: "insufficient",
      unknownDays: 0,
    });
    expect(retrainingTrigger({ excessCosts: [120, null], retrainingCost: 100 })).toMatchObject({
      kind: "due",
      unknownDays: 1,
    });
    expect(() => retrainingTrigger({ excessCosts: [1], retrainingCost: 0 })).toThrow(RangeError);
  });

  it("pays at most twice what hindsight would have paid over one cycle", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 60 }), (days) => {
        const cost = 100;
        let paid = 0;
        for (const [day, harm] of days.entries()) {
          paid += harm;
          if (retrainingTrigger({ excessCosts: days.slice(0, day + 1), retrainingCost: cost }).kind === "due") {
            paid += cost;
            break;
          }
        }
        const hindsight = Math.min(
          cost,
          days.reduce((a, b) => a + b, 0),
        );
        // A day is the smallest step: the last day before the trigger may overshoot by its own harm.
        expect(paid).toBeLessThanOrEqual(2 * hindsight + 50 + 1e-9);
      }),
    );
  });

  it("costs about half of never retraining's and less than a fixed month's over drifting years, untuned", () => {
    const random = createXoshiro(12);
    const total = (retrain: (harms: number[], age: number) => boolean): number => {
      let sum = 0;
      let harms: number[] = [];
      let slope = 1;
      for (let day = 0; day < 720; day++) {
        if (random.next() < 1 / 90) slope = 20 * random.next();
        const harm = slope * harms.length * 0.5 + 5 * (random.next() - 0.5);
        harms.push(harm);
        sum += Math.max(0, harm);
        if (!retrain(harms, harms.length)) continue;
        sum += 1000;
        harms = [];
      }
      return sum;
    };
    const mean = (policy: (harms: number[], age: number) => boolean): number =>
      Array.from({ length: 40 }, () => total(policy)).reduce((a, b) => a + b, 0) / 40;
    const skiRental = mean((harms) => retrainingTrigger({ excessCosts: harms, retrainingCost: 1000 }).kind === "due");
    expect(skiRental).toBeLessThan(mean((_, age) => age >= 60));
    expect(skiRental).toBeLessThan(mean((_, age) => age >= 7));
  });
});

describe("expectedGain and rowsToRetrain", () => {
  it("weigh the lower bound of the gain against the cost", () => {
    const input = { gainLowerBound: 0.01, rowsPerDay: 1000, horizonDays: 30, costPerLoss: 2, retrainingCost: 500 };
    expect(expectedGain(input)).toEqual({ kind: "worthwhile", gain: 600, net: 100 });
    expect(expectedGain({ ...input, gainLowerBound: -0.01 })).toMatchObject({ kind: "not-worthwhile" });
  });

  it("ask for rows by the learning curve, ten per parameter, or two thousand", () => {
    expect(rowsToRetrain({ kind: "curve", scale: 1, exponent: 0.5, tolerance: 0.01 })).toBe(10_000);
    expect(rowsToRetrain({ kind: "parameters", parameters: 30 })).toBe(300);
    expect(rowsToRetrain({ kind: "unknown" })).toBe(2000);
  });
});

describe("retrainingDecision", () => {
  const ready: RetrainingInput = {
    trigger: retrainingTrigger({ excessCosts: [120], retrainingCost: 100 }),
    explanation: "concept",
    labelledRows: 5000,
    rowsNeeded: 2000,
    daysSinceRetraining: 40,
    labelLatencyDays: 7,
    gain: null,
  };

  it("retrains when every gate is open, towards a shadow comparison and not straight into production", () => {
    expect(retrainingDecision(ready)).toEqual({ decision: "retrain", reason: "due", next: "shadow-non-inferiority" });
  });

  it("never learns a pipeline fault, and explains before it spends", () => {
    expect(retrainingDecision({ ...ready, explanation: "pipeline" })).toEqual({
      decision: "wait",
      refusals: [{ gate: "fix-pipeline" }],
    });
    expect(retrainingDecision({ ...ready, explanation: "unknown" })).toEqual({
      decision: "wait",
      refusals: [{ gate: "explain-first" }],
    });
    expect(retrainingDecision({ ...ready, explanation: "unseen", labelledRows: 10 })).toEqual({
      decision: "wait",
      refusals: [{ gate: "collect-labels", have: 10, need: 2000 }],
    });
  });

  it("lists every closed gate", () => {
    const answer = retrainingDecision({
      ...ready,
      trigger: retrainingTrigger({ excessCosts: [20], retrainingCost: 100 }),
      labelledRows: 10,
      daysSinceRetraining: 4,
      gain: { kind: "not-worthwhile", gain: 10, net: -90 },
    });
    expect(answer).toEqual({
      decision: "wait",
      refusals: [
        { gate: "not-due", share: 0.2 },
        { gate: "too-few-labels", have: 10, need: 2000 },
        { gate: "cooling-down", daysLeft: 10 },
        { gate: "gain-too-small", net: -90 },
      ],
    });
  });

  it("does not spend on an unknown cost", () => {
    const trigger = retrainingTrigger({ excessCosts: [null], retrainingCost: 100 });
    expect(retrainingDecision({ ...ready, trigger })).toMatchObject({
      decision: "wait",
      refusals: [{ gate: "cost-unknown" }],
    });
  });
});
