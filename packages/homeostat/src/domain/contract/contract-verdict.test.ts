import { describe, expect, it } from "vitest";
import { type ContractTally, contractFindingCount, contractVerdict, windowVerdict } from "./contract-verdict.ts";

const tally = (change: Partial<ContractTally> = {}): ContractTally => ({
  start: 0,
  rows: 9,
  passed: 3,
  critical: 0,
  warning: 0,
  info: 0,
  notChecked: 0,
  isSlow: false,
  ...change,
});

describe("the verdict of a window", () => {
  it.each([
    ["healthy", tally({ critical: 1, warning: 1 }), "critical"],
    ["warning", tally({ critical: 1 }), "critical"],
    ["critical", tally(), "critical"],
    ["healthy", tally({ warning: 1 }), "warning"],
    ["not-checked", tally({ warning: 1 }), "warning"],
    ["healthy", tally({ isSlow: true }), "warning"],
    ["waiting-for-labels", tally(), "waiting-for-labels"],
    ["not-checked", tally(), "not-checked"],
    ["healthy", tally({ info: 1 }), "healthy"],
    ["healthy", undefined, "healthy"],
  ] as const)("is the worse of what monitors (%s) and contract say", (monitors, counted, expected) => {
    expect(windowVerdict(monitors, counted)).toBe(expected);
  });

  it("says of a contract that nothing was checked where no rule could be counted, or there was no check", () => {
    expect(contractVerdict(undefined)).toBe("not-checked");
    expect(contractVerdict(tally({ passed: 0, notChecked: 4 }))).toBe("not-checked");
    expect(contractVerdict(tally({ notChecked: 4 }))).toBe("healthy");
    expect(contractVerdict(tally({ passed: 0, info: 1 }))).toBe("healthy");
  });

  it("counts as findings what is broken and slow, and not what is information", () => {
    expect(contractFindingCount(tally({ critical: 1, warning: 2, info: 5, isSlow: true }))).toBe(4);
    expect(contractFindingCount(undefined)).toBe(0);
  });
});
