import { describe, expect, it } from "vitest";
import { countsEmptyWindows, emptyWindows, mostEmptyWindows } from "./empty-windows.ts";
import { windowOf } from "./window.ts";

const hours = (...at: readonly number[]) => at.map((hour) => windowOf(hour * 10, 10));
const starts = (windows: readonly { readonly start: number }[]) => windows.map(({ start }) => start / 10);

describe("windows without a row", () => {
  it("are made between windows that have some, and behind the last one as far as event time has come", () => {
    expect(starts(emptyWindows(hours(1, 2, 5), 10, 75))).toEqual([3, 4, 6]);
    expect(starts(emptyWindows(hours(5, 1), 10, 60))).toEqual([2, 3, 4]);
    expect(emptyWindows([], 10, 1_000)).toEqual([]);
  });

  it("are not made for ever: a feed that has long been silent is not made more silent", () => {
    expect(emptyWindows(hours(0), 10, 1_000_000)).toHaveLength(mostEmptyWindows);
    expect(emptyWindows(hours(0, 500), 10, 6_000)).toHaveLength(2 * mostEmptyWindows);
  });

  it("say nothing where the reference never counted its own", () => {
    expect(countsEmptyWindows(hours(1, 2, 3), 10)).toBe(true);
    expect(countsEmptyWindows(hours(1, 2, 4), 10)).toBe(false);
    expect(countsEmptyWindows(hours(1, 2, 400, 401), 10)).toBe(true);
  });
});
