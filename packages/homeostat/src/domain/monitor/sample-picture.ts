import { type Binning, binCountOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { type Baseline, otherValue } from "../baseline/baseline.ts";
import { type BinCounts, type ProbabilityCounts, segmentKey, type WindowProfile } from "../baseline/profile-store.ts";
import { dayMs } from "../instant.ts";
import { seasonOf, type Window } from "../window/window.ts";

/** One row as profiles count it: a bin per feature, the segment value it belongs to, its score bin and its outcome. */
export interface SampleRow {
  readonly place: string;
  readonly bins: Readonly<Record<string, number>>;
  readonly scoreBin: number;
  readonly outcome: boolean | undefined;
}

/** Ten equal-width bins of a number: bin b holds [b, b + 1), the first and last are open, bin 10 holds missing values. */
export const tenBins: Binning = { kind: "numeric", edges: [1, 2, 3, 4, 5, 6, 7, 8, 9], points: [] };
export const missing = nullBinOf(tenBins);

/** Score bins 0 … 9; decisions are positive from bin 5 on. */
const scoreEdges = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Monday, 2024-01-01T00:00Z. */
const firstDay = 1_704_067_200_000;

/** The window of a day, counted from `firstDay`. */
export function dayWindow(day: number): Window {
  return { start: firstDay + day * dayMs, end: firstDay + (day + 1) * dayMs };
}

/** A baseline over `days` reference days from `firstDay` on, with one segment, `place`. */
export function sampleBaseline(
  features: Readonly<Record<string, Binning>>,
  places: readonly string[],
  days: number,
  season: "none" | "day-of-week" = "day-of-week",
): Baseline {
  return {
    id: "b-sample",
    system: "sample",
    release: "sample-1",
    createdAt: firstDay,
    rows: 0,
    scoredRows: 0,
    features: Object.entries(features).map(([name, binning]) => ({ name, binning, nullShare: 0, percentiles: [] })),
    score: { kind: "probability", edges: scoreEdges, threshold: 0.5 },
    segments: [{ name: "place", values: places }],
    windows: Array.from({ length: days }, (_, day) => {
      const window = dayWindow(day);
      return { ...window, rows: 0, season: seasonOf(window, season) };
    }),
  };
}

/** Counts rows as the data plane does: all rows, and every segment value apart. */
export function profileOf(baseline: Baseline, window: Window, rows: readonly SampleRow[]): WindowProfile {
  const known = new Set(baseline.segments[0]?.values);
  const keyed = new Map<string, SampleRow[]>([["", [...rows]]]);
  for (const row of rows) {
    const key = segmentKey("place", known.has(row.place) ? row.place : otherValue);
    const own = keyed.get(key) ?? [];
    own.push(row);
    keyed.set(key, own);
  }
  const entries = [...keyed].filter(([, own]) => own.length > 0);
  return {
    window,
    features: new Map(
      entries.map(([key, own]) => [
        key,
        new Map(
          baseline.features.map(({ name, binning }) => [name, featureCounts(own, name, binCountOf(binning))] as const),
        ),
      ]),
    ),
    scores: new Map(entries.map(([key, own]) => [key, scoreCounts(own)])),
    confidences: new Map(),
  };
}

function featureCounts(rows: readonly SampleRow[], name: string, bins: number): BinCounts {
  const counts = new Array<number>(bins).fill(0);
  for (const row of rows) counts[row.bins[name] ?? bins - 1] = (counts[row.bins[name] ?? bins - 1] ?? 0) + 1;
  return { bins: counts.map((_, bin) => bin), counts };
}

function scoreCounts(rows: readonly SampleRow[]): ProbabilityCounts {
  const bins = scoreEdges.map((_, bin) => bin).concat(scoreEdges.length);
  const countOf = (outcome: boolean | undefined): number[] =>
    bins.map((bin) => rows.filter((row) => row.scoreBin === bin && row.outcome === outcome).length);
  const [positives, negatives, unlabelled] = [countOf(true), countOf(false), countOf(undefined)];
  const middle = (bin: number): number => (bin + 0.5) / bins.length;
  return {
    kind: "probability",
    bins,
    positives,
    negatives,
    unlabelled,
    scoreSums: bins.map(
      (bin) => middle(bin) * ((positives[bin] ?? 0) + (negatives[bin] ?? 0) + (unlabelled[bin] ?? 0)),
    ),
    labelledScoreSums: bins.map((bin) => middle(bin) * ((positives[bin] ?? 0) + (negatives[bin] ?? 0))),
  };
}
