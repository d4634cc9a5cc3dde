import { describe, expect, it } from "vitest";
import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { evaluateWindow, findingsOf, sameStreaks } from "./evaluate-window.ts";
import { monitorsOf } from "./monitors-of.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { dayWindow, missing, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";
import { type SeriesVerdict, seriesText } from "./verdict.ts";

const baseline = sampleBaseline({ hour: tenBins, load: tenBins }, ["ATL"], 28);
function day(number: number, change: (row: SampleRow, index: number) => SampleRow = (row) => row): SampleRow[] {
  return Array.from({ length: 300 }, (_, index) =>
    change(
      {
        place: "ATL",
        bins: { hour: (index + number) % 10, load: index % 9 },
        scoreBin: (index * 7) % 10,
        outcome: undefined,
      },
      index,
    ),
  );
}
const watching = monitorsOf(sampleSystem("sample"));
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window, index) => profileOf(baseline, window, day(index))),
);
const evaluate = (rows: readonly SampleRow[], streaks: ReadonlyMap<string, number> = new Map()) =>
  evaluateWindow(
    {
      picture,
      profile: profileOf(baseline, dayWindow(28), rows),
      season: "day-1",
      outcomesMature: false,
      evidence: {},
    },
    watching,
    streaks,
  );
const streaksOf = (verdicts: readonly SeriesVerdict[]) =>
  new Map(
    verdicts.filter((verdict) => verdict.streak > 0).map((verdict) => [seriesText(verdict.test.key), verdict.streak]),
  );
const broken = (row: SampleRow, index: number): SampleRow =>
  index < 60 ? { ...row, bins: { ...row.bins, load: missing } } : row;
const nulls = "null-rate|null-share||load";
const find = (verdicts: readonly SeriesVerdict[], series: string) =>
  verdicts.find((verdict) => seriesText(verdict.test.key) === series)!;

describe("judging a window", () => {
  it("is healthy on an ordinary day, with every tested series quiet", () => {
    const { state, verdicts } = evaluate(day(28));
    expect(state).toBe("healthy");
    expect(verdicts.every((verdict) => verdict.streak === 0 && !verdict.fired)).toBe(true);
  });

  it("weighs all p-values of the window together", () => {
    const { verdicts } = evaluate(day(28, broken));
    const tested = verdicts.filter((verdict) => verdict.test.kind === "tested");
    const adjusted = benjaminiHochberg(
      tested.map(({ test }) => (test.kind === "tested" ? test.numbers.pValue : null)),
      0.05,
    ).adjusted;
    expect(tested.map((verdict) => verdict.adjustedPValue)).toEqual(adjusted);
    expect(new Set(tested.map((verdict) => verdict.test.key.monitor)).size).toBeGreaterThan(3);
  });

  it("asks both gates: what is real but small, or large but uncertain, is healthy", () => {
    const { verdicts } = evaluate(day(28, broken));
    for (const { real, material, state } of verdicts.filter(({ test }) => test.kind === "tested"))
      expect(state).toBe(real && material ? "warning" : "healthy");
    expect(verdicts.some(({ real, material }) => real && !material)).toBe(true);
  });

  it("warns first and makes a finding of what persists", () => {
    const first = evaluate(day(28, broken));
    expect(first.state).toBe("warning");
    expect(find(first.verdicts, nulls)).toMatchObject({ streak: 1, fired: false, state: "warning" });
    const second = evaluate(day(29, broken), streaksOf(first.verdicts));
    expect(second.state).toBe("critical");
    expect(find(second.verdicts, nulls)).toMatchObject({ streak: 2, fired: true, state: "critical" });
  });

  it("begins to count again after one quiet window", () => {
    const quiet = evaluate(day(28), new Map([[nulls, 7]]));
    expect(find(quiet.verdicts, nulls).streak).toBe(0);
    expect(find(evaluate(day(28, broken), streaksOf(quiet.verdicts)).verdicts, nulls)).toMatchObject({
      streak: 1,
      fired: false,
    });
  });

  it("shows why when nothing could be tested: never healthy", () => {
    const unknown = evaluateWindow(
      {
        picture,
        profile: profileOf(baseline, dayWindow(28), []),
        season: "day-9",
        outcomesMature: false,
        evidence: {},
      },
      watching,
      new Map(),
    );
    expect(unknown.state).toBe("not-enough-data");
    const nothing = sampleBaseline({}, [], 8);
    const bare = referencePictureOf(
      nothing,
      nothing.windows.map((window) => profileOf(nothing, window, [])),
    );
    expect(
      evaluateWindow(
        {
          picture: bare,
          profile: profileOf(nothing, dayWindow(9), []),
          season: "day-9",
          outcomesMature: false,
          evidence: {},
        },
        watching,
        new Map(),
      ).state,
    ).not.toBe("healthy");
  });
});

describe("streaks known before", () => {
  it("are the same as far as persistence looks back", () => {
    const { verdicts } = evaluate(day(28, broken), new Map([[nulls, 4]]));
    const now = streaksOf(verdicts);
    expect(now.get(nulls)).toBe(5);
    expect(sameStreaks(now, verdicts, watching)).toBe(true);
    expect(sameStreaks(new Map([...now, [nulls, 2]]), verdicts, watching)).toBe(true);
    expect(sameStreaks(new Map([...now, [nulls, 1]]), verdicts, watching)).toBe(false);
    expect(sameStreaks(new Map(), verdicts, watching)).toBe(false);
  });
});

describe("findings", () => {
  const scene = { system: "sample", release: "sample-1" };
  const first = evaluate(day(28, broken));
  const second = evaluate(day(29, broken), streaksOf(first.verdicts));

  it("are made only of what fired, and carry what it takes to judge them", () => {
    expect(findingsOf({ ...scene, window: dayWindow(28) }, watching, first.verdicts, (text) => text)).toEqual([]);
    const findings = findingsOf({ ...scene, window: dayWindow(29) }, watching, second.verdicts, (text) => text);
    expect(findings.find(({ monitor, segment }) => monitor === "null-rate" && segment === undefined)).toMatchObject({
      id: `sample|sample-1|${dayWindow(29).start}|${nulls}`,
      layer: "pipeline",
      feature: "load",
      value: 0.2,
      rows: 300,
      severity: "critical",
      sentence: "`load` is missing in 20 % of all rows (60 rows); in the baseline 0 %",
      withdrawnAt: undefined,
    });
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
  });
});
