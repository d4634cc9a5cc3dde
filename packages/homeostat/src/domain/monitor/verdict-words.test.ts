import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { evaluateWindow } from "./evaluate-window.ts";
import { monitorsOf } from "./monitors-of.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { dayWindow, missing, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";
import { seriesText } from "./verdict.ts";
import { smallestSeenOf, verdictWords } from "./verdict-words.ts";

const random = createXoshiro(11);
const baseline = sampleBaseline({ hour: tenBins }, [], 20, "none");
const rows = (count: number, change: (row: SampleRow, index: number) => SampleRow = (row) => row): SampleRow[] =>
  Array.from({ length: count }, (_, index) =>
    change(
      {
        place: "ATL",
        bins: { hour: random.next() < 0.02 ? missing : Math.floor(random.next() * 10) },
        scoreBin: Math.floor(random.next() * 10),
        outcome: random.next() < 0.4,
      },
      index,
    ),
  );
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window) => profileOf(baseline, window, rows(400))),
);
const watching = monitorsOf(sampleSystem("s"));
const level = 0.05;

function evaluate(live: readonly SampleRow[], mature = true, streaks: ReadonlyMap<string, number> = new Map()) {
  const question = {
    picture,
    profile: profileOf(baseline, dayWindow(30), live),
    season: "all",
    outcomesMature: mature,
    evidence: {},
  };
  const { verdicts } = evaluateWindow(question, watching, streaks);
  const tests = verdicts.filter(({ test }) => test.kind === "tested").length;
  return (series: string) => {
    const verdict = verdicts.find(({ test }) => seriesText(test.key) === series)!;
    const smallest = smallestSeenOf(verdict, level, tests);
    const settings = watching.find(({ name }) => name === verdict.test.key.monitor);
    return { verdict, smallest, words: verdictWords(verdict, settings, smallest), tests };
  };
}

describe("a verdict in words", () => {
  it("says of a quiet series what it would have heard", () => {
    const { words, smallest } = evaluate(rows(400))("input-drift|psi||hour");
    expect(smallest).toBeGreaterThanOrEqual(0.25);
    expect(words).toMatch(/effect -?[\d.e-]+, from 0.25 on it matters; an effect of 0\.\d+ would have been seen$/);
  });

  it("says how many rows are missing, and which outcomes it waits for", () => {
    expect(evaluate(rows(6))("input-drift|psi||hour").words).toBe("too few rows to compare (6 of 10 rows)");
    const waiting = rows(400, (row, index) => (index < 300 ? { ...row, outcome: undefined } : row));
    expect(evaluate(waiting, false)("performance|auc||").words).toMatch(/\(25 % of the rows have an outcome\)$/);
  });

  it("counts the windows towards a finding", () => {
    const lost = rows(400, (row, index) => (index < 200 ? { ...row, bins: { hour: missing } } : row));
    const series = "null-rate|null-share||hour";
    expect(evaluate(lost)(series).words).toMatch(/^`hour` is missing in 5\d % .*; 1 of 2 windows running$/);
    expect(evaluate(lost, true, new Map([[series, 1]]))(series).words).toMatch(/^`hour` is missing in 5\d %/);
  });
});

describe("the smallest effect that would have been seen", () => {
  it("is seen in about nine of ten windows, at the level that the window's other tests leave", () => {
    // null share: a tenth of the threshold's certainty is known, so the effect itself is measured
    const { smallest, tests } = evaluate(rows(400))("null-rate|null-share||hour");
    const share = 0.02 + smallest!;
    let seen = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const live = rows(400, (row) => ({
        ...row,
        bins: { hour: random.next() < share ? missing : Math.floor(random.next() * 10) },
      }));
      const { verdict } = evaluate(live)("null-rate|null-share||hour");
      if (verdict.test.kind === "tested" && verdict.test.numbers.pValue <= level / tests) seen += 1;
    }
    expect(seen / trials).toBeGreaterThan(0.75);
    expect(seen / trials).toBeLessThanOrEqual(1);
  });

  it("grows as rows get fewer", () => {
    const of = (count: number) => evaluate(rows(count))("null-rate|null-share||hour").smallest!;
    expect(of(60)).toBeGreaterThan(of(400));
  });
});
