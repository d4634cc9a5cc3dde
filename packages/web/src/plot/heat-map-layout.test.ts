import type { DriftCell } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { heatMapLayout, markersByColumn, placeAfterKey } from "./heat-map-layout.ts";

const dayMs = 86_400_000;
const days = ["2001-02-01T00:00:00Z", "2001-02-02T00:00:00Z", "2001-02-03T00:00:00Z"] as const;

const cell = (feature: string, window: string, psiDebiased: number | null): DriftCell => ({
  window,
  feature,
  segment: null,
  state: psiDebiased === null ? "not-enough-data" : "healthy",
  variant: "psi/jeffreys10",
  psi: psiDebiased,
  psiDebiased,
  expectedByChance: null,
  pValue: null,
  season: "all",
  rows: 10,
  baselineRows: 10,
  bins: 10,
});

describe("heatMapLayout", () => {
  it("puts the most moved feature first and the oldest window left, whatever order the cells come in", () => {
    const layout = heatMapLayout(
      [cell("b", days[2], 0.4), cell("a", days[0], 0.01), cell("b", days[0], 0.0)],
      days.toReversed(),
    );
    expect(layout.features).toEqual(["b", "a"]);
    expect(layout.windows.map((start) => Date.parse(start))).toEqual(days.map((start) => Date.parse(start)));
    expect(layout.cells[0]?.map((one) => one?.psiDebiased ?? null)).toEqual([0, null, 0.4]);
  });

  it("leaves a hole where the server sent nothing, and drops windows that are not shown", () => {
    const layout = heatMapLayout([cell("a", days[0], 0.1), cell("a", "2001-03-01T00:00:00Z", 0.9)], days);
    expect(layout.cells[0]?.[1]).toBeNull();
    expect(layout.cells[0]?.filter((one) => one !== null)).toHaveLength(1);
  });

  it("puts features without any known PSI last", () => {
    expect(heatMapLayout([cell("a", days[0], null), cell("z", days[0], -0.01)], days).features).toEqual(["z", "a"]);
  });

  it("takes the same window however its instant is written", () => {
    const layout = heatMapLayout([cell("a", "2001-02-01T01:00:00+01:00", 0.2)], [days[0]]);
    expect(layout.cells[0]?.[0]?.psiDebiased).toBe(0.2);
  });
});

describe("markersByColumn", () => {
  it("gives a change to the window in which it took effect, and none to windows before or after", () => {
    const layout = heatMapLayout([], days);
    const at = (iso: string) => ({ at: Date.parse(iso), kind: "change", flag: "1", title: "" }) as const;
    const columns = markersByColumn(layout, [at("2001-02-02T00:00:00Z"), at("2001-02-04T00:00:00Z")], dayMs);
    expect([...columns.keys()]).toEqual([1]);
  });
});

describe("placeAfterKey", () => {
  it("moves by one and stays inside", () => {
    expect(placeAfterKey({ row: 0, column: 0 }, "ArrowUp", 2, 3)).toEqual({ row: 0, column: 0 });
    expect(placeAfterKey({ row: 0, column: 0 }, "ArrowDown", 2, 3)).toEqual({ row: 1, column: 0 });
    expect(placeAfterKey({ row: 1, column: 1 }, "End", 2, 3)).toEqual({ row: 1, column: 2 });
    expect(placeAfterKey({ row: 1, column: 2 }, "ArrowRight", 2, 3)).toEqual({ row: 1, column: 2 });
  });

  it("leaves every other key to the browser", () => {
    expect(placeAfterKey({ row: 0, column: 0 }, "Tab", 2, 3)).toBeNull();
  });
});
