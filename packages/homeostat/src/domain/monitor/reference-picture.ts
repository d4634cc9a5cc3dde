import { psiTest } from "../../stats/distance/psi.ts";
import { type BinGroups, groupCounts } from "../../stats/histogram/bin-groups.ts";
import { type Binning, binCountOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { poolRareBins } from "../../stats/histogram/pool-rare-bins.ts";
import { reportBinCount } from "../../stats/histogram/report-bin-count.ts";
import { reportGroups } from "../../stats/histogram/report-groups.ts";
import { type Overdispersion, overdispersionOf } from "../../stats/hypothesis/overdispersion.ts";
import type { AucSummary } from "../../stats/performance/auc-variance.ts";
import { binnedAuc } from "../../stats/performance/binned-auc.ts";
import { type Baseline, otherValue } from "../baseline/baseline.ts";
import { segmentKey, type WindowProfile } from "../baseline/profile-store.ts";
import type { SegmentValue } from "../finding/finding.ts";
import {
  addCounts,
  addScores,
  type DenseScores,
  denseCounts,
  denseScores,
  median,
  subtractCounts,
  total,
} from "./count-series.ts";
import { groupsInUse } from "./psi-series.ts";

/**
 * What normal looks like for every series, derived once from the profiles of the reference windows: per season, with
 * the ordinary variation between healthy windows (overdispersion) measured by holding each window against the others
 * of its season. Bins for reports are grouped here, from the baseline alone.
 */
export interface ReferencePicture {
  readonly baseline: Baseline;
  readonly segments: readonly (SegmentValue | undefined)[];
  feature(segment: SegmentValue | undefined, feature: string): FeatureReference;
  score(segment: SegmentValue | undefined): ScoreReference;
  volume(segment: SegmentValue | undefined): VolumeReference;
}

export interface FeatureReference {
  readonly binning: Binning;
  readonly groups: BinGroups;
  /** Fine counts of the reference windows of a season; undefined where the reference has no window of that season. */
  season(season: string): readonly number[] | undefined;
  readonly all: readonly number[];
  readonly overdispersion: Overdispersion | undefined;
  /** How much more than independent rows the share of missing values varies between healthy windows. */
  readonly nullOverdispersion: Overdispersion | undefined;
}

interface ScoreReference {
  readonly groups: BinGroups;
  season(season: string): DenseScores | undefined;
  readonly all: DenseScores;
  readonly overdispersion: Overdispersion | undefined;
  /** AUC over all reference rows with an outcome. */
  readonly auc: AucSummary | undefined;
  /** Variance inflation of the AUC between healthy windows, shrunk towards the pooled one. */
  readonly aucOverdispersion: Overdispersion | undefined;
}

interface VolumeReference {
  /** Mean rows of a reference window of a season and how many there are. */
  season(season: string): { readonly meanRows: number; readonly windows: number } | undefined;
  readonly overdispersion: Overdispersion | undefined;
}

const mostReportBins = 10;
/** Weight of the pooled factor in a segment's own, in windows: a factor from few windows is unstable. */
const pooledWeight = 7;

/** Builds the picture. Cost: O(reference windows × series × bins), once per baseline. */
export function referencePictureOf(baseline: Baseline, profiles: readonly WindowProfile[]): ReferencePicture {
  const seasons = baseline.windows.map((window) => window.season);
  const segments: (SegmentValue | undefined)[] = [
    undefined,
    ...baseline.segments.flatMap((segment) =>
      [...segment.values, otherValue].map((value) => ({ name: segment.name, value })),
    ),
  ];
  const pooledAuc = pooledAucFactor(
    segments.map((segment) => aucDeviations(profiles.map((profile) => scoresOf(profile, segment, baseline)))),
  );
  const features = memoized((segment: SegmentValue | undefined, name: string) =>
    featureReference(baseline, profiles, seasons, segment, name),
  );
  const scores = memoized((segment: SegmentValue | undefined) =>
    scoreReference(baseline, profiles, seasons, segment, pooledAuc),
  );
  const volumes = memoized((segment: SegmentValue | undefined) =>
    volumeReference(baseline, profiles, seasons, segment),
  );
  return { baseline, segments, feature: features, score: scores, volume: volumes };
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

/** Where the counts of a segment value (undefined: all rows) stand in a profile. */
export function keyOf(segment: SegmentValue | undefined): string {
  return segment === undefined ? "" : segmentKey(segment.name, segment.value);
}

function bySeason<T>(seasons: readonly string[], values: readonly T[], add: (left: T, right: T) => T): Map<string, T> {
  const sums = new Map<string, T>();
  values.forEach((value, index) => {
    const season = seasons[index] ?? "";
    const known = sums.get(season);
    sums.set(season, known === undefined ? value : add(known, value));
  });
  return sums;
}

/**
 * How much healthy windows differ beyond chance, each held against the others of its season; undefined with too few.
 * Windows of a season share their mean, so each season costs one degree of freedom.
 */
function healthyVariation(
  seasons: readonly string[],
  windows: readonly (readonly number[])[],
  sums: ReadonlyMap<string, readonly number[]>,
  groups: BinGroups,
): Overdispersion | undefined {
  const compared = windows.flatMap((window, index) => {
    const season = seasons[index] ?? "";
    const rest = subtractCounts(sums.get(season) ?? [], window);
    const used = groupsInUse(groups, rest);
    const tested = psiTest(groupCounts(window, used), groupCounts(rest, used));
    return tested.kind === "tested" ? [{ statistic: tested.statistic, df: tested.df, season }] : [];
  });
  return variationOf(compared, new Set(compared.map(({ season }) => season)).size);
}

function variationOf(
  compared: readonly { readonly statistic: number; readonly df: number }[],
  means: number,
): Overdispersion | undefined {
  const estimated = overdispersionOf(compared);
  return estimated.kind === "estimated"
    ? { phi: estimated.phi, windows: Math.max(1, estimated.windows - means) }
    : undefined;
}

const leastRowsOfShare = 10;

/** The same for one share (missing values): the squared score statistic of each window against all others. */
function healthyShareVariation(hits: readonly number[], rows: readonly number[]): Overdispersion | undefined {
  const allHits = total(hits);
  const allRows = total(rows);
  const pooled = allRows === 0 ? 0 : allHits / allRows;
  if (pooled === 0 || pooled === 1) return undefined;
  const compared = rows.flatMap((own, index) => {
    const others = allRows - own;
    if (Math.min(own, others) < leastRowsOfShare) return [];
    const difference = (hits[index] ?? 0) / own - (allHits - (hits[index] ?? 0)) / others;
    return [{ statistic: difference ** 2 / (pooled * (1 - pooled) * (1 / own + 1 / others)), df: 1 }];
  });
  return variationOf(compared, 1);
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
  const groups = groupsOf(binning, all, windows.map(total), total(all));
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

/** Report bins from the baseline alone: as many as a middling window and its season's reference can fill, rare ones pooled. */
function groupsOf(
  binning: Binning,
  all: readonly number[],
  windowRows: readonly number[],
  baselineRows: number,
): BinGroups {
  const usual = median(windowRows.filter((rows) => rows > 0));
  const report = reportGroups(binning, all, reportBinCount(usual, baselineRows, mostReportBins));
  const pooled = poolRareBins(groupCounts(all, report), usual);
  return pooled.map((group) => group.flatMap((index) => report[index] ?? []));
}

function scoresOf(profile: WindowProfile, segment: SegmentValue | undefined, baseline: Baseline): DenseScores {
  return denseScores(profile.scores.get(keyOf(segment)), baseline.score.edges.length + 1);
}

function scoreReference(
  baseline: Baseline,
  profiles: readonly WindowProfile[],
  seasons: readonly string[],
  segment: SegmentValue | undefined,
  pooled: number,
): ScoreReference {
  const windows = profiles.map((profile) => scoresOf(profile, segment, baseline));
  const all = windows.reduce(addScores, denseScores(undefined, baseline.score.edges.length + 1));
  const sums = bySeason(seasons, windows, addScores);
  const rowSums = new Map([...sums].map(([season, scores]) => [season, scores.rows] as const));
  const binning: Binning = { kind: "numeric", edges: baseline.score.edges, points: [] };
  const groups = groupsOf(
    binning,
    [...all.rows, 0],
    windows.map((window) => total(window.rows)),
    total(all.rows),
  );
  const auc = binnedAuc(all.positives, all.negatives);
  const deviations = aucDeviations(windows);
  return {
    groups,
    all,
    season: (season) => sums.get(season),
    overdispersion: healthyVariation(
      seasons,
      windows.map((window) => window.rows),
      rowSums,
      groups,
    ),
    auc: auc.kind === "binned-auc" ? auc.summary : undefined,
    aucOverdispersion:
      deviations.length === 0
        ? undefined
        : {
            phi: Math.max(1, (total(deviations) + pooledWeight * pooled) / (deviations.length + pooledWeight)),
            windows: deviations.length + pooledWeight,
          },
  };
}

/** Squared standardised deviation of each healthy window's AUC from that of the others: 1 on average for independent rows. */
function aucDeviations(windows: readonly DenseScores[]): number[] {
  const all = windows.reduce<DenseScores | undefined>(
    (sum, window) => (sum === undefined ? window : addScores(sum, window)),
    undefined,
  );
  if (all === undefined) return [];
  return windows.flatMap((window) => {
    const own = binnedAuc(window.positives, window.negatives);
    const rest = binnedAuc(
      subtractCounts(all.positives, window.positives),
      subtractCounts(all.negatives, window.negatives),
    );
    if (own.kind !== "binned-auc" || rest.kind !== "binned-auc") return [];
    if (Math.min(own.summary.positives, own.summary.negatives) < leastOfEachClass) return [];
    return [(own.summary.auc - rest.summary.auc) ** 2 / (own.summary.variance + rest.summary.variance)];
  });
}

/** Fewer positives or negatives than this say too little about an AUC. */
export const leastOfEachClass = 15;

function pooledAucFactor(deviations: readonly (readonly number[])[]): number {
  const all = deviations.slice(1).flat();
  const known = all.length > 0 ? all : deviations.flat();
  return known.length === 0 ? 1 : Math.max(1, total(known) / known.length);
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
