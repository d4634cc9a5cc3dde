import { describe, expect, it } from "vitest";
import { countedText, outcomeOf, type RuleResult, ruleSentence, uncheckedRules, worstOutcome } from "./contract.ts";

const result = (over: Partial<RuleResult> = {}): RuleResult => ({
  rule: "origin.required",
  field: "origin",
  words: "`origin` is never missing",
  severity: "error",
  state: "failed",
  grade: "critical",
  reason: null,
  rows: 40,
  counted: 10,
  share: 0.25,
  values: [{ value: "LAX", count: 10 }],
  examples: [],
  ...over,
});
const passed = result({ state: "passed", grade: "none", counted: 0, share: 0, values: [] });
const unchecked = result({ state: "not-checked", grade: "none", counted: null, reason: "there are no rows" });

describe("worstOutcome", () => {
  it("is kept only where something was checked and nothing is broken", () => {
    expect(worstOutcome([passed, unchecked])).toBe("kept");
    expect(worstOutcome([unchecked])).toBe("none");
    expect(worstOutcome([])).toBe("none");
  });

  it("names what is broken before what is kept", () => {
    expect(worstOutcome([passed, result({ grade: "info" }), result({ grade: "warning" })])).toBe("warning");
    expect(worstOutcome([unchecked, result({ grade: "info" }), passed])).toBe("info");
  });

  it("never calls a failed rule kept, even one without a grade", () => {
    expect(outcomeOf(result({ grade: "none" }))).toBe("critical");
  });
});

describe("a rule in words", () => {
  it("says what was counted of how many, and the values that offend", () => {
    expect(ruleSentence("origin.required", result(), "8 Feb")).toBe(
      "origin.required · 8 Feb: broken. origin is never missing; counted 10 of 40 (25.0 %); values LAX: 10.",
    );
  });

  it("says why a rule was not checked, and of a version without the rule that it had none", () => {
    expect(ruleSentence("r", unchecked, "8 Feb")).toContain("not checked, there are no rows");
    expect(ruleSentence("r", null, "8 Feb")).toContain("did not have this rule");
  });

  it("gives ages as durations, shares as per cent and what was not counted as nothing", () => {
    expect(countedText(result({ rule: "sla-freshness-1", counted: 7_200_000, share: null }))).toBe("2 h");
    expect(countedText(result({ rule: "sla-completeness-1", counted: 99.25, share: null }))).toBe("99.3 %");
    expect(countedText(unchecked)).toBeNull();
  });
});

describe("uncheckedRules", () => {
  it("are those of the newest window, each once", () => {
    const window = (start: string, system: string, results: RuleResult[]) => ({
      system,
      start,
      end: start,
      contractVersion: "1",
      health: { rows: 0, freshnessMs: null, delayMs: null, processingMs: null, completeness: null, nulls: [] },
      results,
    });
    const old = window("2001-02-01T00:00:00Z", "a", [result({ ...unchecked, rule: "old" })]);
    const newest = ["a", "b"].map((system) => window("2001-02-02T00:00:00Z", system, [unchecked, passed]));
    expect(uncheckedRules([...newest, old]).map(({ rule }) => rule)).toEqual(["origin.required"]);
    expect(uncheckedRules([])).toEqual([]);
  });
});
