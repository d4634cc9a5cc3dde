import { describe, expect, it } from "vitest";
import {
  bytesText,
  countedText,
  durationText,
  estimateText,
  instantText,
  numberText,
  shareText,
} from "./format-value.ts";

describe("durations", () => {
  it.each([
    [0, "0 ms"],
    [850, "850 ms"],
    [2_400, "2.4 s"],
    [59_700, "1 min"],
    [125_000, "2 min 5 s"],
    [3_600_000, "1 h"],
    [7_500_000, "2 h 5 min"],
    [86_400_000, "1 d"],
    [273_600_000, "3 d 4 h"],
    [-2_000, "-2 s"],
  ])("%d ms reads %s", (ms, text) => expect(durationText(ms)).toBe(text));
});

describe("times", () => {
  it("are in UTC, as short as they can be", () => {
    expect(instantText("2001-03-06T00:00:00Z")).toBe("2001-03-06 UTC");
    expect(instantText("2001-03-06T10:30:00+02:00")).toBe("2001-03-06 08:30 UTC");
    expect(instantText("2001-03-06T08:30:05.250Z")).toBe("2001-03-06 08:30:05 UTC");
  });
});

describe("what is not known", () => {
  it("is never shown as a number", () => {
    expect([numberText(null), shareText(null), estimateText(null), instantText(null)]).toEqual(["–", "–", "–", "–"]);
    expect(shareText(null, "no rows")).toBe("no rows");
  });
});

describe("numbers", () => {
  it("keep what matters of them", () => {
    expect(numberText(0.6484)).toBe("0.648");
    expect(numberText(0.00004)).toBe("4.0e-5");
    expect(numberText(0)).toBe("0.000");
    expect(estimateText({ value: 0.648, low: 0.641, high: 0.655 })).toBe("0.648 (0.641 to 0.655)");
    expect(shareText(0.0701)).toBe("7.0 %");
    expect(bytesText(1_536)).toBe("1.5 KiB");
    expect(countedText(1, "row")).toBe("1 row");
    expect(countedText(1_470_702, "row")).toBe("1,470,702 rows");
  });
});
