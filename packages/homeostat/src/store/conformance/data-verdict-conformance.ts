import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import { type SeriesKey, type SeriesVerdict, seriesText } from "../../domain/monitor/verdict.ts";
import type { DataBench } from "./data-bench.ts";
import { firstWindow } from "./data-sample.ts";

const windowAt = (n: number) => ({ start: firstWindow + n * hourMs, end: firstWindow + (n + 1) * hourMs });

const numbers = {
  variant: "psi/quantile10",
  value: 0.3,
  baselineValue: undefined,
  effect: 0.1 + 0.2,
  threshold: 0.25,
  pValue: 1e-300,
  expectedByChance: 0.01,
  lowerBound: -0.5,
  overdispersion: 1.5,
  rows: 1_000,
  baselineRows: 9_007_199_254_740_991,
  bins: 10,
} as const;

function verdictOf(streak: number, key: Partial<SeriesKey> = {}): SeriesVerdict {
  return {
    test: {
      kind: "tested",
      key: { monitor: "input-drift", metric: "psi", segment: undefined, feature: "amount", ...key },
      numbers,
    },
    state: streak > 0 ? "critical" : "healthy",
    real: streak > 0,
    material: true,
    adjustedPValue: 0.5,
    streak,
    fired: streak > 1,
  };
}

/** Verdicts against their port. What JSON has no word for (undefined) is left out and reads as undefined. */
export function verdictConformance(bench: () => DataBench): void {
  const list = (system: string, segment: { name: string; value: string } | "*" | undefined, ...versions: number[]) =>
    bench().verdicts.list({
      system,
      release: "r1",
      monitor: "input-drift",
      segment,
      windows: versions.flatMap((profileVersion, n) =>
        profileVersion === 0 ? [] : [{ ...windowAt(n), profileVersion }],
      ),
    });

  it("come back as they were saved, by window, version, monitor, release and segment", async () => {
    const { verdicts } = bench();
    const odd = { name: "label", value: `o'clock "é" \\ 😀\n` };
    const all = verdictOf(0);
    const inOdd = verdictOf(2, { segment: odd });
    await verdicts.save("kept", "r1", windowAt(0), 1, [all, inOdd, verdictOf(1, { monitor: "null-rate" })]);
    await verdicts.save("kept", "r1", windowAt(1), 1, [verdictOf(3)]);
    await verdicts.save("kept", "r2", windowAt(0), 1, [verdictOf(4)]);
    const window = firstWindow;
    expect(await list("kept", undefined, 1)).toEqual([{ window, verdict: all }]);
    expect(await list("kept", odd, 1)).toEqual([{ window, verdict: inOdd }]);
    expect((await list("kept", "*", 1, 1)).map(({ verdict }) => verdict.streak)).toEqual([0, 2, 3]);
    expect(await list("kept", undefined, 2)).toEqual([]);
    expect(await list("kept", undefined)).toEqual([]);
    expect(await list("nobody", "*", 1)).toEqual([]);
  });

  it("are kept apart by monitor, and counted by monitor and state", async () => {
    const { verdicts } = bench();
    const named = verdictOf(2, { monitorName: "mine" });
    const other = verdictOf(0, { feature: "hour" });
    await verdicts.save("named", "r1", windowAt(0), 1, [
      verdictOf(0),
      other,
      named,
      verdictOf(3, { monitor: "volume" }),
    ]);
    await verdicts.save("named", "r1", windowAt(1), 1, [verdictOf(0)]);
    const query = { system: "named", release: "r1", windows: [{ ...windowAt(0), profileVersion: 1 }] };
    const series = async (monitorName?: string) =>
      (
        await verdicts.list({
          ...query,
          monitor: "input-drift",
          segment: "*",
          ...(monitorName === undefined ? {} : { monitorName }),
        })
      ).map(({ verdict }) => seriesText(verdict.test.key));
    expect(await series()).toEqual([verdictOf(0), other].map(({ test }) => seriesText(test.key)));
    expect(await series("input-drift")).toEqual(await series());
    expect(await series("mine")).toEqual([seriesText(named.test.key)]);
    expect(await series("min")).toEqual([]);
    const counted = { window: firstWindow, kind: "input-drift" };
    expect(await verdicts.tallies(query)).toEqual([
      { ...counted, monitorName: "input-drift", state: "healthy", series: 2 },
      { ...counted, monitorName: "mine", state: "critical", series: 1 },
      { window: firstWindow, kind: "volume", monitorName: "volume", state: "critical", series: 1 },
    ]);
    expect(await verdicts.tallies({ ...query, windows: [] })).toEqual([]);
  });

  it("carry the streaks of their series to the next window", async () => {
    const { verdicts } = bench();
    const long = verdictOf(5, { segment: { name: "label", value: "tea" } });
    await verdicts.save("streaks", "r1", windowAt(0), 3, [verdictOf(0), long]);
    expect(await verdicts.streaks("streaks", "r1", windowAt(0), 3)).toEqual(new Map([[seriesText(long.test.key), 5]]));
    expect(await verdicts.streaks("streaks", "r1", windowAt(0), 2)).toEqual(new Map());
    expect(await verdicts.streaks("streaks", "r2", windowAt(0), 3)).toEqual(new Map());
  });

  it("of a version are replaced when saved again, those before it kept, older ones forgotten", async () => {
    const { verdicts } = bench();
    await verdicts.save("again", "r1", windowAt(0), 1, [verdictOf(1)]);
    await verdicts.save("again", "r1", windowAt(0), 2, [verdictOf(2), verdictOf(2, { feature: "hour" })]);
    await verdicts.save("again", "r1", windowAt(0), 2, [verdictOf(7)]);
    await verdicts.save("again", "r1", windowAt(1), 1, [verdictOf(9)]);
    const streaks = async (...versions: number[]) =>
      (await list("again", "*", ...versions)).map(({ verdict }) => verdict.streak);
    expect(await streaks(1)).toEqual([1]);
    expect(await streaks(2)).toEqual([7]);
    await verdicts.save("again", "r1", windowAt(0), 3, []);
    expect(await streaks(1)).toEqual([]);
    expect(await streaks(2, 1)).toEqual([7, 9]);
  });
}
