import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histogramOf } from "../histogram/histogram.ts";
import { numericBinningOf } from "../histogram/numeric-binning.ts";
import { createMinstd } from "../random/minstd.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { areaUnderCurve, domainAuc } from "./area-under-curve.ts";
import { chiSquare, gTest } from "./chi-square.ts";
import { cramersV } from "./cramers-v.ts";
import { energy, energyOfAtoms } from "./energy.ts";
import type { DistanceEvidence, InsufficientEvidence } from "./evidence.ts";
import { hellinger, hellingerOfShares } from "./hellinger.ts";
import { jensenShannon, jensenShannonOfShares } from "./jensen-shannon.ts";
import { featureBlockOf, fourierFeatures, kernelMeanDistance } from "./kernel-mean-distance.ts";
import { energyOfPoints, maximumMeanDiscrepancy, medianHeuristic } from "./kernel-two-sample.ts";
import {
  kolmogorovSmirnov,
  kolmogorovSmirnovExactTail,
  kolmogorovSmirnovOfAtoms,
  kolmogorovSmirnovOfBins,
  kolmogorovSmirnovTail,
} from "./kolmogorov-smirnov.ts";
import { kullbackLeibler, kullbackLeiblerOfShares } from "./kullback-leibler.ts";
import { largestDifference, totalVariation } from "./largest-difference.ts";
import { orderedAtomsOf } from "./ordered-atoms.ts";
import { psi } from "./psi.ts";
import { wasserstein, wassersteinOfAtoms, wassersteinOfBins } from "./wasserstein.ts";

interface Table {
  readonly n: number[];
  readonly m: number[];
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly totalVariation: number;
  readonly largest: number;
  readonly chiSquare: number;
  readonly chiSquareP: number;
  readonly g: number;
  readonly gP: number;
  readonly cramersV: number;
}
interface Sample {
  readonly x: number[];
  readonly y: number[];
  readonly ks: number;
  readonly ksExactP: number;
  readonly wasserstein: number;
  readonly energy: number;
  readonly auc: number;
  readonly aucP: number;
}
const golden = JSON.parse(readFileSync(new URL("../golden/distance.json", import.meta.url), "utf8")) as {
  tables: Table[];
  samples: Sample[];
};

function measured<Evidence extends { readonly kind: "measured" }>(evidence: Evidence | InsufficientEvidence): Evidence {
  if (evidence.kind === "insufficient") throw new Error(`refused: ${evidence.reason}`);
  return evidence;
}
const relative = (have: number, want: number): number => Math.abs(have - want) / Math.max(1e-12, Math.abs(want));

const P = [0.2, 0.15, 0.12, 0.11, 0.1, 0.09, 0.08, 0.07, 0.05, 0.03];
const Q = P.map(() => 0.1);
const BINNED: readonly [
  string,
  (n: readonly number[], m: readonly number[]) => DistanceEvidence | InsufficientEvidence,
][] = [
  ["psi", psi],
  ["jensen-shannon", jensenShannon],
  ["hellinger", hellinger],
  ["kullback-leibler", kullbackLeibler],
  ["chi-square", chiSquare],
  ["g-test", gTest],
  ["cramers-v", cramersV],
  ["l-infinity", largestDifference],
  ["total-variation", totalVariation],
];

describe("distances of counts", () => {
  it("reproduces the reference page", () => {
    expect(jensenShannonOfShares(P, Q)).toBeCloseTo(0.20024465256006746, 14);
    expect(hellingerOfShares(P, Q)).toBeCloseTo(0.16798444832144827, 14);
    expect(kullbackLeiblerOfShares(P, Q)).toBeCloseTo(0.10873418917413619, 14);
    expect(kullbackLeiblerOfShares(Q, P)).toBeCloseTo(0.12060549705302606, 14);
    const n = P.map((share) => Math.round(1000 * share));
    const m = P.map(() => 1000);
    expect(measured(totalVariation(n, m)).value).toBeCloseTo(0.18, 14);
    expect(measured(largestDifference(n, m))).toMatchObject({ bin: 0, value: expect.closeTo(0.1, 14) });
    expect(measured(chiSquare(n, m)).value).toBeCloseTo(193.9594824335851, 10);
    expect(measured(gTest(n, m)).value).toBeCloseTo(197.80703383115826, 10);
    expect(measured(cramersV(n, m)).uncorrected).toBeCloseTo(0.13278810270967428, 14);
  });

  it.each(golden.tables.map((table) => [JSON.stringify([table.n, table.m]).slice(0, 60), table] as const))(
    "agrees with scipy and 40-digit arithmetic on %s",
    (_, table) => {
      const { n, m } = table;
      const digits = 1e-9;
      expect(relative(measured(jensenShannon(n, m)).value, table.jensenShannon)).toBeLessThan(digits);
      expect(relative(measured(hellinger(n, m)).value, table.hellinger)).toBeLessThan(digits);
      expect(relative(measured(totalVariation(n, m)).value, table.totalVariation)).toBeLessThan(1e-11);
      expect(relative(measured(largestDifference(n, m)).value, table.largest)).toBeLessThan(1e-11);
      expect(relative(measured(chiSquare(n, m)).value, table.chiSquare)).toBeLessThan(1e-11);
      expect(relative(measured(gTest(n, m)).value, table.g)).toBeLessThan(digits);
      expect(relative(measured(cramersV(n, m)).uncorrected, table.cramersV)).toBeLessThan(1e-11);
      const large = measured(chiSquare(n, m));
      if (large.law === "chi-squared") expect(relative(large.pValue ?? 2, table.chiSquareP)).toBeLessThan(1e-9);
    },
  );

  it.each(BINNED)(
    "%s names its variant and carries sizes, chance, p-value and smallest visible shift",
    (_, distance) => {
      const evidence = measured(distance([30, 20, 10, 15], [300, 250, 150, 140]));
      expect(evidence.variant).toMatch(/^[a-z-]+\/[a-z0-9-]+$/);
      expect(evidence).toMatchObject({ windowRows: 75, baselineRows: 840, bins: 4 });
      expect(evidence.expectedByChance).toBeGreaterThanOrEqual(0);
      expect(evidence.minimumDetectable ?? 0).toBeGreaterThan(evidence.expectedByChance);
      expect(evidence.pValue ?? 0).toBeGreaterThan(0.05);
    },
  );

  it.each(BINNED)("%s refuses small, single-bin and invalid counts", (_, distance) => {
    expect(distance([3, 4], [100, 100]).kind).toBe("insufficient");
    expect(distance([30], [100])).toMatchObject({ kind: "insufficient", reason: "bins" });
    expect(distance([30, Number.POSITIVE_INFINITY], [100, 100])).toMatchObject({ reason: "invalid-counts" });
  });

  it.each(BINNED)(
    "%s is 0 and certain of nothing for proportional counts, larger for a larger shift",
    (_, distance) => {
      const m = [1000, 1000, 1000, 1000];
      const none = measured(distance([100, 100, 100, 100], m));
      const some = measured(distance([130, 100, 90, 80], m));
      const much = measured(distance([220, 100, 50, 30], m));
      expect(none.value).toBeLessThan(1e-7);
      expect(none.pValue).toBeGreaterThan(0.99);
      expect(some.value).toBeGreaterThan(none.value);
      expect(much.value).toBeGreaterThan(some.value);
      expect(much.pValue ?? 1).toBeLessThan(some.pValue ?? 0);
    },
  );

  it("keeps bounds, symmetry and permutation invariance for any counts", () => {
    const row = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 6, maxLength: 6 });
    const usable = row.filter((counts) => counts.reduce((sum, count) => sum + count, 0) >= 10);
    fc.assert(
      fc.property(usable, usable, (n, m) => {
        const order = [3, 1, 5, 0, 4, 2];
        const permuted = (counts: number[]): number[] => order.map((bin) => counts[bin] ?? 0);
        for (const [name, distance] of BINNED) {
          const forward = distance(n, m);
          if (forward.kind === "insufficient") return;
          const shuffled = measured(distance(permuted(n), permuted(m)));
          expect(shuffled.value).toBeCloseTo(forward.value, 9);
          expect(forward.pValue).toBeGreaterThanOrEqual(0);
          expect(forward.pValue).toBeLessThanOrEqual(1);
          if (["jensen-shannon", "hellinger", "cramers-v", "l-infinity", "total-variation"].includes(name)) {
            expect(forward.value).toBeGreaterThanOrEqual(0);
            expect(forward.value).toBeLessThanOrEqual(1 + 1e-12);
          }
          if (name !== "kullback-leibler") expect(measured(distance(m, n)).value).toBeCloseTo(forward.value, 9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("does not change when proportional bins are merged, and does not grow when any bins are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 4, maxLength: 4 }), (n) => {
        const m = [50, 80, 20, 90];
        for (const of of [jensenShannonOfShares, hellingerOfShares, kullbackLeiblerOfShares]) {
          const shares = (counts: readonly number[]): number[] =>
            counts.map((count) => count / counts.reduce((a, b) => a + b));
          const merged = of(shares([n[0]! + n[1]!, n[2]!, n[3]!]), shares([130, 20, 90]));
          expect(merged).toBeLessThanOrEqual(of(shares(n), shares(m)) + 1e-12);
          expect(of(shares([...n, ...n]), shares([...m, ...m]))).toBeCloseTo(of(shares(n), shares(m)), 10);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("distances of values", () => {
  it.each(golden.samples.map((sample, index) => [index, sample] as const))(
    "agrees with scipy on sample %d",
    (_, sample) => {
      const atoms = orderedAtomsOf(sample.x, sample.y);
      expect(kolmogorovSmirnovOfAtoms(atoms)).toBeCloseTo(sample.ks, 12);
      expect(relative(wassersteinOfAtoms(atoms), sample.wasserstein)).toBeLessThan(1e-10);
      expect(relative(energyOfAtoms(atoms), sample.energy)).toBeLessThan(1e-8);
      expect(areaUnderCurve(sample.x, sample.y)).toBeCloseTo(sample.auc, 12);
      const auc = domainAuc(sample.x, sample.y);
      if (auc.kind === "measured") expect(relative(auc.pValue ?? 2, sample.aucP)).toBeLessThan(1e-8);
      const exact = kolmogorovSmirnovExactTail(sample.ks, sample.x.length, sample.y.length);
      expect(relative(exact, sample.ksExactP)).toBeLessThan(1e-8);
    },
  );

  it("reproduces the reference page", () => {
    const x = [0.1, 0.4, 0.5, 0.7, 0.9, 1.2, 1.5, 2];
    const y = [0, 0.2, 0.3, 0.6, 0.8, 1, 1.1, 1.3, 1.4, 1.6];
    expect(kolmogorovSmirnovTail(0.175, x.length, y.length)).toBeCloseTo(0.9972858826, 9);
    expect(kolmogorovSmirnovTail(0.06, 1000, 1000)).toBeCloseTo(0.05248612113537939, 14);
    expect(wassersteinOfAtoms(orderedAtomsOf(x, y))).toBeCloseTo(0.1625, 12);
    expect(energyOfAtoms(orderedAtomsOf(x, y))).toBeCloseTo(0.18874586088, 10);
    expect(areaUnderCurve([0.3, 0.6, 0.9], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(2 / 3, 10);
    const X = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    const Y = [
      [2, 2],
      [3, 2],
      [2, 3],
    ];
    expect(medianHeuristic([...X, ...Y])).toBeCloseTo(0.2, 12);
    expect(measured(maximumMeanDiscrepancy(X, Y, 0.2)).value).toBeCloseTo(1.010730186859857, 12);
  });

  it("leaves non-finite values out and refuses when too few are left", () => {
    const few = [1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY, 4, 5, 6, 7, 8, 9];
    const many = Array.from({ length: 40 }, (_, n) => n / 10);
    for (const distance of [kolmogorovSmirnov, wasserstein, energy, domainAuc]) {
      expect(distance(few, many)).toMatchObject({ kind: "insufficient", reason: "window-rows", have: 9, need: 10 });
      expect(distance(many, [])).toMatchObject({ kind: "insufficient", reason: "baseline-rows", have: 0 });
      expect(distance([...few, 10], many).kind).toBe("measured");
    }
  });

  it("is zero between constants and the whole gap between two constants", () => {
    const ones = Array.from({ length: 12 }, () => 1);
    const threes = ones.map(() => 3);
    expect(measured(wasserstein(ones, ones)).value).toBe(0);
    expect(measured(wasserstein(ones, threes)).value).toBe(2);
    expect(measured(energy(ones, threes)).value).toBe(2);
    expect(measured(kolmogorovSmirnov(ones, threes)).value).toBe(1);
    expect(measured(domainAuc(ones, ones))).toMatchObject({ value: 0.5, pValue: 1 });
  });

  it("scales and shifts: distances in units follow the units, ranks do not care", () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(values, values, fc.integer({ min: 1, max: 50 }), fc.integer({ min: -99, max: 99 }), (x, y, a, b) => {
        const moved = (list: number[]): number[] => list.map((value) => a * value + b);
        const before = orderedAtomsOf(x, y);
        const after = orderedAtomsOf(moved(x), moved(y));
        expect(wassersteinOfAtoms(after)).toBeCloseTo(a * wassersteinOfAtoms(before), 6);
        expect(kolmogorovSmirnovOfAtoms(after)).toBe(kolmogorovSmirnovOfAtoms(before));
        expect(areaUnderCurve(moved(x), moved(y))).toBe(areaUnderCurve(x, y));
        expect(areaUnderCurve(x, y) + areaUnderCurve(y, x)).toBeCloseTo(1, 12);
        const gap = x.reduce((s, v) => s + v, 0) / x.length - y.reduce((s, v) => s + v, 0) / y.length;
        expect(wassersteinOfAtoms(before)).toBeGreaterThanOrEqual(Math.abs(gap) - 1e-9);
      }),
      { numRuns: 150 },
    );
  });

  it("from bins is close to, and for KS never above, the distance of the values", () => {
    const random = createXoshiro(11);
    const baseline = normalPairs(random, 20_000).map((z) => Math.exp(z));
    const window = normalPairs(random, 3000).map((z) => Math.exp(0.1 + z));
    const binning = numericBinningOf(baseline);
    const finite = (values: readonly number[]) => {
      const { counts, sums } = histogramOf(binning, values);
      return { counts: counts.slice(0, -1), sums: sums.slice(0, -1) };
    };
    const [n, m] = [finite(window), finite(baseline)];
    const exact = orderedAtomsOf(window, baseline);
    const ks = measured(kolmogorovSmirnovOfBins(n.counts, m.counts)).value;
    expect(ks).toBeLessThanOrEqual(kolmogorovSmirnovOfAtoms(exact) + 1e-12);
    expect(ks).toBeGreaterThan(kolmogorovSmirnovOfAtoms(exact) - 1 / 64);
    expect(relative(measured(wassersteinOfBins(n, m)).value, wassersteinOfAtoms(exact))).toBeLessThan(0.05);
  });

  it("expects by chance what healthy windows show", () => {
    const random = createXoshiro(21);
    const means = { wasserstein: 0, energy: 0, ks: 0, expected: [0, 0, 0] };
    for (let n = 0; n < 150; n++) {
      const x = normalPairs(random, 120);
      const y = normalPairs(random, 400);
      for (const [index, distance] of [wasserstein, energy, kolmogorovSmirnov].entries()) {
        const evidence = measured(distance(x, y));
        means.expected[index]! += evidence.expectedByChance / 150;
        const key = (["wasserstein", "energy", "ks"] as const)[index] ?? "ks";
        means[key] += evidence.value / 150;
      }
    }
    expect(relative(means.wasserstein, means.expected[0]!)).toBeLessThan(0.1);
    expect(relative(means.energy, means.expected[1]!)).toBeLessThan(0.15);
    expect(relative(means.ks, means.expected[2]!)).toBeLessThan(0.1);
  });
});

describe("distances judged by relabelling", () => {
  const random = createXoshiro(77);
  const x = normalPairs(random, 60);
  const y = normalPairs(random, 200);
  const moved = x.map((value) => value + 1.2);

  it("says none, not a number, when no generator is given", () => {
    expect(measured(wasserstein(x, y))).toMatchObject({ pValue: null, law: "none", minimumDetectable: null });
  });

  it("repeats itself for the same seed, and finds a shift that is there", () => {
    for (const distance of [wasserstein, energy]) {
      const run = (values: readonly number[]) =>
        measured(distance(values, y, { resampling: { random: createXoshiro(5), resamples: 300 } }));
      expect(run(x)).toEqual(run(x));
      expect(run(x).pValue ?? 0).toBeGreaterThan(0.01);
      expect(run(moved)).toMatchObject({ pValue: 1 / 301, law: "permutation" });
      expect(run(moved).value).toBeGreaterThan(run(moved).minimumDetectable ?? Number.POSITIVE_INFINITY);
    }
  });

  it("works for embeddings by rows and by blocks", () => {
    const points = (count: number, shift: number) =>
      Array.from({ length: count }, () => normalPairs(random, 4).map((z) => z + shift));
    const baseline = points(60, 0);
    const gamma = medianHeuristic(baseline);
    const resampling = { random: createXoshiro(6), resamples: 99 };
    expect(
      measured(maximumMeanDiscrepancy(points(30, 0), baseline, gamma, { resampling })).pValue ?? 0,
    ).toBeGreaterThan(0.02);
    expect(measured(maximumMeanDiscrepancy(points(30, 0.8), baseline, gamma, { resampling })).pValue).toBe(0.01);
    expect(measured(energyOfPoints(points(30, 0.8), baseline, { resampling })).pValue).toBe(0.01);
    expect(measured(energyOfPoints(baseline, baseline)).value).toBeCloseTo(0, 12);
    const features = fourierFeatures(createMinstd(3), 4, gamma, 128);
    const blocks = (count: number, shift: number) =>
      Array.from({ length: count }, () => featureBlockOf(features, points(12, shift)));
    const same = measured(kernelMeanDistance(blocks(8, 0), blocks(12, 0), { resampling }));
    const other = measured(kernelMeanDistance(blocks(8, 0.8), blocks(12, 0), { resampling }));
    expect(Math.abs(same.value)).toBeLessThan(0.03);
    expect(other.value).toBeGreaterThan(0.1);
    expect(other.pValue).toBe(0.01);
    const exact = measured(maximumMeanDiscrepancy(points(200, 0.8), points(200, 0), gamma)).value;
    expect(relative(other.value, exact)).toBeLessThan(0.35);
    expect(kernelMeanDistance(blocks(3, 0), blocks(9, 0))).toMatchObject({ kind: "insufficient", have: 3, need: 4 });
    expect(maximumMeanDiscrepancy([[1]], [[1]], 1)).toMatchObject({ kind: "insufficient" });
  });
});
