import type { SourceWindow } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { healthSeries } from "./health-series.ts";

const window = (day: number, health: Partial<SourceWindow["health"]>): SourceWindow => ({
  system: "shop",
  start: `2001-02-0${day}T00:00:00Z`,
  end: `2001-02-0${day + 1}T00:00:00Z`,
  contractVersion: "1",
  results: [],
  health: { rows: 0, freshnessMs: null, delayMs: null, processingMs: null, completeness: null, nulls: [], ...health },
});

describe("healthSeries", () => {
  it("draws durations in the unit that fits the longest", () => {
    const { series, unit } = healthSeries("freshness", [
      window(1, { freshnessMs: 1_800_000 }),
      window(2, { freshnessMs: 7_200_000 }),
    ]);
    expect(unit).toBe("hours");
    expect(series.points.map(({ value }) => value)).toEqual([0.5, 2]);
  });

  it("leaves a gap where a measure is not known, and never a zero", () => {
    const { series } = healthSeries("completeness", [window(1, { completeness: 0 }), window(2, {})]);
    expect(series.points.map(({ value }) => value)).toEqual([0, null]);
    expect(series.points[1]?.sentence).toMatch(/not known/);
  });

  it("counts rows from nothing, so that a fall looks as deep as it is", () => {
    const { domain } = healthSeries("volume", [window(1, { rows: 100 }), window(2, { rows: 50 })]);
    expect(domain?.[0]).toBe(0);
    expect(domain?.[1]).toBeGreaterThan(100);
  });
});
