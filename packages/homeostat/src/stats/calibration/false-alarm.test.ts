import { appendFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { domainAuc } from "../distance/area-under-curve.ts";
import { chiSquare } from "../distance/chi-square.ts";
import { energy } from "../distance/energy.ts";
import type { DistanceEvidence, InsufficientEvidence } from "../distance/evidence.ts";
import { hellinger } from "../distance/hellinger.ts";
import { jensenShannon } from "../distance/jensen-shannon.ts";
import { kolmogorovSmirnov } from "../distance/kolmogorov-smirnov.ts";
import { kullbackLeibler } from "../distance/kullback-leibler.ts";
import { largestDifference } from "../distance/largest-difference.ts";
import { psiTest } from "../distance/psi.ts";
import { wasserstein } from "../distance/wasserstein.ts";
import { groupCounts } from "../histogram/bin-groups.ts";
import { poolRareBins } from "../histogram/pool-rare-bins.ts";
import { newCategoryPValue } from "../hypothesis/new-category.ts";
import { overdispersionOf } from "../hypothesis/overdispersion.ts";
import { twoProportionTest } from "../hypothesis/two-proportions.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { sampleBinomial } from "../random/sample-binomial.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import {
  clusteredWindow,
  equalShares,
  healthyCategories,
  healthyQuantiles,
  type WindowPair,
  zipfShares,
} from "./healthy-window.ts";
import { markdownTable } from "./markdown-table.ts";
import { nominalRange, rateOf } from "./rate.ts";

/*
 * Nominal level .01 everywhere; every stated rate must lie in the range that a true .01 leaves with chance .999. Tests of a
 * discrete statistic (two bins, rare hits, Bonferroni) may lie below: an exact test cannot be less than exact.
 */
const long = Boolean(process.env.HOMEOSTAT_TEST_LONG);
const timeout = 1_800_000;
const tables = new Map<string, string[][]>();
function record(table: string, ...cells: (string | number)[]): void {
  const rows = tables.get(table) ?? [];
  rows.push(cells.map(String));
  tables.set(table, rows);
}
afterAll(() => {
  const path = process.env.HOMEOSTAT_CALIBRATION_OUT;
  const headers: Record<string, string[]> = {
    "False alarms of the PSI test at .01": ["bins", "N", "M", "shares", "replicates", "rate", "law"],
    "False alarms of the other tests at .01": ["test", "N", "M", "replicates", "rate"],
    "Clustered rows, nominal .01": ["cluster size", "rate as if independent", "rate with measured overdispersion"],
  };
  if (path) for (const [title, rows] of tables) appendFileSync(path, markdownTable(title, headers[title] ?? [], rows));
});

type Mode = "equal" | "zipf" | "quantile";

function healthy(mode: Mode, bins: number, n: number, m: number): () => WindowPair {
  const random = createXoshiro(bins * 1_000_003 + n * 31 + mode.length);
  const shares = mode === "zipf" ? zipfShares(bins) : equalShares(bins);
  return () => (mode === "quantile" ? healthyQuantiles(random, bins, n, m) : healthyCategories(random, shares, n, m));
}

/** Bins as in production: categories pooled by both samples together, quantile bins by the baseline alone. */
function pooledTest(mode: Mode, { window, baseline }: WindowPair): ReturnType<typeof psiTest> {
  const deciding = mode === "quantile" ? baseline : baseline.map((count, bin) => count + (window[bin] ?? 0));
  const groups = poolRareBins(
    deciding,
    window.reduce((sum, count) => sum + count, 0),
  );
  return psiTest(groupCounts(window, groups), groupCounts(baseline, groups));
}

const short: readonly (readonly [Mode, number, number, number])[] = [
  ["equal", 2, 50, 20_000],
  ["equal", 50, 50, 5000],
  ["equal", 50, 200, 5000],
  ["equal", 5, 50, 20_000],
  ["quantile", 10, 50, 20_000],
  ["quantile", 10, 200, 20_000],
  ["quantile", 10, 1000, 20_000],
  ["quantile", 10, 50_000, 10_000],
  ["zipf", 50, 200, 20_000],
  ["equal", 200, 1000, 1500],
];
const full = (["equal", "zipf", "quantile"] as const).flatMap((mode) =>
  [2, 10, 50, 200].flatMap((bins) =>
    [50, 200, 1000, 10_000, 50_000].filter((n) => n * 10 >= bins * 10).map((n) => [mode, bins, n, 20_000] as const),
  ),
);

describe("the PSI test fires on healthy windows as often as it says", () => {
  it.each(long ? full : short)(
    "%s shares, %d bins, %d rows",
    (mode, bins, n, replicates) => {
      const draw = healthy(mode, bins, n, 10 * n);
      let law = "";
      let discrete = false;
      const { rate } = rateOf(replicates, () => {
        const test = pooledTest(mode, draw());
        if (test.kind === "insufficient") return false;
        law = test.law;
        discrete ||= test.df <= 2;
        return test.pValue <= 0.01;
      });
      record("False alarms of the PSI test at .01", bins, n, 10 * n, mode, replicates, rate.toFixed(4), law);
      const { low, high } = nominalRange(0.01, replicates);
      expect(rate).toBeLessThanOrEqual(high);
      // With edges at baseline quantiles the corrected law errs on the quiet side when a bin expects few rows.
      expect(rate).toBeGreaterThanOrEqual(discrete ? 0 : mode === "quantile" && n < 20 * bins ? 0.6 * low : low);
    },
    timeout,
  );
});

const rows = (distance: (n: readonly number[], m: readonly number[]) => DistanceEvidence | InsufficientEvidence) => {
  const draw = healthy("equal", 10, 100, 1000);
  return (): number | null => {
    const { window, baseline } = draw();
    const evidence = distance(window, baseline);
    return evidence.kind === "measured" ? evidence.pValue : 1;
  };
};
const values = (
  seed: number,
  distance: (x: readonly number[], y: readonly number[]) => DistanceEvidence | InsufficientEvidence,
  [n, m]: readonly [number, number],
) => {
  const random = createXoshiro(seed);
  return (): number | null => {
    const evidence = distance(normalPairs(random, n), normalPairs(random, m));
    return evidence.kind === "measured" ? evidence.pValue : 1;
  };
};
const relabelled = createXoshiro(404);
const resampling = { random: relabelled, resamples: 99 };
const proportions = (share: number, n: number, m: number) => {
  const random = createXoshiro(n + m);
  return (): number | null => {
    const counts = {
      hits: sampleBinomial(random, n, share),
      rows: n,
      baselineHits: sampleBinomial(random, m, share),
      baselineRows: m,
    };
    const test = twoProportionTest(counts);
    return test.kind === "measured" ? test.pValue : 1;
  };
};
const novelties = createXoshiro(8);

/** name, sizes, how many replicates (short), p-value of one healthy replicate, whether it may be quieter than nominal. */
const others: readonly (readonly [string, number, number, number, () => number | null, "exact" | "conservative"])[] = [
  ["Jensen–Shannon, 10 bins", 100, 1000, 8000, rows(jensenShannon), "exact"],
  ["Hellinger, 10 bins", 100, 1000, 8000, rows(hellinger), "exact"],
  ["Kullback–Leibler, 10 bins", 100, 1000, 8000, rows(kullbackLeibler), "exact"],
  ["chi-square, 10 bins", 100, 1000, 8000, rows(chiSquare), "exact"],
  ["largest difference, 10 bins", 100, 1000, 2000, rows(largestDifference), "conservative"],
  ["Kolmogorov–Smirnov, exact", 60, 300, 2000, values(1, kolmogorovSmirnov, [60, 300]), "conservative"],
  ["Kolmogorov–Smirnov, limit law", 400, 4000, 800, values(2, kolmogorovSmirnov, [400, 4000]), "conservative"],
  ["domain-classifier AUC", 60, 300, 8000, values(3, domainAuc, [60, 300]), "exact"],
  ["Wasserstein, relabelled", 40, 100, 150, values(4, (x, y) => wasserstein(x, y, { resampling }), [40, 100]), "exact"],
  ["energy, relabelled", 40, 100, 150, values(5, (x, y) => energy(x, y, { resampling }), [40, 100]), "exact"],
  ["null rate, score", 1000, 10_000, 20_000, proportions(0.05, 1000, 10_000), "exact"],
  ["null rate, Fisher", 200, 2000, 20_000, proportions(0.005, 200, 2000), "conservative"],
  [
    "new category",
    200,
    2000,
    20_000,
    () => {
      const hits = sampleBinomial(novelties, 200, 0.001);
      return sampleBinomial(novelties, 2000, 0.001) > 0 ? 1 : newCategoryPValue(hits, 200, 2000);
    },
    "conservative",
  ],
];

describe("the other tests fire on healthy windows as often as they say", () => {
  it.each(others)(
    "%s",
    (name, n, m, short, pValue, kind) => {
      // Relabelling costs a hundred statistics a replicate; its level is exact by construction.
      const replicates = !long ? short : name.endsWith("relabelled") ? 2000 : 20_000;
      const { rate } = rateOf(replicates, () => (pValue() ?? 1) <= 0.01);
      record("False alarms of the other tests at .01", name, n, m, replicates, rate.toFixed(4));
      const { low, high } = nominalRange(0.01, replicates);
      expect(rate).toBeLessThanOrEqual(high);
      expect(rate).toBeGreaterThanOrEqual(kind === "exact" ? low : 0);
    },
    timeout,
  );
});

describe("rows that come in clusters", () => {
  it.each([1, 5, 10, 20])(
    "of %d are judged fairly once overdispersion has been measured on healthy windows",
    (size) => {
      const random = createXoshiro(size);
      const shares = equalShares(10);
      const draw = (): WindowPair => ({
        window: clusteredWindow(random, shares, 1000, size),
        baseline: sampleMultinomial(random, 100_000, shares),
      });
      let naive = 0;
      let fair = 0;
      const groups = long ? 4000 : 80;
      const testsPerGroup = 5;
      for (let group = 0; group < groups; group++) {
        const healthyWindows = Array.from({ length: 24 }, () => {
          const { window, baseline } = draw();
          const test = psiTest(window, baseline);
          return test.kind === "tested" ? { statistic: test.statistic, df: test.df } : { statistic: Number.NaN, df: 0 };
        });
        const phi = overdispersionOf(healthyWindows);
        for (let index = 0; index < testsPerGroup; index++) {
          const { window, baseline } = draw();
          const plain = psiTest(window, baseline);
          const judged = psiTest(window, baseline, phi.kind === "estimated" ? phi : undefined);
          if (plain.kind === "tested" && plain.pValue <= 0.01) naive += 1;
          if (judged.kind === "tested" && judged.pValue <= 0.01) fair += 1;
        }
      }
      const replicates = groups * testsPerGroup;
      const rate = fair / replicates;
      record("Clustered rows, nominal .01", size, (naive / replicates).toFixed(3), rate.toFixed(4));
      expect(rate).toBeLessThanOrEqual(nominalRange(0.013, replicates).high);
      if (size >= 5) expect(naive / replicates).toBeGreaterThan(0.3);
    },
    timeout,
  );
});
