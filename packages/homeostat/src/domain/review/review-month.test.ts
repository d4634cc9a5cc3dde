import { describe, expect, it } from "vitest";
import { dueMonth, monthOf } from "./review-month.ts";

const iso = (at: number | undefined): string => new Date(at ?? Number.NaN).toISOString();

describe("a month of a review", () => {
  it("begins and ends at midnight of the system's own zone, also where the clocks change within it", () => {
    const berlin = monthOf("2026-10", "Europe/Berlin");
    expect([iso(berlin?.from), iso(berlin?.to)]).toEqual(["2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z"]);
    const utc = monthOf("2026-12", "UTC");
    expect([iso(utc?.from), iso(utc?.to)]).toEqual(["2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]);
  });

  it("is none when it is written otherwise", () => {
    for (const name of ["2026-13", "2026-1", "October", "2026-00", ""]) expect(monthOf(name, "UTC")).toBeUndefined();
  });

  it("is due some hours after it ended by the zone's clock", () => {
    const at = (text: string, zone: string): string => dueMonth(Date.parse(text), zone).name;
    expect(at("2026-11-01T05:59:00Z", "UTC")).toBe("2026-09");
    expect(at("2026-11-01T06:00:00Z", "UTC")).toBe("2026-10");
    expect(at("2026-11-01T06:00:00Z", "America/New_York")).toBe("2026-09");
    expect(at("2027-01-01T12:00:00Z", "Asia/Tokyo")).toBe("2026-12");
  });
});
