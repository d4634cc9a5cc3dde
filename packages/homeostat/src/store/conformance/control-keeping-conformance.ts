import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import type { WindowRecord } from "../../domain/window/window.ts";
import type { ControlBench } from "./control-bench.ts";

/** Erasures, retention and secrets, against their ports. */
export function keepingConformance(bench: () => ControlBench): void {
  it("lists erasures and retirements of a system, newest first", async () => {
    const { erasures, retirements } = bench().store;
    const erasure = {
      system: "kept",
      at: 5,
      subject: "aa",
      actor: "ann",
      predictions: 3,
      outcomes: 2,
      references: 1,
      quarantined: 0,
      datasets: [{ dataset: "ds-1", rows: 3 }],
    };
    await erasures.record(erasure);
    await erasures.record({ ...erasure, at: 6 });
    await erasures.record({ ...erasure, system: "other" });
    expect(await erasures.list("kept")).toEqual([{ ...erasure, at: 6 }, erasure]);
    const retirement = {
      system: "kept",
      at: 7,
      receivedBefore: 4,
      reason: "age",
      predictions: 9,
      outcomes: 8,
      windows: 2,
    } as const;
    await retirements.record(retirement);
    expect(await retirements.list("kept")).toEqual([retirement]);
    expect(await retirements.list("nobody")).toEqual([]);
  });

  it("keeps the first secret of a name", async () => {
    const { secrets } = bench().store;
    expect(await secrets.keep("hash", "one")).toBe("one");
    expect(await secrets.keep("hash", "two")).toBe("one");
  });

  it("never counts a retired window again, whoever is at it", async () => {
    const { windows } = bench().store;
    await windows.touch("retiring", [0, hourMs], hourMs);
    const [first] = await windows.dirty("retiring");
    if (first === undefined) throw new Error("the window was touched");
    const evaluated: WindowRecord = { ...first, rows: 9, evaluatedAt: 5, verdict: "healthy", profileVersion: 1 };
    await windows.settle(evaluated, 1);
    await windows.touch("retiring", [0], hourMs);
    await windows.retire("retiring", [0], 77);
    await windows.retire("retiring", [0], 99);
    // An evaluation that had begun before comes too late, and so does a row.
    await windows.settle({ ...evaluated, rows: 0, profileVersion: 2 }, 2);
    await windows.touch("retiring", [0], hourMs);
    expect((await windows.dirty("retiring")).map(({ start }) => start)).toEqual([hourMs]);
    expect((await windows.list("retiring", { to: 1 }))[0]).toMatchObject({
      rows: 9,
      profileVersion: 1,
      dirty: false,
      retiredAt: 77,
    });
  });

  it("can be dumped as it is at one moment, tables that others refer to first", async () => {
    const { store } = bench();
    const taken = new Map<string, readonly string[]>();
    const step = await store.dump(async (table, rows) => {
      taken.set(table, [...(taken.get(table) ?? []), ...rows]);
    });
    expect(step).toBeGreaterThanOrEqual(4);
    const names = [...taken.keys()];
    expect(names).not.toContain("job_progress");
    expect(names.indexOf("incident_timeline")).toBeGreaterThan(names.indexOf("incidents"));
    expect(taken.get("secrets")?.map((line) => JSON.parse(line) as unknown)).toContainEqual({
      name: "hash",
      value: "one",
    });
  });
}
