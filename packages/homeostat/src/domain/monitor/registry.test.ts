import { describe, expect, it } from "vitest";
import type { Binning } from "../../stats/histogram/binning.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { type MonitorKind, monitorKinds } from "../finding/finding.ts";
import type { MonitorDefinition } from "./monitor.ts";
import { defaultMonitor } from "./monitors-of.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { monitors } from "./registry.ts";
import { dayWindow, missing, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";
import { type SeriesTest, seriesText } from "./verdict.ts";

const carriers: Binning = { kind: "categorical", categories: ["AA", "DL"], others: ["HA"], othersComplete: true };
/** AA, DL, other, new, missing. */
const carrier = { AA: 0, DL: 1, HA: 2, NEW: 3, NULL: 4 };
const features = { hour: tenBins, weekday: tenBins, fixed: tenBins, carrier: carriers };
const baseline = sampleBaseline(features, ["ATL", "LAX", "GONE"], 28);

/** Two hundred rows in ATL and LAX; `weekday` follows the calendar, `fixed` is always 3. */
function usualDay(day: number, change: (row: SampleRow, index: number) => SampleRow = (row) => row): SampleRow[] {
  return Array.from({ length: 400 }, (_, index) =>
    change(
      {
        place: index % 2 === 0 ? "ATL" : "LAX",
        bins: {
          hour: (index * 3 + day) % 10,
          weekday: day % 7,
          fixed: 3,
          carrier: index % 3 === 0 ? carrier.DL : carrier.AA,
        },
        scoreBin: (index * 7 + day) % 10,
        outcome: (index * 13 + day * 5) % 10 < ((index * 7 + day) % 10) + 1,
      },
      index,
    ),
  );
}
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window, day) => profileOf(baseline, window, usualDay(day))),
);

/** What a monitor says of the Monday after the reference. */
function ask(
  monitor: MonitorDefinition,
  rows: readonly SampleRow[],
  parts: { readonly season?: string; readonly outcomesMature?: boolean } = {},
): (series: string) => SeriesTest {
  const profile = profileOf(baseline, dayWindow(28), rows);
  const tests = monitor.ask(
    { picture, profile, season: "day-1", outcomesMature: true, evidence: {}, ...parts },
    usual(monitor),
  );
  const byName = new Map(tests.map((test) => [seriesText(test.key), test] as const));
  return (series) =>
    byName.get(series) ?? {
      kind: "untested",
      key: tests[0]!.key,
      state: "not-checked",
      reason: "absent",
      rows: -1,
      baselineRows: -1,
    };
}
/** As a system gets it without declaring anything. */
const usual = (monitor: MonitorDefinition) => defaultMonitor(monitor.kind, sampleSystem("sample").owners);
const numbersOf = (test: SeriesTest) => (test.kind === "tested" ? test.numbers : undefined);
const stateOf = (test: SeriesTest) => (test.kind === "tested" ? "tested" : `${test.state}: ${test.reason}`);

/**
 * Facts counted on rows and burning budgets ask nothing of a window; kinds that need evidence beside its counts, or a baseline that knows
 * ranges and what is unusual, are tested apart.
 */
const apart: readonly MonitorKind[] = ["contract", "slo-burn", "out-of-range", "out-of-distribution"];
const testing = monitorKinds.filter((kind) => !apart.includes(kind) && monitors[kind].needs.length === 0);

describe("every monitor", () => {
  it.each(testing)("%s words its rule and a finding without a gap", (kind) => {
    const monitor: MonitorDefinition = monitors[kind];
    const tests = monitor.ask(
      {
        picture,
        profile: profileOf(baseline, dayWindow(28), usualDay(28)),
        season: "day-1",
        outcomesMature: true,
        evidence: {},
      },
      usual(monitor),
    );
    const tested = tests.filter((test) => test.kind === "tested");
    expect(tested.length).toBeGreaterThan(0);
    for (const { key, numbers } of tested) {
      expect(monitor.sentence(key, numbers)).not.toMatch(/undefined|NaN|Infinity/);
      expect(monitor.rule(key.metric, usual(monitor))).toMatch(/in \d windows running$/);
      expect(usual(monitor).metrics[key.metric]!.persistenceWindows).toBeGreaterThanOrEqual(2);
      expect(numbers.pValue).toBeGreaterThanOrEqual(0);
      expect(numbers.pValue).toBeLessThanOrEqual(1);
    }
  });

  it.each(testing)("%s tests nothing on an empty window, and says so of every series but volume", (kind) => {
    const monitor: MonitorDefinition = monitors[kind];
    const tests = monitor.ask(
      {
        picture,
        profile: profileOf(baseline, dayWindow(28), []),
        season: "day-1",
        outcomesMature: false,
        evidence: {},
      },
      usual(monitor),
    );
    const answers = new Set(
      tests
        .filter((test) => test.key.segment?.value !== "GONE" && test.key.segment?.value !== "(other)")
        .map((test) => (test.kind === "tested" ? "tested" : test.state)),
    );
    if (kind === "volume") expect(answers).toEqual(new Set(["tested"]));
    else expect(answers).not.toContain("tested");
  });

  it.each(["input-drift", "prediction-drift", "volume"] as const)(
    "%s is not checked in a season the baseline never saw",
    (kind) => {
      const all = kind === "input-drift" ? `${kind}|psi||hour` : kind === "volume" ? "volume|rows||" : `${kind}|psi||`;
      expect(stateOf(ask(monitors[kind], usualDay(28), { season: "day-9" })(all))).toBe(
        "not-checked: the baseline has no window of this season",
      );
    },
  );
});

describe("input drift", () => {
  it("sees a moved feature and leaves the others alone", () => {
    const moved = ask(
      monitors["input-drift"],
      usualDay(28, (row) => ({ ...row, bins: { ...row.bins, hour: 9 } })),
    );
    expect(numbersOf(moved("input-drift|psi||hour"))!.effect).toBeGreaterThan(0.25);
    expect(numbersOf(moved("input-drift|psi||hour"))!.pValue).toBeLessThan(1e-10);
    expect(numbersOf(moved("input-drift|psi||carrier"))!.effect).toBeLessThan(0.25);
  });

  it("has nothing to compare where the baseline has one value", () => {
    const usual = ask(monitors["input-drift"], usualDay(28));
    expect(stateOf(usual("input-drift|psi||fixed"))).toBe("not-checked: one value in the baseline of this season");
    expect(stateOf(usual("input-drift|psi||weekday"))).toBe("not-checked: one value in the baseline of this season");
  });

  it("says of a segment value without reference rows that it is not checked", () => {
    const usual = ask(monitors["input-drift"], usualDay(28));
    expect(stateOf(usual("input-drift|psi|place=GONE|hour"))).toBe("not-checked: the baseline has no such row");
  });

  it("takes a feature that arrives only missing as moved", () => {
    const lost = ask(
      monitors["input-drift"],
      usualDay(28, (row) => ({ ...row, bins: { ...row.bins, hour: missing } })),
    );
    expect(numbersOf(lost("input-drift|psi||hour"))!.effect).toBeGreaterThan(1);
  });
});

describe("prediction drift", () => {
  it("sees scores that moved", () => {
    const moved = ask(
      monitors["prediction-drift"],
      usualDay(28, (row) => ({ ...row, scoreBin: 9 })),
    );
    expect(numbersOf(moved("prediction-drift|psi||"))!.effect).toBeGreaterThan(1);
    expect(numbersOf(ask(monitors["prediction-drift"], usualDay(28))("prediction-drift|psi||"))!.effect).toBeLessThan(
      0.05,
    );
  });
});

describe("missing values", () => {
  it("are held against the whole baseline by the exact test where it has none", () => {
    const some = ask(
      monitors["null-rate"],
      usualDay(28, (row, index) => (index < 30 ? { ...row, bins: { ...row.bins, hour: missing } } : row)),
    );
    expect(numbersOf(some("null-rate|null-share||hour"))).toMatchObject({
      variant: "share/hypergeometric",
      value: 0.075,
      baselineValue: 0,
      rows: 400,
    });
    expect(numbersOf(some("null-rate|null-share||fixed"))).toMatchObject({ value: 0, pValue: 1 });
  });

  it("are seen when nothing else arrives", () => {
    const all = ask(
      monitors["null-rate"],
      usualDay(28, (row) => ({ ...row, bins: { ...row.bins, carrier: carrier.NULL } })),
    );
    expect(numbersOf(all("null-rate|null-share|place=LAX|carrier"))).toMatchObject({ value: 1, effect: 1 });
  });
});

describe("new categories", () => {
  const arriving = (bin: number) =>
    ask(
      monitors["new-category"],
      usualDay(28, (row, index) => (index < 40 ? { ...row, bins: { ...row.bins, carrier: bin } } : row)),
    );

  it("are values the baseline never saw; rare ones it did see are not", () => {
    expect(numbersOf(arriving(carrier.NEW)("new-category|unseen||carrier"))).toMatchObject({ value: 0.1, effect: 0.1 });
    expect(numbersOf(arriving(carrier.HA)("new-category|unseen||carrier"))).toMatchObject({ value: 0, pValue: 1 });
  });

  it("are not asked of numbers, nor of a feature with more values than could be listed", () => {
    expect(stateOf(arriving(carrier.NEW)("new-category|unseen||hour"))).toBe("not-checked: absent");
    const open = sampleBaseline({ tail: { ...carriers, othersComplete: false } }, [], 14);
    const rows = usualDay(0).map((row) => ({ ...row, bins: { tail: 0 } }));
    const openPicture = referencePictureOf(
      open,
      open.windows.map((window) => profileOf(open, window, rows)),
    );
    const [test] = monitors["new-category"].ask(
      {
        picture: openPicture,
        profile: profileOf(open, dayWindow(14), rows),
        season: "day-1",
        outcomesMature: true,
        evidence: {},
      },
      usual(monitors["new-category"]),
    );
    expect(stateOf(test!)).toBe("not-checked: the baseline has too many values to list");
  });

  it("include values of another season: a Monday full of Tuesdays", () => {
    const tuesdays = ask(monitors["new-category"], usualDay(29));
    expect(numbersOf(tuesdays("new-category|unseen-in-season||weekday"))).toMatchObject({ value: 1 });
    expect(
      numbersOf(ask(monitors["new-category"], usualDay(28))("new-category|unseen-in-season||weekday")),
    ).toMatchObject({ value: 0, pValue: 1 });
  });

  it("do not include missing values, which have a monitor of their own", () => {
    const lost = ask(
      monitors["new-category"],
      usualDay(28, (row) => ({ ...row, bins: { ...row.bins, weekday: missing } })),
    );
    expect(numbersOf(lost("new-category|unseen-in-season||weekday"))).toMatchObject({ value: 0 });
  });

  it("allow for how many bins a small season leaves empty by chance", () => {
    // Ten bins, each seen once on Mondays or not at all: half of all bins are unseen by accident.
    const small = sampleBaseline({ hour: tenBins }, [], 2, "none");
    const halves = [
      [0, 1, 2, 3, 4, 0, 1],
      [5, 6, 7, 8, 9, 5],
    ].map((bins) => bins.map((hour) => ({ ...usualDay(0)[0]!, bins: { hour } })));
    const seasons = { ...small, windows: small.windows.map((window, index) => ({ ...window, season: `s-${index}` })) };
    const smallPicture = referencePictureOf(
      seasons,
      halves.map((rows, day) =>
        profileOf(seasons, dayWindow(day), [
          ...rows,
          ...rows.slice(0, 5).map((row) => ({ ...row, bins: { hour: day === 0 ? 0 : 5 } })),
        ]),
      ),
    );
    const [test] = monitors["new-category"].ask(
      {
        picture: smallPicture,
        profile: profileOf(seasons, dayWindow(2), usualDay(0)),
        season: "s-1",
        outcomesMature: true,
        evidence: {},
      },
      usual(monitors["new-category"]),
    );
    expect(numbersOf(test!)!.baselineValue).toBeCloseTo(4 / 11, 9);
  });
});

describe("volume", () => {
  it("falls when half of the rows are gone and doubles when they come twice", () => {
    expect(numbersOf(ask(monitors.volume, usualDay(28).slice(0, 200))("volume|rows||"))).toMatchObject({
      value: 200,
      baselineValue: 400,
      effect: 0.5,
    });
    expect(numbersOf(ask(monitors.volume, [...usualDay(28), ...usualDay(28)])("volume|rows||"))).toMatchObject({
      value: 800,
      effect: 0.5,
    });
    expect(numbersOf(ask(monitors.volume, usualDay(28))("volume|rows||"))).toMatchObject({ effect: 0 });
  });

  it("sees a segment value that is gone from a window", () => {
    const gone = ask(
      monitors.volume,
      usualDay(28, (row) => ({ ...row, place: "ATL" })),
    );
    const numbers = numbersOf(gone("volume|rows|place=LAX|"))!;
    expect(numbers).toMatchObject({ value: 0, effect: 1 });
    expect(numbers.pValue).toBeLessThan(1e-6);
  });

  it("expects no number of a segment value with too few rows", () => {
    expect(stateOf(ask(monitors.volume, usualDay(28))("volume|rows|place=GONE|"))).toBe(
      "not-enough-data: too few rows to expect a number",
    );
  });
});

describe("performance", () => {
  it("sees the ranking of outcomes get worse", () => {
    const worse = ask(
      monitors.performance,
      usualDay(28, (row) => ({ ...row, outcome: row.scoreBin < 5 })),
    );
    const numbers = numbersOf(worse("performance|auc||"))!;
    expect(numbers.baselineValue! - numbers.value).toBeCloseTo(numbers.effect, 12);
    expect(numbers.effect).toBeGreaterThan(0.05);
    expect(numbers.pValue).toBeLessThan(0.01);
    expect(numbersOf(ask(monitors.performance, usualDay(28))("performance|auc||"))!.effect).toBeLessThan(0.05);
  });

  it("waits for outcomes that have not arrived, and shows what it can meanwhile", () => {
    const rows = usualDay(28, (row, index) => (index < 300 ? { ...row, outcome: undefined } : row));
    const waiting = ask(monitors.performance, rows, { outcomesMature: false })("performance|auc||");
    expect(stateOf(waiting)).toMatch(/^waiting-for-labels: outcomes have not/);
    expect(waiting.performance).toMatchObject({ rows: 400, labelledRows: 100 });
    expect(stateOf(ask(monitors.performance, rows)("performance|auc||"))).toMatch(/^waiting-for-labels: too few/);
    expect(stateOf(ask(monitors.performance, usualDay(28), { outcomesMature: false })("performance|auc||"))).toMatch(
      /^waiting/,
    );
  });

  it("does not answer on outcomes of one kind, and does not wait for outcomes of no rows", () => {
    const same = usualDay(28, (row) => ({ ...row, outcome: false }));
    expect(stateOf(ask(monitors.performance, same)("performance|auc||"))).toBe(
      "not-enough-data: too few outcomes of each kind",
    );
    expect(stateOf(ask(monitors.performance, [], { outcomesMature: false })("performance|auc||"))).toBe(
      "not-enough-data: no rows",
    );
  });

  it("counts decisions from the bin of the threshold on, and never guesses without it", () => {
    const right = usualDay(28, (row) => ({ ...row, outcome: row.scoreBin >= 5 }));
    expect(ask(monitors.performance, right)("performance|auc||").performance?.accuracy?.value).toBe(1);
    const lost = { ...baseline, score: { ...baseline.score, threshold: 0.55 } };
    const lostPicture = referencePictureOf(
      lost,
      lost.windows.map((window, day) => profileOf(lost, window, usualDay(day))),
    );
    const [test] = monitors.performance.ask(
      {
        picture: lostPicture,
        profile: profileOf(lost, dayWindow(28), right),
        season: "day-1",
        outcomesMature: true,
        evidence: {},
      },
      usual(monitors.performance),
    );
    expect(test!.performance?.accuracy).toBeUndefined();
  });

  it("measures calibration: none off when every bin holds as many positives as its scores say", () => {
    const level = usualDay(28, (row, index) => ({
      ...row,
      scoreBin: index % 2 === 0 ? 1 : 8,
      outcome: index % 2 === 0 ? index % 40 < 6 : index % 40 < 34,
    }));
    const shown = ask(monitors.performance, level)("performance|auc||").performance!;
    expect(shown.meanProbability).toBeCloseTo(0.5, 9);
    expect(shown.calibrationError).toBeLessThan(0.01);
    const off = ask(
      monitors.performance,
      usualDay(28, (row) => ({ ...row, scoreBin: 9, outcome: false })),
    )("performance|auc||").performance!;
    expect(off.calibrationError).toBeCloseTo(0.95, 9);
  });
});
