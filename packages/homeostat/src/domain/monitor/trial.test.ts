import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { dayMs } from "../instant.ts";
import type { WindowRecord } from "../window/window.ts";
import { evaluateWindow } from "./evaluate-window.ts";
import { monitorsOf } from "./monitors-of.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { dayWindow, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";
import { keepTrial } from "./trial.ts";
import { seriesText } from "./verdict.ts";
import { windowAdvice } from "./window-advice.ts";

const baseline = sampleBaseline({ hour: tenBins }, [], 14, "none");
const day = (shift: number): SampleRow[] =>
  Array.from({ length: 400 }, (_, index) => ({
    place: "ATL",
    bins: { hour: Math.min(9, (index % 10) + shift) },
    scoreBin: index % 10,
    outcome: undefined,
  }));
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window) => profileOf(baseline, window, day(0))),
);

describe("a trial", () => {
  it("says when a monitor would have fired, on what, and what it could not test", () => {
    const system = sampleSystem("s");
    const watching = monitorsOf({
      ...system,
      monitors: [{ name: "strict", kind: "input-drift", enabled: true, threshold: 0.1, persistenceWindows: 2 }],
    });
    const kept = watching.filter(({ name }) => ["strict", "performance"].includes(name)).map((one) => keepTrial(one));
    let streaks: ReadonlyMap<string, number> = new Map();
    for (const [index, shift] of [0, 2, 2, 2, 0, 2, 2].entries()) {
      const window = dayWindow(20 + index);
      const question = {
        picture,
        profile: profileOf(baseline, window, day(shift)),
        season: "all",
        outcomesMature: true,
        evidence: {},
      };
      const evaluation = evaluateWindow(question, watching, streaks);
      streaks = new Map(evaluation.verdicts.map(({ test, streak }) => [seriesText(test.key), streak]));
      for (const one of kept) one.add(window, evaluation);
    }
    const [performance, strict] = kept.map((one) => one.result());
    expect(strict).toMatchObject({ series: 2, tested: 14, firing: 3, untested: [] });
    expect(strict!.episodes.map(({ from, windows, series }) => [from, windows, series])).toEqual([
      [dayWindow(22).start, 2, 2],
      [dayWindow(26).start, 1, 2],
    ]);
    expect(strict!.episodes[0]).toMatchObject({ worst: { key: { feature: "hour" } } });
    expect(strict!.episodes[0]!.sentence).toMatch(/^`hour` in .* moved/);
    expect(performance).toMatchObject({ tested: 0, firing: 0, episodes: [] });
    expect(performance!.untested[0]!.series).toBe(14);
  });
});

describe("advice on the length of windows", () => {
  const system = { ...sampleSystem("s"), windows: { lengthMs: dayMs, latenessMs: 0, season: "none" as const } };
  const windows = (rows: number, count = 10) =>
    Array.from({ length: count }, () => ({ rows, evaluatedAt: 1 }) as WindowRecord);

  it("names a length whose windows hold enough rows", () => {
    expect(windowAdvice(system, windows(120))).toBe(
      "a window of 1 day holds 120 rows in the middle, fewer than the 500 that a moderate shift takes to show; windows of 7 days would hold about 840",
    );
    expect(windowAdvice(system, windows(2))).toMatch(/no usual length would hold them/);
  });

  it("is silent where windows hold enough, or too few were seen", () => {
    expect(windowAdvice(system, windows(900))).toBeUndefined();
    expect(windowAdvice(system, windows(3, 4))).toBeUndefined();
  });
});
