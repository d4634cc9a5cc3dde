import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { seasonOf } from "../window/window.ts";
import { evaluateWindow, type WindowEvaluation } from "./evaluate-window.ts";
import { monitorsOf } from "./monitors-of.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { dayWindow, missing, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";
import { type SeriesVerdict, seriesText } from "./verdict.ts";

/**
 * A small airline: three places, four features. Days differ by more than chance: every day draws its own tilt for each
 * feature and its own share of missing values (up to 30 %, in bursts), and Sundays are quieter.
 */
const random = createXoshiro(20_240_101);
const features = { hour: tenBins, distance: tenBins, delay: tenBins, load: tenBins };
const places = ["ATL", "ORD", "LAX"];
const referenceDays = 70;
const usualRows = 360;

interface Fault {
  readonly place: string;
  readonly feature: string;
}

function dayRows(day: number, fault?: Fault): SampleRow[] {
  const rows: SampleRow[] = [];
  const tilts = Object.keys(features).map(() => (random.next() - 0.5) * 1.4);
  const missingShare = random.next() ** 2 * 0.3;
  const count = Math.round(
    usualRows * (seasonOf(dayWindow(day), "day-of-week") === "day-7" ? 0.7 : 1) * (0.9 + random.next() * 0.2),
  );
  for (let index = 0; index < count; index++) {
    const place = places[Math.floor(random.next() * 3)] ?? "ATL";
    const bins: Record<string, number> = {};
    for (const [position, name] of Object.keys(features).entries()) {
      const middle = 4.5 + (tilts[position] ?? 0) + (fault?.place === place && fault.feature === name ? 3 : 0);
      const sum = random.next() + random.next() + random.next() - 1.5;
      bins[name] = Math.max(0, Math.min(9, Math.round(middle + sum * 4)));
    }
    if (random.next() < missingShare) bins.load = missing;
    const scoreBin = Math.floor(random.next() * 10);
    rows.push({ place, bins, scoreBin, outcome: random.next() < 0.15 + 0.06 * scoreBin });
  }
  return rows;
}

const baseline = sampleBaseline(features, places, referenceDays);
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window, day) => profileOf(baseline, window, dayRows(day))),
);

function watch(days: readonly number[], fault?: Fault): WindowEvaluation[] {
  let streaks: ReadonlyMap<string, number> = new Map();
  return days.map((day) => {
    const window = dayWindow(day);
    const profile = profileOf(baseline, window, dayRows(day, fault));
    const evaluated = evaluateWindow(
      { picture, profile, season: seasonOf(window, "day-of-week"), outcomesMature: true, evidence: {} },
      monitorsOf(sampleSystem("sample")),
      streaks,
    );
    streaks = new Map(evaluated.verdicts.map((verdict) => [seriesText(verdict.test.key), verdict.streak]));
    return evaluated;
  });
}

const liveDays = (count: number): number[] => Array.from({ length: count }, (_, index) => referenceDays + index);
const fired = (evaluated: WindowEvaluation): readonly SeriesVerdict[] =>
  evaluated.verdicts.filter((verdict) => verdict.fired);

describe("monitors on windows that vary as healthy windows do", () => {
  it("page nobody: over 210 healthy windows of some sixty series at most two windows hold a finding", () => {
    const evaluated = watch(liveDays(210));
    expect(evaluated[0]!.verdicts.filter((verdict) => verdict.test.kind === "tested").length).toBeGreaterThan(40);
    expect(evaluated.filter((window) => fired(window).length > 0).length).toBeLessThanOrEqual(2);
    // A single window may look odd, as often as the false-discovery rate of 5 % allows.
    expect(evaluated.filter((window) => window.state === "warning").length).toBeLessThan(210 * 0.1);
  }, 60_000);

  it("find a series that moved in one place after exactly as many windows as its monitor asks, and nothing elsewhere", () => {
    const evaluated = watch(liveDays(4), { place: "LAX", feature: "distance" });
    expect(evaluated.map((window) => window.state)).toEqual(["warning", "warning", "critical", "critical"]);
    const found = fired(evaluated[2]!).map((verdict) => seriesText(verdict.test.key));
    expect(found).toContain("input-drift|psi|place=LAX|distance");
    expect(found.every((series) => series.endsWith("|distance"))).toBe(true);
  });

  it("measure how much more than chance healthy windows vary", () => {
    expect(picture.feature(undefined, "hour").overdispersion!.phi).toBeGreaterThan(1.5);
    expect(picture.feature(undefined, "load").nullOverdispersion!.phi).toBeGreaterThan(1.5);
    // Seven seasons of ten windows each: every season's mean costs one.
    expect(picture.feature(undefined, "hour").overdispersion!.windows).toBe(63);
  });
});
