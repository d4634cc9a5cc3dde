import { appendFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { psiTest } from "../distance/psi.ts";
import { benjaminiHochberg } from "../hypothesis/benjamini-hochberg.ts";
import { eBenjaminiHochberg } from "../hypothesis/e-benjamini-hochberg.ts";
import { eLond, lond } from "../hypothesis/lond.ts";
import { lordPlusPlus } from "../hypothesis/lord-plus-plus.ts";
import { ONLINE_START, type OnlineState, type OnlineStep } from "../hypothesis/online-state.ts";
import { persistenceFalseAlarm, persistenceOf, type WindowSignal } from "../hypothesis/persistence.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { equalShares, healthyQuantiles } from "./healthy-window.ts";
import { markdownTable } from "./markdown-table.ts";
import { nominalRange, rateOf } from "./rate.ts";

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
    "Any discovery in a healthy window, BH at q = .05": ["features", "N", "windows", "rate"],
    "False discovery rate and power": ["procedure", "FDR", "power"],
    "Healthy stream of 10 000 windows": ["rule", "pages stated", "pages found"],
  };
  if (path) for (const [title, rows] of tables) appendFileSync(path, markdownTable(title, headers[title] ?? [], rows));
});

/** A p-value of one feature in one window of ten quantile bins; tilted windows have a PSI near .25. */
function pValueOf(random: Random, n: number, tilt: readonly number[] = []): number {
  const { window, baseline } = healthyQuantiles(random, 10, n, 10 * n, tilt);
  const test = psiTest(window, baseline);
  return test.kind === "tested" ? test.pValue : 1;
}
const TILT = [0.35, 0.5, 0.7, 0.8, 0.95, 1.05, 1.2, 1.4, 1.6, 2.1];

describe("many features in one window", () => {
  it.each(
    long
      ? [
          [1, 200, 20_000],
          [20, 200, 20_000],
          [200, 200, 5000],
          [200, 50, 5000],
        ]
      : [
          [1, 200, 5000],
          [20, 200, 1000],
          [200, 50, 150],
        ],
  )(
    "%d healthy features of %d rows: any discovery in at most one window in twenty",
    (features, n, windows) => {
      const random = createXoshiro(features + n);
      const { rate } = rateOf(windows, () => {
        const pValues = Array.from({ length: features }, () => pValueOf(random, n));
        return benjaminiHochberg(pValues, 0.05).rejected.length > 0;
      });
      record("Any discovery in a healthy window, BH at q = .05", features, n, windows, rate.toFixed(4));
      expect(rate).toBeLessThanOrEqual(nominalRange(0.06, windows).high);
      expect(rate).toBeGreaterThan(0.015);
    },
    timeout,
  );

  it(
    "controls the false discoveries and keeps the power where some features did shift",
    () => {
      const random = createXoshiro(3);
      const windows = long ? 2000 : 60;
      const tally = { fdr: 0, power: 0, naive: 0 };
      for (let window = 0; window < windows; window++) {
        const shifted = 6;
        const pValues = Array.from({ length: 120 }, (_, feature) =>
          pValueOf(random, 200, feature < shifted ? TILT : []),
        );
        const { rejected } = benjaminiHochberg(pValues, 0.05);
        const wrong = rejected.filter((feature) => feature >= shifted).length;
        tally.fdr += wrong / Math.max(1, rejected.length) / windows;
        tally.power += (rejected.length - wrong) / shifted / windows;
        tally.naive += pValues.filter((p, feature) => feature >= shifted && p <= 0.05).length / windows;
      }
      record(
        "False discovery rate and power",
        "BH, 120 features, 5 % shifted by PSI .25, N = 200",
        tally.fdr.toFixed(3),
        tally.power.toFixed(3),
      );
      expect(tally.fdr).toBeLessThan(0.075);
      expect(tally.power).toBeGreaterThan(0.9);
      expect(tally.naive).toBeGreaterThan(4);
    },
    timeout,
  );
});

/** Normal statistics of which one in twenty has moved by three and a half: their p-values and likelihood-ratio e-values. */
function mixedStream(random: Random, tests: number): { moved: boolean; p: number; e: number }[] {
  return normalPairs(random, tests).map((z) => {
    const moved = random.next() < 0.05;
    const x = moved ? z + 3.5 : z;
    return { moved, p: normalSurvival(x), e: Math.exp(3.5 * x - 3.5 ** 2 / 2) };
  });
}

describe("false discovery control over batches of e-values and over time", () => {
  const online =
    (step: (state: OnlineState, item: { p: number; e: number }) => OnlineStep) =>
    (items: readonly { p: number; e: number }[]): number[] => {
      let state = ONLINE_START;
      return items.flatMap((item, index) => {
        const next = step(state, item);
        state = next.state;
        return next.decision === "discovery" ? [index] : [];
      });
    };
  it.each<[string, (items: readonly { p: number; e: number }[]) => readonly number[], number]>([
    [
      "e-BH",
      (items) =>
        eBenjaminiHochberg(
          items.map(({ e }) => e),
          0.05,
        ),
      0.15,
    ],
    ["LORD++", online((state, { p }) => lordPlusPlus(state, p, 0.05)), 0.25],
    ["LOND", online((state, { p }) => lond(state, p, 0.05)), 0.15],
    ["e-LOND", online((state, { e }) => eLond(state, e, 0.05)), 0.05],
  ])(
    "%s stays under .05",
    (name, procedure, leastPower) => {
      const random = createXoshiro(12);
      const runs = long ? 2000 : 150;
      const tally = { fdr: 0, power: 0 };
      for (let run = 0; run < runs; run++) {
        const items = mixedStream(random, 600);
        const found = procedure(items);
        const right = found.filter((index) => items[index]?.moved).length;
        tally.fdr += (found.length - right) / Math.max(1, found.length) / runs;
        tally.power += right / Math.max(1, items.filter(({ moved }) => moved).length) / runs;
      }
      record(
        "False discovery rate and power",
        `${name}, 600 tests, 5 % moved 3.5 σ`,
        tally.fdr.toFixed(3),
        tally.power.toFixed(3),
      );
      expect(tally.fdr).toBeLessThanOrEqual(0.05);
      expect(tally.power).toBeGreaterThan(leastPower);
    },
    timeout,
  );
});

describe("a healthy stream of 10 000 windows", () => {
  it(
    "pages at most the stated number of times",
    () => {
      const random = createXoshiro(10_000);
      const rule = { alarms: 2, windows: 3 };
      const alpha = 0.001;
      const windows = 10_000;
      // One baseline for the whole stream, as in production: its error is shared by all windows, so it is ten times as large.
      const truth = equalShares(10);
      const baseline = sampleMultinomial(random, 5000, truth);
      const signals: WindowSignal[] = [];
      let pages = 0;
      let single = 0;
      let paging = false;
      for (let window = 0; window < windows; window++) {
        const test = psiTest(sampleMultinomial(random, 500, truth), baseline);
        signals.push(test.kind === "tested" ? (test.pValue <= alpha ? "alarm" : "quiet") : "unknown");
        if (signals.at(-1) === "alarm") single += 1;
        const persistent = persistenceOf(signals.slice(-3), rule).kind === "persistent";
        if (persistent && !paging) pages += 1;
        paging = persistent;
      }
      const stated = Math.ceil(windows * persistenceFalseAlarm(alpha, rule)) + 1;
      record("Healthy stream of 10 000 windows", "p ≤ .001", Math.ceil(windows * alpha * 3), single);
      record("Healthy stream of 10 000 windows", "p ≤ .001 in 2 of 3 windows", stated, pages);
      expect(pages).toBeLessThanOrEqual(stated);
      expect(single).toBeLessThanOrEqual(windows * alpha * 3);
    },
    timeout,
  );
});
