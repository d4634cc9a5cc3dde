import { describe, expect, it } from "vitest";
import { exposureContrast, type GroupSums } from "./difference-in-differences.ts";
import { lnExposureBayesFactor } from "./exposure-bayes-factor.ts";
import { reestimatedPriors } from "./reestimated-priors.ts";
import { reestimatedUnknownScore } from "./reestimated-unknown-score.ts";

const counts = (n: number, k: number): GroupSums => ({ n, sum: k, sumSquares: k });

describe("lnExposureBayesFactor", () => {
  it.each([
    [0, 1 / 3],
    [1, 0.5198745],
    [2, 1.9722312],
    [3, 18.1993833],
    [5, 22303.498],
  ])("gives the reference factor at z = %d", (z, factor) => {
    expect(Math.exp(lnExposureBayesFactor(z, 8, Number.POSITIVE_INFINITY)) / factor).toBeCloseTo(1, 6);
  });

  it("is capped, and negative z counts no more than no effect", () => {
    expect(Math.exp(lnExposureBayesFactor(50))).toBeCloseTo(1e4, 6);
    expect(lnExposureBayesFactor(-4)).toBe(lnExposureBayesFactor(0));
  });
});

describe("exposureContrast", () => {
  it("gives the change among exposed rows minus the change among the others, over its standard error", () => {
    const answer = exposureContrast({
      exposedBefore: counts(1000, 100),
      exposedAfter: counts(1000, 200),
      unexposedBefore: counts(4000, 400),
      unexposedAfter: counts(4000, 440),
    });
    if (answer.kind !== "contrast") throw new Error("expected a contrast");
    expect(answer.effect).toBeCloseTo(0.09, 12);
    // By hand: sqrt(.1*.9/1000 + .2*.8/1000 + .1*.9/4000 + .11*.89/4000), plus one pooled observation per group.
    expect(answer.standardError).toBeCloseTo(0.017241, 4);
    expect(answer.z).toBeCloseTo(answer.effect / answer.standardError, 12);
  });

  it("is near zero when everybody moves alike", () => {
    const answer = exposureContrast({
      exposedBefore: counts(1000, 100),
      exposedAfter: counts(1000, 200),
      unexposedBefore: counts(1000, 100),
      unexposedAfter: counts(1000, 200),
    });
    expect(answer).toMatchObject({ kind: "contrast", effect: 0, z: 0 });
  });

  it("is insufficient when nobody was left unexposed, or nothing varies", () => {
    const same = { exposedBefore: counts(50, 0), exposedAfter: counts(50, 0), unexposedBefore: counts(50, 0) };
    expect(exposureContrast({ ...same, unexposedAfter: counts(0, 0) })).toEqual({
      kind: "insufficient",
      have: 0,
      need: 10,
    });
    expect(exposureContrast({ ...same, unexposedAfter: counts(50, 0) })).toMatchObject({ kind: "insufficient" });
  });

  it("does not change when the loss is measured in another unit", () => {
    const group = (n: number, mean: number, sd: number, unit: number): GroupSums => {
      return { n, sum: n * mean * unit, sumSquares: n * (mean * mean + sd * sd) * unit * unit };
    };
    const z = (unit: number): number => {
      const answer = exposureContrast({
        exposedBefore: group(200, 3, 1, unit),
        exposedAfter: group(150, 3.5, 1.2, unit),
        unexposedBefore: group(400, 2.8, 1, unit),
        unexposedAfter: group(300, 2.9, 1, unit),
      });
      return answer.kind === "contrast" ? answer.z : Number.NaN;
    };
    expect(z(1000)).toBeCloseTo(z(1), 9);
  });

  it("shrinks z by the square root of the overdispersion", () => {
    const input = {
      exposedBefore: counts(1000, 100),
      exposedAfter: counts(1000, 200),
      unexposedBefore: counts(1000, 100),
      unexposedAfter: counts(1000, 100),
    };
    const plain = exposureContrast(input);
    const clustered = exposureContrast({ ...input, overdispersion: 4 });
    if (plain.kind !== "contrast" || clustered.kind !== "contrast") throw new Error("expected contrasts");
    expect(clustered.z).toBeCloseTo(plain.z / 2, 12);
  });
});

describe("reestimatedPriors", () => {
  it("moves from the default towards confirmed incidents and keeps the total weight", () => {
    const priors = reestimatedPriors({
      priors: { deploy: 0.25, schema: 0.75 },
      confirmed: { deploy: 20 },
      concentration: 20,
    });
    expect(priors).toEqual({ deploy: expect.closeTo(0.625, 12), schema: expect.closeTo(0.375, 12) });
  });

  it("gives a kind first seen in incidents a weight of its own, and leaves priors alone without incidents", () => {
    expect(reestimatedPriors({ priors: { deploy: 1 }, confirmed: { moon: 20 }, concentration: 20 })).toEqual({
      deploy: 0.5,
      moon: 0.5,
    });
    expect(reestimatedPriors({ priors: { deploy: 0.3 }, confirmed: {} })).toEqual({ deploy: expect.closeTo(0.3, 12) });
  });
});

describe("reestimatedUnknownScore", () => {
  it("stays put when incidents match the assumption, rises with unlogged causes and falls with logged ones", () => {
    expect(reestimatedUnknownScore({ logged: 8, unlogged: 2 })).toBeCloseTo(1e-3, 12);
    expect(reestimatedUnknownScore({ logged: 0, unlogged: 10 })).toBeGreaterThan(1e-3);
    expect(reestimatedUnknownScore({ logged: 50, unlogged: 0 })).toBeLessThan(1e-3);
  });
});
