import type { PerformanceCell } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { headlineSeries, windowLengthOf } from "./performance-series.ts";
import { expectedRuns, type SeriesPoint, unbroken, windowStarts } from "./series.ts";

const point = (start: number, value: number | null): SeriesPoint => ({
  start,
  end: start + 1,
  value,
  low: null,
  high: null,
  expected: { value: 0.7, low: 0.69, high: 0.71 },
  sentence: "",
});

describe("unbroken", () => {
  it("breaks the line where a value is missing", () => {
    const runs = unbroken([point(0, 1), point(1, 2), point(2, null), point(3, 4)]);
    expect(runs.map((run) => run.map(({ start }) => start))).toEqual([[0, 1], [3]]);
  });

  it("breaks the line where a whole window is missing", () => {
    expect(unbroken([point(0, 1), point(5, 2)])).toHaveLength(2);
  });
});

describe("expectedRuns", () => {
  it("joins windows with the same baseline and parts them when a release brings another", () => {
    const other = { ...point(2, 1), expected: { value: 0.8, low: 0.79, high: 0.81 } };
    expect(
      expectedRuns([point(0, 1), point(1, null), other]).map(({ start, end, value }) => [start, end, value]),
    ).toEqual([
      [0, 2, 0.7],
      [2, 3, 0.8],
    ]);
  });
});

const cell = (window: string, segment: PerformanceCell["segment"], auc: number | null): PerformanceCell => ({
  window,
  segment,
  state: "healthy",
  rows: 10,
  labelledRows: 10,
  headline: { name: "auc", value: auc === null ? null : { value: auc, low: auc, high: auc }, baseline: null },
  others: [],
  classes: [],
  auc: auc === null ? null : { value: auc, low: auc, high: auc },
  accuracy: null,
  positiveShare: null,
  meanProbability: null,
  calibrationError: null,
  baselineAuc: null,
  baselineAccuracy: null,
  pValue: null,
  against: { lastWindow: null, yesterday: null, lastWeek: null },
  split: null,
});

describe("headlineSeries", () => {
  const lax = { name: "origin", value: "LAX" };
  const series = headlineSeries(
    [
      cell("2001-02-02T00:00:00Z", lax, 0.5),
      cell("2001-02-02T00:00:00Z", null, 0.7),
      cell("2001-02-01T00:00:00Z", lax, null),
    ],
    1_000,
    (start) => start,
  );

  it("draws all rows first and each segment as a line of its own", () => {
    expect(series.map(({ name }) => name)).toEqual(["All rows", "origin = LAX"]);
  });

  it("orders windows by time and keeps a missing AUC as a gap", () => {
    expect(series[1]?.points.map(({ value }) => value)).toEqual([null, 0.5]);
    expect(windowStarts(series)).toHaveLength(2);
  });
});

describe("windowLengthOf", () => {
  it("is the smallest distance between windows, and the given length when there are not two", () => {
    expect(windowLengthOf(["1970-01-01T00:00:03Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"], 7)).toBe(1_000);
    expect(windowLengthOf(["1970-01-01T00:00:03Z"], 7)).toBe(7);
  });
});
