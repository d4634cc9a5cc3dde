import { describe, expect, it } from "vitest";
import { binomialSampler } from "../random/binomial-sampler.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { binomialCdf } from "../special/binomial-cdf.ts";
import { ar1Model, whitened } from "./ar1-whitening.ts";
import { asymptoticSequence } from "./asymptotic-sequence.ts";
import { bernoulliLogSums } from "./bet-log-sums.ts";
import { betaBinomialSequence } from "./beta-binomial-sequence.ts";
import { bettingGrid } from "./betting-grid.ts";
import { bocpdDating } from "./bocpd.ts";
import { changeTimePosterior } from "./change-time-posterior.ts";
import { initialCusum, updateCusum } from "./cusum.ts";
import { dirichletMultinomialEvidence } from "./dirichlet-multinomial-evidence.ts";
import { createEDetector, type DetectorForm, updateEDetector } from "./e-detector.ts";
import { optimalPartition } from "./optimal-partition.ts";
import { cusumThreshold, siegmundRunLength } from "./siegmund-run-length.ts";

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

describe("confidence sequences and drift evidence under peeking", { timeout }, () => {
  it("the beta-binomial sequence misses at most 5 % over every look, and 1 % at 1 %", () => {
    const random = createXoshiro(8);
    const trials = times(4000);
    const draw = binomialSampler(50, 0.05);
    const known = new Map<string, boolean>();
    // Few pairs of counts occur, so each interval is computed once.
    const outside = (s: number, n: number, alpha: number): boolean => {
      const key = `${s} ${n} ${alpha}`;
      const answer = known.get(key);
      if (answer !== undefined) return answer;
      const got = healthy(betaBinomialSequence(s, n - s, { alpha }), "sequence-interval");
      known.set(key, got.lower > 0.05 || got.upper < 0.05);
      return got.lower > 0.05 || got.upper < 0.05;
    };
    const misses = [0, 0];
    for (let r = 0; r < trials; r++) {
      let s = 0;
      const missed = [false, false];
      for (let look = 1; look <= 20; look++) {
        s += draw(random);
        for (const [i, alpha] of [0.05, 0.01].entries()) missed[i] ||= outside(s, 50 * look, alpha);
      }
      for (const [i, m] of missed.entries()) if (m) misses[i] = misses[i]! + 1;
    }
    expectAtMost(misses[0]!, trials, 0.05);
    expectAtMost(misses[1]!, trials, 0.01);
  });

  it("the asymptotic sequence misses at most 5 % once its gate has opened", () => {
    const random = createXoshiro(9);
    const trials = times(4000);
    const draw = binomialSampler(50, 0.1);
    let opened = 0;
    const misses = count(trials, () => {
      let s = 0;
      for (let look = 1; look <= 60; look++) {
        s += draw(random);
        const n = 50 * look;
        const p = s / n;
        const got = asymptoticSequence(n, p, (p * (1 - p) * n) / (n - 1));
        if (got.kind !== "sequence-interval") continue;
        opened += 1;
        if (got.lower > 0.1 || got.upper < 0.1) return true;
      }
      return false;
    });
    expect(opened).toBeGreaterThan(50 * trials);
    expectAtMost(misses, trials, 0.05);
    expect(asymptoticSequence(100, 0.05, 0.0475)).toMatchObject({
      kind: "insufficient",
      reason: "too-few-expected-events",
      need: 25,
    });
  });

  it("the drift evidence passes 20 in at most 5 %, 100 in at most 1 % of healthy streams, and soon finds a shift", () => {
    const random = createXoshiro(10);
    const shares = new Array<number>(10).fill(0.1);
    const trials = times(3000);
    let twenty = 0;
    let hundred = 0;
    const largest = (window: readonly number[], baseline: readonly number[], looks: number): number => {
      const n = new Array<number>(10).fill(0);
      let most = Number.NEGATIVE_INFINITY;
      for (let look = 0; look < looks; look++) {
        for (const [b, c] of sampleMultinomial(random, 100, [...window]).entries()) n[b] = n[b]! + c;
        most = Math.max(most, healthy(dirichletMultinomialEvidence(n, baseline), "drift-evidence").logEvidence);
      }
      return most;
    };
    for (let r = 0; r < trials; r++) {
      const most = largest(shares, sampleMultinomial(random, 5000, shares), 30);
      if (most >= Math.log(20)) twenty += 1;
      if (most >= Math.log(100)) hundred += 1;
    }
    expectAtMost(twenty, trials, 0.05);
    expectAtMost(hundred, trials, 0.01);
    const shifted = [0.2, 0.15, 0.12, 0.11, 0.1, 0.09, 0.08, 0.07, 0.05, 0.03];
    const found = count(200, () => largest(shifted, sampleMultinomial(random, 10_000, shares), 5) >= Math.log(100));
    expectAtLeast(found, 200, 0.9);
  });
});

describe("e-detectors", { timeout }, () => {
  const grid = bettingGrid(0.1);
  const batchesOf100 = Array.from({ length: 101 }, (_, s) =>
    healthy(bernoulliLogSums(s, 100 - s, grid), "bet-log-sums"),
  );

  /** Batches of 100 rows until the alarm, after `healthyBatches` at the null rate. */
  function runLength(random: Random, form: DetectorForm, threshold: number, rate: number, limit: number): number {
    let state = createEDetector(grid.bets.length, form);
    const draw = binomialSampler(100, rate);
    for (let batch = 1; batch <= limit; batch++) {
      const reading = updateEDetector(state, batchesOf100[draw(random)]!, threshold);
      if (reading.alarm) return batch;
      state = reading.state;
    }
    return limit;
  }

  const average = (trials: number, form: DetectorForm, threshold: number, rate: number, limit: number): number => {
    const random = createXoshiro(11);
    let sum = 0;
    for (let r = 0; r < trials; r++) sum += runLength(random, form, threshold, rate, limit) / trials;
    return sum;
  };

  it("run at least as long as their threshold when nothing is wrong, the CUSUM form at least five times", () => {
    const roberts = average(times(400), "shiryaev-roberts", 100, 0.1, 4000);
    expect(roberts).toBeGreaterThan(150);
    expect(roberts).toBeLessThan(270);
    expect(average(times(120), "cusum", 100, 0.1, 2500)).toBeGreaterThan(750);
  });

  it("find a rise of half and a doubling within the reference delays", () => {
    expect(Math.abs(average(300, "cusum", 1000, 0.15, 1000) - 7.8)).toBeLessThan(1);
    expect(Math.abs(average(300, "shiryaev-roberts", 1000, 0.15, 1000) - 7.3)).toBeLessThan(1);
    expect(Math.abs(average(300, "cusum", 1000, 0.2, 1000) - 2.7)).toBeLessThan(0.4);
  });

  it("do not move on empty batches and keep their count", () => {
    const one = updateEDetector(createEDetector(10), healthy(bernoulliLogSums(5, 5, grid), "bet-log-sums"), 100);
    const two = updateEDetector(one.state, healthy(bernoulliLogSums(0, 0, grid), "bet-log-sums"), 100);
    expect(two.logStatistic).toBe(one.logStatistic);
    expect(two.state.batches).toBe(2);
  });
});

describe("dating and control charts", { timeout }, () => {
  it("partitions falsely divide at most 2 % of quiet series, independent or AR(1)", () => {
    const random = createXoshiro(12);
    for (const phi of [0, 0.3, 0.6]) {
      const trials = times(1000);
      const hits = count(trials, () => {
        let previous = 0;
        const x = normalPairs(random, 200).map((z) => {
          previous = phi * previous + z;
          return previous;
        });
        return healthy(optimalPartition(x), "partition").changes.length > 0;
      });
      expectAtMost(hits, trials, 0.02);
    }
  });

  it("partitions find a shift of 1.5 sigma within two points in 60, two times in three guarded, three in four unguarded", () => {
    const random = createXoshiro(13);
    const hits = { autocorrelated: 0, independent: 0 };
    for (let r = 0; r < 1000; r++) {
      const x = normalPairs(random, 60).map((z, i) => z + (i >= 30 ? 1.5 : 0));
      for (const noise of ["autocorrelated", "independent"] as const)
        if (healthy(optimalPartition(x, { noise }), "partition").changes.some((c) => Math.abs(c - 30) <= 2))
          hits[noise] += 1;
    }
    expectAtLeast(hits.autocorrelated, 1000, 0.65);
    expectAtLeast(hits.independent, 1000, 0.76);
  });

  it("the change-time posterior holds the true time in its 95 % run nine times in ten or more", () => {
    const random = createXoshiro(14);
    const trials = times(2000);
    const hits = count(trials, () => {
      const x = normalPairs(random, 80).map((z, i) => z + (i >= 50 ? 1 : 0));
      const got = healthy(changeTimePosterior(x), "change-time-posterior");
      return got.from <= 50 && 50 <= got.to;
    });
    expectAtLeast(hits, trials, 0.9);
  });

  it("the run-length posterior dates a two-sigma shift and keeps its mass at the start of a quiet series", () => {
    const random = createXoshiro(15);
    const prior = { mean: 0, meanWeight: 1, shape: 1, scale: 1 };
    const dated = count(200, () => {
      const x = normalPairs(random, 100).map((z, i) => z + (i >= 60 ? 2 : 0));
      const got = healthy(bocpdDating(x, { prior }), "bocpd-dating");
      return got.from <= 60 && 60 <= got.to && Math.abs(got.mostLikelyOnset - 60) <= 8;
    });
    expectAtLeast(dated, 200, 0.85);
    const quiet = count(
      200,
      () => (healthy(bocpdDating(normalPairs(random, 100), { prior }), "bocpd-dating").onset[0] ?? 0) > 0.5,
    );
    expectAtLeast(quiet, 200, 0.75);
  });

  it("the CUSUM runs about as long as Siegmund says, and far too short on autocorrelated data unless whitened", () => {
    const h = cusumThreshold(0.5, 400);
    const random = createXoshiro(16);
    const runLength = (next: () => number): number => {
      let state = initialCusum;
      for (let t = 1; ; t++) {
        const step = healthy(updateCusum(state, next(), 0.5, h), "cusum-step");
        if (step.alarm === "upper" || step.alarm === "both" || t >= 20_000) return t;
        state = step.state;
      }
    };
    const normals = (): (() => number) => {
      let buffer: number[] = [];
      return () => {
        if (buffer.length === 0) buffer = normalPairs(random, 512);
        return buffer.pop() ?? 0;
      };
    };
    const average = (make: () => () => number): number => {
      const trials = times(400);
      let sum = 0;
      for (let r = 0; r < trials; r++) sum += runLength(make()) / trials;
      return sum;
    };
    const independent = average(normals);
    expect(independent / siegmundRunLength(0.5, h)).toBeGreaterThan(0.82);
    expect(independent / siegmundRunLength(0.5, h)).toBeLessThan(1.22);
    const correlated = (): (() => number) => {
      const z = normals();
      let previous = z() / 0.8;
      return () => {
        previous = 0.6 * previous + z();
        return previous;
      };
    };
    const series = correlated();
    const model = healthy(ar1Model(Array.from({ length: 20_000 }, series)), "ar1-model");
    expect(model.coefficient).toBeCloseTo(0.6, 1);
    expect(
      average(() => {
        const x = correlated();
        return () => x() * 0.8;
      }),
    ).toBeLessThan(150);
    expect(
      average(() => {
        const x = correlated();
        let previous = x();
        return () => {
          const now = x();
          const z = whitened(model, previous, now);
          previous = now;
          return z;
        };
      }),
    ).toBeGreaterThan(280);
  });
});
