import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { criticalGains } from "../calibration/critical-gains.ts";
import { binomialSampler } from "../random/binomial-sampler.ts";
import type { Random } from "../random/random.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { binomialCdf } from "../special/binomial-cdf.ts";
import { baselineNull } from "./baseline-null.ts";
import { bernoulliLogSums, betLogSums, mergeBetLogSums } from "./bet-log-sums.ts";
import { type BettingGrid, bettingGrid } from "./betting-grid.ts";
import { gridLogEvidence } from "./grid-evidence.ts";

/*
 * Everything here that draws 0/1 rows compares their count with the smallest count at which the evidence passes
 * (`criticalGains`, held to the evidence itself by the property below): the same law as computing the evidence at every
 * look, fifty times as fast.
 */
const long = process.env.HOMEOSTAT_TEST_LONG !== undefined;
const timeout = long ? 600_000 : 120_000;

/** Replicates of a cell: the number asked for, tenfold in the long run. */
const times = (short: number): number => (long ? 10 * short : short);

/** The rate is at most `limit`, as far as 1e-5 binomial bounds can tell. */
function expectAtMost(hits: number, trials: number, limit: number): void {
  expect(1 - binomialCdf(hits - 1, trials, limit), `${hits}/${trials} above ${limit}`).toBeGreaterThan(1e-5);
}

/** The rate is at least `limit`, as far as 1e-5 binomial bounds can tell. */
function expectAtLeast(hits: number, trials: number, limit: number): void {
  expect(binomialCdf(hits, trials, limit), `${hits}/${trials} below ${limit}`).toBeGreaterThan(1e-5);
}

function count(trials: number, hit: (replicate: number) => boolean): number {
  let hits = 0;
  for (let r = 0; r < trials; r++) if (hit(r)) hits += 1;
  return hits;
}

function healthy<T extends { kind: string }, K extends T["kind"]>(result: T, kind: K): Extract<T, { kind: K }> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(result)}`);
  return result as Extract<T, { kind: K }>;
}

/** A function of whole numbers that is computed once for each. */
function remembered(compute: (n: number) => number): (n: number) => number {
  const known: number[] = [];
  return (n) => {
    known[n] ??= compute(n);
    return known[n];
  };
}

/** Rows until the evidence first reaches `threshold`, looking after every batch of `batch` rows; null when it never does. */
function alarmWatch(grid: BettingGrid, rate: number, batch: number, looks: number, threshold: number, phi = 1) {
  const draw = binomialSampler(batch, grid.direction === "above" ? rate : 1 - rate);
  const limit = remembered((look) => criticalGains(grid, look * batch, threshold, phi));
  return (random: Random): number | null => {
    let gains = 0;
    for (let look = 1; look <= looks; look++) {
      gains += draw(random);
      if (gains >= limit(look)) return look * batch;
    }
    return null;
  };
}

describe("betting e-processes under continuous peeking", { timeout }, () => {
  it("pass a threshold at the critical count and not one row before, in both directions", () => {
    const anywhere = fc.record({
      nullMean: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      direction: fc.constantFrom("above" as const, "below" as const),
      n: fc.nat(3000),
      gains: fc.double({ min: 0, max: 1, noNaN: true }),
      phi: fc.constantFrom(1, 2.5),
    });
    fc.assert(
      fc.property(anywhere, ({ nullMean, direction, n, gains, phi }) => {
        const grid = bettingGrid(nullMean, direction);
        const drawn = Math.round(gains * n);
        const ones = direction === "above" ? drawn : n - drawn;
        const sums = healthy(bernoulliLogSums(ones, n - ones, grid), "bet-log-sums");
        expect(drawn >= criticalGains(grid, n, Math.log(20), phi)).toBe(gridLogEvidence(sums, phi) >= Math.log(20));
      }),
    );
  });

  it.each([0.02, 0.1, 0.3])("at null rate %d false-alarm at most once in a hundred over every look", (rate) => {
    const random = createXoshiro(100 * rate);
    const trials = times(20_000);
    const rowsToAlarm = alarmWatch(bettingGrid(rate), rate, 100, long ? 1000 : 30, Math.log(100));
    expectAtMost(
      count(trials, () => rowsToAlarm(random) !== null),
      trials,
      0.01,
    );
  });

  it("false-alarm at most 1 % in the direction of falling, too", () => {
    const random = createXoshiro(3);
    const trials = times(20_000);
    const rowsToAlarm = alarmWatch(bettingGrid(0.9, "below"), 0.9, 50, 20, Math.log(100));
    expectAtMost(
      count(trials, () => rowsToAlarm(random) !== null),
      trials,
      0.01,
    );
  });

  it("false-alarm at most 1 % on skewed values in [0, 1] looked at row by row", () => {
    const random = createXoshiro(4);
    // u^9 has mean 0.1.
    const grid = bettingGrid(0.1);
    const trials = times(20_000);
    const hits = count(trials, () => {
      let sums = healthy(betLogSums([], grid), "bet-log-sums");
      for (let i = 0; i < 25; i++) {
        sums = mergeBetLogSums(sums, healthy(betLogSums([random.next() ** 9], grid), "bet-log-sums"));
        if (gridLogEvidence(sums) >= Math.log(100)) return true;
      }
      return false;
    });
    expectAtMost(hits, trials, 0.01);
  });

  it("keeps 1 % with an estimated baseline, where the point estimate as null would not", () => {
    const random = createXoshiro(5);
    const trials = times(20_000);
    const batches = [500, 1500, 4000, 8000];
    const sizes = [500, 2000, 6000, 14_000];
    const drawBaseline = binomialSampler(400, 0.1);
    const draws = batches.map((batch) => binomialSampler(batch, 0.1));
    const limitsOf = (nullMean: number, alpha: number): readonly number[] =>
      sizes.map((n) => criticalGains(bettingGrid(nullMean), n, Math.log(1 / alpha)));
    const known: { naive: readonly number[]; guarded: readonly number[] }[] = [];
    let naive = 0;
    let guarded = 0;
    for (let r = 0; r < trials; r++) {
      const baseline = drawBaseline(random);
      const guard = (): ReturnType<typeof limitsOf> => {
        const { nullMean, testAlpha } = healthy(baselineNull(baseline, 400, 0.01), "baseline-null");
        return limitsOf(nullMean, testAlpha);
      };
      known[baseline] ??= { naive: baseline > 0 ? limitsOf(baseline / 400, 0.01) : [], guarded: guard() };
      const limits = known[baseline];
      let s = 0;
      const seen = draws.map((draw) => (s += draw(random)));
      if (seen.some((ones, look) => ones >= (limits.naive[look] ?? Number.POSITIVE_INFINITY))) naive += 1;
      if (seen.some((ones, look) => ones >= (limits.guarded[look] ?? Number.POSITIVE_INFINITY))) guarded += 1;
    }
    expectAtMost(guarded, trials, 0.01);
    expectAtLeast(naive, trials, 0.1);
  });

  it.each([
    [0.1, 0.15, 335],
    [0.1, 0.2, 100],
    [0.02, 0.04, 470],
  ])("find %d -> %d in a median of about %i rows", (m0, rate, median) => {
    const random = createXoshiro(6);
    const rowsToAlarm = alarmWatch(bettingGrid(m0), rate, 5, 1000, Math.log(20));
    const found = Array.from({ length: 400 }, () => rowsToAlarm(random) ?? 1e9).sort((a, b) => a - b);
    expect(found[200]! / median).toBeGreaterThan(0.75);
    expect(found[200]! / median).toBeLessThan(1.3);
  });

  it("overdispersion keeps clusters of five from alarming falsely", () => {
    const random = createXoshiro(7);
    const grid = bettingGrid(0.1);
    const trials = times(4000);
    const draw = binomialSampler(20, 0.1);
    const limits = [1, 5].map((phi) => remembered((look) => criticalGains(grid, 100 * look, Math.log(20), phi)));
    const alarms = [0, 0];
    for (let r = 0; r < trials; r++) {
      let s = 0;
      const seen = [false, false];
      for (let look = 1; look <= 30; look++) {
        s += 5 * draw(random);
        for (const [i, limit] of limits.entries()) seen[i] ||= s >= limit(look);
      }
      for (const [i, alarmed] of seen.entries()) if (alarmed) alarms[i]! += 1;
    }
    const [naive = 0, tempered = 0] = alarms;
    expectAtLeast(naive, trials, 0.15);
    expectAtMost(tempered, trials, 0.05);
  });
});
