import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import {
  clockShift,
  defaultValue,
  offsetChange,
  patternWords,
  respelled,
  roundedValues,
  unitChange,
} from "./shift-pattern.ts";

/** Flights by hour of departure: none at night, peaks in the morning and the evening. */
const day = [0, 0, 0, 0, 0, 20, 80, 120, 100, 70, 60, 60, 65, 60, 60, 70, 90, 110, 95, 70, 40, 20, 5, 0];
const clock = (counts: readonly number[]) =>
  new Map(counts.flatMap((count, hour) => (count > 0 ? [[hour, count] as const] : [])));
const turned = (hours: number) => clock(day.map((_, hour) => day[(hour - hours + 24) % 24]!));

describe("a clock that moved", () => {
  it.each([8, -3, 1, -11, 12])("by %i hours is recognised", (hours) => {
    expect(clockShift(turned(hours), clock(day))).toEqual({ kind: "timezone_hours", hours });
  });

  it("is recognised through chance", () => {
    const random = createXoshiro(8);
    const noisy = clock(day.map((_, hour) => Math.round(day[(hour - 8 + 24) % 24]! * (0.8 + 0.4 * random.next()))));
    expect(clockShift(noisy, clock(day))).toEqual({ kind: "timezone_hours", hours: 8 });
  });

  it("is not seen where nothing moved, not even in a day without shape", () => {
    expect(clockShift(clock(day), clock(day))).toBeUndefined();
    const even = clock(new Array<number>(24).fill(7));
    expect(clockShift(even, even)).toBeUndefined();
  });

  it("is not seen in another change of the hours", () => {
    const random = createXoshiro(9);
    const other = clock(day.map(() => Math.round(random.next() * 100)));
    expect(clockShift(other, clock(day))).toBeUndefined();
    expect(clockShift(clock(day.map((count, hour) => (hour < 12 ? count * 3 : count))), clock(day))).toBeUndefined();
  });

  it("is not seen without rows", () => {
    expect(clockShift(new Map(), new Map())).toBeUndefined();
    expect(clockShift(new Map(), clock(day))).toBeUndefined();
    expect(clockShift(clock(day), new Map())).toBeUndefined();
  });

  it("is not seen in numbers that are no hours: fractions, counts above 23, days of the week, months", () => {
    expect(clockShift(new Map([[1.5, 10]]), clock(day))).toBeUndefined();
    expect(clockShift(new Map([[31, 10]]), clock(day))).toBeUndefined();
    expect(
      clockShift(
        new Map([
          [2, 10],
          [3, 10],
        ]),
        new Map([
          [1, 10],
          [2, 10],
        ]),
      ),
    ).toBeUndefined();
    expect(clockShift(new Map([[12, 10]]), new Map([[11, 10]]))).toBeUndefined();
  });
});

describe("another unit", () => {
  const miles = [80, 150, 220, 300, 370, 460, 580, 750, 1_100, 2_400];

  it("is recognised both ways", () => {
    expect(
      unitChange(
        miles.map((mile) => mile * 1.609344),
        miles,
      ),
    ).toEqual({ kind: "unit_scale", factor: 1.609344 });
    expect(
      unitChange(
        miles,
        miles.map((mile) => mile * 1.609344),
      ),
    ).toMatchObject({ factor: 1 / 1.609344 });
    expect(
      unitChange(
        miles.map((mile) => mile * 60),
        miles,
      ),
    ).toMatchObject({ factor: 60 });
  });

  it("is not seen where nothing changed, where the change is none of a unit, or where it is no factor", () => {
    expect(unitChange(miles, miles)).toBeUndefined();
    expect(
      unitChange(
        miles.map((mile) => mile * 1.4),
        miles,
      ),
    ).toBeUndefined();
    expect(
      unitChange(
        miles.map((mile) => mile + 300),
        miles,
      ),
    ).toBeUndefined();
    const random = createXoshiro(10);
    expect(
      unitChange(
        miles.map((mile) => mile * (0.5 + 3 * random.next())),
        miles,
      ),
    ).toBeUndefined();
  });

  it("is not guessed from few quantiles, nor from zeros", () => {
    expect(unitChange([10, 20, 30, 40], [1, 2, 3, 4])).toBeUndefined();
    expect(unitChange([0, 0, 0, 0, 0, 10], [0, 0, 0, 0, 0, 1])).toBeUndefined();
    expect(unitChange([], [])).toBeUndefined();
  });
});

describe("words for a pattern", () => {
  it("say the direction of a clock and the factor of a unit", () => {
    expect(patternWords({ kind: "timezone_hours", hours: 8 })).toBe("the clock moved by +8 hours");
    expect(patternWords({ kind: "timezone_hours", hours: -3 })).toBe("the clock moved by -3 hours");
    expect(patternWords({ kind: "unit_scale", factor: 1.609344 })).toContain("1.609 times");
    expect(patternWords({ kind: "value_lost_to_null" })).toContain("missing");
    expect(patternWords({ kind: "renamed" })).toContain("never seen");
  });
});

describe("other traces", () => {
  const then = Array.from({ length: 39 }, (_, index) => 10 + index * 2.5);

  it("are an offset that every value carries, and none where the spread changed", () => {
    expect(
      offsetChange(
        then.map((value) => value + 40),
        then,
      ),
    ).toEqual({ kind: "offset", by: 40 });
    expect(
      offsetChange(
        then.map((value) => value * 1.8),
        then,
      ),
    ).toBeUndefined();
    expect(offsetChange(then, then)).toBeUndefined();
  });

  it("are one value that many rows have instead of their own", () => {
    const now = then.map((value, index) => (index < 15 ? -1 : value));
    expect(defaultValue(now, then)).toEqual({ kind: "constant_or_default", value: -1 });
    expect(defaultValue(then, then)).toBeUndefined();
  });

  it("are values cut to whole numbers that were not", () => {
    const exact = then.map((value) => value + 0.37);
    expect(roundedValues(exact.map(Math.round), exact)).toEqual({ kind: "rounding", step: 1 });
    expect(
      roundedValues(
        then.map((value) => Math.round(value)),
        then.map(Math.round),
      ),
    ).toBeUndefined();
  });

  it("are known names in another spelling", () => {
    expect(respelled(["LAX ", "sfo"], ["lax", "SFO", "ORD"])).toBe(true);
    expect(respelled(["LAX", "new"], ["lax"])).toBe(false);
    expect(respelled([], ["lax"])).toBe(false);
  });
});
