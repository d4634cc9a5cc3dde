import { describe, expect, it } from "vitest";
import { dayMs, hourMs, secondMs } from "../instant.ts";
import { lagCurveOf, lagEdgesMs } from "./label-lag.ts";

const binOf = (ageMs: number): number => lagEdgesMs.filter((edge) => edge <= ageMs).length;
const told = (ageMs: number, rows: number) => ({ bin: binOf(ageMs), labelled: true, rows });
const waiting = (ageMs: number, rows: number) => ({ bin: binOf(ageMs), labelled: false, rows });

describe("the lag of labels", () => {
  it("is counted in ascending ages from a second to ten years", () => {
    expect(lagEdgesMs).toHaveLength(68);
    expect([lagEdgesMs[0], lagEdgesMs.at(-1)]).toEqual([secondMs, 3_650 * dayMs]);
    expect(lagEdgesMs).toEqual([...new Set(lagEdgesMs)].sort((a, b) => a - b));
  });

  it("counts those who wait as waiting: leaving them out would make labels look fast while they are missing", () => {
    const curve = lagCurveOf([told(2.5 * hourMs, 40), waiting(10 * dayMs, 60)]);
    expect(curve).toMatchObject({ rows: 100, labelled: 40, median: { kind: "not-reached" } });
    expect(curve.points.find((point) => point.ageMs === 3 * hourMs)?.waiting).toBeCloseTo(0.6, 12);
    const alone = lagCurveOf([told(2.5 * hourMs, 40)]);
    expect(alone.median).toMatchObject({ kind: "reached", byMs: 3 * hourMs });
  });

  it("does not hold it against labels that predictions are young", () => {
    // Half are a minute old, and of those who are old enough all have their label within three hours.
    const curve = lagCurveOf([told(2.5 * hourMs, 50), waiting(61 * secondMs, 50)]);
    expect(curve.median).toMatchObject({ kind: "reached", byMs: 3 * hourMs });
  });

  it("knows a label that came after ten years as one that waited all along", () => {
    const curve = lagCurveOf([told(4_000 * dayMs, 10), told(hourMs, 10)]);
    expect(curve.points.at(-1)).toMatchObject({ ageMs: 3_650 * dayMs, waiting: expect.closeTo(0.5, 12) });
    expect(curve.p90.kind).toBe("not-reached");
  });

  it("says that there are no rows", () => {
    expect(lagCurveOf([])).toMatchObject({ rows: 0, median: { kind: "no-rows" }, points: [] });
  });
});
