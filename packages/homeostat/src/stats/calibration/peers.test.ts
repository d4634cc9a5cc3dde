import { appendFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { countBetween, doaneEdges } from "../distance/compatible/equal-width-histogram.ts";
import {
  evidentlyBins,
  evidentlyJensenShannon,
  evidentlyPsi,
  evidentlyWasserstein,
} from "../distance/compatible/evidently.ts";
import { nannymlThreshold } from "../distance/compatible/nannyml.ts";
import { scouterChiSquareThreshold, scouterPsi } from "../distance/compatible/scouter.ts";
import { featureDrift } from "../distance/feature-drift.ts";
import { jensenShannonOfShares } from "../distance/jensen-shannon.ts";
import { sharesOf } from "../distance/shares.ts";
import { histogramOf } from "../histogram/histogram.ts";
import { numericBinningOf } from "../histogram/numeric-binning.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { markdownTable } from "./markdown-table.ts";

/*
 * The peers' default rules and ours on the same healthy and shifted normal windows. Peers' numbers come from
 * `distance/compatible`, which reproduces them; their alarm rules are written here only.
 */
const long = Boolean(process.env.HOMEOSTAT_TEST_LONG);
const BASELINE_ROWS = 5000;

interface Rule {
  readonly name: string;
  readonly fires: (window: readonly number[]) => boolean;
}

/** The frozen state that every rule takes from one baseline. */
function rulesFor(baseline: readonly number[], windowRows: number): Rule[] {
  const binning = numericBinningOf(baseline);
  const counts = histogramOf(binning, baseline).counts;
  const sorted = [...baseline].sort((a, b) => a - b);
  const deciles = [-1e300, ...Array.from({ length: 9 }, (_, k) => sorted[((k + 1) * sorted.length) / 10] ?? 0), 1e300];
  const decileShares = sharesOf(countBetween(baseline, deciles));
  const filled = (shares: readonly number[]): number[] => shares.map((share) => (share > 0 ? share : 1e-4));
  const edges = doaneEdges(baseline);
  const reference = countBetween(baseline, edges).map((count) => count / baseline.length);
  const chunkDistance = (window: readonly number[]): number => {
    const shares = countBetween(window, edges).map((count) => count / window.length);
    const left = 1 - shares.reduce((sum, share) => sum + share, 0);
    return left > 1e-12
      ? jensenShannonOfShares([...reference, 0], [...shares, left])
      : jensenShannonOfShares(reference, shares);
  };
  const chunks = Array.from({ length: 10 }, (_, k) => baseline.slice(k * windowRows, (k + 1) * windowRows));
  const [, chunkThreshold] = nannymlThreshold(chunks.filter((chunk) => chunk.length === windowRows).map(chunkDistance));
  const fixed = (window: readonly number[]): number => {
    const p = filled(sharesOf(countBetween(window, deciles)));
    return p.reduce(
      (sum, share, bin) => sum + (share - (decileShares[bin] ?? 0)) * Math.log(share / (decileShares[bin] ?? 0)),
      0,
    );
  };
  const oneSample = (window: readonly number[]): number =>
    scouterPsi(sharesOf(countBetween(window, deciles)).map((share, bin) => [share, decileShares[bin] ?? 0] as const));
  return [
    { name: "Evidently Wasserstein ≥ .1", fires: (window) => evidentlyWasserstein(baseline, window) >= 0.1 },
    { name: "Evidently PSI ≥ .1", fires: (window) => evidentlyPsi(evidentlyBins(baseline, window)) >= 0.1 },
    {
      name: "Evidently Jensen–Shannon ≥ .1",
      fires: (window) => evidentlyJensenShannon(evidentlyBins(baseline, window)) >= 0.1,
    },
    { name: "PSI > .25, deciles, ε = 1e-4", fires: (window) => fixed(window) > 0.25 },
    { name: "NannyML JS, mean + 3 σ of chunks", fires: (window) => chunkDistance(window) > chunkThreshold },
    {
      name: "Scouter χ²/M bound at .05",
      fires: (window) => oneSample(window) > scouterChiSquareThreshold(10, window.length, 0.05),
    },
    {
      name: "Homeostat, p ≤ .01",
      fires: (window) => {
        const { shift } = featureDrift(binning, histogramOf(binning, window).counts, counts);
        return shift.kind === "measured" && (shift.pValue ?? 1) <= 0.01;
      },
    },
  ];
}

const sizes = long ? [50, 100, 200, 500] : [50, 500];
const shifts = [0, 0.3] as const;
const results = new Map<string, number[]>();
afterAll(() => {
  const path = process.env.HOMEOSTAT_CALIBRATION_OUT;
  if (!path) return;
  for (const shift of shifts) {
    const rows = [...results].flatMap(([key, rates]) =>
      key.startsWith(`${shift}:`) ? [[key.slice(`${shift}:`.length), ...rates.map((rate) => rate.toFixed(3))]] : [],
    );
    const title =
      shift === 0
        ? "Alarms on healthy windows, each rule as shipped (baseline 5000)"
        : `Alarms on windows shifted by ${shift} σ`;
    appendFileSync(path, markdownTable(title, ["rule", ...sizes.map((n) => `N = ${n}`)], rows));
  }
});

describe("the peers' rules on our generators", () => {
  it.each(sizes)(
    "%d rows a window",
    (n) => {
      const random = createXoshiro(n);
      const baselines = long ? 40 : 4;
      const windows = long ? 50 : 25;
      const hits = new Map<string, number>();
      for (let b = 0; b < baselines; b++) {
        const rules = rulesFor(normalPairs(random, BASELINE_ROWS), n);
        for (let w = 0; w < windows; w++) {
          const window = normalPairs(random, n);
          for (const shift of shifts) {
            const moved = window.map((value) => value + shift);
            for (const rule of rules) {
              const key = `${shift}:${rule.name}`;
              hits.set(key, (hits.get(key) ?? 0) + (rule.fires(moved) ? 1 : 0));
            }
          }
        }
      }
      for (const [key, count] of hits) results.set(key, [...(results.get(key) ?? []), count / (baselines * windows)]);
      const rate = (key: string): number => (hits.get(key) ?? 0) / (baselines * windows);
      expect(rate("0:Homeostat, p ≤ .01")).toBeLessThanOrEqual(0.05);
      if (n === 50) expect(rate("0:Evidently PSI ≥ .1")).toBeGreaterThan(0.9);
      if (n === 500) {
        expect(rate("0.3:Homeostat, p ≤ .01")).toBeGreaterThan(0.9);
        expect(rate("0.3:PSI > .25, deciles, ε = 1e-4")).toBeLessThan(0.2);
      }
    },
    1_800_000,
  );
});
