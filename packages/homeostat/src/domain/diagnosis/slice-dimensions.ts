import { type Binning, binCountOf, newBinOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { type Baseline, nullValue, otherValue } from "../baseline/baseline.ts";
import type { BinCounts } from "../baseline/profile-store.ts";
import type { CodedDimension, Lattice } from "../baseline/slice-store.ts";
import { dayMs, hourMs } from "../instant.ts";
import type { System } from "../system/system.ts";

/** Items of one dimension: more make slices too small to say anything of. */
const mostItems = 20;
const featureGroups = 8;
const mostCategories = 14;
const hoursPerItem = 3;
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/**
 * What rows can be told apart by in reference and live rows alike: declared segments, the clock, and features cut into
 * groups that the baseline fills alike. A feature that a segment is made of stands once, as the segment. `without` is a
 * feature that the question is about: it and what is made of it alone explain everything and nothing. Pure.
 */
export function sliceDimensions(
  system: System,
  baseline: Baseline,
  counts: ReadonlyMap<string, BinCounts>,
  spanMs: number,
  without?: string,
): readonly CodedDimension[] {
  const sameAs = (name: string): string | undefined =>
    system.pipeline.features.find((feature) => feature.name === name)?.expression;
  const banned = without === undefined ? undefined : sameAs(without);
  const segments = system.segments.flatMap((segment): CodedDimension[] => {
    const kept = baseline.segments.find(({ name }) => name === segment.name)?.values;
    if (kept === undefined || segment.name === without || segment.expression === without) return [];
    if (banned !== undefined && segment.expression === banned) return [];
    const values = [...kept.filter((value) => value !== nullValue).slice(0, mostItems - 2), nullValue, otherValue];
    const items = values.map((value) => ({ values: [value], words: `${segment.name}=${value}` }));
    return [{ dimension: { kind: "segment", name: segment.name }, items }];
  });
  const features = baseline.features.flatMap(({ name, binning }): CodedDimension[] => {
    const expression = sameAs(name);
    const isSegment = system.segments.some(
      (segment) => segment.expression === expression || segment.expression === name,
    );
    if (name === without || isSegment || (banned !== undefined && expression === banned)) return [];
    const items = featureItems(name, binning, counts.get(name));
    return tellsApart(items, counts.get(name)) ? [{ dimension: { kind: "feature", name }, items }] : [];
  });
  return [...segments, ...clocks(spanMs), ...features];
}

/** A slice with less of the rows than this is not looked for. */
const leastShare = 0.005;

/** Whether two items at least hold rows of the baseline. */
function tellsApart(items: CodedDimension["items"], counts: BinCounts | undefined): boolean {
  const rows = new Map(counts?.bins.map((bin, index) => [String(bin), counts.counts[index] ?? 0] as const));
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const held = items.filter(
    ({ values }) => values.reduce((sum, value) => sum + (rows.get(value) ?? 0), 0) > leastShare * all,
  );
  return held.length > 1;
}

function clocks(spanMs: number): readonly CodedDimension[] {
  const hour: CodedDimension = {
    dimension: { kind: "time", name: "hour" },
    items: Array.from({ length: 24 / hoursPerItem }, (_, index) => ({
      values: [String(index)],
      words: `hour (UTC) in ${index * hoursPerItem} to ${index * hoursPerItem + hoursPerItem - 1}`,
    })),
  };
  const weekday: CodedDimension = {
    dimension: { kind: "time", name: "weekday" },
    items: weekdays.map((day, index) => ({ values: [String(index + 1)], words: `weekday=${day}` })),
  };
  return [...(spanMs >= 2 * hoursPerItem * hourMs ? [hour] : []), ...(spanMs >= 2 * dayMs ? [weekday] : [])];
}

function featureItems(name: string, binning: Binning, counts: BinCounts | undefined): CodedDimension["items"] {
  const missing = { values: [String(nullBinOf(binning))], words: `${name} is missing` };
  const rows = new Map(counts?.bins.map((bin, index) => [bin, counts.counts[index] ?? 0] as const));
  if (binning.kind === "categorical") {
    const named = binning.categories.slice(0, mostCategories);
    const rest = binning.categories.map((_, bin) => bin).slice(mostCategories);
    return [
      ...named.map((category, bin) => ({ values: [String(bin)], words: `${name}=${category}` })),
      { values: [...rest, binning.categories.length].map(String), words: `${name} is rare` },
      { values: [String(newBinOf(binning))], words: `${name} was never seen before` },
      missing,
    ];
  }
  return [...numberItems(name, binning.edges, rows, binCountOf(binning) - 1), missing];
}

/** Neighbouring bins united until each group holds its share of the baseline's rows. */
function numberItems(
  name: string,
  edges: readonly number[],
  rows: ReadonlyMap<number, number>,
  bins: number,
): CodedDimension["items"] {
  const total = Array.from({ length: bins }, (_, bin) => rows.get(bin) ?? 0).reduce((sum, count) => sum + count, 0);
  const items: { values: string[]; from: number; to: number; count: number }[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const last = items.at(-1);
    const count = rows.get(bin) ?? 0;
    const isFull =
      last === undefined || last.count >= total / featureGroups || last.count + count > (2 * total) / featureGroups;
    if (isFull) items.push({ values: [String(bin)], from: bin, to: bin, count });
    else {
      last.values.push(String(bin));
      last.to = bin;
      last.count += count;
    }
  }
  return items.map(({ values, from, to }) => ({ values, words: numberWords(name, edges, from, to) }));
}

function numberWords(name: string, edges: readonly number[], from: number, to: number): string {
  const low = edges[from - 1];
  const high = edges[to];
  const text = (value: number): string => Number(value.toPrecision(6)).toString();
  if (low === undefined) return high === undefined ? `${name} is a number` : `${name} < ${text(high)}`;
  if (high === undefined) return `${name} >= ${text(low)}`;
  // The next double after a heavy value closes the value's own bin.
  return text(low) === text(high) ? `${name}=${text(low)}` : `${name} in [${text(low)}, ${text(high)})`;
}

/**
 * The dimensions to search together, where there are more than can be: those whose single conditions stand out most.
 * `lattice` holds single conditions of all of them. Segments go before features of the same weight. Pure.
 */
export function tellingDimensions(
  dimensions: readonly CodedDimension[],
  lattice: Lattice,
  most: number,
): readonly CodedDimension[] {
  const { before, now } = lattice.total.discovery;
  const growth = (rows: { readonly rows: number; readonly loss: number }): number =>
    rows.rows === 0 ? 0 : rows.loss / rows.rows;
  const usual = growth(now) - growth(before);
  const weights = dimensions.map((_, place) => {
    const own = lattice.cells.filter(({ codes }) => (codes[place] ?? 0) > 0);
    return Math.max(
      0,
      ...own.map(({ discovery }) => {
        const delta = growth(discovery.now) - growth(discovery.before) - usual;
        return Math.abs(delta) * Math.sqrt(Math.min(discovery.now.rows, discovery.before.rows));
      }),
    );
  });
  const chosen = dimensions
    .map((_, place) => place)
    .sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b)
    .slice(0, most);
  return dimensions.filter((_, place) => chosen.includes(place));
}
