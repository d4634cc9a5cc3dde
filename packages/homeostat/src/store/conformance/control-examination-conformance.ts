import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import type { ControlBench } from "./control-bench.ts";

/** Looks at windows and runs of probes, against their ports. */
export function examinationConformance(bench: () => ControlBench): void {
  it("keeps the latest look of each kind at a window", async () => {
    const { examinations } = bench().store;
    const report = { release: "r1", pipeline: "pl-1", rows: 10, withVector: 20, windowRows: 30, features: [] };
    const look = (start: number, at: number, rows = 10) => ({
      kind: "replay" as const,
      system: "examined",
      window: { start, end: start + hourMs },
      at,
      report: { ...report, rows },
    });
    await examinations.save(look(0, 100));
    await examinations.save(look(hourMs, 200));
    await examinations.save(look(0, 300, 99));
    await examinations.save({ ...look(0, 400), system: "another" });
    expect(await examinations.get("examined", "replay", 0)).toEqual(look(0, 300, 99));
    expect(await examinations.get("examined", "separation", 0)).toBeUndefined();
    expect(await examinations.list("examined", "replay", {}, 5)).toEqual([look(hourMs, 200), look(0, 300, 99)]);
    expect(await examinations.list("examined", "replay", {}, 1)).toHaveLength(1);
    expect(await examinations.list("examined", "replay", { from: 0, to: hourMs }, 5)).toHaveLength(1);
    expect(await examinations.last("examined", "replay")).toEqual(look(0, 300, 99));
    expect(await examinations.last("nobody", "replay")).toBeUndefined();
    expect(await examinations.lookedAt("examined", [0, hourMs, 2 * hourMs])).toEqual(
      new Map([
        [0, 300],
        [hourMs, 200],
      ]),
    );
    expect(await examinations.lookedAt("examined", [])).toEqual(new Map());
  });

  it("keeps every run of probes, newest first", async () => {
    const { probes } = bench().store;
    const run = (at: number) => ({
      system: "probed",
      at,
      release: "r1",
      servedBy: "release" as const,
      repeats: 2,
      results: [{ probe: "a", answers: [0.25, 0.25] }],
    });
    for (const at of [1, 3, 2]) await probes.record(run(at));
    expect(await probes.list("probed", {}, 2)).toEqual([run(3), run(2)]);
    expect(await probes.list("probed", { from: 1, to: 3 }, 9)).toEqual([run(2), run(1)]);
    expect(await probes.list("nobody", {}, 9)).toEqual([]);
  });
}
