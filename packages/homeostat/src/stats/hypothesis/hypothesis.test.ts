import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hypergeometricLowerTail,
  hypergeometricProbability,
  hypergeometricUpperTail,
} from "../special/hypergeometric.ts";
import { benjaminiHochberg } from "./benjamini-hochberg.ts";
import { eBenjaminiHochberg } from "./e-benjamini-hochberg.ts";
import { eLond, lond } from "./lond.ts";
import { lordPlusPlus } from "./lord-plus-plus.ts";
import { newCategoryPValue } from "./new-category.ts";
import { ONLINE_START, type OnlineState, type OnlineStep } from "./online-state.ts";
import { onlineWeight } from "./online-weight.ts";
import { effectiveRows, overdispersionOf } from "./overdispersion.ts";
import { persistenceFalseAlarm, persistenceOf } from "./persistence.ts";
import { fisherExact, twoProportionTest } from "./two-proportions.ts";

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8"));
const golden = read("distance.json") as {
  fisher: number[][];
  score: number[][];
  hypergeometric: number[][];
  benjaminiHochberg: { p: number[]; rejected: number[]; adjusted: number[] }[];
};
const { newCategory } = read("reference-psi.json") as { newCategory: number[][] };
const relative = (have: number, want: number): number => Math.abs(have - want) / Math.max(1e-300, Math.abs(want));
const table = ([hits = 0, rows = 0, baselineHits = 0, baselineRows = 0]: number[]) => ({
  hits,
  rows,
  baselineHits,
  baselineRows,
});

describe("hypergeometric law", () => {
  it.each(golden.hypergeometric)(
    "agrees with scipy at k=%d of total=%d marked=%d drawn=%d",
    (k, total, marked, drawn, pmf, upper, lower) => {
      const urn = { total: total!, marked: marked!, drawn: drawn! };
      expect(relative(hypergeometricProbability(k!, urn), pmf!)).toBeLessThan(1e-9);
      expect(relative(hypergeometricUpperTail(k!, urn), upper!)).toBeLessThan(1e-9);
      expect(relative(hypergeometricLowerTail(k!, urn), lower!)).toBeLessThan(1e-9);
    },
  );
  it("has probabilities that sum to one", () => {
    const urn = { total: 60, marked: 22, drawn: 31 };
    let sum = 0;
    for (let k = -1; k <= 40; k++) sum += hypergeometricProbability(k, urn);
    expect(sum).toBeCloseTo(1, 13);
  });
});

describe("two proportions", () => {
  it("take the score test for weighted counts that are not whole, however few", () => {
    expect(twoProportionTest({ hits: 0.5, rows: 100_000, baselineHits: 18, baselineRows: 37 })).toMatchObject({
      test: "score",
    });
    expect(fisherExact({ hits: 0.5, rows: 100_000, baselineHits: 18, baselineRows: 37 })).toBeGreaterThanOrEqual(0);
  });

  it.each(golden.fisher)("Fisher agrees with scipy on %d/%d against %d/%d", (a, n, b, m, both, greater, less) => {
    const counts = table([a!, n!, b!, m!]);
    expect(relative(fisherExact(counts), both!)).toBeLessThan(1e-8);
    expect(relative(fisherExact(counts, "greater"), greater!)).toBeLessThan(1e-8);
    expect(relative(fisherExact(counts, "less"), less!)).toBeLessThan(1e-8);
  });
  it.each(golden.score)("score test agrees with scipy on %d/%d against %d/%d", (a, n, b, m, z, p) => {
    const test = twoProportionTest(table([a!, n!, b!, m!]));
    expect(test).toMatchObject({ kind: "measured", test: "score", z: expect.closeTo(z!, 10) });
    if (test.kind === "measured") expect(Math.abs(test.pValue - p!)).toBeLessThan(1e-12);
  });
  it("uses the exact test for rare hits, and says insufficient without rows", () => {
    expect(twoProportionTest(table([1, 40, 0, 4000]))).toMatchObject({
      test: "fisher-exact",
      pValue: expect.closeTo(40 / 4040, 12),
    });
    expect(twoProportionTest(table([0, 0, 1, 5]))).toEqual({ kind: "insufficient", have: 0, need: 1 });
    expect(twoProportionTest(table([0, 50, 0, 500]))).toMatchObject({ pValue: 1, z: 0 });
  });
  it("is weaker when rows are clustered", () => {
    const counts = table([120, 1000, 800, 10_000]);
    const plain = twoProportionTest(counts);
    const clustered = twoProportionTest(counts, "two-sided", { phi: 5, windows: 20 });
    if (plain.kind !== "measured" || clustered.kind !== "measured") throw new Error("refused");
    expect(clustered.z).toBeCloseTo(plain.z / Math.sqrt(5), 12);
    expect(clustered.pValue).toBeGreaterThan(10 * plain.pValue);
  });
  it("does not depend on which outcome is called a hit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 90 }),
        (a, b, c, d) => {
          if (a + b === 0 || c + d === 0) return;
          const hits = fisherExact({ hits: a, rows: a + b, baselineHits: c, baselineRows: c + d });
          const misses = fisherExact({ hits: b, rows: a + b, baselineHits: d, baselineRows: c + d });
          expect(misses).toBeCloseTo(hits, 9);
        },
      ),
    );
  });
});

describe("new categories", () => {
  it.each(newCategory)("k=%d rows of N=%d, M=%d", (k, n, m, p) => {
    expect(relative(newCategoryPValue(k!, n!, m!), p!)).toBeLessThan(1e-10);
  });
  it("equals Fisher with no baseline hits, falls with k, and is 1 when there is nothing to compare", () => {
    expect(newCategoryPValue(3, 200, 10_000)).toBeCloseTo(fisherExact(table([3, 200, 0, 10_000]), "greater"), 15);
    expect(newCategoryPValue(4, 200, 1000)).toBeLessThan(newCategoryPValue(3, 200, 1000));
    expect([newCategoryPValue(0, 100, 100), newCategoryPValue(5, 100, 0)]).toEqual([1, 1]);
  });
});

describe("overdispersion", () => {
  const windows = (ratio: number, count: number) =>
    Array.from({ length: count }, () => ({ statistic: 9 * ratio, df: 9 }));
  it("is unknown from fewer than eight windows, never below one", () => {
    expect(overdispersionOf(windows(2, 7))).toEqual({ kind: "insufficient", have: 7, need: 8 });
    expect(overdispersionOf(windows(0.4, 9))).toMatchObject({ kind: "estimated", phi: 1, windows: 9 });
    expect(overdispersionOf(windows(10.5, 24))).toMatchObject({ phi: 10.5, windows: 24 });
    expect(
      overdispersionOf([...windows(2, 8), { statistic: Number.NaN, df: 9 }, { statistic: 3, df: 0 }]),
    ).toMatchObject({ phi: 2, windows: 8 });
  });
  it("turns rows into effective rows", () => {
    expect(effectiveRows(900, { phi: 3, windows: 9 })).toBe(300);
    expect(effectiveRows(900, undefined)).toBe(900);
  });
});

describe("batch false discovery control", () => {
  it.each(golden.benjaminiHochberg)("BH agrees with statsmodels on batch %#", ({ p, rejected, adjusted }) => {
    const found = benjaminiHochberg(p);
    expect(found.rejected).toEqual(rejected);
    found.adjusted.forEach((value, index) => {
      expect(value).toBeCloseTo(adjusted[index] ?? -1, 12);
    });
  });
  it("reproduces the reference page at q = .10 and for e-values", () => {
    const p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
    expect(benjaminiHochberg(p, 0.1).rejected).toEqual([0, 1, 2, 3, 4, 5]);
    expect(eBenjaminiHochberg([500, 90, 150, 3, 1, 0.2, 70, 1, 1, 1])).toEqual([0, 1, 2, 6]);
  });
  it("does not count missing tests, and finds nothing in nothing", () => {
    expect(benjaminiHochberg([null, 0.04, Number.NaN])).toEqual({
      rejected: [1],
      adjusted: [Number.NaN, 0.04, Number.NaN],
    });
    expect(benjaminiHochberg([])).toEqual({ rejected: [], adjusted: [] });
    expect(eBenjaminiHochberg([])).toEqual([]);
    expect(eBenjaminiHochberg([Number.NaN, Number.POSITIVE_INFINITY])).toEqual([1]);
  });
  it("rejects exactly where the adjusted p-value is at most q, and more for larger q", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }), (p) => {
        const { rejected, adjusted } = benjaminiHochberg(p, 0.2);
        const byValue = adjusted.flatMap((value, index) => (value <= 0.2 * (1 - 1e-12) ? [index] : []));
        expect(byValue.every((index) => rejected.includes(index))).toBe(true);
        expect(rejected.every((index) => (adjusted[index] ?? 1) <= 0.2 * (1 + 1e-12))).toBe(true);
        expect(benjaminiHochberg(p, 0.1).rejected.every((index) => rejected.includes(index))).toBe(true);
      }),
    );
  });
});

describe("online false discovery control", () => {
  const run = (step: (state: OnlineState, value: number) => OnlineStep, values: readonly number[]): OnlineStep[] => {
    let state = ONLINE_START;
    return values.map((value) => {
      const next = step(state, value);
      state = next.state;
      return next;
    });
  };
  const found = (steps: readonly OnlineStep[]): number[] =>
    steps.flatMap((s, index) => (s.decision === "discovery" ? [index + 1] : []));
  const stream = [0.0001, 0.03, 0.2, 0.0004, 0.5, 0.001, 0.04, 0.00001];

  it("LORD++ reproduces the reference stream", () => {
    const steps = run((state, p) => lordPlusPlus(state, p, 0.05), stream);
    expect(found(steps)).toEqual([1, 4, 8]);
    [0.00133792, 0.00162887, 0.00053877, 0.0004539, 0.00305665, 0.00090778, 0.00077976, 0.0006638].forEach(
      (level, index) => {
        expect(steps[index]?.level).toBeCloseTo(level, 8);
      },
    );
  });
  it("spends weights that sum to at most one", () => {
    let sum = 0;
    for (let j = 1; j <= 100_000; j++) sum += onlineWeight(j);
    expect(sum).toBeLessThan(1);
    expect(sum).toBeGreaterThan(0.4);
    expect(onlineWeight(0)).toBe(0);
  });
  it("LOND and e-LOND agree on p = 1/e, and raise their level after each discovery", () => {
    const londs = run((state, p) => lond(state, p, 0.05), stream);
    const elonds = run((state, p) => eLond(state, 1 / p, 0.05), stream);
    expect(found(elonds)).toEqual(found(londs));
    expect(londs[0]?.level).toBeCloseTo(0.05 * onlineWeight(1), 15);
    expect(londs[1]?.level).toBeCloseTo(0.05 * onlineWeight(2) * 2, 15);
    expect(elonds[1]?.level).toBeCloseTo(1 / (londs[1]?.level ?? 1), 9);
  });
  it("never mistakes NaN for a discovery", () => {
    expect(lordPlusPlus(ONLINE_START, Number.NaN).decision).toBe("no-discovery");
    expect(eLond(ONLINE_START, Number.NaN).decision).toBe("no-discovery");
  });
});

describe("persistence", () => {
  const rule = { alarms: 2, windows: 3 };
  it("needs k alarms among the last n windows", () => {
    expect(persistenceOf(["alarm", "quiet", "quiet", "alarm"], rule).kind).toBe("not-persistent");
    expect(persistenceOf(["alarm", "quiet", "alarm"], rule)).toEqual({ kind: "persistent", alarms: 2, known: 3 });
    expect(persistenceOf([], rule).kind).toBe("not-persistent");
  });
  it("is undecided, not healthy, when unknown windows could have met the rule", () => {
    expect(persistenceOf(["alarm", "unknown", "quiet"], rule)).toEqual({ kind: "undecided", alarms: 1, known: 2 });
    expect(persistenceOf(["quiet", "unknown", "quiet"], rule).kind).toBe("not-persistent");
  });
  it("states its own false-alarm rate", () => {
    expect(persistenceFalseAlarm(0.01, rule)).toBeCloseTo(3 * 0.01 ** 2 * 0.99 + 0.01 ** 3, 15);
  });
});
