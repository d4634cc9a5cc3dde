import { describe, expect, it } from "vitest";
import type { BinnableValue, Binning } from "../histogram/binning.ts";
import { categoricalBinningOf } from "../histogram/categorical-binning.ts";
import { histogramOf } from "../histogram/histogram.ts";
import { numericBinningOf } from "../histogram/numeric-binning.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { type FeatureDrift, featureDrift } from "./feature-drift.ts";

const random = createXoshiro(31);
const baselineValues = normalPairs(random, 10_000);
const numeric = numericBinningOf(baselineValues);

function drift(
  binning: Binning,
  window: readonly BinnableValue[],
  baseline: readonly BinnableValue[],
  options = {},
): FeatureDrift {
  return featureDrift(binning, histogramOf(binning, window).counts, histogramOf(binning, baseline).counts, options);
}
const repeated = (value: BinnableValue, count: number): BinnableValue[] => Array.from({ length: count }, () => value);

describe("featureDrift", () => {
  it("reports ten bins for a large window, fewer for a small one, none for a tiny one", () => {
    const at = (count: number) => drift(numeric, normalPairs(random, count), baselineValues).shift;
    expect(at(1000)).toMatchObject({ kind: "measured", bins: 10, baselineRows: 10_000 });
    expect(at(50)).toMatchObject({ kind: "measured", bins: 9 });
    expect(at(25)).toMatchObject({ kind: "measured", bins: 4 });
    expect(at(9)).toMatchObject({ kind: "insufficient", reason: "window-rows", have: 9 });
  });

  it("finds a shift, and names the fine bins behind every reported bin", () => {
    const found = drift(
      numeric,
      normalPairs(random, 1000).map((z) => z + 0.5),
      baselineValues,
    );
    if (found.shift.kind === "insufficient") throw new Error("refused");
    expect(found.shift.pValue).toBeLessThan(1e-6);
    expect(found.shift.debiased).toBeGreaterThan(0.15);
    expect(found.groups.flat().sort((a, b) => a - b)).toEqual(numeric.edges.map((_, bin) => bin).concat([63, 64]));
  });

  it("tests the null rate beside the shift, and sees it even when the values are healthy", () => {
    const window = [...normalPairs(random, 960), ...repeated(null, 30), ...repeated(Number.NaN, 10)];
    const found = drift(numeric, window, baselineValues);
    expect(found.missing).toMatchObject({ kind: "measured", difference: 0.04 });
    if (found.missing.kind === "measured") expect(found.missing.pValue).toBeLessThan(1e-12);
    expect(found.newValues.rows).toBe(0);
  });

  it("lets the new-value test speak for a constant feature, where there is no shift to measure", () => {
    const binning = numericBinningOf(repeated(3, 5000) as number[]);
    const found = drift(binning, [...repeated(3, 195), 4, 4, 5, 2, 9], repeated(3, 5000));
    expect(found.shift).toMatchObject({ kind: "insufficient", reason: "bins" });
    expect(found.newValues.rows).toBe(5);
    expect(found.newValues.pValue).toBeLessThan(1e-6);
    expect(drift(binning, repeated(3, 200), repeated(3, 5000)).newValues).toEqual({ rows: 0, pValue: 1 });
  });

  it("tells a category never seen from a rare one, and counts clustered ones as one observation", () => {
    const baseline = [...repeated("a", 6000), ...repeated("b", 3990), ...repeated("rare", 10)];
    const binning = categoricalBinningOf([
      ["a", 6000],
      ["b", 3990],
      ["rare", 10],
    ]);
    const window = [...repeated("a", 590), ...repeated("b", 400), ...repeated("rare", 4), ...repeated("fresh", 6)];
    const found = drift(binning, window, baseline);
    expect(found.newValues.rows).toBe(6);
    expect(found.newValues.pValue).toBeLessThan(1e-5);
    const clustered = drift(binning, window, baseline, { overdispersion: { phi: 10, windows: 20 } });
    expect(clustered.newValues.pValue).toBeGreaterThan(0.05);
  });

  it("survives empty windows and empty baselines", () => {
    expect(drift(numeric, [], baselineValues)).toMatchObject({
      shift: { kind: "insufficient" },
      newValues: { rows: 0, pValue: 1 },
      missing: { kind: "insufficient" },
    });
    expect(drift(numeric, normalPairs(random, 50), [])).toMatchObject({
      shift: { kind: "insufficient" },
      newValues: { pValue: 1 },
    });
  });
});
