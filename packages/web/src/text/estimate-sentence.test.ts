import type { EstimateCell } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { estimateSentence } from "./estimate-sentence.ts";

const cell: EstimateCell = {
  window: "2001-02-12T00:00:00Z",
  segment: null,
  metric: "auc",
  state: "healthy",
  reason: null,
  rows: 1_200,
  labelledRows: 0,
  unseenShare: 0,
  metrics: [
    { name: "auc", estimated: { value: 0.71, low: 0.68, high: 0.74 }, baseline: 0.7, realised: null, held: null },
  ],
  corrected: null,
  record: { metric: "auc", windows: 12, covered: 3, meanMiss: 0.08, meanBias: 0.08, standing: "do-not-trust" },
  assumption: "nothing changed",
};

describe("an estimate in words", () => {
  it("says the number, the assumption, and whether to believe it", () => {
    expect(estimateSentence(cell, "12 Feb")).toBe(
      "12 Feb: AUC is estimated at 0.710 (0.680 to 0.740) from 1,200 rows, if nothing changed. Past estimates missed what the outcomes said by too much to be of use: wait for outcomes, or label some rows.",
    );
  });

  it("says why there is none", () => {
    expect(estimateSentence({ ...cell, metrics: [], record: null, reason: "fewer than 100 rows" }, "12 Feb")).toBe(
      "12 Feb: nothing is estimated, fewer than 100 rows.",
    );
  });
});
