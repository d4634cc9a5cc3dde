import { describe, expect, it } from "vitest";
import { chiSquaredSurvival } from "../special/chi-squared-survival.ts";
import { logBinomialProbability } from "../special/log-binomial-probability.ts";
import { momentsOf, varianceOf } from "../sum/moments.ts";
import { binomialSampler } from "./binomial-sampler.ts";
import { createMinstd } from "./minstd.ts";
import { normalPairs } from "./normal-pairs.ts";
import { sampleBinomial } from "./sample-binomial.ts";
import { sampleDirichlet } from "./sample-dirichlet.ts";
import { sampleGamma } from "./sample-gamma.ts";
import { sampleHypergeometric } from "./sample-hypergeometric.ts";
import { sampleMultinomial } from "./sample-multinomial.ts";
import { sampleMultivariateHypergeometric } from "./sample-multivariate-hypergeometric.ts";
import { samplePoisson } from "./sample-poisson.ts";
import { shuffle } from "./shuffle.ts";
import { createXoshiro } from "./xoshiro.ts";

const many = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);

/** A mean within 4.5 standard errors and a variance within 8 %: fails for a wrong sampler, not by luck at fixed seeds. */
function expectLaw(values: readonly number[], mean: number, variance: number): void {
  const moments = momentsOf(values);
  expect(Math.abs(moments.mean - mean)).toBeLessThan(4.5 * Math.sqrt(variance / values.length));
  expect(varianceOf(moments) / variance).toBeGreaterThan(0.92);
  expect(varianceOf(moments) / variance).toBeLessThan(1.08);
}

describe("minstd", () => {
  it("reproduces the shared fixture in every language", () => {
    const one = createMinstd(1);
    expect([one.next(), one.next(), one.next()]).toEqual([0.4174859744578069, 0.6867727123604961, 0.5889766428568292]);
    const seven = createMinstd(7);
    expect([seven.next(), seven.next(), seven.next()]).toEqual([
      0.9224018212046483, 0.8074089865234723, 0.12283649999780417,
    ]);
    const normals = normalPairs(createMinstd(42), 4);
    [0.62604677, -0.92803333, 0.68848106, 0.36915721].forEach((value, index) => {
      expect(normals[index]).toBeCloseTo(value, 8);
    });
  });
  it("accepts any seed, and never sticks at zero", () => {
    expect(createMinstd(0).next()).toBe(createMinstd(1).next());
    expect(createMinstd(2_147_483_647).next()).toBe(createMinstd(1).next());
  });
});

describe("xoshiro", () => {
  it("repeats itself for equal seeds and differs for neighbouring ones", () => {
    const [a, b, c] = [createXoshiro(5), createXoshiro(5), createXoshiro(6)];
    const draws = many(8, a.next);
    expect(many(8, b.next)).toEqual(draws);
    expect(many(8, c.next)).not.toEqual(draws);
  });
  it("is uniform in each of 1000 cells and uncorrelated with its neighbour", () => {
    const random = createXoshiro(2024);
    const cells = new Float64Array(1000);
    let product = 0;
    let before = 0.5;
    for (let n = 0; n < 200_000; n++) {
      const u = random.next();
      cells[Math.floor(u * 1000)]! += 1;
      product += (u - 0.5) * (before - 0.5);
      before = u;
    }
    const statistic = cells.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(chiSquaredSurvival(statistic, 999)).toBeGreaterThan(1e-4);
    expect(chiSquaredSurvival(statistic, 999)).toBeLessThan(1 - 1e-4);
    expect(Math.abs(product / 200_000) * 12 * Math.sqrt(200_000)).toBeLessThan(4);
  });
});

describe("samplers", () => {
  it.each([
    [5, 0.3],
    [1, 0.5],
    [1000, 0.002],
    [1000, 0.7],
    [200_000, 0.31],
  ])("binomial(%d, %d) has its mean and variance", (n, p) => {
    const random = createXoshiro(n);
    expectLaw(
      many(20_000, () => sampleBinomial(random, n, p)),
      n * p,
      n * p * (1 - p),
    );
  });
  it.each([
    [1, 0.5],
    [5, 0.3],
    [100, 0.02],
    [8000, 0.1],
  ])("a table of binomial(%d, %d) draws every count as often as its probability says", (n, p) => {
    const random = createXoshiro(3 * n);
    const draw = binomialSampler(n, p);
    const draws = 50_000;
    const counts = new Float64Array(n + 1);
    for (let i = 0; i < draws; i++) counts[draw(random)]! += 1;
    let statistic = 0;
    let df = -1;
    let rest = draws;
    let restSeen = draws;
    counts.forEach((seen, k) => {
      const expected = draws * Math.exp(logBinomialProbability(k, n, p, 1 - p));
      if (expected < 10) return;
      statistic += (seen - expected) ** 2 / expected;
      df += 1;
      rest -= expected;
      restSeen -= seen;
    });
    if (rest > 5) {
      statistic += (restSeen - rest) ** 2 / rest;
      df += 1;
    }
    expect(chiSquaredSurvival(statistic, df)).toBeGreaterThan(1e-4);
  });
  it("a table of binomial draws knows its ends, and refuses what is no binomial", () => {
    const random = createXoshiro(4);
    expect([binomialSampler(7, 0)(random), binomialSampler(7, 1)(random), binomialSampler(0, 0.4)(random)]).toEqual([
      0, 7, 0,
    ]);
    expect(binomialSampler(3, 0.5)({ next: () => 1 - 2 ** -53 })).toBe(3);
    expect(binomialSampler(3, 0.5)({ next: () => 0 })).toBe(0);
    expect(() => binomialSampler(-1, 0.5)).toThrow(RangeError);
    expect(() => binomialSampler(2, Number.NaN)).toThrow(RangeError);
  });
  it.each([0.3, 7, 29, 31, 500])("poisson(%d) has its mean and variance", (mean) => {
    const random = createXoshiro(mean * 10);
    expectLaw(
      many(20_000, () => samplePoisson(random, mean)),
      mean,
      mean,
    );
  });
  it.each([0.2, 1, 4.5, 90])("gamma(%d) has its mean and variance", (shape) => {
    const random = createXoshiro(shape * 10);
    expectLaw(
      many(40_000, () => sampleGamma(random, shape)),
      shape,
      shape,
    );
  });
  it("multinomial counts sum to n, follow the shares and skip zero shares", () => {
    const random = createXoshiro(3);
    const counts = many(5000, () => 0).map(() => sampleMultinomial(random, 300, [2, 0, 1, 1, 0]));
    expect(
      counts.every((row) => row.reduce((sum, count) => sum + count, 0) === 300 && row[1] === 0 && row[4] === 0),
    ).toBe(true);
    expectLaw(
      counts.map((row) => row[2] ?? 0),
      75,
      300 * 0.25 * 0.75,
    );
  });
  it("dirichlet shares sum to one and follow the weights", () => {
    const random = createXoshiro(4);
    const rows = many(10_000, () => 0).map(() => sampleDirichlet(random, [1, 3, 0]));
    expect(rows.every((row) => Math.abs(row.reduce((sum, share) => sum + share, 0) - 1) < 1e-12 && row[2] === 0)).toBe(
      true,
    );
    expectLaw(
      rows.map((row) => row[0] ?? 0),
      0.25,
      (0.25 * 0.75) / 5,
    );
    expect(sampleDirichlet(random, [1e-9, 1e-9]).reduce((sum, share) => sum + share, 0)).toBe(1);
  });
  it.each([
    [50, 20, 10],
    [11_000, 1000, 1000],
    [100, 99, 3],
    [10, 0, 5],
  ])("hypergeometric(total %d, marked %d, drawn %d) has its mean and variance", (total, marked, drawn) => {
    const random = createXoshiro(total + drawn);
    const share = marked / total;
    const draws = many(20_000, () => sampleHypergeometric(random, { total, marked, drawn }));
    const variance = (drawn * share * (1 - share) * (total - drawn)) / (total - 1);
    if (variance > 0) expectLaw(draws, drawn * share, variance);
    else expect(draws.every((draw) => draw === drawn * share)).toBe(true);
  });
  it("a random relabelling keeps the window size and never takes more than a bin holds", () => {
    const random = createXoshiro(14);
    const pooled = [5, 0, 40, 3];
    for (let n = 0; n < 500; n++) {
      const window = sampleMultivariateHypergeometric(random, pooled, 12);
      expect(window.reduce((sum, count) => sum + count, 0)).toBe(12);
      expect(window.every((count, bin) => count >= 0 && count <= (pooled[bin] ?? 0))).toBe(true);
    }
  });
  it("shuffles every element to every place equally often", () => {
    const random = createXoshiro(9);
    const places = new Float64Array(16);
    for (let n = 0; n < 8000; n++)
      shuffle(random, [0, 1, 2, 3]).forEach((value, place) => {
        places[value * 4 + place]! += 1;
      });
    const statistic = places.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquaredSurvival(statistic, 9)).toBeGreaterThan(1e-4);
    expect(shuffle(random, [])).toEqual([]);
  });
});
