import { describe, expect, it } from "vitest";
import { createSkewMeter } from "./clock-skew.ts";

describe("the clock of a sender", () => {
  it("is the median of its latest samples, so that one slow request says nothing", () => {
    const meter = createSkewMeter();
    for (const [at, aheadMs] of [100, 90_000, 120, 80, 110].entries()) meter.note("till", "date-header", aheadMs, at);
    meter.note("atm", "event-time", 7_000, 9);
    expect(meter.list()).toEqual([
      { caller: "atm", basis: "event-time", aheadMs: 7_000, samples: 1, lastAt: 9 },
      { caller: "till", basis: "date-header", aheadMs: 110, samples: 5, lastAt: 4 },
    ]);
  });

  it("follows a clock that was set right, and holds no more than it needs", () => {
    const meter = createSkewMeter();
    for (let at = 0; at < 31; at += 1) meter.note("till", "date-header", -60_000, at);
    for (let at = 31; at < 62; at += 1) meter.note("till", "date-header", 5, at);
    expect(meter.list()).toMatchObject([{ aheadMs: 5, samples: 31, lastAt: 61 }]);
    for (let n = 0; n < 2_000; n += 1) meter.note(`caller ${n}`, "event-time", 1, n);
    expect(meter.list()).toHaveLength(1_000);
  });
});
