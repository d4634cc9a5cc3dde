import type { Baseline } from "../../domain/baseline/baseline.ts";
import {
  type BinCounts,
  type ScoreCounts,
  segmentKey,
  type WindowProfile,
} from "../../domain/baseline/profile-store.ts";
import { unusualBin, unusualScore, unusualSubject } from "../../domain/baseline/unusual.ts";
import { scoreBinning } from "../../domain/monitor/count-series.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import { binOf } from "../../stats/histogram/bin-of.ts";
import { histogramOf } from "../../stats/histogram/histogram.ts";
import { countedValue, segmentsOf, vectorOf } from "./data-sample.ts";
import type { SceneRow } from "./data-scene.ts";

/** Counts of one subject as plain data, bins without rows left out. */
export type PlainCounts = Readonly<Record<string, number>>;

export interface PlainScores {
  readonly positives: PlainCounts;
  readonly negatives: PlainCounts;
  readonly unlabelled: PlainCounts;
  /** Rounded to nine digits: sums in another order differ in the last. */
  readonly scoreSums: PlainCounts;
  readonly labelledScoreSums: PlainCounts;
}

export function plainCounts(counts: BinCounts | undefined): PlainCounts {
  return plain(counts?.bins ?? [], counts?.counts ?? []);
}

export function plainScores(counts: ScoreCounts | undefined): PlainScores {
  const scores = counts?.kind === "probability" ? counts : undefined;
  const bins = scores?.bins ?? [];
  return {
    positives: plain(bins, scores?.positives ?? []),
    negatives: plain(bins, scores?.negatives ?? []),
    unlabelled: plain(bins, scores?.unlabelled ?? []),
    scoreSums: plain(bins, scores?.scoreSums ?? []),
    labelledScoreSums: plain(bins, scores?.labelledScoreSums ?? []),
  };
}

/** What a store counted of a window, as plain data: subjects by segment key. */
export function plainProfile(profile: WindowProfile | undefined) {
  const features = [...(profile?.features ?? [])].map(([key, subjects]) => [
    key,
    Object.fromEntries([...subjects].map(([subject, counts]) => [subject, plainCounts(counts)])),
  ]);
  const scores = [...(profile?.scores ?? [])].map(([key, counts]) => [key, plainScores(counts)]);
  return { features: Object.fromEntries(features), scores: Object.fromEntries(scores) };
}

/** The same, counted here from the rows of the window by the statistics room. */
export function countedProfile(system: System, baseline: Baseline, window: Window, rows: readonly SceneRow[]) {
  const inside = rows.filter((row) => row.time >= window.start && row.time < window.end);
  const groups = groupsOf(baseline, inside);
  const features = [...groups].map(([key, group]) => [
    key,
    { ...countedFeatures(system, baseline, group), ...countedUnusual(system, baseline, group) },
  ]);
  const scored = [
    ...groupsOf(
      baseline,
      inside.filter((row) => row.scored),
    ),
  ];
  return {
    features: Object.fromEntries(features),
    scores: Object.fromEntries(scored.map(([key, group]) => [key, countedScores(baseline, group)])),
  };
}

function groupsOf(baseline: Baseline, rows: readonly SceneRow[]): ReadonlyMap<string, readonly SceneRow[]> {
  const groups = new Map<string, SceneRow[]>();
  const add = (key: string, row: SceneRow): void => {
    groups.set(key, [...(groups.get(key) ?? []), row]);
  };
  for (const row of rows) {
    add("", row);
    for (const [name, value] of Object.entries(segmentsOf(row.inputs)))
      add(segmentKey(name, countedValue(baseline, name, value)), row);
  }
  return groups;
}

export function countedFeatures(system: System, baseline: Baseline, rows: readonly SceneRow[]) {
  return Object.fromEntries(
    baseline.features.map(({ name, binning }) => {
      const at = system.pipeline.features.findIndex((feature) => feature.name === name);
      const { counts } = histogramOf(
        binning,
        rows.map((row) => vectorOf(row.inputs)[at]),
      );
      return [name, plain([...counts.keys()], counts)];
    }),
  );
}

/** How many rows lie further out than the limit, as the engine is to count them. */
function countedUnusual(system: System, baseline: Baseline, rows: readonly SceneRow[]) {
  const { unusual, features } = baseline;
  if (unusual === undefined) return {};
  const places = features.map(({ name }) => system.pipeline.features.findIndex((feature) => feature.name === name));
  const far = rows.filter((row) => {
    const vector = vectorOf(row.inputs);
    const ordered = places.map((place) => vector[place] ?? null);
    return unusualScore(unusual, features, ordered) > unusual.limit;
  });
  return { [unusualSubject]: plain([0, unusualBin], [rows.length - far.length, far.length]) };
}

export function countedScores(baseline: Baseline, rows: readonly SceneRow[]): PlainScores {
  const binning = scoreBinning(baseline.score);
  const sum = (of: (row: SceneRow) => number): PlainCounts => {
    const sums = new Map<number, number>();
    for (const row of rows) {
      const bin = binOf(binning, row.probability);
      sums.set(bin, (sums.get(bin) ?? 0) + of(row));
    }
    return plain([...sums.keys()], [...sums.values()]);
  };
  return {
    positives: sum((row) => (row.outcome === true ? 1 : 0)),
    negatives: sum((row) => (row.outcome === false ? 1 : 0)),
    unlabelled: sum((row) => (row.outcome === undefined ? 1 : 0)),
    scoreSums: sum((row) => row.probability),
    labelledScoreSums: sum((row) => (row.outcome === undefined ? 0 : row.probability)),
  };
}

function plain(bins: readonly number[], counts: readonly number[]): PlainCounts {
  const entries = bins.map((bin, index) => [String(bin), Number((counts[index] ?? 0).toFixed(9))] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}
