import { type Binning, binCountOf, nullBinOf } from "../../stats/histogram/binning.ts";
import type { Overdispersion } from "../../stats/hypothesis/overdispersion.ts";
import { type Baseline, otherValue } from "../baseline/baseline.ts";
import type { WindowProfile } from "../baseline/profile-store.ts";
import { unusualBin, unusualSubject } from "../baseline/unusual.ts";
import type { SegmentValue } from "../finding/finding.ts";
import { addCounts, denseCounts, total } from "./count-series.ts";
import { type Grouping, groupingOf } from "./grouping.ts";
import { bySeason, healthyShareVariation, healthyVariation } from "./healthy-variation.ts";
import { type ScoreReference, scoreReferences } from "./score-reference.ts";
import { keyOf } from "./segment-key.ts";

/**
 * What normal looks like for every series, derived once from the profiles of the reference windows: per season, with
 * the ordinary variation between healthy windows (overdispersion) measured by holding each window against the others
 * of its season. How bins are grouped for reports is decided here, see `groupingOf`.
 */
export interface ReferencePicture {
  readonly baseline: Baseline;
  readonly segments: readonly (SegmentValue | undefined)[];
  feature(segment: SegmentValue | undefined, feature: string): FeatureReference;
  score(segment: SegmentValue | undefined): ScoreReference;
  volume(segment: SegmentValue | undefined): VolumeReference;
  /** Rows that lie far out; undefined where the baseline does not say what that is. */
  unusual(segment: SegmentValue | undefined): ShareReference | undefined;
}

export interface FeatureReference {
  readonly binning: Binning;
  readonly groups: Grouping;
  /** Fine counts of the reference windows of a season; undefined where the reference has no window of that season. */
  season(season: string): readonly number[] | undefined;
  readonly all: readonly number[];
  readonly overdispersion: Overdispersion | undefined;
  /** How much more than independent rows the share of missing values varies between healthy windows. */
  readonly nullOverdispersion: Overdispersion | undefined;
}

/** A kind of row in the reference, and how its share varies between healthy windows. */
interface ShareReference {
  readonly hits: number;
  readonly rows: number;
  readonly overdispersion: Overdispersion | undefined;
}

interface VolumeReference {
  /** Mean rows of a reference window of a season and how many there are. */
  season(season: string): { readonly meanRows: number; readonly windows: number } | undefined;
  readonly overdispersion: Overdispersion | undefined;
}

/** Builds the picture. Cost: O(reference windows × series × bins), once per baseline. */
export function referencePictureOf(baseline: Baseline, profiles: readonly WindowProfile[]): ReferencePicture {
  const seasons = baseline.windows.map((window) => window.season);
  const segments: (SegmentValue | undefined)[] = [
    undefined,
    ...baseline.segments.flatMap((segment) =>
      [...segment.values, otherValue].map((value) => ({ name: segment.name, value })),
    ),
  ];
  const score = scoreReferences(baseline, profiles, seasons, segments);
  const features = memoized((segment: SegmentValue | undefined, name: string) =>
    featureReference(baseline, profiles, seasons, segment, name),
  );
  const scores = memoized(score);
  const volumes = memoized((segment: SegmentValue | undefined) =>
    volumeReference(baseline, profiles, seasons, segment),
  );
  const unusuals = memoized((segment: SegmentValue | undefined) => unusualReference(baseline, profiles, segment));
  return { baseline, segments, feature: features, score: scores, volume: volumes, unusual: unusuals };
}

function memoized<A extends readonly (SegmentValue | string | undefined)[], R>(
  make: (...parts: A) => R,
): (...parts: A) => R {
  const made = new Map<string, R>();
  return (...parts) => {
    const key = JSON.stringify(parts.map((part) => part ?? null));
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(...parts);
    made.set(key, fresh);
    return fresh;
  };
}

function featureReference(
  baseline: Baseline,
  profiles: readonly WindowProfile[],
  seasons: readonly string[],
  segment: SegmentValue | undefined,
  name: string,
): FeatureReference {
  const binning = baseline.features.find((feature) => feature.name === name)?.binning ?? {
    kind: "numeric",
    edges: [],
    points: [],
  };
  const bins = binCountOf(binning);
  const windows = profiles.map((profile) => denseCounts(profile.features.get(keyOf(segment))?.get(name), bins));
  const all = windows.reduce<readonly number[]>(
    (sum, window) => addCounts(sum, window),
    new Array<number>(bins).fill(0),
  );
  const sums = bySeason(seasons, windows as readonly (readonly number[])[], addCounts);
  const groups = groupingOf(binning, all, windows.map(total));
  return {
    binning,
    groups,
    all,
    season: (season) => sums.get(season),
    overdispersion: healthyVariation(seasons, windows, sums, groups),
    nullOverdispersion: healthyShareVariation(
      windows.map((window) => window[nullBinOf(binning)] ?? 0),
      windows.map(total),
    ),
  };
}

function unusualReference(
  baseline: Baseline,
  profiles: readonly WindowProfile[],
  segment: SegmentValue | undefined,
): ShareReference | undefined {
  if (baseline.unusual === undefined) return undefined;
  const windows = profiles.map((profile) => denseCounts(profile.features.get(keyOf(segment))?.get(unusualSubject), 2));
  const hits = windows.map((window) => window[unusualBin] ?? 0);
  const rows = windows.map(total);
  return { hits: total(hits), rows: total(rows), overdispersion: healthyShareVariation(hits, rows) };
}

function volumeReference(
  baseline: Baseline,
  profiles: readonly WindowProfile[],
  seasons: readonly string[],
  segment: SegmentValue | undefined,
): VolumeReference {
  const first = baseline.features[0]?.name ?? "";
  const rows = profiles.map((profile) => total(profile.features.get(keyOf(segment))?.get(first)?.counts ?? []));
  const groups = new Map<string, number[]>();
  rows.forEach((count, index) => {
    const season = seasons[index] ?? "";
    groups.set(season, [...(groups.get(season) ?? []), count]);
  });
  const ratios = rows.flatMap((count, index) => {
    const others = groups.get(seasons[index] ?? "") ?? [];
    const rest = (total(others) - count) / Math.max(1, others.length - 1);
    return others.length < 2 || rest <= 0 ? [] : [(count - rest) ** 2 / (rest * (1 + 1 / (others.length - 1)))];
  });
  const seasonsRepeated = [...groups.values()].filter((counts) => counts.length > 1).length;
  return {
    season: (season) => {
      const own = groups.get(season);
      return own === undefined ? undefined : { meanRows: total(own) / own.length, windows: own.length };
    },
    overdispersion:
      ratios.length === 0
        ? undefined
        : { phi: Math.max(1, total(ratios) / ratios.length), windows: Math.max(1, ratios.length - seasonsRepeated) },
  };
}
