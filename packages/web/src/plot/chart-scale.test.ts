import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extentOf, linearScale, niceTicks, sparseIndices } from "./chart-scale.ts";

describe("linearScale", () => {
  it("maps the ends of the domain to the ends of the range", () => {
    const scale = linearScale([0.5, 0.7], [200, 20]);
    expect(scale(0.5)).toBeCloseTo(200);
    expect(scale(0.7)).toBeCloseTo(20);
  });

  it("maps an empty domain to the middle", () => {
    expect(linearScale([1, 1], [0, 10])(1)).toBe(5);
  });
});

describe("niceTicks", () => {
  it("are round numbers inside the bounds", () => {
    expect(niceTicks(0.48, 0.77, 4)).toEqual([0.5, 0.6, 0.7]);
    expect(niceTicks(0, 1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it("never leave the bounds and never grow many", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.double({ min: 0.01, max: 1e3, noNaN: true }),
        (low, spread) => {
          const ticks = niceTicks(low, low + spread, 4);
          expect(ticks.length).toBeLessThanOrEqual(6);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - spread * 1e-6);
            expect(tick).toBeLessThanOrEqual(low + spread * (1 + 1e-6));
          }
        },
      ),
    );
  });
});

describe("extentOf", () => {
  it("ignores what is not known", () => {
    expect(extentOf([null, 1, Number.NaN, 3], 0)).toEqual([1, 3]);
    expect(extentOf([null], 0.1)).toBeNull();
  });
});

describe("sparseIndices", () => {
  it("always has the newest and never more than asked", () => {
    expect(sparseIndices(7, 3)).toEqual([0, 3, 6]);
    expect(sparseIndices(0, 3)).toEqual([]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 20 }), (count, most) => {
        const indices = sparseIndices(count, most);
        expect(indices.at(-1)).toBe(count - 1);
        expect(indices.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
