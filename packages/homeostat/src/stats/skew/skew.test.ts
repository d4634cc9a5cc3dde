import { describe, expect, it } from "vitest";
import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import {
  type CategoricalPair,
  classifyCategoricalSkew,
  defaultCategoricalSkewOptions,
} from "./classify-categorical-skew.ts";
import { classifyNumericSkew } from "./classify-numeric-skew.ts";
import { laggedValues, staleLagHours } from "./lagged-values.ts";
import type { NumericPair } from "./numeric-hypotheses.ts";
import { replayMismatchRate, replayRowsNeeded } from "./replay-mismatch-rate.ts";
import { defaultSkewOptions } from "./skew-pattern.ts";

describe("replayMismatchRate", () => {
  it("gives the reference limits", () => {
    expect(replayMismatchRate(0, 100)).toMatchObject({ rate: 0, atMost: expect.closeTo(0.0295130496, 9) });
    expect(replayMismatchRate(0, 1000)).toMatchObject({ atMost: expect.closeTo(0.0029912495, 9) });
    expect(replayMismatchRate(7, 1000)).toMatchObject({
      lower: expect.closeTo(0.0028188588, 9),
      upper: expect.closeTo(0.014369195, 9),
    });
  });

  it("knows nothing from no rows, and how many rows prove a rate", () => {
    expect(replayMismatchRate(0, 0)).toEqual({ kind: "insufficient", rows: 0 });
    expect(replayRowsNeeded(0.001)).toBe(2995);
    expect(() => replayMismatchRate(3, 2)).toThrow(RangeError);
    expect(() => replayRowsNeeded(0)).toThrow(RangeError);
  });
});

type Draw = (random: Random) => number;
const amount: Draw = (random) => 500 * random.next() ** 2 + 1;
const signed: Draw = (random) => normalPairs(random, 1)[0]! * 40 + 10;
const epoch: Draw = (random) => 1_600_000_000 + Math.floor(random.next() * 1e7);
const hour: Draw = (random) => Math.floor(random.next() * 24);

interface Case {
  readonly label: string;
  readonly draw: Draw;
  readonly serve: (recomputed: number, random: Random) => number | null;
  readonly trueValue?: (drawn: number, random: Random) => number | null;
  readonly finding: object;
  readonly relativeTolerance?: number;
}

const cases: readonly Case[] = [
  {
    label: "null_imputed",
    draw: signed,
    trueValue: (x, r) => (r.next() < 0.4 ? null : x),
    serve: (x) => x ?? -999,
    finding: { pattern: "null_imputed", value: -999 },
  },
  {
    label: "value_lost_to_null",
    draw: signed,
    serve: (x, r) => (r.next() < 0.5 ? null : x),
    finding: { pattern: "value_lost_to_null" },
  },
  { label: "timezone_hours", draw: hour, serve: (x) => (x + 5) % 24, finding: { pattern: "timezone_hours", hours: 5 } },
  {
    label: "timezone_hours back",
    draw: hour,
    serve: (x) => (x + 16) % 24,
    finding: { pattern: "timezone_hours", hours: -8 },
  },
  { label: "clip_high", draw: amount, serve: (x) => Math.min(x, 200), finding: { pattern: "clip_high", bound: 200 } },
  { label: "clip_low", draw: signed, serve: (x) => Math.max(x, 0), finding: { pattern: "clip_low", bound: 0 } },
  { label: "constant_or_default", draw: amount, serve: () => 0, finding: { pattern: "constant_or_default", value: 0 } },
  {
    label: "float32",
    draw: signed,
    serve: (x) => Math.fround(x),
    finding: { pattern: "float32" },
    relativeTolerance: 1e-9,
  },
  { label: "rounding 0", draw: amount, serve: (x) => Math.round(x), finding: { pattern: "rounding", digits: 0 } },
  {
    label: "rounding 2",
    draw: signed,
    serve: (x) => Math.round(x * 100) / 100,
    finding: { pattern: "rounding", digits: 2 },
  },
  { label: "trunc 1", draw: signed, serve: (x) => Math.trunc(x * 10) / 10, finding: { pattern: "trunc", digits: 1 } },
  { label: "offset", draw: signed, serve: (x) => x + 7.25, finding: { pattern: "offset", offset: 7.25 } },
  {
    label: "timezone_seconds",
    draw: epoch,
    serve: (x) => x + 18_000,
    finding: { pattern: "timezone_seconds", offset: 18_000 },
  },
  {
    label: "timezone half hour",
    draw: epoch,
    serve: (x) => x - 19_800,
    finding: { pattern: "timezone_seconds", offset: -19_800 },
  },
  {
    label: "timezone milliseconds",
    draw: (r) => epoch(r) * 1000,
    serve: (x) => x + 18_000_000,
    finding: { pattern: "timezone_seconds", offset: 18_000_000 },
  },
  {
    label: "daylight_saving",
    draw: epoch,
    serve: (x, r) => x + (r.next() < 0.6 ? 18_000 : 14_400),
    finding: { pattern: "daylight_saving" },
  },
  { label: "scale", draw: signed, serve: (x) => x * 0.73, finding: { pattern: "scale", factor: 0.73 } },
  {
    label: "unit_scale miles",
    draw: amount,
    serve: (x) => x * 1.609344,
    finding: { pattern: "unit_scale", factor: 1.609344 },
  },
  { label: "unit_scale cents", draw: amount, serve: (x) => x / 100, finding: { pattern: "unit_scale", factor: 0.01 } },
  {
    label: "unit_scale milliseconds",
    draw: epoch,
    serve: (x) => x * 1000,
    finding: { pattern: "unit_scale", factor: 1000 },
  },
  { label: "sign_flip", draw: signed, serve: (x) => -x, finding: { pattern: "sign_flip" } },
  { label: "log1p", draw: amount, serve: (x) => Math.log1p(x), finding: { pattern: "log1p" } },
  { label: "F_vs_C", draw: signed, serve: (x) => 1.8 * x + 32, finding: { pattern: "F_vs_C" } },
  { label: "standardised", draw: signed, serve: (x) => (x - 10) / 40, finding: { pattern: "affine" } },
];

function replay(random: Random, one: Case, rows = 400): NumericPair[] {
  return Array.from({ length: rows }, () => {
    const drawn = one.draw(random);
    const recomputed = one.trueValue ? one.trueValue(drawn, random) : drawn;
    const noise = random.next() < 0.02;
    const logged = noise ? one.draw(random) + random.next() : one.serve(recomputed as number, random);
    return { logged, recomputed };
  });
}

describe("classifyNumericSkew", () => {
  it.each(cases)("names $label through two percent of noise, nearly always, and otherwise says unexplained", (one) => {
    const random = createXoshiro(one.label.length * 7919);
    const options = {
      ...defaultSkewOptions,
      relativeTolerance: one.relativeTolerance ?? defaultSkewOptions.relativeTolerance,
    };
    const trials = 30;
    let right = 0;
    for (let trial = 0; trial < trials; trial++) {
      const answer = classifyNumericSkew(replay(random, one), {}, options);
      expect(["classified", "unexplained"]).toContain(answer.kind);
      if (answer.kind === "classified") {
        expect(answer.finding).toMatchObject(one.finding);
        right += 1;
      }
    }
    expect(right).toBeGreaterThanOrEqual(trials - 3);
  });

  it("names the reference vectors", () => {
    const shifted = Array.from({ length: 30 }, (_, i) => ({ recomputed: i * 977, logged: i * 977 + 18_000 }));
    expect(classifyNumericSkew(shifted)).toMatchObject({
      kind: "classified",
      share: 1,
      finding: { pattern: "timezone_seconds", offset: 18_000 },
    });
    const fahrenheit = Array.from({ length: 30 }, (_, i) => ({
      recomputed: i * 1.7 - 5,
      logged: 1.8 * (i * 1.7 - 5) + 32,
    }));
    expect(classifyNumericSkew(fahrenheit)).toMatchObject({ finding: { pattern: "F_vs_C" } });
  });

  it("recognises stale values by their lag, and columns in each other's place", () => {
    const random = createXoshiro(5);
    const rows = Array.from({ length: 600 }, (_, i) => ({
      entity: `e${i % 5}`,
      atHours: Math.floor(i / 5),
      value: random.next() * 100,
    }));
    const lagged = staleLagHours.map((lag) => ({ lag, values: laggedValues(rows, lag) }));
    const day = lagged.find((l) => l.lag === 24)!.values;
    const pairs = rows.flatMap((row, i) => (day[i] === null ? [] : [{ logged: day[i]!, recomputed: row.value }]));
    const kept = rows.flatMap((_, i) => (day[i] === null ? [] : [i]));
    const context = { lagged: lagged.map(({ lag, values }) => ({ lag, values: kept.map((i) => values[i]!) })) };
    expect(classifyNumericSkew(pairs, context)).toMatchObject({
      kind: "classified",
      finding: { pattern: "stale", lag: 24 },
    });
    const other = rows.map(() => random.next());
    const swapped = rows.map((row, i) => ({ logged: other[i]!, recomputed: row.value }));
    expect(classifyNumericSkew(swapped, { otherColumns: [{ column: "ratio", values: other }] })).toMatchObject({
      kind: "classified",
      finding: { pattern: "column_swap", column: "ratio" },
    });
  });

  it("leaves unrelated values unexplained, and never calls them a match", () => {
    const random = createXoshiro(6);
    for (let trial = 0; trial < 20; trial++) {
      const pairs = Array.from({ length: 200 }, () => ({ logged: signed(random), recomputed: signed(random) }));
      expect(classifyNumericSkew(pairs).kind).toBe("unexplained");
    }
  });

  it("matches within tolerance and on shared nulls, and is insufficient on few mismatches or none to look at", () => {
    const same = Array.from({ length: 50 }, (_, i) => ({
      logged: i === 3 ? null : i + 1e-12,
      recomputed: i === 3 ? Number.NaN : i,
    }));
    expect(classifyNumericSkew(same)).toEqual({ kind: "match", rows: 50, mismatched: 0 });
    expect(classifyNumericSkew(same.map((p, i) => (i < 5 ? { ...p, logged: 99 } : p)))).toMatchObject({
      kind: "insufficient",
      need: 20,
    });
    expect(classifyNumericSkew([])).toMatchObject({ kind: "insufficient", rows: 0 });
  });

  it("reports the share explained", () => {
    const pairs = Array.from({ length: 100 }, (_, i) => ({
      recomputed: i + 0.3,
      logged: i < 90 ? i + 5.3 : i * i + 777.7,
    }));
    const answer = classifyNumericSkew(pairs);
    expect(answer).toMatchObject({ kind: "classified", share: 0.9, finding: { pattern: "offset", offset: 5 } });
  });
});

describe("classifyCategoricalSkew", () => {
  const few = { ...defaultCategoricalSkewOptions, minimumMismatches: 1 };
  const zip = (logged: readonly (string | null)[], recomputed: readonly (string | null)[]): CategoricalPair[] =>
    logged.map((l, i) => ({ logged: l, recomputed: recomputed[i] ?? null }));

  it("names the reference vectors", () => {
    expect(classifyCategoricalSkew(zip([..."bacbacba"], [..."abcabcab"]), few)).toMatchObject({
      finding: { pattern: "swapped" },
    });
    expect(classifyCategoricalSkew(zip(["other", "other", "other", "x"], ["a", "b", "c", "x"]), few)).toMatchObject({
      finding: { pattern: "collapsed_to_default", value: "other" },
    });
    expect(classifyCategoricalSkew(zip(["1", "2", "0"], ["0", "1", "2"]), few)).toMatchObject({
      finding: { pattern: "permuted" },
    });
  });

  const rules: readonly (readonly [string, (value: string) => string | null])[] = [
    ["case_or_whitespace", (v) => ` ${v.toUpperCase()}`],
    ["swapped", (v) => ({ a: "b", b: "a" })[v] ?? v],
    ["permuted", (v) => ({ a: "b", b: "c", c: "d", d: "a" })[v] ?? v],
    ["collapsed_to_default", () => "other"],
    ["renamed", (v) => `v2_${v}`],
    ["merged", (v) => (v === "a" || v === "b" ? "ab" : "cde")],
    ["value_lost_to_null", () => null],
  ];

  it.each(rules)("names %s through two percent of noise", (pattern, rule) => {
    const random = createXoshiro(pattern.length * 31);
    const letters = [..."abcde"];
    let right = 0;
    for (let trial = 0; trial < 20; trial++) {
      const pairs = Array.from({ length: 500 }, () => {
        const recomputed = letters[Math.floor(random.next() * 5)]!;
        return {
          recomputed,
          logged: random.next() < 0.02 ? letters[Math.floor(random.next() * 5)]! : rule(recomputed),
        };
      });
      const answer = classifyCategoricalSkew(pairs);
      if (answer.kind === "classified") expect(answer.finding).toMatchObject({ pattern });
      right += Number(answer.kind === "classified");
    }
    // Where a rule touches two values of five, noise on the rest can take it below the 95 % it must explain.
    expect(right).toBeGreaterThanOrEqual(15);
  });

  it("names imputed nulls, leaves chance unexplained, and is insufficient on few mismatches", () => {
    const imputed = Array.from({ length: 50 }, (_, i) => ({
      recomputed: i % 2 ? null : "a",
      logged: i % 2 ? "unknown" : "a",
    }));
    expect(classifyCategoricalSkew(imputed)).toMatchObject({ finding: { pattern: "null_imputed", value: "unknown" } });
    const random = createXoshiro(77);
    const letter = (): string => "abcdefgh"[Math.floor(random.next() * 8)]!;
    const chance = Array.from({ length: 500 }, () => ({ logged: letter(), recomputed: letter() }));
    expect(classifyCategoricalSkew(chance).kind).toBe("unexplained");
    expect(classifyCategoricalSkew([{ logged: "a", recomputed: "b" }])).toMatchObject({
      kind: "insufficient",
      need: 20,
    });
    expect(classifyCategoricalSkew([{ logged: "a", recomputed: "a" }])).toEqual({
      kind: "match",
      rows: 1,
      mismatched: 0,
    });
  });
});
