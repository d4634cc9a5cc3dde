import { describe, expect, it } from "vitest";
import { formatAgo, formatDuration, formatMoment, formatTick, formatWindow, momentTitle } from "./time.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

describe("formatMoment", () => {
  it("shows an instant in the zone of the reader", () => {
    expect(formatMoment("2001-02-12T13:05:00Z", "UTC")).toBe("12 Feb 2001, 13:05");
    expect(formatMoment("2001-02-12T23:05:00Z", "Europe/Berlin")).toBe("13 Feb 2001, 00:05");
  });

  it("shows a dash where there is no instant", () => {
    expect(formatMoment(null, "UTC")).toBe("—");
  });
});

describe("momentTitle", () => {
  it("says both clocks", () => {
    const title = momentTitle("2001-02-12T13:05:00.000Z", "Europe/Berlin");
    expect(title).toContain("14:05:00");
    expect(title).toContain("UTC 2001-02-12 13:05:00");
  });

  it("says UTC for an instant that came with another offset", () => {
    expect(momentTitle("2001-02-12T14:05:00+01:00", "Europe/Berlin")).toContain("UTC 2001-02-12 13:05:00");
  });
});

describe("formatWindow", () => {
  it("is the bare date for a day that begins at the reader's midnight", () => {
    expect(formatWindow("2001-02-12T00:00:00Z", dayMs, "UTC")).toBe("12 Feb 2001");
  });

  it("says the hours of a window within a day once, and the length of any other", () => {
    expect(formatWindow("2001-02-12T06:00:00Z", 6 * hourMs, "UTC")).toBe("12 Feb 2001, 06:00–12:00");
    expect(formatWindow("2001-02-12T00:00:00Z", dayMs, "Europe/Berlin")).toBe("12 Feb 2001, 01:00 + 1 d");
    expect(formatWindow("2001-02-12T18:00:00Z", 6 * hourMs, "UTC")).toBe("12 Feb 2001, 18:00 + 6 h");
  });
});

describe("formatTick", () => {
  it("carries the time of day only where windows are shorter than a day", () => {
    const at = Date.parse("2001-02-12T06:00:00Z");
    expect(formatTick(at, dayMs, "UTC")).toBe("12 Feb");
    expect(formatTick(at, 6 * hourMs, "UTC")).toBe("12 Feb, 06:00");
  });
});

describe("formatDuration and formatAgo", () => {
  it("use the largest unit that fits", () => {
    expect(formatDuration(340)).toBe("340 ms");
    expect(formatDuration(1_500)).toBe("1.5 s");
    expect(formatDuration(6 * hourMs)).toBe("6 h");
    expect(formatDuration(null)).toBe("—");
  });

  it("count back from the time given, and name the future as such", () => {
    const now = Date.parse("2026-11-22T07:00:00Z");
    expect(formatAgo("2026-11-22T06:59:40Z", now)).toBe("just now");
    expect(formatAgo("2026-11-22T06:48:00Z", now)).toBe("12 min ago");
    expect(formatAgo("2026-11-20T06:00:00Z", now)).toBe("2 d ago");
    expect(formatAgo("2026-11-22T09:00:00Z", now)).toBe("in 2 h");
  });
});
