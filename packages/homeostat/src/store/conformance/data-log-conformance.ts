import { describe, expect, it } from "vitest";
import { hourMs, isoOf } from "../../domain/instant.ts";
import { outcomeLine, type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";

/** Reading predictions back, and the state they told. */
export function logConformance(bench: () => DataBench): void {
  const told = { state: { promptVersion: "7", "a.b": "o'clock 😀" }, costUsd: 0.0125, featureAges: { amount: 61.5 } };

  describe("one prediction", () => {
    it("is read back as it was told, with its state, its vector, and every outcome in order", async () => {
      const system = sampleShop("log-one");
      await bench().events.ensureTables(system);
      const given = samplePrediction("odd ' id", {
        told,
        cohort: "b",
        inputs: inputsAt(firstWindow, { pieces: null }),
      });
      await bench().events.storePredictions(system, blocksOf(predictionLine(given)));
      const outcome = (time: number, parts: object) =>
        outcomeLine({
          predictionId: given.id,
          time,
          receivedAt: time + 1,
          kind: "label",
          name: "",
          unit: "",
          value: true,
          ...parts,
        });
      await bench().events.storeOutcomes(
        system,
        blocksOf(
          outcome(firstWindow + 2, { value: false }),
          outcome(firstWindow + 1, {}),
          outcome(firstWindow + 3, { kind: "business", name: "revenue", unit: "EUR", value: 12.5 }),
        ),
      );
      const found = await bench().log.find(system, given.id);
      expect(found).toMatchObject({
        ...told,
        id: given.id,
        time: firstWindow,
        receivedAt: given.receivedAt,
        release: "r1",
        model: "m1",
        pipeline: "pl-1",
        servedBy: "release",
        environment: "test",
        cohort: "b",
        latencyMs: 1.5,
        vectorSeen: false,
        output: { probability: 0.25 },
        inputs: { sold: isoOf(firstWindow), amount: 12.5, pieces: null, label: "tea", card: true },
        outcomes: [
          { kind: "label", value: true, time: firstWindow + 1 },
          { kind: "label", value: false, time: firstWindow + 2 },
          { kind: "business", name: "revenue", unit: "EUR", value: 12.5, time: firstWindow + 3 },
        ],
      });
      expect(Object.keys(found?.features ?? {})).toEqual(system.pipeline.features.map((feature) => feature.name));
      expect(await bench().log.find(system, "nobody")).toBeUndefined();
    });

    it("that told no state has none, and no ages", async () => {
      const system = sampleShop("log-plain");
      await bench().events.ensureTables(system);
      await bench().events.storePredictions(system, blocksOf(predictionLine(samplePrediction("plain"))));
      expect(await bench().log.find(system, "plain")).toMatchObject({
        state: {},
        featureAges: {},
        costUsd: undefined,
        outcomes: [],
      });
    });
  });

  it("counts the values of the state in two stretches, and only counts keys with a value of their own for every row", async () => {
    const system = sampleShop("log-states");
    await bench().events.ensureTables(system);
    const row = (n: number, time: number, arm: string, more: Partial<Prediction> = {}): string =>
      predictionLine(
        samplePrediction(`s${n}`, {
          time,
          told: { state: { arm, seed: String(n) }, costUsd: undefined, featureAges: {} },
          ...more,
        }),
      );
    const later = firstWindow + 2 * hourMs;
    const lines = Array.from({ length: 60 }, (_, n) => row(n, firstWindow + n, "a"));
    const after = Array.from({ length: 40 }, (_, n) => row(100 + n, later + n, n < 10 ? "a" : "b", { release: "r2" }));
    await bench().events.storePredictions(system, blocksOf(...lines, ...after));
    const seen = await bench().log.statesSeen(
      system,
      { from: firstWindow, to: firstWindow + hourMs },
      { from: later, to: later + hourMs },
    );
    expect(seen).toMatchObject({ rowsBefore: 60, rowsAfter: 40, many: [{ key: "state.seed", before: 60, after: 40 }] });
    const of = (key: string) => seen.values.filter((value) => value.key === key);
    expect(of("state.arm")).toEqual([
      { key: "state.arm", value: "a", before: 60, after: 10, first: firstWindow },
      { key: "state.arm", value: "b", before: 0, after: 30, first: later + 10 },
    ]);
    expect(of("release").map(({ value, before, after: then }) => [value, before, then])).toEqual([
      ["r1", 60, 0],
      ["r2", 0, 40],
    ]);
  });
}
