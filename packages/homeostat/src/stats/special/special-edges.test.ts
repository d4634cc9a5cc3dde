import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaQuantile } from "./beta-quantile.ts";
import { binomialCdf } from "./binomial-cdf.ts";
import { binomialSurvival } from "./binomial-survival.ts";
import { chiSquaredUpperQuantile } from "./chi-squared-quantile.ts";
import { chiSquaredSurvival } from "./chi-squared-survival.ts";
import { clopperPearson } from "./clopper-pearson.ts";
import { fSurvival } from "./f-survival.ts";
import { kolmogorovSurvival } from "./kolmogorov-survival.ts";
import { logChoose } from "./log-choose.ts";
import { logGamma } from "./log-gamma.ts";
import { noncentralChiSquaredSurvival } from "./noncentral-chi-squared-survival.ts";
import { noncentralityOfTail } from "./noncentrality-of-tail.ts";
import { normalCdf } from "./normal-cdf.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalSurvival } from "./normal-survival.ts";
import { regularizedBeta } from "./regularized-beta.ts";
import { regularizedGammaLower } from "./regularized-gamma-lower.ts";
import { regularizedGammaUpper } from "./regularized-gamma-upper.ts";
import { studentTSurvival } from "./student-t-survival.ts";

const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const shape = fc.double({ min: 0.05, max: 5000, noNaN: true });
/** From one half up a beta law has no mass within a rounding of its ends, so a quantile as a double can hold its probability. */
const positiveShape = fc.double({ min: 0.5, max: 5000, noNaN: true });
const inside = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe("special functions at the edges of their domains", () => {
  it("reproduces the reference page", () => {
    expect(logGamma(7.5)).toBeCloseTo(7.534364236758734, 14);
    expect(regularizedBeta(2, 3, 0.4)).toBeCloseTo(0.5248, 15);
    expect(chiSquaredSurvival(12.5, 9)).toBeCloseTo(0.18656597485845106, 15);
    expect(chiSquaredUpperQuantile(0.05, 9)).toBeCloseTo(16.91897760462045, 12);
    expect(chiSquaredUpperQuantile(0.01, 9)).toBeCloseTo(21.665994333461928, 12);
    expect(chiSquaredUpperQuantile(0.001, 9)).toBeCloseTo(27.877164871256575, 12);
    expect(noncentralChiSquaredSurvival(50, 9, 30)).toBeCloseTo(0.17078756725463223, 14);
    expect(noncentralChiSquaredSurvival(12.5, 9, 2)).toBeCloseTo(0.3329061550274002, 14);
    expect(fSurvival(3, 9, 72)).toBeCloseTo(0.004301035599328665, 16);
    expect(-normalQuantile(0.05)).toBeCloseTo(1.6448536269514729, 14);
    expect(studentTSurvival(2.5, 10)).toBeCloseTo(0.015723422118304388, 16);
    expect(kolmogorovSurvival(1.36)).toBeCloseTo(0.049485876755377876, 16);
    expect(binomialCdf(2, 12, 0.5)).toBeCloseTo(0.019287109375, 15);
    expect(clopperPearson(0, 100, 0.1).upper).toBeCloseTo(0.0295130496, 10);
    expect(clopperPearson(7, 1000, 0.05).upper).toBeCloseTo(0.014369195, 10);
  });

  it("answers NaN, never a number, for NaN and for arguments outside the domain", () => {
    const undefinedAnswers = [
      logGamma(Number.NaN),
      logGamma(Number.NEGATIVE_INFINITY),
      regularizedGammaLower(0, 1),
      regularizedGammaUpper(-1, 1),
      regularizedGammaUpper(1, -1),
      regularizedBeta(0, 1, 0.5),
      regularizedBeta(1, 1, 1.5),
      regularizedBeta(1, 1, Number.NaN),
      betaQuantile(1.1, 1, 1),
      betaQuantile(0.5, -1, 1),
      normalCdf(Number.NaN),
      normalQuantile(-0.1),
      normalQuantile(Number.NaN),
      chiSquaredSurvival(3, 0),
      chiSquaredSurvival(Number.NaN, 3),
      chiSquaredUpperQuantile(2, 3),
      noncentralChiSquaredSurvival(3, 3, -1),
      fSurvival(3, 0, 1),
      studentTSurvival(1, 0),
      kolmogorovSurvival(Number.NaN),
      binomialCdf(1, 2.5, 0.5),
      binomialSurvival(1, 2, 1.5),
      logChoose(Number.NaN, 1),
      clopperPearson(5, 3, 0.05).lower,
    ];
    expect(undefinedAnswers.every(Number.isNaN)).toBe(true);
  });

  it("keeps the limits at zero and infinity", () => {
    expect([logGamma(0), logGamma(-3), logGamma(Number.POSITIVE_INFINITY)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect([regularizedGammaLower(3, 0), regularizedGammaUpper(3, Number.POSITIVE_INFINITY)]).toEqual([0, 0]);
    expect([regularizedBeta(2, 3, 0), regularizedBeta(2, 3, 1)]).toEqual([0, 1]);
    expect([normalSurvival(Number.POSITIVE_INFINITY), normalSurvival(Number.NEGATIVE_INFINITY)]).toEqual([0, 1]);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([chiSquaredSurvival(-1, 3), chiSquaredSurvival(Number.POSITIVE_INFINITY, 3)]).toEqual([1, 0]);
    expect(chiSquaredUpperQuantile(0, 4)).toBe(Number.POSITIVE_INFINITY);
    expect(noncentralChiSquaredSurvival(12.5, 9, 0)).toBe(chiSquaredSurvival(12.5, 9));
    expect(fSurvival(2, 5, Number.POSITIVE_INFINITY)).toBe(chiSquaredSurvival(10, 5));
    expect(studentTSurvival(1.96, Number.POSITIVE_INFINITY)).toBe(normalSurvival(1.96));
    expect(studentTSurvival(Number.NEGATIVE_INFINITY, 4)).toBe(1);
    expect([kolmogorovSurvival(0), kolmogorovSurvival(50)]).toEqual([1, 0]);
    expect(logChoose(5, 7)).toBe(Number.NEGATIVE_INFINITY);
    expect(clopperPearson(0, 0, 0.05)).toEqual({ lower: 0, upper: 1 });
  });

  it("passes from the sweep to the normal form of the noncentral tail without a step", () => {
    for (const df of [1, 9, 200])
      for (const z of [-4, -1.6, 0, 1.6, 4]) {
        const at = (ncp: number): number =>
          noncentralChiSquaredSurvival(df + ncp + z * Math.sqrt(2 * (df + 2 * ncp)), df, ncp);
        expect(Math.abs(at(1e6) - at(1e6 + 1e-3))).toBeLessThan(2e-10);
        expect(at(1e12)).toBeGreaterThan(0);
      }
    expect(noncentralChiSquaredSurvival(1e12, 9, 1e12 - 9)).toBeCloseTo(0.5, 5);
    expect(noncentralityOfTail(1e12, 9, 0.05) / 1e12).toBeCloseTo(1, 5);
  });

  it("stays sound for counts of a billion", () => {
    expect(logGamma(1e9)).toBeCloseTo(19_723_265_827.6, 0);
    expect(chiSquaredSurvival(1e8, 1e8)).toBeCloseTo(0.5, 4);
    expect(noncentralChiSquaredSurvival(5e8, 9, 5e8)).toBeCloseTo(0.5, 3);
    expect(binomialCdf(5e8, 1e9, 0.5)).toBeCloseTo(0.5, 4);
    const { lower, upper } = clopperPearson(1e8, 1e9, 0.05);
    expect(upper - lower).toBeCloseTo(2 * 1.96 * Math.sqrt(0.09 / 1e9), 8);
  });
});

describe("special functions as laws of probability", () => {
  it("inverts: quantile then probability returns the probability", () => {
    fc.assert(
      fc.property(probability, positiveShape, positiveShape, (p, a, b) => {
        expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
        expect(chiSquaredSurvival(chiSquaredUpperQuantile(p, a), a)).toBeCloseTo(p, 11);
        expect(regularizedBeta(a, b, betaQuantile(p, a, b))).toBeCloseTo(p, 7);
      }),
      { numRuns: 200 },
    );
  });

  it("complements: the two sides sum to one and mirror each other", () => {
    fc.assert(
      fc.property(shape, shape, inside, (a, b, x) => {
        expect(regularizedGammaLower(a, b) + regularizedGammaUpper(a, b)).toBeCloseTo(1, 14);
        expect(regularizedBeta(a, b, x) + regularizedBeta(b, a, 1 - x)).toBeCloseTo(1, 11);
        expect(studentTSurvival(x, a) + studentTSurvival(-x, a)).toBeCloseTo(1, 14);
      }),
      { numRuns: 200 },
    );
  });

  it("is monotone: tails fall in their argument, and rise with noncentrality", () => {
    fc.assert(
      fc.property(
        shape,
        fc.double({ min: 0.01, max: 2000, noNaN: true }),
        fc.double({ min: 1.001, max: 3, noNaN: true }),
        (df, x, factor) => {
          expect(chiSquaredSurvival(x * factor, df)).toBeLessThanOrEqual(chiSquaredSurvival(x, df) * (1 + 1e-12));
          const near = noncentralChiSquaredSurvival(x, df, x / 2);
          expect(noncentralChiSquaredSurvival(x, df, (x / 2) * factor)).toBeGreaterThanOrEqual(near * (1 - 1e-12));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("covers: a Clopper–Pearson interval contains the observed share and shrinks with n", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 }), (k, more) => {
        const n = k + more;
        const narrow = clopperPearson(10 * k, 10 * n, 0.05);
        const wide = clopperPearson(k, n, 0.05);
        expect(wide.lower).toBeLessThanOrEqual(k / n);
        expect(wide.upper).toBeGreaterThanOrEqual(k / n);
        expect(narrow.upper - narrow.lower).toBeLessThan(wide.upper - wide.lower);
      }),
      { numRuns: 100 },
    );
  });
});
