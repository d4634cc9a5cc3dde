import type { SlicePicture, SliceStore } from "../../domain/baseline/slice-store.ts";
import { type RowRange, type Slice, sliceWords } from "../../domain/baseline/slice-store.ts";
import type { Lead } from "../../domain/diagnosis/find-slice.ts";
import { foundSlices, type SliceFindings } from "../../domain/diagnosis/found-slices.ts";
import { grownBins } from "../../domain/diagnosis/grown-bins.ts";
import { sliceDimensions, tellingDimensions } from "../../domain/diagnosis/slice-dimensions.ts";
import type { FoundSlice, RankedSlice, WeakSlice } from "../../domain/incident/diagnosis.ts";
import { sameSeasonWindows } from "./audit-slice.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";

type Dimensions = ReturnType<typeof sliceDimensions>;
type Objective = FoundSlice["measure"];

export interface SearchedSlices {
  /** Of both questions, the likeliest first. */
  readonly ranked: readonly RankedSlice[];
  readonly found: readonly FoundSlice[];
  readonly weak: readonly WeakSlice[];
  readonly tested: number;
  readonly labelled: boolean;
  /** The slice to look at closely. */
  readonly slice: Slice | undefined;
}

/**
 * Looks for slices, declared ones and conjunctions of up to three conditions: where the answers of labelled rows got worse
 * since the baseline, and where the values of the leading feature moved. Ways of arrival, which the reference does not
 * know, are compared with the live windows before. Cost: two to four statements of grouping sets.
 */
export async function searchSlices(
  slices: SliceStore,
  scene: DiagnosisScene,
  lead: Lead | undefined,
): Promise<SearchedSlices> {
  const { system, baseline, range } = scene;
  const now = { kind: "live", from: range.from, to: range.to } as const;
  const before = { kind: "reference", windows: sameSeasonWindows(scene) } as const;
  const [picture, usual] = await Promise.all([
    slices.picture(system, baseline, now, undefined),
    slices.picture(system, baseline, before, undefined),
  ]);
  const span = range.to - range.from;
  const dimensions = sliceDimensions(system, baseline, usual.features, span);
  const searched = (measure: Objective, ranges: Ranges, own: Dimensions, bins: readonly number[]) =>
    searchOne(slices, scene, { measure, ranges, dimensions: own, bins, lead });
  const labelled = Math.min(picture.losses.rows, usual.losses.rows) >= 4 * scene.settings.minimumRows;
  const worse = labelled ? await searched({ kind: "loss" }, { now, before }, dimensions, []) : undefined;
  const feature = lead?.feature;
  const moved = await movedBins(slices, scene, lead, { now, before }, { picture, usual });
  const spread =
    feature === undefined || moved.length === 0
      ? undefined
      : await searched(
          { kind: "moved", feature },
          { now, before },
          sliceDimensions(system, baseline, usual.features, span, feature),
          moved,
        );
  const arrived = await searchArrivals(slices, scene, now, searched, labelled, moved, feature);
  const found = [...arrived, ...interleaved(spread?.slices ?? [], worse?.slices ?? [])];
  const ranked = rankedSlices(lead, found);
  return {
    ranked,
    found,
    weak: worse?.weak ?? [],
    tested: (worse?.tested ?? 0) + (spread?.tested ?? 0),
    labelled,
    slice: lead?.slice ?? sliceOf(found.find(({ extent }) => extent !== "everyone")),
  };
}

interface Ranges {
  readonly now: RowRange;
  readonly before: RowRange;
}

interface Search {
  readonly measure: Objective;
  readonly ranges: Ranges;
  readonly dimensions: Dimensions;
  readonly bins: readonly number[];
  readonly lead: Lead | undefined;
}

async function searchOne(
  slices: SliceStore,
  { system, baseline, settings }: DiagnosisScene,
  { measure, ranges, dimensions, bins, lead }: Search,
): Promise<SliceFindings | undefined> {
  const objective =
    measure.kind === "loss"
      ? ({ kind: "loss" } as const)
      : ({ kind: "bins", feature: measure.feature, bins: [...bins] } as const);
  const { minimumRows, minimumShare } = settings;
  const ask = (own: Dimensions, conditions: number) =>
    slices.lattice(system, baseline, { ...ranges, dimensions: own, objective, conditions, minimumRows, minimumShare });
  const chosen =
    dimensions.length <= settings.mostDimensions
      ? dimensions
      : tellingDimensions(dimensions, await ask(dimensions, 1), settings.mostDimensions);
  if (chosen.length === 0) return undefined;
  const lattice = await ask(chosen, settings.conditions);
  return foundSlices({ lattice, dimensions: chosen, measure, overdispersion: lead?.finding.overdispersion }, settings);
}

/** Cohort, caller and who answered, each with the declared segments, against the live windows before the trouble. */
async function searchArrivals(
  slices: SliceStore,
  scene: DiagnosisScene,
  now: RowRange,
  searched: (
    measure: Objective,
    ranges: Ranges,
    own: Dimensions,
    bins: readonly number[],
  ) => Promise<SliceFindings | undefined>,
  labelled: boolean,
  moved: readonly number[],
  feature: string | undefined,
): Promise<readonly FoundSlice[]> {
  const { system, baseline, range, settings } = scene;
  const from = range.from - settings.windowsBefore * system.windows.lengthMs;
  const before = { kind: "live", from, to: range.from } as const;
  const arrivals = await slices.channels(system, now, mostArrivals);
  if (arrivals.length === 0) return [];
  const segments = sliceDimensions(system, baseline, new Map(), 0, feature);
  const dimensions = [...arrivals, ...segments];
  const found = [
    ...(feature === undefined || moved.length === 0
      ? []
      : ((await searched({ kind: "moved", feature }, { now, before }, dimensions, moved))?.slices ?? [])),
    ...(labelled ? ((await searched({ kind: "loss" }, { now, before }, dimensions, []))?.slices ?? []) : []),
  ];
  // Slices without a way of arrival were looked for against the baseline.
  return found.filter(({ conditions }) => conditions.some(({ dimension }) => dimension.kind === "channel"));
}

const mostArrivals = 20;

/** The bins of the leading feature that became more frequent where it moved. */
async function movedBins(
  slices: SliceStore,
  { system, baseline }: DiagnosisScene,
  lead: Lead | undefined,
  { now, before }: Ranges,
  all: { readonly picture: SlicePicture; readonly usual: SlicePicture },
): Promise<readonly number[]> {
  const feature = lead?.feature;
  const binning = baseline.features.find(({ name }) => name === feature)?.binning;
  if (feature === undefined || binning === undefined) return [];
  const where = lead?.lostRows === undefined ? lead?.slice : undefined;
  const [picture, usual] =
    where === undefined
      ? [all.picture, all.usual]
      : await Promise.all([
          slices.picture(system, baseline, now, where),
          slices.picture(system, baseline, before, where),
        ]);
  return grownBins(picture.features.get(feature), usual.features.get(feature));
}

function interleaved(left: readonly FoundSlice[], right: readonly FoundSlice[]): readonly FoundSlice[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [left[index], right[index]])
    .flat()
    .filter((slice) => slice !== undefined);
}

function rankedSlices(lead: Lead | undefined, found: readonly FoundSlice[]): readonly RankedSlice[] {
  const own: readonly RankedSlice[] =
    lead?.slice === undefined
      ? []
      : [{ words: sliceWords(lead.slice), conditions: lead.slice.conditions, how: lead.how }];
  const others = found.map(
    (slice): RankedSlice => ({ words: slice.words, conditions: slice.conditions, how: howFound(slice) }),
  );
  const seen = new Set<string>();
  return [...own, ...others].filter(({ conditions }) => {
    const key = keyOf(conditions);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const keyOf = (conditions: RankedSlice["conditions"]): string =>
  conditions
    .map(({ dimension, values }) => `${dimension.kind}:${dimension.name}=${[...values].sort().join("|")}`)
    .sort()
    .join("&");

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

function howFound({ measure, value, baselineValue }: FoundSlice): string {
  return measure.kind === "loss"
    ? `mean loss ${Number(baselineValue.toPrecision(3))} → ${Number(value.toPrecision(3))} on rows that took no part in finding it`
    : `\`${measure.feature}\` has the values that became more frequent in ${percent(value)} of the rows instead of ${percent(baselineValue)}`;
}

const sliceOf = (found: FoundSlice | undefined): Slice | undefined =>
  found === undefined ? undefined : { conditions: found.conditions };
