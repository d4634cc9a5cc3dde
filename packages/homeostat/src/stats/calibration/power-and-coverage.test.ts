import { appendFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { jensenShannon } from "../distance/jensen-shannon.ts";
import { psi, psiTest } from "../distance/psi.ts";
import { sampleBinomial } from "../random/sample-binomial.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { chiSquaredUpperQuantile } from "../special/chi-squared-quantile.ts";
import { clopperPearson } from "../special/clopper-pearson.ts";
import { noncentralChiSquaredSurvival } from "../special/noncentral-chi-squared-survival.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { solveIncreasing } from "../special/solve-increasing.ts";
import { equalShares } from "./healthy-window.ts";
import { markdownTable } from "./markdown-table.ts";
import { rateOf } from "./rate.ts";

const long = Boolean(process.env.HOMEOSTAT_TEST_LONG);
const timeout = 600_000;
const tables = new Map<string, string[][]>();
function record(table: string, ...cells: (string | number)[]): void {
  const rows = tables.get(table) ?? [];
  rows.push(cells.map(String));
  tables.set(table, rows);
}
afterAll(() => {
  const path = process.env.HOMEOSTAT_CALIBRATION_OUT;
  const headers: Record<string, string[]> = {
    "Power of the PSI test at .01, ten bins, M = 10 000": [
      "true PSI",
      "N",
      "power predicted",
      "power found",
      "P(lower95 ≥ .10)",
      "mean debiased PSI",
    ],
    "Coverage of the 90 % interval of PSI": ["true PSI", "N", "coverage", "true PSI below lower95"],
    "Smallest visible shift": ["N", "stated PSI", "found with it"],
  };
  if (path) for (const [title, rows] of tables) appendFileSync(path, markdownTable(title, headers[title] ?? [], rows));
});

/** Shares of ten baseline deciles after the mean of a normal feature moved by `shift` standard deviations. */
function shiftedDeciles(shift: number): number[] {
  const edges = Array.from({ length: 11 }, (_, k) => (k === 0 ? -40 : k === 10 ? 40 : normalQuantile(k / 10)));
  return edges.slice(1).map((edge, bin) => normalSurvival((edges[bin] ?? 0) - shift) - normalSurvival(edge - shift));
}
const truePsi = (shares: readonly number[]): number =>
  shares.reduce((sum, share) => sum + (share - 0.1) * Math.log(share / 0.1), 0);
/** The shift of the mean that makes a PSI of this size. */
function sharesOfPsi(target: number): number[] {
  return shiftedDeciles(solveIncreasing((shift) => truePsi(shiftedDeciles(Math.max(0, shift))) - target, 0.3, 0.1));
}

const M = 10_000;
const cells = [
  [0.02, 200],
  [0.05, 200],
  [0.1, 200],
  [0.1, 50],
  [0.25, 50],
  [0.25, 200],
  [0.05, 1000],
  [0.5, 1000],
] as const;

describe("power and intervals of PSI", () => {
  it.each(cells)(
    "true PSI %d at %d rows: found as often as predicted, and covered nine times in ten",
    (size, n) => {
      const random = createXoshiro(Math.round(size * 1000) + n);
      const shares = sharesOfPsi(size);
      expect(truePsi(shares)).toBeCloseTo(size, 9);
      const replicates = long ? 20_000 : 1200;
      const tally = { found: 0, confirmed: 0, covered: 0, over: 0, debiased: 0 };
      for (let index = 0; index < replicates; index++) {
        const evidence = psi(sampleMultinomial(random, n, shares), sampleMultinomial(random, M, equalShares(10)));
        if (evidence.kind === "insufficient") continue;
        if ((evidence.pValue ?? 1) <= 0.01) tally.found += 1;
        if (evidence.lower95 >= 0.1) tally.confirmed += 1;
        if (evidence.lower95 > size) tally.over += 1;
        if (evidence.lower95 <= size && size <= evidence.upper95) tally.covered += 1;
        tally.debiased += evidence.debiased / replicates;
      }
      const noise = 1 / n + 1 / M;
      const predicted = noncentralChiSquaredSurvival(chiSquaredUpperQuantile(0.01, 9), 9, size / noise);
      const share = (count: number): number => count / replicates;
      record(
        "Power of the PSI test at .01, ten bins, M = 10 000",
        size,
        n,
        predicted.toFixed(3),
        share(tally.found).toFixed(3),
        share(tally.confirmed).toFixed(3),
        tally.debiased.toFixed(4),
      );
      record(
        "Coverage of the 90 % interval of PSI",
        size,
        n,
        share(tally.covered).toFixed(3),
        share(tally.over).toFixed(3),
      );
      expect(Math.abs(share(tally.found) - predicted)).toBeLessThan(0.1);
      expect(share(tally.covered)).toBeGreaterThan(0.84);
      expect(share(tally.covered)).toBeLessThan(0.95);
      expect(share(tally.over)).toBeLessThan(0.085);
      expect(Math.abs(tally.debiased - size)).toBeLessThan(0.22 * size + 3 * noise);
    },
    timeout,
  );

  it.each([50, 200, 1000, 10_000])(
    "the smallest visible shift stated at %d rows is found nine times in ten",
    (n) => {
      const random = createXoshiro(n);
      const stated = psi(
        sampleMultinomial(random, n, equalShares(10)),
        equalShares(10).map(() => M / 10),
      );
      if (stated.kind === "insufficient" || stated.minimumDetectable === null) throw new Error("refused");
      const shares = sharesOfPsi(stated.minimumDetectable);
      const { rate } = rateOf(long ? 20_000 : 1500, () => {
        const test = psiTest(sampleMultinomial(random, n, shares), sampleMultinomial(random, M, equalShares(10)));
        return test.kind === "tested" && test.pValue <= 0.01;
      });
      record("Smallest visible shift", n, stated.minimumDetectable.toFixed(4), rate.toFixed(3));
      expect(rate).toBeGreaterThan(0.83);
      expect(rate).toBeLessThan(0.95);
    },
    timeout,
  );

  it("the value expected by chance is the mean over healthy windows, for PSI and Jensen–Shannon", () => {
    const random = createXoshiro(99);
    const mean = { psi: 0, square: 0 };
    let [chance, chanceSquare] = [0, 0];
    for (let index = 0; index < 1500; index++) {
      const window = sampleMultinomial(random, 500, equalShares(10));
      const baseline = sampleMultinomial(random, 5000, equalShares(10));
      const [p, js] = [psi(window, baseline), jensenShannon(window, baseline)];
      if (p.kind === "insufficient" || js.kind === "insufficient") continue;
      mean.psi += p.value / 1500;
      mean.square += js.value ** 2 / 1500;
      chance = p.expectedByChance;
      chanceSquare = js.expectedByChance ** 2;
    }
    expect(mean.psi / chance).toBeGreaterThan(0.93);
    expect(mean.psi / chance).toBeLessThan(1.05);
    expect(mean.square / chanceSquare).toBeGreaterThan(0.93);
    expect(mean.square / chanceSquare).toBeLessThan(1.05);
  });
});

describe("the Clopper–Pearson interval", () => {
  it.each([
    [20, 0.03],
    [200, 0.01],
    [1000, 0.4],
  ])("of %d trials at %d covers at least as often as it says", (n, share) => {
    const random = createXoshiro(n);
    const known = new Map<number, { lower: number; upper: number }>();
    const { rate } = rateOf(20_000, () => {
      const hits = sampleBinomial(random, n, share);
      const interval = known.get(hits) ?? clopperPearson(hits, n, 0.05);
      known.set(hits, interval);
      return interval.lower <= share && share <= interval.upper;
    });
    expect(rate).toBeGreaterThan(0.945);
  });
});
