import { expect, it } from "vitest";
import { latencyQuantileMs, timedRows } from "../../domain/baseline/service-counts.ts";
import { hourMs } from "../../domain/instant.ts";
import type { Prediction } from "../../domain/prediction/prediction.ts";
import { predictionLine } from "../../domain/prediction/prediction.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, inputsAt, samplePrediction } from "./data-sample.ts";
import { liveWindow, makeScene } from "./data-scene.ts";

const later = { start: liveWindow.start + 48 * hourMs, end: liveWindow.start + 49 * hourMs };

function servedRow(n: number): Prediction {
  const served = (["release", "elsewhere", "constant", "previous-release"] as const)[n % 4] ?? "release";
  const status = n % 10 === 0 ? "error" : n % 10 === 1 ? "degraded" : n % 10 === 2 ? "ok" : undefined;
  return samplePrediction(`served ${n}`, {
    time: later.start + n,
    inputs: inputsAt(later.start, { label: n % 3 === 0 ? "tea" : "label 0" }),
    servedBy: served,
    latencyMs: n % 5 === 0 ? undefined : 1 + n,
    told: {
      state: status === undefined ? {} : { status },
      costUsd: n % 2 === 0 ? 0.5 : undefined,
      featureAges: {},
    },
  });
}

/** How serving went, counted with everything else of a window. */
export function serviceConformance(bench: () => DataBench): void {
  it("of a window counts latencies, fallbacks, failures and costs, by segment, and reads them by version", async () => {
    const { system, baseline } = await makeScene(bench(), "served-shop");
    const rows = Array.from({ length: 400 }, (_, n) => servedRow(n));
    await bench().events.storePredictions(system, blocksOf(...rows.map(predictionLine)));
    await bench().profiles.profileLive(system, baseline, later, 1);
    const [profile] = await bench().profiles.live(baseline, [{ ...later, profileVersion: 1 }]);
    const all = profile?.service?.get("");
    expect(all).toBeDefined();
    if (all === undefined) return;
    const failed = rows.filter(({ told }) => told?.state.status === "error");
    const degraded = rows.filter(
      ({ servedBy, told }) =>
        told?.state.status !== "error" &&
        (told?.state.status === "degraded" || servedBy === "constant" || servedBy === "previous-release"),
    );
    const timed = rows.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs])).sort((a, b) => a - b);
    expect(all).toMatchObject({
      rows: 400,
      failed: failed.length,
      degraded: degraded.length,
      costRows: 200,
      costSumUsd: 100,
    });
    expect(timedRows(all)).toBe(timed.length);
    expect(all.latencySumMs).toBeCloseTo(
      timed.reduce((sum, ms) => sum + ms, 0),
      3,
    );
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = timed[Math.ceil(share * timed.length) - 1] ?? 0;
      expect(Math.abs((latencyQuantileMs(all, share) ?? 0) / exact - 1)).toBeLessThan(0.045);
    }
    const tea = [...(profile?.service ?? [])].find(([key]) => key === "size=small")?.[1];
    expect(tea?.rows).toBe(400);
    const [read] = await bench().profiles.service(system, [{ ...later, profileVersion: 1 }]);
    expect(read).toEqual({ window: later, service: profile?.service });
    expect(await bench().profiles.service(system, [{ ...later, profileVersion: 2 }])).toEqual([]);
  });

  it("of a reference made of received rows is kept with it, and of a dataset is none", async () => {
    const { system, baseline } = await makeScene(bench(), "served-reference");
    const [dataset] = await bench().profiles.reference(baseline);
    expect(dataset?.service?.size).toBe(0);
    expect(await bench().profiles.servedReference(baseline)).toEqual([]);
    const rows = Array.from({ length: 60 }, (_, n) => servedRow(n));
    await bench().events.storePredictions(system, blocksOf(...rows.map(predictionLine)));
    await bench().profiles.referenceFromEvents(system, "r1", { from: later.start, to: later.end });
    await bench().profiles.profileReference(system, baseline);
    const received = { ...baseline, windows: [{ ...later, rows: 60, season: "all" }] };
    const [profile] = await bench().profiles.reference(received);
    expect(await bench().profiles.servedReference(received)).toEqual([{ window: later, service: profile?.service }]);
    const all = profile?.service?.get("");
    expect(all).toMatchObject({ rows: 60, failed: 6, costRows: 30 });
  });
}
