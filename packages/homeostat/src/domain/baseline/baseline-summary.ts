import { binCountOf } from "../../stats/histogram/binning.ts";
import type { SegmentValue } from "../finding/finding.ts";
import { denseCounts, scoreBinning, scoreRows, total } from "../monitor/count-series.ts";
import type { ReferencePicture } from "../monitor/reference-picture.ts";
import { keyOf } from "../monitor/segment-key.ts";
import type { NamedMetric } from "../monitor/verdict.ts";
import type { WindowProfile } from "./profile-store.ts";
import { latencyQuantileMs, type ServiceCounts } from "./service-counts.ts";

/** One bin of a frozen histogram: below `below` and at or over the bin before, or one value. */
export interface BaselineBin {
  readonly below: number | undefined;
  readonly value: string | undefined;
  readonly rows: number;
}

/** How a segment was in the reference. */
interface BaselineSegment {
  readonly segment: SegmentValue | undefined;
  readonly rows: number;
  /** What the task is judged by, on rows never trained on; undefined with too few of them. */
  readonly metric: NamedMetric;
}

/** What a baseline froze, counted together from its reference windows. */
export interface BaselineSummary {
  readonly features: readonly { readonly name: string; readonly bins: readonly BaselineBin[] }[];
  readonly predictions: readonly BaselineBin[];
  readonly segments: readonly BaselineSegment[];
  /** Windows of the reference in which nothing came. */
  readonly emptyWindows: number;
  readonly seasons: ReadonlyMap<string, number>;
  /** undefined: the reference rows were not served, or did not tell how long they took. */
  readonly latency:
    | { readonly rows: number; readonly p50: number; readonly p95: number; readonly p99: number }
    | undefined;
}

/** Counts the reference together. `profiles` are those of the picture's windows. Cost: O(windows × (features + segments) × bins). */
export function baselineSummaryOf(picture: ReferencePicture, profiles: readonly WindowProfile[]): BaselineSummary {
  const { baseline, segments } = picture;
  const seasons = new Map<string, number>();
  for (const { season } of baseline.windows) seasons.set(season, (seasons.get(season) ?? 0) + 1);
  const first = baseline.features[0]?.name ?? "";
  return {
    features: baseline.features.map(({ name, binning }) => ({
      name,
      bins: binsOf(binning, sumOf(profiles, name, binCountOf(binning))),
    })),
    predictions: binsOf(
      scoreBinning(baseline.score),
      profiles.reduce<readonly number[]>(
        (sum, { scores }) => scoreRows(scores.get(""), baseline.score).map((rows, bin) => rows + (sum[bin] ?? 0)),
        [],
      ),
    ),
    segments: segments.map((segment) => ({
      segment,
      rows: profiles.reduce(
        (sum, { features }) => sum + total(features.get(keyOf(segment))?.get(first)?.counts ?? []),
        0,
      ),
      metric: metricOf(picture, segment),
    })),
    emptyWindows: baseline.windows.filter(({ rows }) => rows === 0).length,
    seasons,
    latency: latencyOf(profiles.flatMap(({ service }) => service?.get("") ?? [])),
  };
}

function metricOf(picture: ReferencePicture, segment: SegmentValue | undefined): NamedMetric {
  const { quality } = picture.score(segment);
  const { headline } = quality.shown({ scores: undefined, confidences: undefined });
  return { name: quality.metric, value: undefined, baseline: headline?.baseline };
}

function sumOf(profiles: readonly WindowProfile[], feature: string, bins: number): readonly number[] {
  return profiles.reduce<readonly number[]>(
    (sum, { features }) => denseCounts(features.get("")?.get(feature), bins).map((rows, bin) => rows + (sum[bin] ?? 0)),
    [],
  );
}

function binsOf(binning: ReturnType<typeof scoreBinning>, counts: readonly number[]): readonly BaselineBin[] {
  const named =
    binning.kind === "categorical"
      ? binning.categories.map((value) => ({ below: undefined, value }))
      : [
          ...binning.edges.map((below) => ({ below, value: undefined })),
          { below: Number.POSITIVE_INFINITY, value: undefined },
        ];
  const bins = named.map(({ below, value }, bin) => ({ below, value, rows: counts[bin] ?? 0 }));
  const rest = total(counts) - total(bins.map(({ rows }) => rows));
  // single values of a number, rarer and missing ones
  return rest > 0 ? [...bins, { below: undefined, value: "(other)", rows: rest }] : bins;
}

function latencyOf(counts: readonly ServiceCounts[]): BaselineSummary["latency"] {
  const byBin = new Map<number, number>();
  for (const { latency } of counts)
    for (const [place, bin] of latency.bins.entries())
      byBin.set(bin, (byBin.get(bin) ?? 0) + (latency.counts[place] ?? 0));
  const bins = [...byBin.keys()].sort((left, right) => left - right);
  const first = counts[0];
  if (first === undefined) return undefined;
  const merged: ServiceCounts = { ...first, latency: { bins, counts: bins.map((bin) => byBin.get(bin) ?? 0) } };
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => latencyQuantileMs(merged, share));
  if (p50 === undefined || p95 === undefined || p99 === undefined) return undefined;
  return { rows: total(merged.latency.counts), p50, p95, p99 };
}
