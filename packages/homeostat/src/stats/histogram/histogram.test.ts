import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXoshiro } from "../random/xoshiro.ts";
import { groupCounts } from "./bin-groups.ts";
import { binOf } from "./bin-of.ts";
import { type Binning, binCountOf, newBinOf, nullBinOf } from "./binning.ts";
import { categoricalBinningOf } from "./categorical-binning.ts";
import { edgeCellsOf, edgesReached } from "./edge-cells.ts";
import { fittingReportGroups } from "./fitting-report-groups.ts";
import { emptyHistogram, histogramOf, mergeHistograms, rowsOf } from "./histogram.ts";
import { nextDouble } from "./next-double.ts";
import { numericBinningOf, numericBinningOfSummary, numericSummaryOf } from "./numeric-binning.ts";
import { poolRareBins } from "./pool-rare-bins.ts";
import { reportBinCount } from "./report-bin-count.ts";
import { reportGroups } from "./report-groups.ts";

const uniforms = (count: number, seed = 1): number[] => {
  const random = createXoshiro(seed);
  return Array.from({ length: count }, () => random.next());
};
const everyBin = (binning: Binning): number[] => Array.from({ length: binCountOf(binning) }, (_, bin) => bin);

describe("numericBinningOf", () => {
  it("cuts a continuous baseline into 64 bins of equal mass", () => {
    const values = uniforms(6400);
    const binning = numericBinningOf(values);
    expect(binning.edges).toHaveLength(63);
    expect(histogramOf(binning, values).counts).toEqual([...Array.from({ length: 64 }, () => 100), 0]);
  });
  it("gives every heavy value a bin of its own, so zero inflation and defaults do not swallow the rest", () => {
    const values = [
      ...Array.from({ length: 7000 }, () => 0),
      ...Array.from({ length: 500 }, () => -999),
      ...uniforms(2500),
    ];
    const binning = numericBinningOf(values);
    expect(binning.points).toEqual([-999, 0]);
    const { counts } = histogramOf(binning, values);
    expect(counts[binOf(binning, 0)]).toBe(7000);
    expect(counts[binOf(binning, -999)]).toBe(500);
    expect(binOf(binning, Number.MIN_VALUE)).not.toBe(binOf(binning, 0));
    expect(counts.filter((count) => count > 0 && count < 100)).toHaveLength(64);
  });
  it("leaves a constant baseline one point bin between two bins that have never been seen", () => {
    const binning = numericBinningOf(Array.from({ length: 50 }, () => 3));
    expect(binning).toEqual({ kind: "numeric", edges: [3, nextDouble(3)], points: [3] });
    expect(histogramOf(binning, [3, 3, 2, 4]).counts).toEqual([1, 2, 1, 0]);
  });
  it("makes few distinct values points, whatever their order, and tells -0 from nothing", () => {
    const binning = numericBinningOf([2, 1, 2, 3, 1, -0, 0, 2]);
    expect(binning.points).toEqual([0, 1, 2, 3]);
    expect(binOf(binning, -0)).toBe(binOf(binning, 0));
  });
  it("ignores what is not finite, and survives nothing at all", () => {
    expect(numericBinningOf([1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, 1]).points).toEqual([1]);
    expect(numericBinningOf([])).toEqual({ kind: "numeric", edges: [], points: [] });
    expect(histogramOf(numericBinningOf([]), [1, null]).counts).toEqual([1, 1]);
  });
  it("is the same from a store's summary as from the values, in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.double({ noNaN: true })), { maxLength: 300 }),
        (values) => {
          const binning = numericBinningOf(values);
          expect(numericBinningOfSummary(numericSummaryOf([...values].reverse()))).toEqual(binning);
          expect(binning.edges.every((edge, index) => index === 0 || edge > (binning.edges[index - 1] ?? 0))).toBe(
            true,
          );
          expect(rowsOf(histogramOf(binning, values))).toBe(values.length);
        },
      ),
    );
  });
});

describe("binOf", () => {
  const numeric: Binning = { kind: "numeric", edges: [0, 1, 2], points: [] };
  it("closes intervals on the left and leaves both ends open", () => {
    expect([-1e300, -1e-9, 0, 0.5, 1, 2, 1e300].map((x) => binOf(numeric, x))).toEqual([0, 0, 1, 1, 2, 3, 3]);
  });
  it("sends missing, non-finite and foreign values to the null bin", () => {
    for (const value of [null, undefined, Number.NaN, Number.NEGATIVE_INFINITY, "7"])
      expect(binOf(numeric, value)).toBe(4);
  });
  it("tells rare from new categories, unless the tail was too long to list", () => {
    const counts = Array.from({ length: 60 }, (_, n) => [`c${n}`, 100 - n] as const);
    const binning = categoricalBinningOf(counts);
    expect(binning.categories).toHaveLength(49);
    expect(binOf(binning, "c0")).toBe(0);
    expect(binOf(binning, "c55")).toBe(49);
    expect(binOf(binning, "fresh")).toBe(newBinOf(binning));
    expect(binOf(binning, null)).toBe(nullBinOf(binning));
    expect(binOf(categoricalBinningOf(counts, false), "fresh")).toBe(49);
    expect(binOf(categoricalBinningOf([["7", 3]]), 7)).toBe(0);
    expect(binOf(binning, "constructor")).toBe(newBinOf(binning));
  });
  it("orders categories by count, then by name, whatever the order of rows", () => {
    const counts: [string, number][] = [
      ["b", 2],
      ["a", 2],
      ["c", 5],
      ["gone", 0],
    ];
    expect(categoricalBinningOf(counts).categories).toEqual(["c", "a", "b"]);
    expect(categoricalBinningOf([...counts].reverse())).toEqual(categoricalBinningOf(counts));
  });
});

describe("histograms", () => {
  it("merge: the histogram of two sets of rows is the sum of theirs", () => {
    const binning = numericBinningOf(uniforms(500));
    const value = fc.oneof(fc.double({ min: -1, max: 2, noNaN: true }), fc.constantFrom(null, Number.NaN));
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (left, right) => {
        const merged = mergeHistograms(histogramOf(binning, left), histogramOf(binning, right));
        const whole = histogramOf(binning, [...left, ...right]);
        expect(merged.counts).toEqual(whole.counts);
        expect(merged.nonFinite).toBe(whole.nonFinite);
        merged.sums.forEach((sum, bin) => {
          expect(sum).toBeCloseTo(whole.sums[bin] ?? 0, 9);
        });
        expect(mergeHistograms(merged, emptyHistogram(binning))).toEqual(merged);
      }),
    );
  });
  it("count non-finite values apart, as a data-quality signal", () => {
    const binning = numericBinningOf([1, 2, 3]);
    expect(histogramOf(binning, [1, Number.NaN, Number.POSITIVE_INFINITY, null]).nonFinite).toBe(2);
  });
  it("refuse to merge across binnings", () => {
    expect(() =>
      mergeHistograms(emptyHistogram(numericBinningOf([1])), emptyHistogram(numericBinningOf([1, 2]))),
    ).toThrow(RangeError);
  });
});

describe("report bins", () => {
  it("shrink with the smaller sample, between 2 and 10", () => {
    expect(
      [
        [3, 9],
        [10, 1000],
        [35, 1000],
        [50, 1000],
        [1000, 12],
        [1e6, 1e6],
      ].map(([n, m]) => reportBinCount(n!, m!)),
    ).toEqual([2, 2, 7, 10, 2, 10]);
    expect(reportBinCount(Number.NaN, 100)).toBe(2);
  });
  it("unite 64 fine bins into ten of nearly equal baseline mass, the null bin apart", () => {
    const values = uniforms(64_000);
    const binning = numericBinningOf(values);
    const baseline = histogramOf(binning, values).counts;
    const groups = reportGroups(binning, baseline, 10);
    const masses = groupCounts(baseline, groups);
    expect(groups).toHaveLength(11);
    expect(groups.at(-1)).toEqual([nullBinOf(binning)]);
    expect(Math.max(...masses.slice(0, 10))).toBeLessThanOrEqual(7000);
    expect(Math.min(...masses.slice(0, 10))).toBeGreaterThanOrEqual(6000);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(everyBin(binning));
  });
  it("leave heavy values alone and never lose a bin", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 10 }),
        (values, bins) => {
          const binning = numericBinningOf(values);
          const groups = reportGroups(binning, histogramOf(binning, values).counts, bins);
          expect(groups.flat().sort((a, b) => a - b)).toEqual(everyBin(binning));
        },
      ),
    );
    const zeros = [...Array.from({ length: 700 }, () => 0), ...uniforms(300)];
    const binning = numericBinningOf(zeros);
    const groups = reportGroups(binning, histogramOf(binning, zeros).counts, 10);
    expect(groups).toContainEqual([binOf(binning, 0)]);
    expect(reportGroups(binning, emptyHistogram(binning).counts, 10)).toHaveLength(binCountOf(binning));
  });
});

describe("fittingReportGroups", () => {
  it("uses as many bins as the window can fill with five rows each", () => {
    const values = uniforms(6400);
    const binning = numericBinningOf(values);
    const baseline = histogramOf(binning, values).counts;
    const sizes = [1e6, 1000, 55, 50, 25, 10].map((rows) => fittingReportGroups(binning, baseline, rows).length);
    expect(sizes).toEqual([10, 10, 10, 9, 4, 2]);
  });
  it("keeps the rest of a zero-inflated feature in bins that can be filled", () => {
    const values = [...Array.from({ length: 9000 }, () => 0), ...uniforms(1000)];
    const binning = numericBinningOf(values);
    const baseline = histogramOf(binning, values).counts;
    const masses = groupCounts(baseline, fittingReportGroups(binning, baseline, 100));
    expect(masses.filter((mass) => mass < 9000).length).toBeGreaterThanOrEqual(1);
    expect(Math.min(...masses)).toBeGreaterThanOrEqual(500);
  });
  it("covers every fine bin once for any baseline", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 120 }),
        fc.integer({ min: 0, max: 500 }),
        (values, rows) => {
          const binning = numericBinningOf(values);
          const groups = fittingReportGroups(binning, histogramOf(binning, values).counts, rows);
          expect(groups.flat().sort((a, b) => a - b)).toEqual(everyBin(binning));
        },
      ),
    );
  });
});

describe("poolRareBins", () => {
  it("pools the rare tail of a Zipf law and keeps what stands alone", () => {
    const zipf = Array.from({ length: 50 }, (_, rank) => Math.round(1e6 / (rank + 1) ** 1.2));
    expect([50, 200, 1000, 10_000].map((n) => poolRareBins(zipf, n).length)).toEqual([3, 8, 31, 50]);
  });
  it("never looks at the window: only its size matters", () => {
    expect(poolRareBins([500, 3, 300, 2, 195], 1000)).toEqual([[0], [2], [4], [3, 1]]);
  });
  it("lets a pool that is still too small take the smallest common bins", () => {
    expect(poolRareBins([900, 99, 1], 100)).toEqual([[0], [2, 1]]);
  });
  it("cuts the pool when nearly everything is rare, so the feature stays visible", () => {
    const groups = poolRareBins(
      Array.from({ length: 200 }, () => 50),
      500,
    );
    expect(groups.length).toBeGreaterThan(80);
    expect(groups.every((group) => group.length >= 2)).toBe(true);
  });
  it("covers every bin once, each group expecting five rows where there are enough", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 2000 }),
        (counts, rows) => {
          const groups = poolRareBins(counts, rows);
          expect(groups.flat().sort((a, b) => a - b)).toEqual(counts.map((_, bin) => bin));
          const total = counts.reduce((sum, count) => sum + count, 0);
          const scale = total > 0 ? Math.min(rows, total) / total : 0;
          if (total * scale < 5) return;
          for (const mass of groupCounts(counts, groups)) expect(mass * scale).toBeGreaterThanOrEqual(5 - 1e-9);
        },
      ),
    );
  });
});

describe("edgeCellsOf", () => {
  const aNumber = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -50, max: 50 }),
    fc.constantFrom(0, -0, 1e-300),
  );

  it("answers as a search does, at the edges and on both sides of them too", () => {
    fc.assert(
      fc.property(fc.uniqueArray(aNumber, { minLength: 1, maxLength: 63 }), fc.array(aNumber), (some, others) => {
        const edges = some
          .filter(Number.isFinite)
          .map((edge) => edge + 0)
          .sort((left, right) => left - right);
        const table = edgeCellsOf([...new Set(edges)]);
        if (table === undefined) return;
        const binning: Binning = { kind: "numeric", edges: [...new Set(edges)], points: [] };
        for (const x of [...edges, ...edges.map(nextDouble), ...edges.map((edge) => -nextDouble(-edge)), ...others])
          if (Number.isFinite(x)) expect(edgesReached(x, table)).toBe(binOf(binning, x));
      }),
    );
  });

  it("has a table for quantiles of the usual laws, with heavy values too", () => {
    const normal = uniforms(6_400).map((u, index) => u + uniforms(1, index + 2)[0]! + uniforms(1, index + 9_000)[0]!);
    expect(edgeCellsOf(numericBinningOf(normal).edges)?.layers.length).toBeLessThanOrEqual(4);
    const hours = numericBinningOf(uniforms(6_400).map((u) => Math.floor(24 * u)));
    expect(edgeCellsOf(hours.edges)?.cells).toBe(256);
  });

  it("has none for few edges, nor where all but one lie close together", () => {
    expect(edgeCellsOf([1, 2])).toBeUndefined();
    expect(edgeCellsOf([...Array.from({ length: 9 }, (_, index) => index), 1e12])).toBeUndefined();
  });
});
