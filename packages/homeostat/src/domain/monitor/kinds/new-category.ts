import { binCountOf, newBinOf, nullBinOf } from "../../../stats/histogram/binning.ts";
import type { SegmentValue } from "../../finding/finding.ts";
import { denseCounts, total } from "../count-series.ts";
import type { MonitorDefinition, WindowQuestion } from "../monitor.ts";
import type { FeatureReference } from "../reference-picture.ts";
import { keyOf } from "../segment-key.ts";
import { asks, chosenFeatures, chosenSegments, type MonitorSettings, metricOf } from "../settings.ts";
import { shareTest } from "../share-test.ts";
import { smallestShareGrowth } from "../smallest-seen.ts";
import { untested } from "../untested.ts";
import type { SeriesTest } from "../verdict.ts";
import { percent, segmentWords, wholeNumber, windowsRunning } from "../wording.ts";

const leastRows = 20;

/**
 * Values never seen: categories the whole baseline does not know (R3), and values the baseline never shows in this
 * season (a Monday window full of Tuesdays).
 */
export const newCategory: MonitorDefinition = {
  kind: "new-category",
  layer: "pipeline",
  area: "upstream-data",
  defaults: {
    severity: "critical",
    metrics: {
      unseen: { threshold: 0.001, persistenceWindows: 2, unit: "share of the rows" },
      // calendars are less sharp than value lists (a flight past midnight belongs to the next day): more is asked of them
      "unseen-in-season": { threshold: 0.05, persistenceWindows: 3, unit: "share of the rows" },
    },
  },
  covers: ["new-categories"],
  needs: [],
  smallestSeen: ({ numbers }, level) => smallestShareGrowth(numbers, level),
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return metric === "unseen-in-season"
      ? `at least ${percent(threshold)} of the rows hold values that the baseline never shows in this season, in ${windowsRunning(persistenceWindows)}`
      : `at least ${percent(threshold)} of the rows (and ${leastRows}) hold values the baseline has never seen, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (key, numbers) =>
    `${percent(numbers.value)} of ${segmentWords(key)} (${wholeNumber(numbers.value * numbers.rows)} rows) have a \`${key.feature}\` that the baseline ${key.metric === "unseen-in-season" ? "never shows in this season" : "has never seen"}`,
  ask: (question, settings) =>
    chosenSegments(settings, question.picture.segments).flatMap((segment) =>
      chosenFeatures(settings, question.picture.baseline.features).flatMap(({ name }): SeriesTest[] => {
        const reference = question.picture.feature(segment, name);
        const counts = denseCounts(
          question.profile.features.get(keyOf(segment))?.get(name),
          binCountOf(reference.binning),
        );
        return [
          ...unseenEver(settings, reference, counts, segment, name),
          ...unseenInSeason(question, settings, reference, counts, segment, name),
        ];
      }),
    ),
};

function unseenEver(
  settings: MonitorSettings,
  reference: FeatureReference,
  counts: readonly number[],
  segment: SegmentValue | undefined,
  feature: string,
): SeriesTest[] {
  if (reference.binning.kind !== "categorical" || !asks(settings, "unseen")) return [];
  const key = { monitor: "new-category", metric: "unseen", segment, feature } as const;
  const rows = total(counts);
  const baselineRows = total(reference.all);
  if (!reference.binning.othersComplete)
    return [untested(key, "not-checked", "the baseline has too many values to list", { rows, baselineRows })];
  const hits = counts[newBinOf(reference.binning)] ?? 0;
  return [
    shareTest({
      key,
      hits,
      rows,
      baselineHits: 0,
      baselineRows,
      materialIncrease: metricOf(settings, "unseen").threshold,
      leastHits: leastRows,
      overdispersion: undefined,
    }),
  ];
}

function unseenInSeason(
  { season }: WindowQuestion,
  settings: MonitorSettings,
  reference: FeatureReference,
  counts: readonly number[],
  segment: SegmentValue | undefined,
  feature: string,
): SeriesTest[] {
  const normal = reference.season(season);
  if (normal === undefined || !asks(settings, "unseen-in-season")) return [];
  const nullBin = nullBinOf(reference.binning);
  // Only values that the baseline shows in other seasons: values it never shows at all are asked about above, missing ones elsewhere.
  const foreign = counts.map((_, bin) => bin !== nullBin && (normal[bin] ?? 0) === 0 && (reference.all[bin] ?? 0) > 0);
  if (!foreign.some(Boolean)) return [];
  const hits = counts.reduce((sum, count, bin) => sum + (foreign[bin] === true ? count : 0), 0);
  return [
    shareTest({
      key: { monitor: "new-category", metric: "unseen-in-season", segment, feature },
      hits,
      rows: total(counts),
      // The bins were chosen for being empty. Bins seen once say how much of the season such bins really hold (Good-Turing).
      baselineHits: normal.filter((count, bin) => bin !== nullBin && count === 1).length,
      baselineRows: total(normal),
      materialIncrease: metricOf(settings, "unseen-in-season").threshold,
      leastHits: leastRows,
      overdispersion: undefined,
    }),
  ];
}
