import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMinstd } from "../random/minstd.ts";
import { normalPairs } from "../random/normal-pairs.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { ewmaVolatility } from "./ewma-volatility.ts";
import { chooseHmm, defaultHmmFitOptions, fitGaussianHmm } from "./fit-gaussian-hmm.ts";
import { type GaussianHmm, hmmFilter } from "./gaussian-hmm.ts";
import { ledoitWolf } from "./ledoit-wolf.ts";
import { regimeCalls } from "./regime-call.ts";
import { robustZ } from "./robust-z.ts";
import { rollingVolatility } from "./rolling-volatility.ts";
import { stressStates } from "./stress-state.ts";
import {
  conditionsTest,
  mahalanobisConditions,
  neighbourConditions,
  type TrainingConditions,
  type TrainingConditionsFit,
} from "./training-conditions.ts";
import { trendZ } from "./trend-z.ts";

interface Golden {
  readonly covariances: readonly {
    readonly rows: number[][];
    readonly points: number[][];
    readonly shrinkage: number;
    readonly covariance: number[][];
    readonly mahalanobis: number[];
    readonly neighbours: number[];
  }[];
  readonly models: readonly (GaussianHmm & {
    readonly values: number[];
    readonly logLikelihood: number;
    readonly filteredAt: number[];
    readonly filtered: number[][];
  })[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/regime.json", import.meta.url), "utf8")) as Golden;

/** The reference series: one uniform per step, the state flips above .98 from the second step on. */
function referenceReturns(): { readonly returns: number[]; readonly states: number[] } {
  const uniforms = createMinstd(2024);
  const normals = normalPairs(createMinstd(2025), 1000);
  let state = 0;
  const states: number[] = [];
  const returns = normals.map((z, t) => {
    const u = uniforms.next();
    if (t > 0 && u > 0.98) state = 1 - state;
    states.push(state);
    return [0.0005, -0.001][state]! + [0.01, 0.03][state]! * z;
  });
  return { returns, states };
}

const { returns, states } = referenceReturns();
const known: GaussianHmm = {
  initial: [0.5, 0.5],
  transition: [
    [0.98, 0.02],
    [0.02, 0.98],
  ],
  means: [0.0005, -0.001],
  deviations: [0.01, 0.03],
};

describe("volatility, trend and robust z", () => {
  it("reproduce the reference series and its numbers", () => {
    expect(returns.reduce((a, b) => a + b, 0)).toBeCloseTo(0.3279726288482181, 10);
    expect(returns.reduce((a, b) => a + b * b, 0)).toBeCloseTo(0.7506030852580134, 10);
    expect(ewmaVolatility(returns).at(-1)).toBeCloseTo(0.022997611657688585, 12);
    expect(trendZ(returns)[0]).toBeCloseTo(-0.5710605826, 9);
    expect(trendZ(returns).at(-1)).toBeCloseTo(1.6161337839, 9);
    const logs = rollingVolatility(returns).map((v) => Math.log(v ?? Number.NaN));
    expect(robustZ(logs.at(-1)!, logs.slice(0, 250))).toMatchObject({ kind: "z", z: expect.closeTo(-1.388957741, 9) });
  });

  it("say unknown on gaps and constants, never calm", () => {
    expect(robustZ(1, [1, 2, 3])).toEqual({ kind: "insufficient", have: 3, need: 30 });
    expect(robustZ(1, new Array(40).fill(5))).toEqual({ kind: "no-variation" });
    expect(trendZ([1, 1, 1, Number.NaN], 3)).toEqual([null, null]);
    expect(rollingVolatility([1, Number.NaN, 2], 2)).toEqual([null, null]);
    expect([...ewmaVolatility([Number.NaN, 2, Number.NaN])]).toEqual([0, 2, 2]);
    expect(() => ewmaVolatility([1], 1)).toThrow(RangeError);
    expect(() => trendZ([1], 1)).toThrow(RangeError);
  });
});

describe("stressStates", () => {
  it("announces a change only when it holds for two steps", () => {
    expect(stressStates([0.2, 3, 0.1, 1.5, 1.6, -2.5, -3, 0.2])).toEqual([
      "calm",
      "calm",
      "calm",
      "calm",
      "elevated",
      "elevated",
      "stress",
      "stress",
    ]);
  });

  it("is unknown at once where z is, and comes back to the state before", () => {
    expect(stressStates([null, 0.1, null, 0.2, 5, null, 5])).toEqual([
      "unknown",
      "calm",
      "unknown",
      "calm",
      "calm",
      "unknown",
      "calm",
    ]);
  });
});

describe("hmmFilter", () => {
  it("reproduces the reference likelihood and filtered probabilities", () => {
    const filter = hmmFilter(known, returns);
    expect(filter.logLikelihood).toBeCloseTo(2270.7956806923635, 7);
    const expected = { 0: 0.25795781, 1: 0.2093873, 2: 0.09833774, 99: 0.96232372, 499: 0.07524041, 999: 0.96808812 };
    for (const [t, p] of Object.entries(expected)) expect(filter.probabilities[Number(t)]![1]).toBeCloseTo(p, 7);
  });

  it("agrees with hmmlearn on two and three states", () => {
    for (const model of golden.models) {
      const filter = hmmFilter(model, model.values);
      expect(filter.logLikelihood).toBeCloseTo(model.logLikelihood, 8);
      model.filteredAt.forEach((t, i) => {
        expect(filter.probabilities[t]).toEqual(model.filtered[i]!.map((p) => expect.closeTo(p, 9)));
      });
    }
  });

  it("never looks ahead: cutting the series leaves the past as it was", () => {
    const whole = hmmFilter(known, returns).probabilities;
    expect(hmmFilter(known, returns.slice(0, 300)).probabilities).toEqual(whole.slice(0, 300));
  });

  it("survives values far outside every state and carries missing ones forward", () => {
    const { probabilities, logLikelihood } = hmmFilter(known, [0.01, 50, Number.NaN, -80]);
    expect(Number.isFinite(logLikelihood)).toBe(true);
    for (const row of probabilities) expect(row[0]! + row[1]!).toBeCloseTo(1, 12);
    expect(probabilities[2]![1]).toBeCloseTo(0.98 * probabilities[1]![1]! + 0.02 * probabilities[1]![0]!, 12);
  });
});

describe("fitGaussianHmm", () => {
  it("finds the reference model, and the BIC of one and of two states", () => {
    const one = fitGaussianHmm(returns, 1);
    const two = fitGaussianHmm(returns, 2);
    if (one.kind !== "fitted" || two.kind !== "fitted") throw new Error("expected fits");
    expect(one.bic).toBeCloseTo(-4343.08, 2);
    expect(two.bic).toBeCloseTo(-4505.95, 1);
    expect(two.logLikelihood).toBeCloseTo(2277.152, 2);
    expect(two.model.deviations).toEqual([expect.closeTo(0.00988, 4), expect.closeTo(0.03101, 4)]);
    expect(two.model.transition[0]![0]).toBeCloseTo(0.9543, 3);
    expect(two.model.transition[1]![1]).toBeCloseTo(0.9865, 3);
  });

  it("prefers two states to three by BIC when there are two", () => {
    const chosen = chooseHmm(returns, [1, 2, 3], { ...defaultHmmFitOptions, maximumIterations: 60 });
    expect(chosen.kind === "fitted" && chosen.model.means.length).toBe(2);
  });

  it("orders states by variance and does not depend on the sign or the scale of the series", () => {
    const flipped = fitGaussianHmm(
      returns.map((r) => -1000 * r),
      2,
    );
    const plain = fitGaussianHmm(returns, 2);
    if (flipped.kind !== "fitted" || plain.kind !== "fitted") throw new Error("expected fits");
    expect(flipped.model.deviations[0]! / 1000).toBeCloseTo(plain.model.deviations[0]!, 4);
    expect(flipped.model.deviations[0]!).toBeLessThan(flipped.model.deviations[1]!);
  });

  it("finds most states of the reference series by the live filter alone, and calls few false switches", () => {
    const fit = fitGaussianHmm(returns, 2);
    if (fit.kind !== "fitted") throw new Error("expected a fit");
    const filter = hmmFilter(fit.model, returns);
    const right = filter.probabilities.filter((p, t) => (p[1]! > 0.5 ? 1 : 0) === states[t]).length;
    expect(right / 1000).toBeGreaterThan(0.88);
    const calls = regimeCalls(filter.probabilities);
    const switches = calls.filter((c, t) => t > 0 && c !== calls[t - 1]).length;
    const truth = states.filter((s, t) => t > 0 && s !== states[t - 1]).length;
    expect(switches).toBeLessThanOrEqual(truth + 5);
  });

  it("is insufficient on a short series, and stays finite on a constant one", () => {
    expect(fitGaussianHmm(returns.slice(0, 60), 2)).toEqual({ kind: "insufficient", have: 60, need: 70 });
    const flat = fitGaussianHmm(new Array(200).fill(0), 2);
    expect(flat.kind === "fitted" && flat.model.deviations.every((d) => Number.isFinite(d) && d > 0)).toBe(true);
    expect(chooseHmm([1, 2, 3])).toMatchObject({ kind: "insufficient" });
  });
});

describe("regimeCalls", () => {
  it("announces a state after three steps above .8, and nothing before", () => {
    const p = (x: number): readonly number[] => [1 - x, x];
    expect(regimeCalls([p(0.1), p(0.1), p(0.1), p(0.9), p(0.9), p(0.5), p(0.9), p(0.9), p(0.9)])).toEqual([
      null,
      null,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
    ]);
  });
});

function conditions(fit: TrainingConditionsFit): TrainingConditions {
  if (fit.kind !== "conditions") throw new Error("expected conditions");
  return fit;
}

describe("training conditions", () => {
  const draws = normalPairs(createMinstd(7), 600);
  const rows = Array.from({ length: 200 }, (_, i) => [
    draws[3 * i]!,
    draws[3 * i + 1]!,
    0.8 * draws[3 * i]! + 0.6 * draws[3 * i + 2]!,
  ]);
  const points = [
    [0, 0, 0],
    [2, 0, -2],
    [3, 3, 3],
    [1, 1, 1],
  ];

  it("reproduce the reference distances and conformal p-values", () => {
    const sample = conditions(mahalanobisConditions(rows, "sample"));
    const neighbours = conditions(neighbourConditions(rows));
    expect(points.map((x) => sample.distanceOf(x))).toEqual(
      [0.0111572, 41.7776273, 19.8225483, 2.0349083].map((d) => expect.closeTo(d, 6)),
    );
    expect(points.map((x) => neighbours.distanceOf(x))).toEqual(
      [0.2584157, 2.2029001, 2.3562473, 0.7134949].map((d) => expect.closeTo(d, 6)),
    );
    expect(points.map((x) => conditionsTest(neighbours, x))).toMatchObject(
      [0.960199005, 0.0049751244, 0.0049751244, 0.1940298507].map((p) => ({
        kind: "tested",
        pValue: expect.closeTo(p, 9),
      })),
    );
  });

  it("agree with scikit-learn on Ledoit-Wolf, its distances and nearest neighbours, in any unit", () => {
    for (const one of golden.covariances) {
      const shrunk = ledoitWolf(one.rows);
      expect(shrunk.shrinkage).toBeCloseTo(one.shrinkage, 10);
      shrunk.covariance.forEach((row, i) => {
        expect(row).toEqual(one.covariance[i]!.map((v) => expect.closeTo(v, 8)));
      });
      const byCovariance = mahalanobisConditions(one.rows);
      if (byCovariance.kind === "conditions") {
        for (const [i, x] of one.points.entries())
          expect(byCovariance.distanceOf(x)! / one.mahalanobis[i]!).toBeCloseTo(1, 8);
      }
      const byNeighbours = conditions(neighbourConditions(one.rows));
      for (const [i, x] of one.points.entries())
        expect(byNeighbours.distanceOf(x)! / one.neighbours[i]!).toBeCloseTo(1, 8);
    }
  });

  it("call about one fresh row in twenty strange at p = .05, and a shifted one nearly always", () => {
    const random = createXoshiro(31);
    const cloud = (n: number, shift: number): number[][] =>
      Array.from({ length: n }, () => normalPairs(random, 4).map((z) => z + shift));
    for (const fit of [mahalanobisConditions(cloud(1000, 0)), neighbourConditions(cloud(1000, 0))]) {
      const trained = conditions(fit);
      const share = (fresh: number[][]): number =>
        fresh.filter((x) => (conditionsTest(trained, x) as { pValue: number }).pValue <= 0.05).length / fresh.length;
      // Binomial(1000, .05) spread plus that of the reference sample: three standard errors of both.
      expect(Math.abs(share(cloud(1000, 0)) - 0.05)).toBeLessThan(0.032);
      expect(share(cloud(200, 3))).toBeGreaterThan(0.95);
    }
  });

  it("do not judge rows with missing values, too little data, or constants", () => {
    const trained = conditions(neighbourConditions(rows));
    expect(conditionsTest(trained, [1, Number.NaN, 0])).toEqual({ kind: "unknown", reason: "missing-values" });
    expect(conditionsTest(trained, [1])).toEqual({ kind: "unknown", reason: "missing-values" });
    expect(mahalanobisConditions(rows.slice(0, 30))).toEqual({
      kind: "insufficient",
      reason: "too-few-rows",
      have: 30,
      need: 60,
    });
    expect(neighbourConditions([])).toMatchObject({ kind: "insufficient", have: 0 });
    expect(mahalanobisConditions(Array.from({ length: 100 }, () => [1, 1]))).toEqual({
      kind: "insufficient",
      reason: "no-variation",
    });
  });
});
