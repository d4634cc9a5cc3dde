import { expect } from "vitest";
import type { Baseline } from "../../domain/baseline/baseline.ts";
import { categoricalBinningOf } from "../../stats/histogram/categorical-binning.ts";
import { numericBinningOf } from "../../stats/histogram/numeric-binning.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";

export interface TwinRow {
  /** 0: baseline, 1: window, 2: rows of neither, to see that they are left out. */
  readonly sample: 0 | 1 | 2;
  /** Ties, half zeros of both signs, missing, NaN, infinities. */
  readonly x: number | null;
  readonly kind: string | null;
  readonly score: number | null;
  readonly label: 0 | 1 | null;
  readonly target: number | null;
  readonly estimate: number | null;
  readonly truth: number | null;
  readonly guess: number | null;
  readonly loss: number | null;
  readonly day: number;
  readonly arrived: number | null;
  /** A large common offset, which eats the digits of a naive variance. */
  readonly offset: number;
}

const kinds = ["tea", "o'clock", "", "Zürich", "back\\slash", "rare 1", "rare 2", "rare 3"];

function rowsOf(count: number): readonly TwinRow[] {
  const random = createXoshiro(2026);
  const draw = (below: number): number => Math.floor(random.next() * below);
  const orMissing = <T>(made: T): T | null => (random.next() < 0.07 ? null : made);
  const number = (usual: number): number | null =>
    orMissing([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][draw(90)] ?? usual);
  const xOf = (isWindow: boolean): number => {
    if (random.next() < 0.3) return draw(2) === 0 ? 0 : -0;
    return (draw(400) + (isWindow ? 25 : 0)) / 8 - 3.3;
  };
  // Often the ends of [0, 1] or an edge of a bin.
  const scoreOf = (): number => (draw(5) === 0 ? ([0, 0.1, 0.5][draw(4)] ?? 1) : random.next());
  const kindOf = (isWindow: boolean): string =>
    isWindow && draw(20) === 0 ? "never seen" : (kinds[Math.floor(kinds.length * random.next() ** 2)] ?? "");
  const chance = (share: number): boolean => random.next() < share;
  return Array.from({ length: count }, (_, n): TwinRow => {
    const sample = sampleOf(n);
    const isWindow = sample === 1;
    const score = scoreOf();
    const truth = draw(4);
    const target = chance(0.1) ? 0 : 20 * random.next() - 4;
    const day = draw(9);
    return {
      sample,
      x: number(xOf(isWindow)),
      kind: orMissing(kindOf(isWindow)),
      score: number(score),
      label: orMissing(chance(score) ? 1 : 0),
      target: number(target),
      estimate: number(target + (isWindow ? 1.2 : 1) * (random.next() - 0.45)),
      truth: orMissing(truth),
      guess: orMissing(chance(0.7) ? truth : draw(4)),
      loss: number(chance(0.2) ? 1 : random.next() ** 3),
      day,
      arrived: orMissing(day + Math.floor(6 * random.next() ** 2)),
      offset: 1e9 + random.next(),
    };
  });
}

function sampleOf(n: number): 0 | 1 | 2 {
  if (n % 3 === 0) return 1;
  return n % 17 === 0 ? 2 : 0;
}

export const rows = rowsOf(3_000);
export const finite = (value: number | null): value is number => value !== null && Number.isFinite(value);
export const samples = [0, 1, 2] as const;
export const only = (sample: number): readonly TwinRow[] => rows.filter((row) => row.sample === sample);
export const finiteOf = (sample: number, of: (row: TwinRow) => number | null): number[] =>
  only(sample).map(of).filter(finite);

export const table = "statistics_twin";
export const emptyTable = "statistics_twin_empty";
export const twinColumns = `sample UInt8, f_x Nullable(Float64), f_kind LowCardinality(Nullable(String)), score Nullable(Float64), label Nullable(UInt8),
  target Nullable(Float64), estimate Nullable(Float64), truth Nullable(UInt8), guess Nullable(UInt8), loss Nullable(Float64),
  day Int32, arrived_day Nullable(Int32), big Float64`;

/** JSON as the engine reads it: it knows numbers that are not finite, and the sign of zero. */
export function lineOf(row: TwinRow): string {
  const number = (value: number | null): string =>
    value === null ? "null" : Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? String(value) : nonFinite(value);
  return `{"sample":${row.sample},"f_x":${number(row.x)},"f_kind":${JSON.stringify(row.kind)},"score":${number(row.score)},"label":${row.label},"target":${number(row.target)},"estimate":${number(row.estimate)},"truth":${row.truth},"guess":${row.guess},"loss":${number(row.loss)},"day":${row.day},"arrived_day":${row.arrived},"big":${row.offset}}\n`;
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? '"nan"' : value > 0 ? '"inf"' : '"-inf"';
}

/** Equal to nine digits: sums in another order differ in the last. */
export function expectAlike(given: unknown, expected: unknown): void {
  expect(rounded(given)).toEqual(rounded(expected));
}

function rounded(part: unknown): unknown {
  if (typeof part === "number") return Number.isFinite(part) ? Number(part.toPrecision(9)) + 0 : String(part);
  if (ArrayBuffer.isView(part)) return Array.from(part as Float64Array, rounded);
  if (Array.isArray(part)) return part.map(rounded);
  if (part !== null && typeof part === "object")
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, rounded(value)]));
  return part;
}

/** Answers of the engine bring 64-bit counts as text. */
export function numbers<K extends string>(row: Readonly<Record<K, unknown>>): Record<K, number> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value)])) as Record<K, number>;
}

export const featuresOf = {
  x: numericBinningOf(only(0).map((row) => row.x)),
  kind: categoricalBinningOf(countsOf(only(0).map((row) => row.kind)), true, { named: 5, remembered: 100 }),
};

function countsOf(values: readonly (string | null)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

export const frozen: Baseline = {
  id: "twin",
  system: "twin",
  release: "r1",
  createdAt: 0,
  rows: 0,
  scoredRows: 0,
  features: [
    { name: "x", binning: featuresOf.x, nullShare: 0, percentiles: [] },
    { name: "kind", binning: featuresOf.kind, nullShare: 0, percentiles: [] },
  ],
  score: { kind: "probability", edges: [], threshold: 0.5 },
  segments: [],
  windows: [],
};
