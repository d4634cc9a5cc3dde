import { describe, expect, it } from "vitest";
import { dayMs } from "../instant.ts";
import { dropBefore } from "./retention.ts";

const now = 100 * dayMs;
const kept = { predictions: 10, bytes: 1_000, oldestReceivedAt: 5 * dayMs };
const share = async (wanted: number): Promise<number> => Math.round(wanted * 100) * dayMs;

describe("which rows must go", () => {
  it("by age: those received longer ago than the rule says", async () => {
    const rule = { ageMs: 90 * dayMs, bytes: undefined };
    expect(await dropBefore(rule, kept, now, share)).toEqual({ receivedBefore: 10 * dayMs, reason: "age" });
    expect(await dropBefore(rule, { ...kept, oldestReceivedAt: 10 * dayMs }, now, share)).toBeUndefined();
  });

  it("by bytes: the oldest share that is too much", async () => {
    const rule = { ageMs: undefined, bytes: 600 };
    expect(await dropBefore(rule, kept, now, share)).toEqual({ receivedBefore: 40 * dayMs, reason: "bytes" });
    expect(await dropBefore({ ...rule, bytes: 1_000 }, kept, now, share)).toBeUndefined();
  });

  it("by both: whatever reaches further", async () => {
    expect(await dropBefore({ ageMs: 90 * dayMs, bytes: 600 }, kept, now, share)).toMatchObject({ reason: "bytes" });
    expect(await dropBefore({ ageMs: 20 * dayMs, bytes: 600 }, kept, now, share)).toEqual({
      receivedBefore: 80 * dayMs,
      reason: "age",
    });
  });

  it("none where there are none", async () => {
    const empty = { predictions: 0, bytes: 0, oldestReceivedAt: undefined };
    expect(await dropBefore({ ageMs: 1, bytes: 1 }, empty, now, share)).toBeUndefined();
  });
});
