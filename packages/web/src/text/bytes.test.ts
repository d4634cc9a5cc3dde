import { expect, it } from "vitest";
import { formatBytes } from "./bytes.ts";
import { durationUnit } from "./duration-unit.ts";

it("bytes are said in thousands, with three digits", () => {
  expect([0, 1, 999, 1_000, 18_432, 2_147_483_648, 5e15].map(formatBytes)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1 kB",
    "18.4 kB",
    "2.15 GB",
    "5000 TB",
  ]);
});

it("an axis of durations has the unit of which the longest is at least one and a half", () => {
  expect(durationUnit([100, 1_400]).name).toBe("milliseconds");
  expect(durationUnit([null, 1_500]).name).toBe("seconds");
  expect(durationUnit([90_000]).name).toBe("minutes");
  expect(durationUnit([-200_000_000]).name).toBe("days");
  expect(durationUnit([]).name).toBe("milliseconds");
});
