import { describe, expect, it } from "vitest";
import { createMinstd } from "../random/minstd.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { adwinCut } from "./adwin.ts";
import { asymptoticHalfWidth } from "./asymptotic-sequence.ts";
import { bernoulliLogSums } from "./bet-log-sums.ts";
import { betaBinomialSequence } from "./beta-binomial-sequence.ts";
import { bettingGrid } from "./betting-grid.ts";
import { bocpdDating } from "./bocpd.ts";
import { initialCusum, updateCusum } from "./cusum.ts";
import { dirichletMultinomialEvidence } from "./dirichlet-multinomial-evidence.ts";
import { createEDetector, type DetectorForm, updateEDetector } from "./e-detector.ts";
import { gridLogEvidence } from "./grid-evidence.ts";
import { noiseScale } from "./noise-scale.ts";
import { optimalPartition } from "./optimal-partition.ts";
import { initialPageHinkley, updatePageHinkley } from "./page-hinkley.ts";
import { cusumThreshold, siegmundRunLength } from "./siegmund-run-length.ts";

/** Narrows a result to its healthy kind or fails the test with what came instead. */
function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

describe("sequential tests against reference values computed independently", () => {
  it.each([
    [10, 90, 0.1, -0.6978024757101235],
    [20, 80, 0.1, 2.66043317427609],
    [40, 160, 0.1, 6.752474358759188],
    [5, 95, 0.02, 0.5275078031235942],
    [112, 888, 0.1, -0.27547896524573634],
  ])("gives the grid evidence of %i errors and %i successes against %d", (s, f, m0, expected) => {
    const sums = healthy(bernoulliLogSums(s, f, bettingGrid(m0)), "bet-log-sums");
    expect(gridLogEvidence(sums)).toBeCloseTo(expected, 11);
  });

  it.each([
    [5, 100, 0.007149478932602081, 0.15579444354060631],
    [50, 1000, 0.02871991725962332, 0.07923958181085693],
    [0, 100, 0, 0.0570285976387723],
    [500, 10000, 0.04184332171225927, 0.05909517380726184],
  ])("gives the beta-binomial confidence sequence of %i of %i", (s, n, lower, upper) => {
    const got = healthy(betaBinomialSequence(s, n - s), "sequence-interval");
    expect(got.lower).toBeCloseTo(lower, 12);
    expect(got.upper).toBeCloseTo(upper, 12);
  });

  it("gives the half widths of the asymptotic confidence sequence", () => {
    expect(asymptoticHalfWidth(100, 0.3, 0.05, 1000)).toBeCloseTo(0.11565163900590933, 13);
    expect(asymptoticHalfWidth(1000, 0.3, 0.05, 1000)).toBeCloseTo(0.028794520752627138, 13);
    expect(asymptoticHalfWidth(10000, 0.3, 0.05, 1000)).toBeCloseTo(0.009725169436216312, 13);
  });

  it.each<[DetectorForm, number, number]>([
    ["cusum", 100, 1100],
    ["cusum", 1000, 1300],
    ["cusum", 10000, 1350],
    ["shiryaev-roberts", 100, 1100],
    ["shiryaev-roberts", 1000, 1250],
    ["shiryaev-roberts", 10000, 1350],
  ])(
    "alarms with the %s form at threshold %i by row %i of the shifted stream, onset near 1000",
    (form, threshold, row) => {
      const random = createMinstd(7);
      const errors = Array.from({ length: 2000 }, (_, i) => (random.next() < (i < 1000 ? 0.1 : 0.2) ? 1 : 0));
      expect(errors.slice(0, 1000).filter((e) => e === 1)).toHaveLength(112);
      const grid = bettingGrid(0.1);
      let state = createEDetector(grid.bets.length, form);
      let alarmAt = -1;
      let onsetRow = -1;
      for (let start = 0; start < 2000 && alarmAt < 0; start += 50) {
        const s = errors.slice(start, start + 50).filter((e) => e === 1).length;
        const reading = updateEDetector(state, healthy(bernoulliLogSums(s, 50 - s, grid), "bet-log-sums"), threshold);
        state = reading.state;
        if (!reading.alarm) continue;
        alarmAt = start + 50;
        onsetRow = reading.onsetBatch * 50;
        expect(reading.gaugePercent).toBe(100);
      }
      expect(alarmAt).toBe(row);
      expect(Math.abs(onsetRow - 1000)).toBeLessThanOrEqual(200);
    },
  );

  it.each([
    [[200, 150, 120, 110, 100, 90, 80, 70, 50, 30], 77.41682106413236],
    [[120, 110, 105, 100, 100, 95, 95, 95, 90, 90], -2.1750499764980304],
    [[9, 3, 5, 8, 4, 5, 2, 6, 7, 1], -0.23341100694348427],
  ])("gives the Dirichlet-multinomial evidence of %j", (window, expected) => {
    const baseline = new Array<number>(10).fill(1000);
    expect(healthy(dirichletMultinomialEvidence(window, baseline), "drift-evidence").logEvidence).toBeCloseTo(
      expected,
      8,
    );
  });

  it("finds the reference breaks, noise and penalty of a series with two shifts", () => {
    const x = normalPairs(createMinstd(42), 200).map((v, i) => v + (i >= 100 ? 1.5 : 0) - (i >= 150 ? 3 : 0));
    const got = healthy(optimalPartition(x), "partition");
    expect(got.deviation).toBeCloseTo(0.9851917817293107, 8);
    expect(got.penalty).toBeCloseTo(15.427685726138005, 6);
    expect(got.changes).toEqual([103, 150]);
    expect(healthy(noiseScale(x), "noise-scale").autocorrelation).toBe(0);
  });

  it("gives Siegmund's run lengths, and the threshold that has run length 1000", () => {
    expect(siegmundRunLength(0.5, 4)).toBeCloseTo(338, 0);
    expect(siegmundRunLength(0.5, 5)).toBeCloseTo(938, 0);
    expect(siegmundRunLength(0.25, 8)).toBeCloseTo(738, 0);
    expect(siegmundRunLength(0.5, 6)).toBeCloseTo(2573, 0);
    expect(cusumThreshold(0.5, 1000)).toBeCloseTo(5.0629627, 6);
  });

  const ramp = [0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.3, 0.4, 0.5, 0.4, 0.6];

  it("accumulates the upper CUSUM of standardised observations", () => {
    let state = initialCusum;
    const path = ramp.map((x) => {
      state = healthy(updateCusum(state, (x - 0.1) / 0.1, 0.5, 5), "cusum-step").state;
      return state.upper;
    });
    [0, 0, 0, 0, 0, 0.5, 0, 1.5, 4, 7.5, 10, 14.5].forEach((value, i) => {
      expect(path[i]).toBeCloseTo(value, 10);
    });
  });

  it("accumulates the classic Page-Hinkley sum", () => {
    let state = initialPageHinkley;
    const path = ramp.map((x) => {
      const next = updatePageHinkley(state, x, { mode: "classic", forgetting: 1 });
      if ("kind" in next) throw new Error(next.kind);
      state = next;
      return state.sumUp;
    });
    [0, 0, 0, 0, 0, 0.078333, 0.059048, 0.216548, 0.444881, 0.739881, 0.916699, 1.261699].forEach((value, i) => {
      expect(path[i]).toBeCloseTo(value, 6);
    });
  });

  it("gives the ADWIN cut of the published formula when the smallest side is one", () => {
    expect(adwinCut(500, 500, 0.1275, 0.002, 1)).toBeCloseTo(0.11853338072161702, 13);
    expect(adwinCut(1000, 1000, 0.1275, 0.002, 1)).toBeCloseTo(0.07942300217115073, 13);
  });

  it("gives the reference run-length posterior of a two-sigma shift, and dates it", () => {
    const x = normalPairs(createMinstd(42), 120).map((v, i) => v + (i >= 60 ? 2 : 0));
    const prior = { mean: 0, meanWeight: 1, shape: 1, scale: 1 };
    const got = healthy(bocpdDating(x, { prior }), "bocpd-dating");
    expect(got.logPredictive.reduce((a, b) => a + b, 0)).toBeCloseTo(-181.8009960387961, 9);
    [-1.52650753, -1.81428821, -1.35711159].forEach((v, i) => {
      expect(got.logPredictive[i]).toBeCloseTo(v, 7);
    });
    [0.02, 0.0705, 0.3212, 0.4036, 0.3387, 0.6573, 0.7315].forEach((v, i) => {
      expect(got.recentChange[60 + i]).toBeCloseTo(v, 4);
    });
    expect(got.mostLikelyRun[65]).toBe(6);
    expect(Math.abs(got.mostLikelyOnset - 60)).toBeLessThanOrEqual(2);
    expect(got.from).toBeLessThanOrEqual(60);
    expect(got.to).toBeGreaterThanOrEqual(60);
    expect(got.recentChange.slice(0, 10)).toEqual(new Array(10).fill(null));
  });
});
