import { readFileSync } from "node:fs";
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
import { normalCdf } from "./normal-cdf.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalSurvival } from "./normal-survival.ts";
import { regularizedBeta } from "./regularized-beta.ts";
import { regularizedGammaLower } from "./regularized-gamma-lower.ts";
import { regularizedGammaUpper } from "./regularized-gamma-upper.ts";
import { studentTSurvival } from "./student-t-survival.ts";

type Row = readonly number[];
const golden = JSON.parse(readFileSync(new URL("../golden/special.json", import.meta.url), "utf8")) as Record<
  string,
  readonly Row[]
>;

/** Largest relative error over a family; values under 1e-290 are compared absolutely, where doubles lose digits. */
function worst(family: string, compute: (row: Row) => readonly (readonly [number, number])[]): number {
  let largest = 0;
  for (const row of golden[family] ?? []) {
    for (const [have, want] of compute(row)) {
      const error = Math.abs(have - want) / Math.max(Math.abs(want), 1e-290);
      if (!(error <= largest)) largest = error;
    }
  }
  return largest;
}

/**
 * Vectors are from mpmath at 50 digits. The tolerances are what doubles allow: arguments of tails carry a rounding of
 * 1e-16 that a tail at 20 standard deviations multiplies by about 400, hence 1e-13 rather than 1e-16.
 */
describe("special functions agree with 50-digit arithmetic", () => {
  it.each<[string, number, (row: Row) => readonly (readonly [number, number])[]]>([
    ["logGamma", 3e-15, ([x = 0, y = 0]) => [[logGamma(x), y]]],
    [
      "regularizedGamma",
      5e-13,
      ([a = 0, x = 0, p = 0, q = 0]) => [
        [regularizedGammaLower(a, x), p],
        [regularizedGammaUpper(a, x), q],
      ],
    ],
    ["regularizedBeta", 2e-13, ([a = 0, b = 0, x = 0, p = 0]) => [[regularizedBeta(a, b, x), p]]],
    ["betaQuantile", 3e-13, ([p = 0, a = 0, b = 0, x = 0]) => [[betaQuantile(p, a, b), x]]],
    [
      "normal",
      4e-15,
      ([z = 0, p = 0, q = 0]) => [
        [normalCdf(z), p],
        [normalSurvival(z), q],
      ],
    ],
    ["normalQuantile", 2e-15, ([p = 0, z = 0]) => [[normalQuantile(p), z]]],
    ["chiSquared", 1e-13, ([x = 0, df = 0, q = 0]) => [[chiSquaredSurvival(x, df), q]]],
    ["chiSquaredUpperQuantile", 1e-13, ([alpha = 0, df = 0, x = 0]) => [[chiSquaredUpperQuantile(alpha, df), x]]],
    [
      "noncentralChiSquared",
      2e-12,
      ([x = 0, df = 0, lambda = 0, q = 0]) => [[noncentralChiSquaredSurvival(x, df, lambda), q]],
    ],
    ["f", 2e-13, ([x = 0, a = 0, b = 0, q = 0]) => [[fSurvival(x, a, b), q]]],
    ["t", 2e-13, ([t = 0, df = 0, q = 0]) => [[studentTSurvival(t, df), q]]],
    ["kolmogorov", 1e-14, ([lambda = 0, q = 0]) => [[kolmogorovSurvival(lambda), q]]],
    [
      "binomial",
      5e-13,
      ([k = 0, n = 0, p = 0, low = 0, high = 0]) => [
        [binomialCdf(k, n, p), low],
        [binomialSurvival(k, n, p), high],
      ],
    ],
    [
      "clopperPearson",
      1e-12,
      ([k = 0, n = 0, alpha = 0, lower = 0, upper = 0]) => [
        [clopperPearson(k, n, alpha).lower, lower],
        [clopperPearson(k, n, alpha).upper, upper],
      ],
    ],
    ["logChoose", 3e-15, ([n = 0, k = 0, y = 0]) => [[logChoose(n, k), y]]],
  ])("%s within %d relative", (family, tolerance, compute) => {
    expect(golden[family]?.length ?? 0).toBeGreaterThan(6);
    expect(worst(family, compute)).toBeLessThanOrEqual(tolerance);
  });
});
