import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Comparison, satisfies } from "./comparison.ts";

const number = fc.integer({ min: -50, max: 50 });

describe("an operator of the standard", () => {
  const plain: readonly (readonly [
    Exclude<Comparison["operator"], "mustBeBetween" | "mustNotBeBetween">,
    (a: number, b: number) => boolean,
  ])[] = [
    ["mustBe", (a, b) => a === b],
    ["mustNotBe", (a, b) => a !== b],
    ["mustBeGreaterThan", (a, b) => a > b],
    ["mustBeGreaterOrEqualTo", (a, b) => a >= b],
    ["mustBeLessThan", (a, b) => a < b],
    ["mustBeLessOrEqualTo", (a, b) => a <= b],
  ];
  it.each(plain)("%s says what its name says", (operator, means) => {
    fc.assert(
      fc.property(number, number, (measured, value) => {
        expect(satisfies(measured, { operator, value, unit: "rows" })).toBe(means(measured, value));
      }),
    );
    expect(satisfies(Number.NaN, { operator, value: 1, unit: "rows" })).toBe(false);
  });

  it("mustBeBetween excludes both ends, and mustNotBeBetween is its opposite", () => {
    fc.assert(
      fc.property(number, number, number, (measured, one, other) => {
        fc.pre(one !== other);
        const [low, high] = one < other ? [one, other] : [other, one];
        const inside = satisfies(measured, { operator: "mustBeBetween", low, high, unit: "rows" });
        expect(inside).toBe(measured > low && measured < high);
        expect(satisfies(measured, { operator: "mustNotBeBetween", low, high, unit: "rows" })).toBe(!inside);
      }),
    );
  });
});
