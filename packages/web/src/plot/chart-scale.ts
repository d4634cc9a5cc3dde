/** A straight mapping from a domain to pixels. */
export interface Scale {
  readonly domain: readonly [number, number];
  (value: number): number;
}

/** Maps `[from, to]` to `[start, end]`. An empty domain maps everything to the middle. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [start, end] = range;
  const at = (value: number): number =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
  return Object.assign(at, { domain });
}

const steps = [1, 2, 2.5, 5, 10] as const;

/** About `count` round numbers inside `[low, high]`, lowest first. */
export function niceTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (steps.find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Smallest and largest of the known values, with `padding` (a share of the spread) around them; null when none is known. */
export function extentOf(values: readonly (number | null)[], padding: number): readonly [number, number] | null {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return null;
  const low = Math.min(...known);
  const high = Math.max(...known);
  const room = (high - low || Math.abs(high) || 1) * padding;
  return [low - room, high + room];
}

/** At most `most` indices of `count` things, evenly apart, ending at the last so that the newest is always labelled. */
export function sparseIndices(count: number, most: number): readonly number[] {
  if (count <= 0 || most <= 0) return [];
  const stride = Math.ceil(count / most);
  const indices: number[] = [];
  for (let index = count - 1; index >= 0; index -= stride) indices.unshift(index);
  return indices;
}
