import { describe, expect, it } from "vitest";
import { formatAge, lagSentence, quantileText } from "./lag.ts";

describe("label lag in words", () => {
  it("names an age in one unit", () => {
    expect([1_500, 90_000, 5_400_000, 30 * 86_400_000].map(formatAge)).toEqual(["1.5 s", "1.5 min", "1.5 h", "30 d"]);
  });

  it("says that a share was not reached, and never a number in its place", () => {
    const known = { state: "reached", byMs: 3_600_000, lowMs: 1_800_000, highMs: null } as const;
    expect(quantileText(known)).toBe("1 h (95 % interval 30 min to not known)");
    expect(quantileText({ state: "not-reached", byMs: null, lowMs: null, highMs: null })).toBe("not reached");
    expect(quantileText({ state: "no-rows", byMs: null, lowMs: null, highMs: null })).toBe("no rows");
  });

  it("says the point of a curve with its interval and how many were watched", () => {
    const point = { ageMs: 3_600_000, waiting: 0.25, low: 0.2, high: 0.3, atRisk: 1_200 };
    expect(lagSentence("outcome-time", point)).toBe(
      "1 h after the prediction, by event time: 25.0 % still without a label (95 % interval 20.0 % to 30.0 %); 1,200 rows were watched that long.",
    );
  });
});
