import type { WindowSummary } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { firstChoice, shownWindows } from "./use-view.ts";

const window = (day: number, coverage: number | null, state: WindowSummary["state"] = "evaluated"): WindowSummary => ({
  start: new Date(day * 86_400_000).toISOString(),
  end: new Date((day + 1) * 86_400_000).toISOString(),
  state,
  current: state === "evaluated",
  rows: 100,
  labelledRows: Math.round(100 * (coverage ?? 0)),
  labelCoverage: coverage,
  verdict: "healthy",
  monitors: "healthy",
  contract: { verdict: "not-checked", broken: 0, passed: 0, notChecked: 0 },
  findings: 0,
  restatements: 0,
});

describe("shownWindows", () => {
  it("keeps the newest, oldest first, whatever order they come in", () => {
    const shown = shownWindows([window(3, 1), window(1, 1), window(2, 1)], 2);
    expect(shown.map(({ start }) => start.slice(0, 10))).toEqual(["1970-01-03", "1970-01-04"]);
    expect(shownWindows([window(3, 1), window(1, 1)], null)).toHaveLength(2);
  });
});

describe("firstChoice", () => {
  it("prefers the newest judged window with most of its labels over newer ones with few", () => {
    const windows = [window(1, 0.99), window(2, 0.1), window(3, 0), window(4, 0.9, "open")];
    expect(firstChoice(windows)?.start).toBe(windows[0]?.start);
  });

  it("falls back to any labels, then to judged, then to the newest", () => {
    expect(firstChoice([window(1, 0.1), window(2, 0)])?.labelCoverage).toBe(0.1);
    expect(firstChoice([window(1, 0), window(2, 0, "open")])?.state).toBe("evaluated");
    expect(firstChoice([window(2, 0, "open")])?.state).toBe("open");
    expect(firstChoice([])).toBeNull();
  });
});
