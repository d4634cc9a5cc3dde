import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import { outcomeLine, type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import type { SloCount } from "../../domain/slo/slo.ts";
import { type CountedSli, sloStepMs } from "../../domain/slo/slo-store.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";
import { lineOfOutcome } from "./data-scene.ts";

const begin = firstWindow;
const range = { from: begin, to: begin + hourMs };

/** Sixty rows, one a minute: every sixth failed, every tenth slow, every fourth without a label, half of them wrong. */
function rowOf(n: number): Prediction {
  return samplePrediction(`slo ${n}`, {
    time: begin + n * 60_000,
    receivedAt: begin + n * 60_000 + 1_000,
    inputs: inputsAt(begin, { label: n < 30 ? "tea" : "milk" }),
    latencyMs: n % 10 === 0 ? 900 : n % 10 === 1 ? undefined : 20,
    output: { kind: "probability", probability: n % 2 === 0 ? 0.9 : 0.1 },
    servedBy: n % 12 === 1 ? "constant" : "elsewhere",
    told: { state: n % 6 === 0 ? { status: "error" } : {}, costUsd: undefined, featureAges: {} },
  });
}
const rows = Array.from({ length: 60 }, (_, n) => rowOf(n));

function savedLine(row: Prediction, value: number): string {
  const at = { predictionId: row.id, time: row.time, receivedAt: row.time };
  return outcomeLine({ ...at, kind: "business", name: "saved", unit: "EUR", value });
}

const sumOf = (counts: readonly SloCount[]) =>
  counts.reduce(
    (sum, { good, bad, waiting }) => ({ good: sum.good + good, bad: sum.bad + bad, waiting: sum.waiting + waiting }),
    { good: 0, bad: 0, waiting: 0 },
  );

/** Objectives against the same rows counted in memory. */
export function sloConformance(bench: () => DataBench): void {
  it("counts the events of every indicator by five minutes, and again when rows or outcomes came", async () => {
    const { events, slos } = bench();
    const system = sampleShop("slo-shop");
    await events.ensureTables(system);
    await events.storePredictions(system, blocksOf(...rows.map(predictionLine)));
    const counted = async (key: string, sli: CountedSli): Promise<readonly SloCount[]> => {
      await slos.count(system, key, sli, range);
      return slos.counts(system.name, key, range);
    };
    const steps = await counted("a", { kind: "availability", bad: "failed", segment: undefined });
    expect(steps.map(({ start }) => start)).toEqual(Array.from({ length: 12 }, (_, n) => begin + n * sloStepMs));
    expect(sumOf(steps)).toEqual({ good: 50, bad: 10, waiting: 0 });
    expect(sumOf(await counted("b", { kind: "availability", bad: "degraded", segment: undefined }))).toEqual({
      good: 45,
      bad: 15,
      waiting: 0,
    });
    expect(
      sumOf(await counted("c", { kind: "latency", limit: { op: "lte", value: 100 }, segment: undefined })),
    ).toEqual({ good: 48, bad: 6, waiting: 0 });
    expect(
      sumOf(
        await counted("d", {
          kind: "latency",
          limit: { op: "lte", value: 100 },
          segment: { name: "label", value: "tea" },
        }),
      ),
    ).toEqual({ good: 24, bad: 3, waiting: 0 });
    const right: CountedSli = { kind: "accuracy", tolerance: undefined, segment: undefined };
    expect(sumOf(await counted("e", right))).toEqual({ good: 0, bad: 0, waiting: 60 });
    const labelled = rows.filter((_, n) => n % 4 !== 0);
    await events.storeOutcomes(
      system,
      blocksOf(...labelled.map((row, n) => lineOfOutcome(row.id, n % 2 === 0, row.time))),
    );
    const good = labelled.filter(
      ({ output }, n) => output.kind === "probability" && output.probability >= 0.5 === (n % 2 === 0),
    );
    expect(sumOf(await counted("e", right))).toEqual({
      good: good.length,
      bad: labelled.length - good.length,
      waiting: 15,
    });
    await events.storeOutcomes(system, blocksOf(...rows.slice(0, 20).map((row, n) => savedLine(row, n - 5))));
    expect(
      sumOf(
        await counted("f", {
          kind: "business",
          outcome: "saved",
          unit: "EUR",
          limit: { op: "gte", value: 0 },
          segment: undefined,
        }),
      ),
    ).toEqual({ good: 15, bad: 5, waiting: 40 });
    expect(await slos.countedTo(system.name, "a")).toBe(range.to);
    expect(await slos.countedTo(system.name, "never")).toBeUndefined();
  });

  it("counts staleness at the end of every five minutes, also of those in which nothing arrives", async () => {
    const { events, slos } = bench();
    const system = sampleShop("slo-fresh");
    await events.ensureTables(system);
    await events.storePredictions(system, blocksOf(...rows.slice(0, 12).map(predictionLine)));
    await slos.count(
      system,
      "fresh",
      { kind: "freshness", limit: { op: "lte", value: 600 } },
      { from: begin - hourMs, to: begin + hourMs },
    );
    const counts = await slos.counts(system.name, "fresh", { from: begin - hourMs, to: begin + hourMs });
    expect(counts.map(({ good }) => good)).toEqual([1, 1, 1, 1, ...Array<number>(8).fill(0)]);
    expect(counts[0]?.start).toBe(begin);
  });
}
