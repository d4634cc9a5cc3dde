import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "../instant.ts";
import type { ColumnFacts } from "./column-facts.ts";
import { planWindows, taskOf } from "./plan-system.ts";
import type { TableRoles } from "./recognise-roles.ts";

const facts = (name: string, more: Partial<ColumnFacts>): ColumnFacts => ({
  name,
  kind: "fraction",
  rows: 1_000,
  present: 1_000,
  distinct: 900,
  least: 0,
  greatest: 100,
  timeShare: 0,
  wholeDays: false,
  ...more,
});
const roles = (more: Partial<TableRoles>): TableRoles => ({
  time: undefined,
  hour: undefined,
  id: undefined,
  entity: undefined,
  score: undefined,
  prediction: undefined,
  outcome: undefined,
  segments: [],
  features: [],
  doubts: [],
  ...more,
});

describe("the task of a table", () => {
  it("follows from its answers: probabilities, decisions, numbers, names", () => {
    const two = { distinct: 2, kind: "whole", greatest: 1 } as const;
    expect(taskOf([facts("s", { greatest: 1 })], roles({ score: "s" }))).toMatchObject({ holds: "probability" });
    expect(taskOf([facts("p", two), facts("y", two)], roles({ prediction: "p", outcome: "y" }))).toMatchObject({
      type: "binary-classification",
      holds: "decision",
    });
    expect(taskOf([facts("p", {}), facts("y", {})], roles({ prediction: "p", outcome: "y" })).type).toBe("regression");
    expect(taskOf([facts("p", { kind: "text", distinct: 7 })], roles({ prediction: "p" })).type).toBe(
      "multiclass-classification",
    );
    expect(taskOf([facts("y", two)], roles({ outcome: "y" })).type).toBe("no-prediction");
  });
});

describe("windows from traffic", () => {
  const year = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 11, 31, 23), wholeDays: false };
  const plain = { baselineUntil: undefined, lengthMs: undefined };
  const lengthOf = (rows: number, span: object = year): number | undefined => {
    const planned = planWindows({ ...year, ...plain, rows, ...span });
    return planned.kind === "planned" ? planned.plan.lengthMs : undefined;
  };

  it("are the shortest that hold enough rows", () => {
    expect(lengthOf(10_000_000)).toBe(hourMs);
    expect(lengthOf(365_000)).toBe(dayMs);
    expect(lengthOf(40_000)).toBe(7 * dayMs);
  });

  it("are shorter where a long one would leave too few of them, and never shorter than the times can tell apart", () => {
    expect(lengthOf(10_000)).toBe(7 * dayMs);
    expect(lengthOf(10_000_000, { wholeDays: true })).toBe(dayMs);
  });

  it("take the first half for normal, aligned, and know weekdays where eight weeks are there", () => {
    const planned = planWindows({ ...year, ...plain, rows: 365_000 });
    if (planned.kind !== "planned") throw new Error("a year is long enough");
    expect(planned.plan).toMatchObject({ season: "day-of-week", windows: 365 });
    expect(planned.plan.baseline.from).toBe(year.from);
    expect((planned.plan.baseline.to - year.from) / dayMs).toBe(182);
  });

  it("are refused where no baseline can be made of them", () => {
    const short = { from: 0, to: 2 * dayMs, wholeDays: true };
    expect(planWindows({ ...short, ...plain, rows: 5_000 })).toEqual({ kind: "too-short", windows: 3 });
  });
});
