import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compensatedSum } from "./compensated-sum.ts";
import { logSumExp } from "./log-sum-exp.ts";
import { mergeMoments, momentsFromSums, momentsOf, NO_MOMENTS, varianceOf } from "./moments.ts";

const reals = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 });

describe("compensatedSum", () => {
  it("keeps small terms beside huge ones that cancel", () => {
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2);
    expect(compensatedSum(new Float64Array(1_000_000).fill(0.1))).toBe(100_000);
  });
  it("states empty, infinite and undefined sums", () => {
    expect(compensatedSum([])).toBe(0);
    expect(compensatedSum([1, Number.POSITIVE_INFINITY, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(compensatedSum([1, Number.NaN])).toBeNaN();
    expect(compensatedSum([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBeNaN();
  });
});

describe("logSumExp", () => {
  it("neither overflows nor underflows", () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-1000, -1000, -1000])).toBeCloseTo(-1000 + Math.log(3), 12);
    expect(logSumExp([0, -40])).toBe(Math.log1p(Math.exp(-40)));
  });
  it("states empty, infinite and undefined sums", () => {
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
    expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
    expect(logSumExp([1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(logSumExp([1, Number.NaN])).toBeNaN();
  });
});

describe("moments", () => {
  it("merges: the moments of two lists are the moments of their union", () => {
    fc.assert(
      fc.property(reals, reals, (left, right) => {
        const merged = mergeMoments(momentsOf(left), momentsOf(right));
        const whole = momentsOf([...left, ...right]);
        expect(merged.n).toBe(whole.n);
        expect(Math.abs(merged.mean - whole.mean)).toBeLessThanOrEqual(1e-9);
        expect(Math.abs(merged.m2 - whole.m2)).toBeLessThanOrEqual(1e-12 * whole.m2 + 1e-9);
      }),
    );
  });
  it("keeps the variance of values with a huge common offset", () => {
    expect(varianceOf(momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]))).toBe(30);
  });
  it("does not call the spread of one value, or of none, zero", () => {
    expect(varianceOf(NO_MOMENTS)).toBeNaN();
    expect(varianceOf(momentsOf([3]))).toBeNaN();
    expect(varianceOf(momentsOf([3]), 0)).toBe(0);
    expect(momentsOf([1, Number.NaN]).mean).toBeNaN();
  });
  it("agrees with sums kept by a store", () => {
    const { n, mean, m2 } = momentsFromSums(3, 6, 14);
    expect([n, mean, m2]).toEqual([3, 2, 2]);
    expect(momentsFromSums(0, 0, 0)).toEqual(NO_MOMENTS);
    expect(momentsFromSums(3, 0.3, 0.03).m2).toBeGreaterThanOrEqual(0);
  });
});
