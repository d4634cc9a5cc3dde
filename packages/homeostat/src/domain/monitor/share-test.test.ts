import { describe, expect, it } from "vitest";
import { hypergeometricUpperTail } from "../../stats/special/hypergeometric.ts";
import { type ShareQuestion, shareTest } from "./share-test.ts";

const key = { monitor: "null-rate", metric: "null-share", segment: undefined, feature: "x" } as const;
const question: ShareQuestion = {
  key,
  hits: 0,
  rows: 100,
  baselineHits: 0,
  baselineRows: 1_000,
  materialIncrease: 0.001,
  leastHits: 20,
  overdispersion: undefined,
};
function numbersOf(parts: Partial<ShareQuestion>) {
  const test = shareTest({ ...question, ...parts });
  if (test.kind !== "tested") throw new Error(test.reason);
  return test.numbers;
}

describe("the test of a share", () => {
  it("is exactly hypergeometric when the baseline has no such row", () => {
    for (const hits of [1, 3, 20, 100]) {
      const exact = hypergeometricUpperTail(hits, { total: 1_100, marked: hits, drawn: 100 });
      expect(numbersOf({ hits }).pValue / exact).toBeCloseTo(1, 9);
    }
    // C(100,2)/C(1100,2), by hand.
    expect(numbersOf({ hits: 2 }).pValue).toBeCloseTo((100 * 99) / (1_100 * 1_099), 12);
  });

  it("finds nothing in no hits: p is 1 and the effect not positive", () => {
    expect(numbersOf({ hits: 0 })).toMatchObject({ pValue: 1, effect: 0, value: 0 });
    expect(numbersOf({ hits: 0, baselineHits: 500 }).pValue).toBeGreaterThan(0.999);
  });

  it("is the one-sided two-proportion score test otherwise", () => {
    // p = 60/1100; z = (0.3 - 0.03)/sqrt(p(1-p)(1/100 + 1/1000)) = 11.34…
    const p = 60 / 1_100;
    const z = 0.27 / Math.sqrt(p * (1 - p) * (1 / 100 + 1 / 1_000));
    const { pValue, variant, effect } = numbersOf({ hits: 30, baselineHits: 30 });
    expect(variant).toBe("share/score");
    expect(effect).toBeCloseTo(0.27, 12);
    expect(-Math.log(pValue)).toBeCloseTo(z ** 2 / 2 + Math.log(z * Math.sqrt(2 * Math.PI)), 1);
  });

  it("is less sure where healthy windows vary more than chance", () => {
    const independent = numbersOf({ hits: 8, baselineHits: 30 }).pValue;
    const bursts = numbersOf({ hits: 8, baselineHits: 30, overdispersion: { phi: 9, windows: 30 } }).pValue;
    expect(independent).toBeLessThan(0.01);
    expect(bursts).toBeGreaterThan(0.15);
  });

  it("calls a handful of rows immaterial however unlikely they are", () => {
    expect(numbersOf({ hits: 19 }).effect).toBe(0);
    expect(numbersOf({ hits: 20 }).effect).toBeCloseTo(0.2, 12);
  });

  it("does not answer on fewer than ten rows of either side", () => {
    expect(shareTest({ ...question, rows: 9 })).toMatchObject({ kind: "untested", state: "not-enough-data", rows: 9 });
    expect(shareTest({ ...question, baselineRows: 9 })).toMatchObject({ kind: "untested", state: "not-enough-data" });
  });

  it("has no opinion when every row on both sides is a hit", () => {
    expect(numbersOf({ hits: 100, baselineHits: 1_000 }).pValue).toBe(1);
  });
});
