import type { SourceDetail, SourceWindow } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import type { RuleResult } from "../text/contract.ts";
import { ruleGrid } from "./rule-grid.ts";

const rule = (id: string): SourceDetail["rules"][number] => ({ id, field: null, words: id, severity: "error" });
const result = (id: string, state: RuleResult["state"], grade: RuleResult["grade"] = "none"): RuleResult => ({
  ...{ rule: id, field: null, words: id, severity: "error", state, grade, reason: null, rows: 1 },
  ...{ counted: null, share: null, values: [], examples: [] },
});
const window = (day: number, results: RuleResult[]): SourceWindow => ({
  system: "shop",
  start: `2001-02-0${day}T00:00:00Z`,
  end: `2001-02-0${day + 1}T00:00:00Z`,
  contractVersion: "1",
  health: { rows: 1, freshnessMs: 0, delayMs: 0, processingMs: 0, completeness: 1, nulls: [] },
  results,
});

describe("ruleGrid", () => {
  const grid = ruleGrid(
    [rule("kept"), rule("skipped"), rule("broken")],
    [
      window(2, [result("broken", "failed", "critical"), result("kept", "passed"), result("skipped", "not-checked")]),
      window(1, [result("kept", "passed"), result("gone", "failed", "warning")]),
    ],
  );

  it("has the oldest window first and the worst rule first; what nothing checked stands before what was kept", () => {
    expect(grid.windows.map(({ start }) => start.slice(8, 10))).toEqual(["01", "02"]);
    expect(grid.rules).toEqual(["broken", "gone", "skipped", "kept"]);
  });

  it("keeps rules of earlier versions, and leaves a cell empty where the contract of that time lacked the rule", () => {
    expect(grid.cells[0]?.map((cell) => cell?.state ?? null)).toEqual([null, "failed"]);
    expect(grid.cells[1]?.map((cell) => cell?.state ?? null)).toEqual(["failed", null]);
  });
});
