import type { BaselineDetail } from "@homeostat/protocol";
import type { Baseline, FrozenFeature } from "../../domain/baseline/baseline.ts";
import { type BaselineBin, type BaselineSummary, baselineSummaryOf } from "../../domain/baseline/baseline-summary.ts";
import { isoOf } from "../../domain/instant.ts";
import { referencePictureOf } from "../../domain/monitor/reference-picture.ts";
import { type Handlers, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { segmentAnswer } from "./sensing-routes.ts";

/** What is normal: what baselines froze. */
export function baselineHandlers(house: House): Pick<Handlers, "baseline"> {
  return {
    baseline: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { name } = found.system;
      const [live, named] = await Promise.all([house.releases.live(name), house.releases.get(name, path.baseline)]);
      const id = path.baseline === "live" ? live?.baseline : (named?.baseline ?? path.baseline);
      const baseline = id === undefined ? undefined : await house.baselines.get(name, id);
      if (baseline === undefined)
        return path.baseline === "live"
          ? refused(
              "not-possible-now",
              `${name} has no live release with a baseline: release a model, or freeze a baseline of received rows.`,
            )
          : refused("not-found", `${name} has no baseline or release ${JSON.stringify(path.baseline)}.`);
      const profiles = await house.profiles.reference(baseline);
      const summary = baselineSummaryOf(referencePictureOf(baseline, profiles), profiles);
      return { kind: "ok", value: baselineAnswer(baseline, summary, live?.baseline === baseline.id) };
    },
  };
}

function baselineAnswer(baseline: Baseline, summary: BaselineSummary, live: boolean): BaselineDetail {
  const starts = baseline.windows.map(({ start }) => start);
  const ends = baseline.windows.map(({ end }) => end);
  return {
    ...{ id: baseline.id, release: baseline.release, createdAt: isoOf(baseline.createdAt), live },
    ...{ rows: baseline.rows, scoredRows: baseline.scoredRows },
    windows: {
      count: baseline.windows.length,
      empty: summary.emptyWindows,
      from: isoOf(Math.min(...starts)),
      to: isoOf(Math.max(...ends)),
      seasons: Object.fromEntries(summary.seasons),
    },
    features: baseline.features.map((feature, index) => ({
      name: feature.name,
      nullShare: feature.nullShare,
      percentiles: percentilesOf(feature),
      histogram: (summary.features[index]?.bins ?? []).map(binAnswer),
    })),
    predictions: { kind: baseline.score.kind, histogram: summary.predictions.map(binAnswer) },
    segments: summary.segments.map(({ segment, rows, metric }) => ({
      segment: segmentAnswer(segment),
      rows,
      metric: metric.name,
      value: metric.baseline ?? null,
    })),
    latency:
      summary.latency === undefined
        ? null
        : {
            rows: summary.latency.rows,
            p50Ms: summary.latency.p50,
            p95Ms: summary.latency.p95,
            p99Ms: summary.latency.p99,
          },
  };
}

function percentilesOf({ percentiles }: FrozenFeature): BaselineDetail["features"][number]["percentiles"] {
  const [p1, p5, p25, p50, p75, p95, p99] = percentiles;
  if (p1 === undefined || p5 === undefined || p25 === undefined || p50 === undefined) return null;
  if (p75 === undefined || p95 === undefined || p99 === undefined) return null;
  return { p1, p5, p25, p50, p75, p95, p99 };
}

const binAnswer = ({ below, value, rows }: BaselineBin): BaselineDetail["predictions"]["histogram"][number] => ({
  below: below === undefined || !Number.isFinite(below) ? null : below,
  value: value ?? null,
  rows,
});
