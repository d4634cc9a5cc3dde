import { describe, expect, it } from "vitest";
import { type Release, rollbackTarget } from "./release.ts";

const release = (number: number, stage: Release["stage"], liveSince?: number, retiredAt?: number): Release => ({
  id: `r-${number}`,
  system: "s",
  number,
  stage,
  model: "m-1",
  pipeline: "pl-1",
  baseline: "b-1",
  note: "",
  createdAt: 0,
  liveSince,
  retiredAt,
});
const target = (...releases: readonly Release[]) => {
  const found = rollbackTarget(releases);
  return found.kind === "target" ? found.release.id : found.reason;
};

describe("what a rollback returns to", () => {
  it("is the release that was live before", () => {
    expect(target(release(3, "live", 30), release(2, "retired", 20, 30), release(1, "retired", 10, 20))).toBe("r-2");
  });

  it("is never a release that was itself rolled back from", () => {
    // 2 went live at 20, was rolled back to 1 at 25, then 3 replaced 1 at 30.
    expect(target(release(3, "live", 30), release(2, "retired", 20, 25), release(1, "retired", 25, 30))).toBe("r-1");
  });

  it("goes one step further back after a rollback, not forward again", () => {
    expect(target(release(3, "retired", 30, 35), release(2, "live", 35), release(1, "retired", 10, 20))).toBe("r-1");
  });

  it("passes over drafts and releases that never were live", () => {
    expect(target(release(3, "live", 30), release(2, "draft"), release(1, "retired", 10, 30))).toBe("r-1");
    expect(target(release(2, "live", 30), release(1, "retired", undefined, 30))).toBe("no-earlier-release");
  });

  it("is refused when nothing is live or nothing was before", () => {
    expect(target()).toBe("nothing-live");
    expect(target(release(1, "retired", 10, 20))).toBe("nothing-live");
    expect(target(release(1, "live", 10), release(2, "retired", 10, 20))).toBe("no-earlier-release");
  });
});
