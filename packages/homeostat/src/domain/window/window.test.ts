import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "../instant.ts";
import { seasonOf, windowOf } from "./window.ts";

const at = (iso: string): number => Date.parse(iso);
const season = (iso: string, lengthMs = dayMs): string => seasonOf(windowOf(at(iso), lengthMs), "day-of-week");

describe("the window of an instant", () => {
  it("begins at a multiple of its length since 1970 and holds its start but not its end", () => {
    expect(windowOf(at("2024-02-29T23:59:59.999Z"), dayMs)).toEqual({ start: at("2024-02-29"), end: at("2024-03-01") });
    expect(windowOf(at("2024-03-01T00:00:00.000Z"), dayMs).start).toBe(at("2024-03-01"));
    expect(windowOf(at("2024-03-01T10:30:00Z"), 6 * hourMs).start).toBe(at("2024-03-01T06:00:00Z"));
  });

  it("holds its instant and is one of windows that neither overlap nor leave gaps, also before 1970", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -4e12, max: 4e12 }),
        fc.integer({ min: 1, max: 30 * dayMs }),
        (instant, lengthMs) => {
          const window = windowOf(instant, lengthMs);
          expect(window.start <= instant && instant < window.end).toBe(true);
          expect(windowOf(window.end, lengthMs).start).toBe(window.end);
          expect(Math.abs(window.start % lengthMs)).toBe(0);
        },
      ),
    );
  });
});

describe("the season of a window", () => {
  it("is the day of the week in UTC, Monday being day-1", () => {
    expect(season("1970-01-01")).toBe("day-4");
    expect(season("2024-01-01")).toBe("day-1");
    expect(season("2024-01-07T23:59:59.999Z")).toBe("day-7");
    expect(season("2024-01-08T00:00:00Z")).toBe("day-1");
    expect(season("2001-09-11T22:00:00Z", hourMs)).toBe("day-2");
  });

  it("is a day of the week before 1970 too", () => {
    expect(season("1969-12-28")).toBe("day-7");
    expect(season("1969-12-29")).toBe("day-1");
    expect(season("1969-07-20")).toBe("day-7");
  });

  it("is one for all where there are none", () => {
    expect(seasonOf(windowOf(at("2024-01-01"), dayMs), "none")).toBe("all");
  });
});
