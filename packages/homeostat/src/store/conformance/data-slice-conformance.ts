import { expect, it } from "vitest";
import { otherValue } from "../../domain/baseline/baseline.ts";
import type { RowRange, Slice } from "../../domain/baseline/slice-store.ts";
import { hourMs } from "../../domain/instant.ts";
import { binOf } from "../../stats/histogram/bin-of.ts";
import type { DataBench } from "./data-bench.ts";
import { countedFeatures, countedScores, plainCounts, plainScores } from "./data-count.ts";
import { at, countedValue, segmentsOf, vectorOf } from "./data-sample.ts";
import { liveWindow, nextWindow, type Scene, type SceneRow } from "./data-scene.ts";

const both = { kind: "live", from: liveWindow.start, to: nextWindow.end } as const;

/** Raw rows for a diagnosis: the answers of the engine are those of the same rows in memory. */
export function sliceConformance(bench: () => DataBench, scene: () => Scene): void {
  const inSlice = (row: SceneRow, slice: Slice | undefined): boolean =>
    slice === undefined ||
    slice.values.includes(countedValue(scene().baseline, slice.segment, segmentsOf(row.inputs)[slice.segment] ?? ""));

  it("pictures live and reference rows of all, of some values of a segment, of the rest and of no segment", async () => {
    const { system, baseline, live, reference } = scene();
    const top = baseline.segments[0]?.values ?? [];
    const slices: readonly (Slice | undefined)[] = [
      undefined,
      { segment: "label", values: top.slice(0, 2) },
      { segment: "label", values: ["(null)"] },
      { segment: "label", values: [otherValue, top[0] ?? ""] },
      { segment: "size", values: ["small", "nothing"] },
    ];
    const first = baseline.windows[0]?.start ?? 0;
    const ranges: readonly (readonly [RowRange, readonly SceneRow[]])[] = [
      [both, live],
      [{ ...both, to: liveWindow.end }, live.filter((row) => row.time < liveWindow.end)],
      [{ kind: "reference", windows: [first] }, reference.filter((row) => row.time < first + hourMs)],
    ];
    for (const [range, rows] of ranges)
      for (const slice of slices) {
        const picture = await bench().slices.picture(system, baseline, range, slice);
        const inside = rows.filter((row) => inSlice(row, slice));
        expect(picture.rows).toBe(inside.length);
        const features = [...picture.features].map(([name, counts]) => [name, plainCounts(counts)]);
        expect(Object.fromEntries(features)).toEqual(countedFeatures(system, baseline, inside));
        const scored = inside.filter((row) => row.scored);
        expect(plainScores(picture.score)).toEqual(countedScores(baseline, scored));
      }
    const unknown = await bench().slices.picture(system, baseline, both, { segment: "gone", values: ["x"] });
    expect(unknown.rows).toBe(0);
  });

  it("gives exact quantiles, values of few-valued features, and none without rows", async () => {
    const { system, baseline, live } = scene();
    const { slices } = bench();
    const amounts = live
      .flatMap((row) => vectorOf(row.inputs)[0] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    const levels = [0, 0.25, 0.5, 0.9];
    expect(await slices.quantiles(system, baseline, both, undefined, "amount", levels)).toEqual(
      levels.map((level) => amounts[Math.floor(level * amounts.length)]),
    );
    const none: RowRange = { kind: "live", from: 0, to: 1 };
    expect(await slices.quantiles(system, baseline, none, undefined, "amount", levels)).toEqual([]);
    const hours = new Map<number, number>();
    for (const row of live) {
      const hour = Number(vectorOf(row.inputs)[2]);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    expect(await slices.valueCounts(system, baseline, both, undefined, "hour", 2)).toEqual(hours);
    expect(await slices.valueCounts(system, baseline, both, undefined, "hour", 1)).toBeUndefined();
  });

  it("counts bins of a feature by hour", async () => {
    const { system, baseline, live } = scene();
    const binning = at(baseline.features, 4).binning;
    const expected = new Map<string, number>();
    for (const row of live) {
      const key = `${Math.floor(row.time / hourMs) * hourMs} ${binOf(binning, vectorOf(row.inputs)[4])}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const counted = await bench().slices.hourly(system, baseline, both, undefined, "label");
    expect(new Map(counted.map(({ hour, bin, count }) => [`${hour} ${bin}`, count]))).toEqual(expected);
  });

  it("says how serving went, and knows no latency where there are no rows", async () => {
    const { system, live } = scene();
    const range = { from: liveWindow.start, to: nextWindow.end };
    expect(await bench().slices.serving(system, range)).toEqual({
      rows: live.length,
      degradedShare: 0,
      latencyP95Ms: 1.5,
    });
    expect(await bench().slices.serving(system, { from: 0, to: 1 })).toEqual({
      rows: 0,
      degradedShare: 0,
      latencyP95Ms: undefined,
    });
  });
}
