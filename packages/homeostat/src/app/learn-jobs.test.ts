import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleSystem } from "../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../store/control/open-control-store.ts";
import { sendDueReviews } from "./learn-jobs.ts";

describe("the monthly review", () => {
  let root: string;
  let store: ControlStore;
  const sent: string[] = [];
  const look = (now: string): Promise<void> =>
    sendDueReviews({
      ...store,
      clock: { now: () => Date.parse(now) },
      jobs: {
        ...store.jobs,
        send: async (kind, payload) => {
          const { system, month } = payload as { system: string; month: string };
          sent.push(`${kind} ${system} ${month}`);
          return undefined;
        },
      },
    });
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "homeostat-reviews-"));
    store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
    const before = Date.parse("2026-09-15T00:00:00Z");
    await store.systems.save(sampleSystem("utc"), "1", before);
    await store.systems.save({ ...sampleSystem("tokyo"), review: { zone: "Asia/Tokyo", monthly: true } }, "2", before);
    await store.systems.save({ ...sampleSystem("never"), review: { zone: "UTC", monthly: false } }, "3", before);
    await store.systems.save(sampleSystem("young"), "4", Date.parse("2026-10-20T00:00:00Z"));
  });
  afterAll(async () => {
    await store.close();
    await rm(root, { recursive: true, force: true });
  });

  it("is sent for when the month is over by the system's own clock, and no sooner", async () => {
    await look("2026-10-01T05:00:00Z");
    expect(sent.splice(0).sort()).toEqual(["review tokyo 2026-09"]);
    await look("2026-10-01T07:00:00Z");
    expect(sent.splice(0).sort()).toEqual(["review tokyo 2026-09", "review utc 2026-09"]);
  });

  it("is not sent for a month that has one, nor for one before the system was declared", async () => {
    await store.reviews.save({
      ...{ system: "utc", month: "2026-10", from: 0, to: 1, zone: "UTC", writtenAt: 2, by: "ann" },
      ...{ headline: "calm", markdown: "# calm" },
    });
    await look("2026-11-02T00:00:00Z");
    expect(sent.splice(0).sort()).toEqual(["review tokyo 2026-10", "review young 2026-10"]);
    await look("2026-10-21T00:00:00Z");
    expect(sent.filter((one) => one.includes("young"))).toEqual([]);
  });
});
