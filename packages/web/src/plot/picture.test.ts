import type { DriftCell } from "@homeostat/protocol";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { HeatMap } from "./heat-map.tsx";
import { LineChart } from "./line-chart.tsx";
import type { SeriesPoint } from "./series.ts";

const dayMs = 86_400_000;
const start = (day: number) => new Date(day * dayMs).toISOString();

const cell = (day: number, state: DriftCell["state"], psiDebiased: number | null): DriftCell => ({
  window: start(day),
  feature: "departure_hour",
  segment: null,
  state,
  variant: "psi/jeffreys10",
  psi: psiDebiased,
  psiDebiased,
  expectedByChance: psiDebiased === null ? null : 0.01,
  pValue: null,
  season: "all",
  rows: 10,
  baselineRows: 10,
  bins: 10,
});

describe("HeatMap", () => {
  const html = renderToStaticMarkup(
    createElement(HeatMap, {
      caption: "PSI",
      cells: [
        cell(0, "healthy", 0.01),
        cell(1, "not-enough-data", null),
        cell(2, "critical", 0.4),
        cell(3, "healthy", 0.3),
      ],
      windows: [0, 1, 2, 3, 4].map(start),
      markers: [{ at: 2.5 * dayMs, kind: "change", flag: "7", title: "deploy" }],
      windowMs: dayMs,
      formatTime: String,
      nameWindow: (iso) => iso,
    }),
  );
  const cells = [...html.matchAll(/<td class="(heat [^"]*)"[^>]*tabindex="(-?\d)"[^>]*>(.*?)<\/td>/g)];

  it("hatches what has too little data and leaves empty what was not checked", () => {
    expect(cells.map(([, name]) => name)).toEqual([
      "heat heat-still",
      "heat heat-scarce",
      "heat heat-incident changed",
      "heat heat-incident",
      "heat heat-unchecked",
    ]);
  });

  it("marks the verdict and not the size: a large shift that is not significant carries no mark", () => {
    expect(cells.map(([, , , inner]) => inner !== "")).toEqual([false, false, true, false, false]);
  });

  it("is one tab stop", () => {
    expect(cells.filter(([, , tab]) => tab === "0")).toHaveLength(1);
  });
});

describe("LineChart", () => {
  const point = (day: number, value: number | null): SeriesPoint => ({
    start: day * dayMs,
    end: (day + 1) * dayMs,
    value,
    low: value,
    high: value,
    expected: null,
    sentence: "",
  });
  const html = renderToStaticMarkup(
    createElement(LineChart, {
      label: "AUC",
      series: [
        { name: "All rows", points: [point(0, 0.7), point(1, 0.7), point(2, null), point(3, 0.7), point(4, 0.7)] },
      ],
      markers: [
        { at: 1.5 * dayMs, kind: "change", flag: "1", title: "deploy" },
        { at: 400 * dayMs, kind: "change", flag: "2", title: "long after" },
      ],
      markerName: "changes",
      limits: [0, 1],
      formatValue: String,
      formatTime: String,
      unit: "AUC",
      expectedName: null,
    }),
  );

  it("draws no line across a window without labels", () => {
    expect(html.match(/<polyline/g)).toHaveLength(2);
  });

  it("draws changes within its time and leaves out the others instead of stretching to them", () => {
    expect(html).toContain("<title>deploy</title>");
    expect(html).not.toContain("long after");
  });

  it("can be focused and has a name", () => {
    expect(html).toContain('tabindex="0"');
    expect(html).toContain('aria-label="AUC. Arrow keys walk through the windows."');
  });
});
