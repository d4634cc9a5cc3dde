import { describe, expect, it } from "vitest";
import {
  dash,
  formatCount,
  formatDecimal,
  formatDifference,
  formatNumber,
  formatPsi,
  formatPValue,
  formatShare,
} from "./number.ts";

describe("numbers that are not known", () => {
  it("are a dash and never a zero", () => {
    for (const format of [formatCount, formatShare, formatPValue, formatPsi, formatNumber]) {
      expect(format(null)).toBe(dash);
      expect(format(Number.NaN)).toBe(dash);
    }
    expect(formatDecimal(null, 3)).toBe(dash);
    expect(formatDifference(null, 3)).toBe(dash);
  });
});

describe("formatShare", () => {
  it("keeps 0 % and 100 % for none and all", () => {
    expect(formatShare(0)).toBe("0 %");
    expect(formatShare(1)).toBe("100 %");
    expect(formatShare(0.00001)).toBe("<0.1 %");
    expect(formatShare(0.99999)).toBe(">99.9 %");
    expect(formatShare(0.0507)).toBe("5.1 %");
  });
});

describe("formatDifference", () => {
  it("shows the sign, with a true minus, and none where nothing is left after rounding", () => {
    expect(formatDifference(0.0312, 3)).toBe("+0.031");
    expect(formatDifference(-0.161, 3)).toBe("−0.161");
    expect(formatDifference(-0.0001, 3)).toBe("0.000");
  });
});

describe("formatPValue", () => {
  it("claims no more than a bound for the smallest", () => {
    expect(formatPValue(3e-12)).toBe("<0.0001");
    expect(formatPValue(0)).toBe("<0.0001");
    expect(formatPValue(0.0321)).toBe("0.032");
    expect(formatPValue(0.4312)).toBe("0.43");
  });
});

describe("formatPsi", () => {
  it("always shows three decimals, so that a value just under a threshold does not look as if it were on it", () => {
    expect(formatPsi(0.0341)).toBe("0.034");
    expect(formatPsi(0.41)).toBe("0.410");
    expect(formatPsi(0.246)).toBe("0.246");
    expect(formatPsi(-0.0021)).toBe("−0.002");
  });
});

describe("formatCount and formatNumber", () => {
  it("group thousands and keep four significant digits", () => {
    expect(formatCount(1_234_567)).toBe("1,234,567");
    expect(formatNumber(0.123456)).toBe("0.1235");
    expect(formatNumber(42)).toBe("42");
  });
});
