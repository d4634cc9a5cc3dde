import fc from "fast-check";
import { expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import { total } from "../../domain/monitor/count-series.ts";
import { lagEdgesMs } from "../../domain/prediction/label-lag.ts";
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
      { numRuns: process.env.HOMEOSTAT_TEST_LONG === "1" ? 100 : 6 },
    );
  });
}

const clashing = (name: string): System["pipeline"]["inputs"][number] => ({
  name,
  type: "string",
  physicalName: name,
  required: false,
});

/** Coverage, lag and totals, counted by the engine as they are counted here. */
export function labelConformance(bench: () => DataBench): void {
  const horizon = { watermark: firstWindow + 6 * hourMs, now: firstWindow + 6 * hourMs };
  const whole = { from: undefined, to: undefined, segment: undefined };
  const told = (id: string, afterMs: number): Outcome => ({
    predictionId: id,
    time: firstWindow + afterMs,
    receivedAt: firstWindow + afterMs + 60_000,
    kind: "label",
    name: "",
    unit: "",
    value: true,
  });

  it("coverage and lags: the first label counts, who waits is counted at the age it has, what lies ahead is not", async () => {
    const system = sampleShop("lags");
    const { events, labels } = bench();
    await events.ensureTables(system);
    const rows = ["a", "b", "c", "d", "early", "ahead"].map((id) =>
      samplePrediction(id, {
        time: id === "ahead" ? firstWindow + 7 * hourMs : firstWindow,
        receivedAt: firstWindow + 1,
        inputs: inputsAt(firstWindow, { label: id === "a" || id === "b" ? "tea" : "milk" }),
      }),
    );
    await events.storePredictions(system, blocksOf(...rows.map(predictionLine)));
    const outcomes = [told("a", 90 * 60_000), told("a", 30 * 60_000), told("b", 2 * hourMs), told("early", -hourMs)];
    // After the horizon: as far as it is known there, c still waits.
    outcomes.push(told("c", 9 * hourMs));
    await events.storeOutcomes(system, blocksOf(...outcomes.map(outcomeLine)));
    const all = await labels.labels(system, whole, horizon);
    expect(all.coverage).toEqual([
      { window: firstWindow, value: "", rows: 5, labelled: 4, knownBefore: 1 },
      { window: firstWindow + 7 * hourMs, value: "", rows: 1, labelled: 0, knownBefore: 0 },
    ]);
    const binOf = (ageMs: number): number => lagEdgesMs.filter((edge) => edge <= ageMs).length;
    expect(all.lags).toHaveLength(1);
    expect(all.lags[0]?.byOutcomeTime).toEqual(
      [
        { bin: 0, labelled: true, rows: 1 },
        { bin: binOf(30 * 60_000), labelled: true, rows: 1 },
        { bin: binOf(2 * hourMs), labelled: true, rows: 1 },
        { bin: binOf(6 * hourMs), labelled: false, rows: 2 },
      ].sort((x, y) => x.bin - y.bin),
    );
    expect(total(all.lags[0]?.byReceivedTime.map((one) => one.rows) ?? [])).toBe(6);
    const tea = await labels.labels(system, { ...whole, segment: { name: "label", value: "tea" } }, horizon);
    expect(tea.coverage).toMatchObject([{ value: "tea", rows: 2, labelled: 2 }]);
    const each = await labels.labels(system, { ...whole, segment: { name: "label", value: undefined } }, horizon);
    expect(each.lags.map((lag) => lag.value).sort()).toEqual(["milk", "tea"]);
    const later = await labels.labels(system, { ...whole, from: firstWindow + hourMs }, horizon);
    expect(later.coverage).toMatchObject([{ rows: 1 }]);
  });

  it("totals: each outcome once, as corrected last; units apart; answers counted", async () => {
    const system = sampleShop("totals");
    const { events, labels } = bench();
    await events.ensureTables(system);
    await events.storePredictions(
      system,
      blocksOf(...["a", "b", "c"].map((id) => predictionLine(samplePrediction(id)))),
    );
    const worth = (id: string, value: number, unit = "EUR", at = 1): Outcome => ({
      ...told(id, at),
      kind: "business",
      name: "revenue",
      unit,
      value,
    });
    const said = (id: string, value: boolean | string): Outcome => ({
      ...told(id, 1),
      kind: "feedback",
      name: "rating",
      value,
    });
    const sent = [
      worth("a", 10),
      worth("a", 12, "EUR", 2),
      worth("b", 8),
      worth("c", 5, "USD"),
      said("a", true),
      said("b", true),
      said("c", "so so"),
    ];
    await events.storeOutcomes(system, blocksOf(...sent.map(outcomeLine)));
    const at = { window: firstWindow, value: "" };
    expect(await labels.totals(system, whole)).toEqual([
      {
        ...at,
        kind: "business",
        name: "revenue",
        unit: "EUR",
        count: 2,
        numbers: 2,
        sum: 20,
        sumSquares: 208,
        values: [],
      },
      {
        ...at,
        kind: "business",
        name: "revenue",
        unit: "USD",
        count: 1,
        numbers: 1,
        sum: 5,
        sumSquares: 25,
        values: [],
      },
      {
        ...at,
        kind: "feedback",
        name: "rating",
        unit: "",
        count: 3,
        numbers: 0,
        sum: 0,
        sumSquares: 0,
        values: [
          { value: "true", count: 2 },
          { value: "so so", count: 1 },
        ],
      },
    ]);
  });
}
