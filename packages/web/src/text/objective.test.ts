import type { SloDetail } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { objectiveSentence, objectiveVerdicts } from "./objective.ts";

const slo: SloDetail = {
  name: "answers",
  displayName: null,
  description: null,
  labels: {},
  annotations: {},
  indicator: "availability",
  words: "predictions that did not fail",
  segment: null,
  owner: "ml",
  target: 0.99,
  window: { kind: "rolling", start: "2026-01-01T00:00:00Z", end: "2026-01-29T00:00:00Z", lengthMs: 28 * 86_400_000 },
  budgeting: "occurrences",
  state: "met",
  reason: null,
  measuredTo: "2026-01-29T00:00:00Z",
  good: 995,
  bad: 5,
  waiting: 0,
  value: 0.995,
  budgetLeft: 0.5,
  burns: [],
  exhaustedAt: null,
  series: [],
  episodes: [],
};

describe("an objective in words", () => {
  it("says what was good, the target and what is left", () => {
    expect(objectiveSentence(slo)).toMatch(/target: 50(\.0)? % of its budget is left\.$/);
  });

  it("that is frozen says since when and why, and is never shown as healthy", () => {
    const frozen: SloDetail = { ...slo, state: "frozen", reason: "outcomes are late" };
    expect(objectiveSentence(frozen)).toMatch(/^Frozen since .*: outcomes are late\. Then .* now it is not known\.$/);
    expect(objectiveVerdicts.frozen).not.toBe("healthy");
    expect(objectiveVerdicts["no-data"]).not.toBe("healthy");
  });
});
