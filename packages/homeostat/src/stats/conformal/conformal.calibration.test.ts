import { describe, expect, it } from "vitest";
import { normalPairs } from "../random/normal-pairs.ts";
import { sampleBinomial } from "../random/sample-binomial.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { binomialCdf } from "../special/binomial-cdf.ts";
import { adaptiveBound, adaptiveCutoff, createAdaptive, updateAdaptive } from "./adaptive-conformal.ts";
import { apsScore, apsSet, lacScore, lacSet } from "./classification-conformal.ts";
import { conformalQuantile, coverageRange } from "./conformal-quantile.ts";
import { coverageEvidence } from "./coverage-evidence.ts";
import { createDynamicAdaptive, updateDynamicAdaptive } from "./dynamic-adaptive-conformal.ts";
import { quantileBandInterval, quantileBandScore, residualInterval, residualScore } from "./regression-conformal.ts";

const long = process.env.HOMEOSTAT_TEST_LONG !== undefined;
const timeout = long ? 1_800_000 : 120_000;
const times = (short: number): number => (long ? 10 * short : short);

/** The rate lies in [low, high], as far as 1e-5 binomial bounds can tell. */
function expectRate(hits: number, trials: number, low: number, high: number): void {
  expect(1 - binomialCdf(hits - 1, trials, high), `${hits}/${trials} above ${high}`).toBeGreaterThan(5e-6);
  expect(binomialCdf(hits, trials, low), `${hits}/${trials} below ${low}`).toBeGreaterThan(5e-6);
}

function cutoffOf(scores: readonly number[], alpha: number): number {
  const got = conformalQuantile(scores, alpha);
  if (got.kind !== "conformal-quantile") throw new Error(got.kind);
  return got.value;
}

describe("split conformal", { timeout }, () => {
  it("covers between 1 - alpha and 1 - alpha + 1/(n+1) of rows, absolute and quantile bands alike", () => {
    const random = createXoshiro(1);
    for (const [n, alpha] of [
      [19, 0.1],
      [50, 0.05],
      [99, 0.01],
    ] as const) {
      const trials = times(20_000);
      let residual = 0;
      let band = 0;
      for (let r = 0; r < trials; r++) {
        const z = normalPairs(random, n + 1);
        const y = z[n]!;
        const interval = residualInterval(
          0.3,
          cutoffOf(
            z.slice(0, n).map((v) => residualScore(v, 0.3, 2)),
            alpha,
          ),
          2,
        );
        if (interval.kind === "interval" && interval.lower <= y && y <= interval.upper) residual += 1;
        const around = quantileBandInterval(
          -1,
          0.5,
          cutoffOf(
            z.slice(0, n).map((v) => quantileBandScore(v, -1, 0.5)),
            alpha,
          ),
        );
        if (around.kind === "interval" && around.lower <= y && y <= around.upper) band += 1;
      }
      expectRate(residual, trials, 1 - alpha, 1 - alpha + 1 / (n + 1));
      expectRate(band, trials, 1 - alpha, 1 - alpha + 1 / (n + 1));
    }
  });

  it("covers with sets of classes, LAC and randomised APS", () => {
    const random = createXoshiro(2);
    const row = () => {
      const raw = [random.next() ** 3, random.next() ** 3, random.next() ** 3, random.next() ** 3];
      const sum = raw.reduce((a, b) => a + b, 0);
      const p = raw.map((v) => v / sum);
      let u = random.next();
      let y = 0;
      while (y < 3 && u > p[y]!) u -= p[y++]!;
      return { p, y, share: random.next() };
    };
    const trials = times(4000);
    let lac = 0;
    let aps = 0;
    for (let r = 0; r < trials; r++) {
      const calibration = Array.from({ length: 59 }, row);
      const next = row();
      if (
        lacSet(
          next.p,
          cutoffOf(
            calibration.map((c) => lacScore(c.p, c.y)),
            0.1,
          ),
        ).includes(next.y)
      )
        lac += 1;
      if (
        apsSet(
          next.p,
          cutoffOf(
            calibration.map((c) => apsScore(c.p, c.y, c.share)),
            0.1,
          ),
          next.share,
        ).includes(next.y)
      )
        aps += 1;
    }
    expectRate(lac, trials, 0.9, 0.9 + 1 / 60);
    expectRate(aps, trials, 0.9, 0.9 + 1 / 60);
  });

  it("one calibration set covers within its stated range nine times in ten", () => {
    const random = createXoshiro(3);
    const range = coverageRange(200, 0.1, 0.9);
    const trials = times(5000);
    let inside = 0;
    for (let r = 0; r < trials; r++) {
      // Uniform scores: the coverage of a cut-off is the cut-off.
      const coverage = cutoffOf(
        Array.from({ length: 200 }, () => random.next()),
        0.1,
      );
      if (range.lower <= coverage && coverage <= range.upper) inside += 1;
    }
    expectRate(inside, trials, 0.89, 0.91);
  });
});

describe("adaptive conformal", { timeout }, () => {
  /** Residual scale 1, rising to 3 in the second third, and staying there. */
  const scores = (seed: number, n: number) => {
    const third = Math.floor(n / 3);
    return normalPairs(createXoshiro(seed), n).map(
      (z, t) => Math.abs(z) * (1 + 2 * Math.min(1, Math.max(0, (t - third) / third))),
    );
  };

  it("keeps the long-run miss rate within its bound on a stream that triples its noise, where a fixed cut-off fails", () => {
    const stream = scores(4, 6000);
    let adaptive = createAdaptive(0.1, 0.005, 500);
    let dynamic = createDynamicAdaptive(0.1);
    for (const score of stream) {
      adaptive = updateAdaptive(adaptive, score);
      dynamic = updateDynamicAdaptive(dynamic, score);
    }
    expect(Math.abs(adaptive.misses / adaptive.labels - 0.1)).toBeLessThanOrEqual(adaptiveBound(0.1, 0.005, 6000));
    expect(Math.abs(adaptive.misses / adaptive.labels - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(dynamic.misses / dynamic.labels - 0.1)).toBeLessThan(0.015);
    const fixed = cutoffOf(stream.slice(0, 500), 0.1);
    expect(stream.slice(4000).filter((s) => s > fixed).length / 2000).toBeGreaterThan(0.4);
  });

  it("stays within its bound on a stream made to defeat it", () => {
    let state = createAdaptive(0.1, 0.05, 50);
    for (let t = 0; t < 3000; t++) {
      const cutoff = adaptiveCutoff(state.window, state.level);
      state = updateAdaptive(state, Number.isFinite(cutoff) ? cutoff + 1 : t % 7);
    }
    expect(Math.abs(state.misses / state.labels - 0.1)).toBeLessThanOrEqual(adaptiveBound(0.1, 0.05, 3000));
  });

  it("its coverage monitor false-alarms at most 1 % over every look", () => {
    const random = createXoshiro(5);
    const trials = times(20_000);
    let alarms = 0;
    for (let r = 0; r < trials; r++) {
      let misses = 0;
      for (let look = 1; look <= 20; look++) {
        misses += sampleBinomial(random, 50, 0.1);
        const got = coverageEvidence(misses, 50 * look, 0.1);
        if (got.kind !== "coverage-evidence") throw new Error(got.kind);
        if (got.logEvidence < Math.log(100)) continue;
        alarms += 1;
        break;
      }
    }
    expectRate(alarms, trials, 0, 0.01);
  });
});
