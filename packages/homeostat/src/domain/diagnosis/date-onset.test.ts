import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import type { HourCounts } from "../baseline/slice-store.ts";
import { hourMs } from "../instant.ts";
import { dateOnset, onsetInstant } from "./date-onset.ts";

const bins = 8;
const midnight = 1_704_067_200_000;
const hour = (number: number): number => midnight + number * hourMs;

/** Rows whose bins follow the hour of the day; from `onset` on, half of them land in the last bin. */
function rows(seed: number, from: number, to: number, onset: number, perHour: number): HourCounts[] {
  const random = createXoshiro(seed);
  const counts: HourCounts[] = [];
  for (let at = from; at < to; at++) {
    const own = new Array<number>(bins).fill(0);
    for (let row = 0; row < perHour; row++) {
      const usual = Math.min(bins - 2, Math.floor((((at % 24) + 24) % 24) / 4) + (random.next() < 0.3 ? 1 : 0));
      const bin = at >= onset && random.next() < 0.5 ? bins - 1 : usual;
      own[bin] = (own[bin] ?? 0) + 1;
    }
    own.forEach((count, bin) => {
      if (count > 0) counts.push({ hour: hour(at), bin, count });
    });
  }
  return counts;
}
const reference = rows(1, -24 * 14, 0, 1e9, 20);
const question = { reference, from: hour(0), to: hour(47), changedFrom: hour(48), bins };

describe("dating a change", () => {
  it.each([1, 7, 13, 24, 31, 46])("finds the planted hour %i", (onset) => {
    const found = dateOnset({ ...question, live: rows(onset, 0, 96, onset, 12) });
    expect(Math.abs(onsetInstant(found) - hour(onset))).toBeLessThanOrEqual(hourMs);
    expect(found.hours).toHaveLength(48);
    expect(found.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it("shares the posterior between the hours without rows and the first with rows after them", () => {
    const live = rows(3, 0, 96, 20, 12).filter((row) => row.hour < hour(16) || row.hour >= hour(20));
    const { weights } = dateOnset({ ...question, live });
    expect(weights[16]! + weights[17]! + weights[18]! + weights[19]! + weights[20]!).toBeGreaterThan(0.95);
    expect(weights[17]).toBeCloseTo(weights[16]!, 12);
    expect(weights[20]).toBeCloseTo(weights[16]!, 12);
  });

  it("takes every hour as equally likely when no row came before the change was certain", () => {
    const { weights } = dateOnset({ ...question, live: rows(4, 48, 96, 0, 12) });
    expect(new Set(weights)).toEqual(new Set([weights[0]]));
    expect(weights[0]).toBeCloseTo(1 / 48, 9);
  });

  it("names the first hour when everything looked at is changed already", () => {
    expect(onsetInstant(dateOnset({ ...question, live: rows(5, 0, 96, 0, 12) }))).toBe(hour(0));
  });

  it("does not fail on an hour of the day that only one side has seen", () => {
    const nights = rows(6, 0, 96, 30, 12).filter((row) => (row.hour / hourMs) % 24 < 8 || row.hour < hour(48));
    const found = dateOnset({ ...question, live: nights });
    expect(found.weights.every(Number.isFinite)).toBe(true);
    expect(Math.abs(onsetInstant(found) - hour(30))).toBeLessThanOrEqual(2 * hourMs);
  });
});
