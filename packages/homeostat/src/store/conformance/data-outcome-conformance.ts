import fc from "fast-check";
import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import { type Outcome, outcomeLine, predictionLine } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "../data/data-client.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";

/** The outcomes table as the first version made it, with one label in it. */
export async function layEarlierOutcomes(client: DataClient): Promise<void> {
  await client.command(
    `CREATE TABLE outcomes (
       system LowCardinality(String), prediction_id String, time DateTime64(3, 'UTC'), received DateTime64(3, 'UTC'), value UInt8
     ) ENGINE = MergeTree ORDER BY (system, prediction_id, time)`,
  );
  await client.command(
    `INSERT INTO outcomes SELECT 'carried-over', 'old', fromUnixTimestamp64Milli(${firstWindow}), fromUnixTimestamp64Milli(${firstWindow}), 1`,
  );
}

const regression = { type: "regression", unit: "minutes" } as const;

/** Labels, business metrics and feedback against the port. */
export function outcomeConformance(bench: () => DataBench): void {
  it("a label stored by an earlier version is a label still, and is known when it comes again", async () => {
    const system = sampleShop("carried-over");
    const { events } = bench();
    await events.ensureTables(system);
    await events.storePredictions(system, blocksOf(predictionLine(samplePrediction("old"))));
    expect(await events.counts(system)).toMatchObject({ joined: 1, outcomes: 1 });
    const old = { predictionId: "old", time: firstWindow, kind: "label", name: "", unit: "", value: true } as const;
    const again = await events.storeOutcomes(system, blocksOf(outcomeLine({ ...old, receivedAt: firstWindow + 9 })));
    expect(again).toMatchObject({ stored: 0, duplicates: 1 });
  });

  it("of other kinds do not stand for the label, and outcomes of unknown predictions wait", async () => {
    const system = sampleShop("kinds");
    const { events } = bench();
    await events.ensureTables(system);
    await events.storePredictions(system, blocksOf(predictionLine(samplePrediction("a"))));
    const at = { predictionId: "a", time: firstWindow + 1, receivedAt: firstWindow + 2 } as const;
    const sent: readonly Outcome[] = [
      { ...at, kind: "business", name: "revenue", unit: "EUR", value: 12.5 },
      { ...at, kind: "feedback", name: "thumbs", unit: "", value: true },
      { ...at, kind: "feedback", name: "comment", unit: "", value: 'late, and "rude" 😀' },
      { ...at, predictionId: "unknown", kind: "label", name: "", unit: "", value: false },
    ];
    const receipt = await events.storeOutcomes(system, blocksOf(...sent.map(outcomeLine)));
    expect(receipt).toMatchObject({ stored: 4, duplicates: 0, touched: [firstWindow] });
    expect(await events.counts(system)).toMatchObject({ outcomes: 4, joined: 0, outcomesWaiting: 1 });
  });

  it("an input may be called as a column of ours: what was predicted stays what was predicted", async () => {
    const shop = sampleShop("clashing", { serving: "monitor-only", task: regression });
    const inputs = [...shop.pipeline.inputs, ...["value", "release"].map((name) => clashing(name))];
    const segment = { name: "theirs", expression: "release" as never, top: 5 };
    const system: System = { ...shop, pipeline: { ...shop.pipeline, inputs }, segments: [segment] };
    const { events, place } = bench();
    await events.ensureTables(system);
    const sent = samplePrediction("a", {
      output: { kind: "value", value: 7 },
      inputs: inputsAt(firstWindow, { value: "theirs", release: "vinyl" }),
    });
    await events.storePredictions(system, blocksOf(predictionLine(sent)));
    expect(await place.client.rows("SELECT value, release, i_value, s_theirs FROM predictions_clashing")).toEqual([
      { value: 7, release: "r1", i_value: "theirs", s_theirs: "vinyl" },
    ]);
  });

  it("end in the same state whatever the order, the batches, the repetitions: the latest correction counts", async () => {
    const { events, place } = bench();
    let run = 0;
    const corrections = fc.uniqueArray(
      fc.record({
        predictionId: fc.constantFrom("a", "b", "c"),
        kind: fc.constantFrom("label", "business"),
        hour: fc.integer({ min: -3, max: 30 }),
        value: fc.integer({ min: -5, max: 5 }),
      }),
      { minLength: 1, maxLength: 12, selector: ({ predictionId, kind, hour }) => `${predictionId} ${kind} ${hour}` },
    );
    const deliveries = corrections.chain((all) =>
      fc.record({
        all: fc.constant(all),
        // Each at least once, some again, in any order and in batches of any size.
        order: fc
          .array(fc.nat(all.length - 1), { maxLength: 8 })
          .chain((extra) => fc.shuffledSubarray([...all.keys(), ...extra.map((n) => n)], { minLength: all.length })),
        size: fc.integer({ min: 1, max: 9 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, order, size }) => {
        run += 1;
        const system = sampleShop(`any-order-${run}`, { serving: "monitor-only", task: regression });
        await events.ensureTables(system);
        const sent = [...order, ...all.keys()].map((n, at) => {
          const { predictionId, kind, hour, value } = all[n] ?? { predictionId: "", kind: "", hour: 0, value: 0 };
          const named = kind === "label" ? { kind, name: "", unit: "" } : { kind, name: "revenue", unit: "EUR" };
          const time = firstWindow + hour * hourMs;
          return outcomeLine({ predictionId, time, receivedAt: firstWindow + at, ...named, value } as Outcome);
        });
        for (let first = 0; first < sent.length; first += size) {
          await events.storeOutcomes(system, blocksOf(...sent.slice(first, first + size)));
          // The prediction itself may come in between.
          if (first === 0)
            await events.storePredictions(
              system,
              blocksOf(
                ...["a", "b", "c"].map((id) =>
                  predictionLine(samplePrediction(id, { output: { kind: "value", value: 1 } })),
                ),
              ),
            );
        }
        const latest = (id: string): number | undefined =>
          all.filter((one) => one.predictionId === id && one.kind === "label").sort((x, y) => y.hour - x.hour)[0]
            ?.value;
        await bench().profiles.referenceFromEvents(system, "r1", { from: firstWindow, to: firstWindow + hourMs });
        const rows = await place.client.rows<{ outcome: number | null }>(
          `SELECT outcome FROM reference_any_order_${run} ORDER BY outcome NULLS LAST`,
        );
        const expected = ["a", "b", "c"].map(latest).map((value) => value ?? null);
        const rank = (value: number | null): number => value ?? 99;
        expect(rows.map((row) => row.outcome)).toEqual(expected.sort((x, y) => rank(x) - rank(y)));
        const counts = await events.counts(system);
        expect(counts).toMatchObject({ outcomes: all.length, outcomeDuplicates: sent.length - all.length });
      }),
      { numRuns: 12 },
    );
  });
}

const clashing = (name: string): System["pipeline"]["inputs"][number] => ({
  name,
  type: "string",
  physicalName: name,
  required: false,
});
