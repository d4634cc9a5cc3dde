import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import type { Prediction } from "../../domain/prediction/prediction.ts";
import { predictionLine } from "../../domain/prediction/prediction.ts";
import { predictionBlock } from "../../domain/prediction/prediction-block.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";

/** Predictions that come as blocks of columns. */
export function blockConformance(bench: () => DataBench): void {
  const fresh = async (name: string): Promise<System> => {
    const system = sampleShop(name);
    await bench().events.ensureTables(system);
    return system;
  };
  const rowsOf = (system: System): Promise<readonly unknown[]> =>
    bench().place.client.rows(
      `SELECT * EXCEPT (stored) FROM predictions_${system.name.replaceAll("-", "_")} ORDER BY id`,
    );

  it("are the rows that their lines are, with every type, missing values and features", async () => {
    const [lines, blocks] = [await fresh("as-lines"), await fresh("as-blocks")];
    const sent = oddRows();
    const block = blockOf(blocks, sent);
    await bench().events.storePredictions(lines, blocksOf(...sent.map((one) => predictionLine(one))));
    expect(await bench().events.storePredictions(blocks, [block])).toMatchObject({
      stored: sent.length,
      duplicates: 0,
      touched: expect.arrayContaining([firstWindow]),
    });
    expect(await rowsOf(blocks)).toEqual(await rowsOf(lines));
  });

  it("are stored once beside lines, twice in one block, sent again, and after a crash", async () => {
    const system = await fresh("blocks-once");
    const sent = oddRows();
    const block = blockOf(system, sent);
    const twice = blockOf(system, [...sent, ...sent]);
    const line = blocksOf(predictionLine(unseen(sent[0]?.id ?? "", {})), predictionLine(unseen("other", {})));
    const first = await bench().events.storePredictions(system, [...line, twice, block]);
    expect(first).toMatchObject({ stored: sent.length + 1, duplicates: 2 * sent.length + 1 });
    await bench().place.crash();
    expect(await bench().events.storePredictions(system, [block])).toMatchObject({
      stored: 0,
      duplicates: sent.length,
    });
    expect((await bench().events.counts(system)).predictions).toBe(sent.length + 1);
  });

  it("that were checked against an earlier contract are stored with the fields that are left", async () => {
    const system = await fresh("fewer-fields");
    const { pipeline } = system;
    const fewer = sampleShop("fewer-fields", {
      pipeline: {
        ...pipeline,
        inputs: pipeline.inputs.filter(({ name }) => name !== "card"),
        features: pipeline.features.filter(({ name }) => name !== "paid"),
      },
    });
    const sent = oddRows();
    const blocks = [blockOf(system, sent.slice(0, 20)), blockOf(fewer, sent.slice(20))];
    await bench().events.ensureTables(fewer);
    expect(await bench().events.storePredictions(fewer, blocks)).toMatchObject({ stored: sent.length });
    const [cards] = await bench().place.client.rows<{ n: string }>(
      "SELECT count(i_card) AS n FROM predictions_fewer_fields",
    );
    expect(Number(cards?.n)).toBe(0);
  });
}

const unseen = (id: string, change: Partial<Prediction>): Prediction => {
  const { vector: _, ...rest } = samplePrediction(id, change);
  return { ...rest, vector: undefined };
};

function oddRows(): readonly Prediction[] {
  const odd = [
    { amount: null, pieces: "9223372036854775807", label: "Zürich 😀 \"'\\\n\t", card: false },
    { amount: -0.1, pieces: -9_007_199_254_740_991, label: "", card: null },
    { amount: 1e308, pieces: "-9223372036854775808", label: "long ".repeat(100), card: true },
    { sold: null, amount: 0, pieces: 0, label: null },
    { sold: "1900-01-01T00:00:00.000Z", amount: 5e-324 },
    { sold: "2299-12-31T23:59:59.999Z" },
  ];
  return Array.from({ length: 40 }, (_, n) => {
    const time = firstWindow + (n % 3) * hourMs - (n % 7 === 0 ? 3.9e12 : 0);
    const latencyMs = n % 2 === 0 ? undefined : n / 8;
    return unseen(`block ${n}`, { time, latencyMs, inputs: inputsAt(firstWindow, odd[n % 9] ?? {}) });
  });
}

function blockOf(system: System, rows: readonly Prediction[]): Uint8Array {
  const block = predictionBlock(system.pipeline.inputs, rows);
  expect(block).toBeDefined();
  return block ?? new Uint8Array();
}
