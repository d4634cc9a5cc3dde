import { describe, expect, it } from "vitest";
import { psiSeries } from "./psi-series.ts";

const key = { monitor: "input-drift", metric: "psi", segment: undefined, feature: "x" } as const;
const groups = [[0], [1], [2, 3]];
const ask = (counts: readonly number[], normal: readonly number[] | undefined) =>
  psiSeries({ key, counts, normal, groups: () => groups, overdispersion: undefined, threshold: 0.25 });

describe("PSI of one series", () => {
  it("counts rows in bins that the season leaves empty as a move", () => {
    const test = ask([50, 50, 0, 100], [500, 500, 0, 0]);
    expect(test).toMatchObject({ kind: "tested", numbers: { bins: 3, rows: 200, baselineRows: 1_000 } });
    expect(test.kind === "tested" && test.numbers.effect).toBeGreaterThan(1);
    expect(test.kind === "tested" && test.numbers.pValue).toBeLessThan(1e-20);
  });

  it("shows an effect below what chance gives as negative, never as a move", () => {
    const test = ask([50, 50, 50, 50], [500, 500, 500, 500]);
    expect(test.kind === "tested" && test.numbers.effect).toBeLessThan(0);
    expect(test.kind === "tested" && test.numbers.pValue).toBeGreaterThan(0.9);
  });

  it("says which question could not be asked, and why", () => {
    expect(ask([9, 9, 9, 9], undefined)).toMatchObject({
      state: "not-checked",
      reason: expect.stringMatching(/no window of this season/),
    });
    expect(ask([9, 9, 9, 9], [0, 0, 0, 0])).toMatchObject({
      state: "not-checked",
      reason: expect.stringMatching(/no such row/),
    });
    expect(ask([9, 9, 9, 9], [0, 0, 90, 0])).toMatchObject({
      state: "not-checked",
      reason: expect.stringMatching(/one value/),
    });
    expect(ask([3, 3, 3, 0], [90, 90, 90, 0])).toMatchObject({ state: "not-enough-data", rows: 9, baselineRows: 270 });
    // Both values of this season fall into one group.
    expect(ask([0, 0, 20, 0], [0, 0, 90, 90])).toMatchObject({ state: "not-enough-data", rows: 20, baselineRows: 180 });
    expect(ask([0, 0, 0, 0], [90, 90, 90, 0])).toMatchObject({ state: "not-enough-data", rows: 0 });
  });
});
