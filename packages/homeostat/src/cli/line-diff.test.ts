import { describe, expect, it } from "vitest";
import { lineDiff } from "./line-diff.ts";

describe("a diff of lines", () => {
  it("shows what was added with three lines around it", () => {
    const before = ["1", "2", "3", "4", "5", "6", "7", "8"].join("\n");
    const after = ["1", "2", "3", "4", "new", "5", "6", "7", "8"].join("\n");
    expect(lineDiff("a.yaml", before, after)).toBe("--- a.yaml\n+++ a.yaml\n…\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n");
  });

  it("shows what was replaced", () => {
    expect(lineDiff("a", "x\ny", "x\nz")).toBe("--- a\n+++ a\n x\n-y\n+z\n");
  });

  it("is empty between equal texts", () => {
    expect(lineDiff("a", "x\ny", "x\ny")).toBe("");
  });
});
