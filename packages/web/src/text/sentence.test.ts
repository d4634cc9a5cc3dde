import type { DriftCell, PerformanceCell, WindowSummary } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { driftSentence } from "./drift-sentence.ts";
import { performanceSentence, windowSentence } from "./performance-sentence.ts";
import { parseSegmentKey, segmentKey, segmentName } from "./segment.ts";
import { calmSentence, sliceName } from "./slice-sentence.ts";

const cell: DriftCell = {
  window: "2001-02-12T00:00:00Z",
  feature: "departure_hour",
  segment: { name: "origin", value: "LAX" },
  state: "critical",
  season: "all",
  variant: "psi/jeffreys10",
  psi: 0.832,
  psiDebiased: 0.82,
  expectedByChance: 0.0121,
  pValue: 3e-9,
  rows: 764,
  baselineRows: 4120,
  bins: 10,
};

describe("driftSentence", () => {
  it("says PSI, debiased PSI, chance, p-value and both sizes", () => {
    expect(driftSentence(cell, "12 Feb")).toBe(
      "departure_hour · origin = LAX · 12 Feb: critical. PSI 0.832, debiased 0.820, where chance alone would show 0.012; p < 0.0001, from 764 rows (N) against 4,120 baseline rows (M).",
    );
  });

  it("claims no number where there is none", () => {
    const scarce: DriftCell = {
      ...cell,
      state: "not-enough-data",
      psi: null,
      psiDebiased: null,
      pValue: null,
      rows: 3,
    };
    expect(driftSentence(scarce, "12 Feb")).toBe(
      "departure_hour · origin = LAX · 12 Feb: not enough data. No PSI is claimed from 3 rows (N) against 4,120 baseline rows (M).",
    );
  });
});

const performance: PerformanceCell = {
  window: "2001-02-12T00:00:00Z",
  segment: null,
  state: "healthy",
  rows: 100,
  labelledRows: 80,
  headline: {
    name: "auc",
    value: { value: 0.69, low: 0.66, high: 0.72 },
    baseline: { value: 0.7, low: 0.69, high: 0.71 },
  },
  others: [],
  classes: [],
  auc: { value: 0.69, low: 0.66, high: 0.72 },
  accuracy: null,
  positiveShare: null,
  meanProbability: null,
  calibrationError: null,
  baselineAuc: { value: 0.7, low: 0.69, high: 0.71 },
  baselineAccuracy: null,
  pValue: null,
  against: { lastWindow: null, yesterday: null, lastWeek: null },
  split: null,
};

describe("performanceSentence", () => {
  it("says the interval and the baseline", () => {
    expect(performanceSentence(performance, "12 Feb")).toBe(
      "All rows · 12 Feb: AUC 0.690 (95 % interval 0.660 to 0.720), baseline 0.700; 80 of 100 rows labelled.",
    );
  });

  it("says why there is no AUC", () => {
    expect(
      performanceSentence(
        {
          ...performance,
          headline: { ...performance.headline, value: null },
          state: "waiting-for-labels",
        },
        "12 Feb",
      ),
    ).toContain("waiting for labels, no AUC is claimed");
  });
});

describe("windowSentence", () => {
  const window: WindowSummary = {
    start: "2001-02-12T00:00:00Z",
    end: "2001-02-13T00:00:00Z",
    state: "evaluated",
    current: true,
    rows: 0,
    labelledRows: 0,
    labelCoverage: null,
    verdict: "not-enough-data",
    monitors: "not-enough-data",
    contract: { verdict: "not-checked", broken: 0, passed: 0, notChecked: 0 },
    findings: 1,
    restatements: 2,
  };

  it("says when more has come than was judged", () => {
    expect(windowSentence({ ...window, current: false, restatements: 0 }, "12 Feb")).toMatch(
      /judged, to be judged again: more has come since or is to come\.$/,
    );
  });

  it("calls the coverage of an empty window unknown, not zero", () => {
    expect(windowSentence(window, "12 Feb")).toBe(
      "12 Feb: not enough data; 0 rows, label coverage unknown (no rows), 1 finding; judged, judged again 2 times after late rows.",
    );
  });
});

describe("segment keys", () => {
  it("survive a round trip, also with `=` in the value", () => {
    const segment = { name: "route", value: "a=b" };
    expect(parseSegmentKey(segmentKey(segment))).toEqual(segment);
    expect(parseSegmentKey(segmentKey(null))).toBeNull();
    expect(segmentName({ name: "route", value: "" })).toBe("route = (empty)");
  });
});

describe("the slice against all rows", () => {
  const slice = {
    segment: { name: "origin", value: "LAX" },
    values: ["LAX"],
    words: "origin=LAX",
    losses: null,
    rows: 764,
    share: 0.0507,
    auc: 0.541,
    baselineAuc: 0.702,
    globalAuc: 0.69,
    globalBaselineAuc: 0.696,
    globalPsi: 0.034,
    slicePsi: 0.82,
  };

  it("calls the total calm when its PSI is under the warning level and the slice's is not", () => {
    expect(calmSentence(slice)).toBe(
      "Over all rows AUC moved by −0.006 and the feature's PSI is 0.034, under the warning level of 0.1: the total looks calm because the slice is only 5.1 % of the rows.",
    );
  });

  it("does not call it calm when it moved too, or when nothing is known", () => {
    expect(calmSentence({ ...slice, globalPsi: 0.3 })).not.toContain("calm");
    expect(calmSentence({ ...slice, globalPsi: null, globalAuc: null })).toBe(
      "The numbers over all rows are not known.",
    );
  });

  it("names every value that belongs to the slice", () => {
    expect(sliceName(slice)).toBe("origin = LAX");
    expect(sliceName({ ...slice, values: ["LAX", "SFO", "SEA"] })).toBe("origin = LAX, SFO and SEA");
    expect(sliceName({ ...slice, segment: null, words: "origin=LAX and paid=card" })).toBe("origin=LAX and paid=card");
  });
});
