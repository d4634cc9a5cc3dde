import type { ComparedCell } from "../../domain/comparison/compared-column.ts";
import { shortNumber } from "../../domain/comparison/finding-sentence.ts";
import { type Binning, newBinOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { escapeHtml } from "./escape-html.ts";

interface Bar {
  readonly label: string;
  readonly before: number;
  readonly now: number;
}

const mostBars = 16;
const width = 900;
const height = 200;
const bottom = 44;
const gap = 6;

/** Shares of the values before and now, side by side, as an SVG picture with a text for each pair of bars. */
export function columnChart(binning: Binning, cell: ComparedCell): string {
  const bars = barsOf(binning, cell);
  const highest = Math.max(1e-9, ...bars.flatMap(({ before, now }) => [before, now]));
  const slot = width / Math.max(1, bars.length);
  const tall = (share: number): number => (share / highest) * (height - bottom - 14);
  const drawn = bars.map(({ label, before, now }, index) => {
    const x = index * slot + gap / 2;
    const half = (slot - gap) / 2;
    const bar = (share: number, at: number, name: string): string =>
      `<rect class="${name}" x="${at.toFixed(1)}" y="${(height - bottom - tall(share)).toFixed(1)}" width="${half.toFixed(1)}" height="${tall(share).toFixed(1)}"/>`;
    const told = `${label}: before ${percent(before)}, now ${percent(now)}`;
    const text = label.length > slot / 6.2 ? `${label.slice(0, Math.max(3, Math.floor(slot / 6.2) - 1))}…` : label;
    return `<g><title>${escapeHtml(told)}</title>${bar(before, x, "was")}${bar(now, x + half, "is")}<text x="${(x + half).toFixed(1)}" y="${height - bottom + 14}" text-anchor="middle">${escapeHtml(text)}</text></g>`;
  });
  const scale = `<text x="0" y="10">${percent(highest)}</text>`;
  return `<svg viewBox="0 0 ${width} ${height - bottom + 20}" role="img" aria-label="Shares of the values before and now">${scale}${drawn.join("")}</svg>`;
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function barsOf(binning: Binning, cell: ComparedCell): readonly Bar[] {
  const bars = binning.kind === "numeric" ? numberBars(binning, cell) : categoryBars(binning, cell);
  const nulls = nullBinOf(binning);
  const missing = bar("missing", cell, [nulls]);
  return missing.before + missing.now > 0 ? [...bars, missing] : bars;
}

/** Neighbouring bins together, so that about sixteen bars with like numbers of reference rows remain. */
function numberBars(binning: Binning & { readonly kind: "numeric" }, cell: ComparedCell): readonly Bar[] {
  const bins = binning.edges.length + 1;
  const rows = cell.reference.slice(0, bins).reduce((sum, count) => sum + count, 0);
  const bars: Bar[] = [];
  let open: number[] = [];
  let filled = 0;
  for (let bin = 0; bin < bins; bin++) {
    open.push(bin);
    filled += cell.reference[bin] ?? 0;
    if (filled * mostBars < rows && bin < bins - 1) continue;
    bars.push(bar(rangeText(binning, open), cell, open));
    open = [];
    filled = 0;
  }
  return bars;
}

function rangeText({ edges, points }: Binning & { readonly kind: "numeric" }, bins: readonly number[]): string {
  const [first = 0] = bins;
  const last = bins.at(-1) ?? first;
  const from = first === 0 ? undefined : edges[first - 1];
  const to = edges[last];
  if (from !== undefined && bins.length === 1 && points.includes(from)) return shortNumber(from);
  if (from === undefined) return to === undefined ? "all" : `< ${shortNumber(to)}`;
  return to === undefined ? `≥ ${shortNumber(from)}` : `${shortNumber(from)}…`;
}

function categoryBars(binning: Binning & { readonly kind: "categorical" }, cell: ComparedCell): readonly Bar[] {
  const named = binning.categories.map((label, bin) => bar(label, cell, [bin]));
  const shown = named
    .toSorted((left, right) => Math.max(right.before, right.now) - Math.max(left.before, left.now))
    .slice(0, mostBars - 2);
  const rest = binning.categories.flatMap((label, bin) => (shown.some((each) => each.label === label) ? [] : [bin]));
  const others = bar("others", cell, [...rest, binning.categories.length]);
  const unseen = bar("never seen", cell, [newBinOf(binning)]);
  return [...shown, ...[others, unseen].filter(({ before, now }) => before + now > 0)];
}

function bar(label: string, cell: ComparedCell, bins: readonly number[]): Bar {
  return { label, before: shareOf(cell.reference, bins), now: shareOf(cell.current, bins) };
}

function shareOf(counts: readonly number[], bins: readonly number[]): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return rows === 0 ? 0 : bins.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0) / rows;
}
