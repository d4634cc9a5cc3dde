import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LagInterval, type SurvivalCurve, survivalCurve, survivalQuantile } from "./survival-curve.ts";

function curveOf(intervals: readonly LagInterval[], censoring: "after-events" | "mid-interval"): SurvivalCurve {
  const curve = survivalCurve(intervals, { censoring });
  if (curve.kind !== "survival") throw new Error(curve.reason);
  return curve;
}

// Weeks of remission under 6-mercaptopurine: Freireich et al. (1963), as in Kalbfleisch and Prentice (1980), table 1.3.
const remission: readonly LagInterval[] = [
  [6, 3, 1],
  [7, 1, 0],
  [9, 0, 1],
  [10, 1, 1],
  [11, 0, 1],
  [13, 1, 0],
  [16, 1, 0],
  [17, 0, 1],
  [19, 0, 1],
  [20, 0, 1],
  [22, 1, 0],
  [23, 1, 0],
  [25, 0, 1],
  [32, 0, 2],
  [34, 0, 1],
  [35, 0, 1],
].map(([end = 0, events = 0, censored = 0]) => ({ end, events, censored }));

describe("survivalCurve", () => {
  it("gives the published Kaplan-Meier estimate of the 6-MP trial, standard errors by way of the limits", () => {
    const { points } = curveOf(remission, "after-events");
    const at = (end: number) => points.find((point) => point.end === end);
    const published = [
      [6, 0.8571, 0.0764],
      [7, 0.8067, 0.0869],
      [10, 0.7529, 0.0963],
      [13, 0.6902, 0.1068],
      [16, 0.6275, 0.1141],
      [22, 0.5378, 0.1282],
      [23, 0.4482, 0.1346],
    ] as const;
    for (const [week, survival, error] of published) {
      const point = at(week);
      expect(point?.survival).toBeCloseTo(survival, 4);
      // exp(-exp(x)) at x = ln(-ln S) + z se / |S ln S|
      const half = (1.959964 * error) / Math.abs(survival * Math.log(survival));
      expect(point?.lower).toBeCloseTo(survival ** Math.exp(half), 3);
      expect(point?.upper).toBeCloseTo(survival ** Math.exp(-half), 3);
    }
    expect(points.find((point) => point.end === 6)?.atRisk).toBe(21);
    expect(points.find((point) => point.end === 23)?.atRisk).toBe(6);
  });

  it("knows the median of the trial, and that nine tenths were never reached", () => {
    const curve = curveOf(remission, "after-events");
    expect(survivalQuantile(curve, 0.5)).toMatchObject({ kind: "reached", at: 23, lower: 13, upper: undefined });
    expect(survivalQuantile(curve, 0.9)).toEqual({ kind: "not-reached", lower: undefined });
  });

  it("counts those watched for part of an interval as half at risk in it", () => {
    // Cutler and Ederer: 100 at the start, 20 lost, 9 events: 9 / (100 - 10).
    const { points } = curveOf(
      [
        { end: 1, events: 9, censored: 20 },
        { end: 2, events: 0, censored: 71 },
      ],
      "mid-interval",
    );
    expect(points[0]?.survival).toBeCloseTo(0.9, 12);
  });

  it("is the plain share where nobody is censored, and has honest limits at nothing and at everything", () => {
    const intervals = [1, 2, 3, 4].map((end) => ({ end, events: end === 2 ? 0 : 10, censored: 0 }));
    const { points } = curveOf([{ end: 0.5, events: 0, censored: 0 }, ...intervals], "mid-interval");
    expect(points.map((point) => point.survival)).toEqual(
      [1, 2 / 3, 2 / 3, 1 / 3, 0].map((share) => expect.closeTo(share, 12)),
    );
    expect(points[0]?.lower).toBeCloseTo(0.025 ** (1 / 30), 12);
    expect(points[0]?.upper).toBe(1);
    expect(points.at(-1)?.lower).toBe(0);
    expect(points.at(-1)?.upper).toBeGreaterThan(0);
  });

  it("never rises, and its limits hold it between them, whatever the counts", () => {
    const count = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ events: count, censored: count }), { maxLength: 20 }),
        fc.constantFrom("after-events" as const, "mid-interval" as const),
        (counts, censoring) => {
          const { points } = curveOf(
            counts.map((one, index) => ({ end: index + 1, ...one })),
            censoring,
          );
          points.forEach((point, index) => {
            expect(point.survival).toBeLessThanOrEqual((points[index - 1]?.survival ?? 1) + 1e-12);
            expect(point.lower).toBeLessThanOrEqual(point.survival + 1e-12);
            expect(point.upper).toBeGreaterThanOrEqual(point.survival - 1e-12);
            expect(point.lower).toBeGreaterThanOrEqual(0);
            expect(point.upper).toBeLessThanOrEqual(1);
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("refuses counts that cannot be, with the interval", () => {
    expect(survivalCurve([{ end: 1, events: -1, censored: 0 }])).toMatchObject({ kind: "invalid", index: 0 });
    const twice = [1, 1].map((end) => ({ end, events: 1, censored: 0 }));
    expect(survivalCurve(twice)).toMatchObject({ kind: "invalid", reason: "not-ordered", index: 1 });
  });
});
