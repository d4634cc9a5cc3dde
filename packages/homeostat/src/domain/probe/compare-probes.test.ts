import { describe, expect, it } from "vitest";
import { compareProbes } from "./compare-probes.ts";
import type { ProbeRun } from "./probe.ts";

const run = (release: string, answers: readonly number[], servedBy: ProbeRun["servedBy"] = "release"): ProbeRun => ({
  system: "s",
  at: 1,
  release,
  servedBy,
  repeats: answers.length,
  results: [{ probe: "evening", answers }],
});

describe("probes", () => {
  it("are compared within a release, over its runs, and never with answers of a fallback", () => {
    const compared = compareProbes([
      run("r2", [0.4, 0.4]),
      run("r1", [0.3]),
      run("r1", [0.5]),
      run("r1", [0], "constant"),
    ]);
    expect(compared).toEqual([
      {
        probe: "evening",
        release: "r2",
        runs: 1,
        answers: 2,
        least: 0.4,
        greatest: 0.4,
        mean: 0.4,
        spread: 0,
        differs: false,
      },
      {
        probe: "evening",
        release: "r1",
        runs: 2,
        answers: 2,
        least: 0.3,
        greatest: 0.5,
        mean: 0.4,
        spread: expect.closeTo(Math.SQRT1_2 / 5, 9),
        differs: true,
      },
    ]);
  });
});
