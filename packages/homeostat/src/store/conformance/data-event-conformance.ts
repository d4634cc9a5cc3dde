import { describe, expect, it } from "vitest";
import { hourMs, isoOf } from "../../domain/instant.ts";
import { outcomeLine, type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataBench } from "./data-bench.ts";
import {
  at,
  blocksOf,
  firstWindow,
  inputsAt,
  samplePrediction,
  sampleShop,
  segmentsOf,
  vectorOf,
} from "./data-sample.ts";
import { sampleHash } from "./data-shelf-scene.ts";

const outcomeOf = (id: string, value: boolean, time = firstWindow + hourMs, receivedAt = time + 1): string =>
  outcomeLine({ predictionId: id, time, receivedAt, kind: "label", name: "", unit: "", value });

/** The event log against its port. */
export function eventConformance(bench: () => DataBench): void {
  describe("tables", () => tables(bench));
  describe("predictions", () => predictions(bench));
  describe("values", () => values(bench));
  describe("outcomes", () => outcomes(bench));
}

async function fresh(bench: () => DataBench, name: string): Promise<System> {
  const system = sampleShop(name);
  await bench().events.ensureTables(system);
  return system;
}

async function store(bench: () => DataBench, system: System, ...given: readonly Prediction[]) {
  return bench().events.storePredictions(system, blocksOf(...given.map((one) => predictionLine(one))));
}

function tables(bench: () => DataBench): void {
  it("are made once, and a second time nothing is added", async () => {
    const system = await fresh(bench, "made-once");
    expect(await bench().events.ensureTables(system)).toEqual([]);
    expect(await bench().events.frontier(system)).toBeUndefined();
    expect(await bench().events.counts(system)).toEqual({
      predictions: 0,
      outcomes: 0,
      joined: 0,
      outcomesWaiting: 0,
      predictionDuplicates: 0,
      outcomeDuplicates: 0,
    });
  });

  it("get the columns of a new declaration, and keep those of the old one with their values", async () => {
    const system = await fresh(bench, "grows");
    await store(bench, system, samplePrediction("before"));
    const { pipeline } = system;
    const grown = sampleShop("grows", {
      pipeline: {
        ...pipeline,
        inputs: [
          ...pipeline.inputs.filter((one) => one.name !== "card"),
          { ...at(pipeline.inputs, 3), name: "colour" },
        ],
        features: [
          ...pipeline.features.filter((one) => one.name !== "paid"),
          { ...at(pipeline.features, 4), name: "colour", expression: "colour" as never },
        ],
      },
    });
    const added = await bench().events.ensureTables(grown);
    expect([...added].sort()).toEqual([
      "predictions_grows.f_colour",
      "predictions_grows.i_colour",
      "reference_grows.f_colour",
      "reference_grows.i_colour",
    ]);
    await store(bench, grown, samplePrediction("after", { inputs: { ...inputsAt(firstWindow), colour: "red" } }));
    expect(
      await bench().place.client.rows("SELECT id, i_card, f_paid, f_colour FROM predictions_grows ORDER BY id"),
    ).toEqual([
      { id: "after", i_card: null, f_paid: null, f_colour: "red" },
      { id: "before", i_card: true, f_paid: "card", f_colour: null },
    ]);
  });

  it("of one system are not those of another", async () => {
    const [one, other] = [await fresh(bench, "one-shop"), await fresh(bench, "other-shop")];
    await store(bench, one, samplePrediction("x"));
    expect((await store(bench, other, samplePrediction("x"))).stored).toBe(1);
    await bench().events.storeOutcomes(one, blocksOf(outcomeOf("x", true)));
    expect((await bench().events.counts(other)).outcomes).toBe(0);
  });
}

function predictions(bench: () => DataBench): void {
  const others = { output: { kind: "probability", probability: 0.99 }, receivedAt: firstWindow + 99 } as const;

  it("are stored once whether an id comes alone, in another batch, twice in a batch, after a crash or with another time", async () => {
    const system = await fresh(bench, "once");
    const first = await store(bench, system, samplePrediction("a"), samplePrediction("b"));
    expect(first).toMatchObject({ stored: 2, duplicates: 0, touched: [firstWindow] });
    expect(await store(bench, system, samplePrediction("a", others))).toMatchObject({ stored: 0, duplicates: 1 });
    const mixed = await store(bench, system, samplePrediction("b", others), samplePrediction("c"));
    expect(mixed).toMatchObject({ stored: 1, duplicates: 1 });
    const twice = await store(bench, system, samplePrediction("d"), samplePrediction("d", others));
    expect(twice).toMatchObject({ stored: 1, duplicates: 1 });
    await bench().place.crash();
    expect(await store(bench, system, samplePrediction("a", others))).toMatchObject({ stored: 0, duplicates: 1 });
    const later = { ...others, time: firstWindow + 40 * hourMs };
    expect(await store(bench, system, samplePrediction("a", later))).toMatchObject({ stored: 0, touched: [] });
    expect(await bench().place.client.rows("SELECT id, probability FROM predictions_once ORDER BY id")).toEqual(
      ["a", "b", "c", "d"].map((id) => ({ id, probability: 0.25 })),
    );
    expect(await bench().events.counts(system)).toMatchObject({ predictions: 4, predictionDuplicates: 5 });
  });

  it("that were stored just before a crash touch their windows when the same block is shipped again", async () => {
    const system = await fresh(bench, "shipped-again");
    const block = [samplePrediction("a"), samplePrediction("b", { time: firstWindow + hourMs })];
    await store(bench, system, ...block);
    const again = await store(bench, system, ...block);
    expect(again).toMatchObject({ stored: 0, duplicates: 2 });
    expect([...again.touched].sort()).toEqual([firstWindow, firstWindow + hourMs]);
  });

  it("of the same id and arrival are decided by their content, in whatever order they come", async () => {
    const system = await fresh(bench, "either-way");
    const pair = (id: string) => [
      samplePrediction(id, { output: { kind: "probability", probability: 0.1 } }),
      samplePrediction(id, { output: { kind: "probability", probability: 0.2 } }),
    ];
    await store(bench, system, ...pair("a"), ...pair("b").reverse());
    expect(await bench().place.client.rows("SELECT DISTINCT probability FROM predictions_either_way")).toEqual([
      { probability: 0.1 },
    ]);
  });

  it("are known again in blocks with more known ids than travel as a parameter", async () => {
    const system = await fresh(bench, "many");
    const lines = Array.from({ length: 10_500 }, (_, n) => predictionLine(samplePrediction(`id ${n}`)));
    const block = [new TextEncoder().encode(lines.join("\n"))];
    expect(await bench().events.storePredictions(system, block)).toMatchObject({ stored: 10_500, duplicates: 0 });
    const again = [...block, new TextEncoder().encode(`\n${predictionLine(samplePrediction("new"))}\n`)];
    expect(await bench().events.storePredictions(system, again)).toMatchObject({ stored: 1, duplicates: 10_500 });
    expect((await bench().events.counts(system)).predictions).toBe(10_501);
  });

  it("are not taken for stored when the workbench was made anew before they were moved", async () => {
    const system = await fresh(bench, "emptied");
    const { client } = bench().place;
    const emptied = { ...client, insertLines: async () => undefined };
    const { createEventStore } = await import("../data/event-store.ts");
    const shaky = createEventStore(
      emptied,
      { now: () => 0 },
      {
        pathOf: (name) => name,
        files: client,
        reaches: "the-file-only",
      },
      sampleHash,
    );
    await expect(shaky.storePredictions(system, blocksOf(predictionLine(samplePrediction("a"))))).rejects.toMatchObject(
      { code: "engine-unavailable", retryable: true },
    );
    await expect(shaky.storeOutcomes(system, blocksOf(outcomeOf("a", true)))).rejects.toMatchObject({
      retryable: true,
    });
  });

  it("fall into windows rounded down, before 1970 and after 2106 too, and of many years in one block", async () => {
    const system = await fresh(bench, "ages");
    const times = [-1, -hourMs, 0, Date.parse("1912-06-23T12:34:56.789Z"), Date.parse("2120-02-29T23:59:59.999Z")];
    const years = Array.from({ length: 120 }, (_, n) => Date.UTC(1990, n * 2, 1, 5, 6, 7, 8));
    const all = [...times, ...years];
    const receipt = await store(bench, system, ...all.map((time, n) => samplePrediction(`p${n}`, { time })));
    expect(receipt.stored).toBe(all.length);
    const starts = new Set(all.map((time) => Math.floor(time / hourMs) * hourMs));
    expect(new Set(receipt.touched)).toEqual(starts);
    const kept = await bench().place.client.rows<{ t: string }>(
      "SELECT toUnixTimestamp64Milli(time) AS t FROM predictions_ages",
    );
    expect(kept.map((row) => Number(row.t)).sort((a, b) => a - b)).toEqual([...all].sort((a, b) => a - b));
    expect(await bench().events.frontier(system)).toEqual({
      eventTime: Math.max(...all),
      receivedAt: firstWindow + 5,
    });
    const late = await bench().events.storeOutcomes(
      system,
      blocksOf(outcomeOf("p0", true, 5), outcomeOf("p1", true, 5)),
    );
    expect([...late.touched].sort()).toEqual([-hourMs]);
  });
}

function values(bench: () => DataBench): void {
  it("come back as they were sent: quotes, backslashes, line feeds, any script, emoji, long integers, times, nothing", async () => {
    const system = await fresh(bench, "values");
    const texts = [
      "",
      " ",
      "o'clock",
      'a "b" c',
      "back\\slash",
      "line\nfeed\ttab\r",
      "Zürich",
      "東京",
      "😀👩‍🚀𝔘",
      "\u0000\u0001",
      "null",
      "\\N",
      "{x:String}",
    ];
    const sent = [
      ...texts.map((label) => inputsAt(firstWindow, { label })),
      inputsAt(firstWindow, { pieces: "9223372036854775807" }),
      inputsAt(firstWindow, { pieces: -9007199254740991, amount: -0.1, sold: "1969-12-31T23:59:59.999Z" }),
      inputsAt(firstWindow, { amount: 1.7976931348623157e308, sold: "2299-12-31T23:59:59.999Z" }),
      inputsAt(firstWindow, { amount: 5e-324, sold: "2026-03-01T10:00:00+02:00", card: false }),
      { sold: null, amount: null, pieces: null, label: null, card: null },
      {},
    ];
    await store(bench, system, ...sent.map((inputs, n) => samplePrediction(`${n} ${"😀".repeat(n)}'"\\`, { inputs })));
    const rows = await bench().place.client.rows<Record<string, unknown>>(
      `SELECT id, i_label AS label, i_amount AS amount, toString(i_pieces) AS pieces, i_card AS card, toUnixTimestamp64Milli(i_sold) AS sold
       FROM predictions_values ORDER BY toUInt32(splitByChar(' ', id)[1])`,
    );
    expect(rows.map((row) => ({ ...row, sold: row.sold === null ? null : Number(row.sold) }))).toEqual(
      sent.map((inputs, n) => ({
        id: `${n} ${"😀".repeat(n)}'"\\`,
        label: inputs.label ?? null,
        amount: inputs.amount ?? null,
        pieces: inputs.pieces === undefined || inputs.pieces === null ? null : String(inputs.pieces),
        card: inputs.card ?? null,
        sold: typeof inputs.sold === "string" ? Date.parse(inputs.sold) : null,
      })),
    );
  });

  it("of features and segments are the same whether the sender told the vector or the store computed it", async () => {
    const system = await fresh(bench, "vectors");
    const changes = [
      {},
      { label: null },
      { label: "" },
      { label: "o'é😀" },
      { amount: 0, pieces: 0 },
      { pieces: 0 },
      { amount: null },
      { card: null },
      { card: false },
      { sold: null },
      { amount: 1e308, pieces: 3 },
      { amount: 0.1, pieces: 3 },
    ];
    const all = changes.map((change) => inputsAt(firstWindow + 1_234, change));
    await store(
      bench,
      system,
      ...all.flatMap((inputs, n) => [
        samplePrediction(`told ${n}`, {
          inputs,
          vector: { features: system.pipeline.features, values: vectorOf(inputs) },
        }),
        samplePrediction(`computed ${n}`, { inputs }),
      ]),
    );
    const names = system.pipeline.features.map((feature) => `f_${feature.name}`);
    const rows = await bench().place.client.rows<Record<string, unknown>>(
      `SELECT id, [${names.map((name) => `toString(${name})`).join(", ")}] AS vector, s_label, s_size FROM predictions_vectors`,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    all.forEach((inputs, n) => {
      const expected = {
        vector: vectorOf(inputs).map((value) => (value === null ? null : exact(value))),
        s_label: segmentsOf(inputs).label,
        s_size: segmentsOf(inputs).size,
      };
      expect(byId.get(`told ${n}`), `told ${n}`).toMatchObject(expected);
      expect(byId.get(`computed ${n}`), `computed ${n}`).toMatchObject(expected);
    });
  });

  it("that the sender told win over what the expressions would give", async () => {
    const system = await fresh(bench, "told");
    await store(
      bench,
      system,
      samplePrediction("a", { vector: { features: system.pipeline.features, values: [1, null, 3, 4, "seen", null] } }),
    );
    expect(
      await bench().place.client.rows("SELECT f_amount, f_per_piece, f_label, f_paid, s_label FROM predictions_told"),
    ).toEqual([{ f_amount: 1, f_per_piece: null, f_label: "seen", f_paid: null, s_label: "seen" }]);
  });
}

/** A number as the engine writes it: JavaScript's shortest form, exponents without a plus. */
function exact(value: number | string): string {
  return String(value).replace("e+", "e");
}

function outcomes(bench: () => DataBench): void {
  it("are stored once per prediction, time and value, and counted as joined or waiting", async () => {
    const system = await fresh(bench, "outcomes");
    await store(bench, system, samplePrediction("a"), samplePrediction("b", { time: firstWindow + 3 * hourMs }));
    const { events } = bench();
    const first = await events.storeOutcomes(system, blocksOf(outcomeOf("a", true), outcomeOf("early", false)));
    expect(first).toMatchObject({ stored: 2, duplicates: 0, touched: [firstWindow] });
    const again = await events.storeOutcomes(
      system,
      blocksOf(outcomeOf("a", true, undefined, 99), outcomeOf("a", true, undefined, 100), outcomeOf("b", true)),
    );
    expect(again).toMatchObject({ stored: 1, duplicates: 2, touched: [firstWindow + 3 * hourMs] });
    await bench().place.crash();
    const third = await events.storeOutcomes(system, blocksOf(outcomeOf("a", true, undefined, 101)));
    expect(third).toMatchObject({ stored: 0, duplicates: 1, touched: [] });
    expect(await events.counts(system)).toEqual({
      predictions: 2,
      outcomes: 3,
      joined: 2,
      outcomesWaiting: 1,
      predictionDuplicates: 0,
      outcomeDuplicates: 3,
    });
    await store(bench, system, samplePrediction("early", { time: firstWindow + hourMs }));
    expect(await events.counts(system)).toMatchObject({ joined: 3, outcomesWaiting: 0 });
  });

  it("that correct another touch the window again; those stored just before a crash do so when shipped again", async () => {
    const system = await fresh(bench, "corrected");
    await store(bench, system, samplePrediction("a"));
    const { events } = bench();
    await events.storeOutcomes(system, blocksOf(outcomeOf("a", true)));
    const correction = blocksOf(outcomeOf("a", false, firstWindow + 2 * hourMs));
    expect(await events.storeOutcomes(system, correction)).toMatchObject({ stored: 1, touched: [firstWindow] });
    expect(await events.storeOutcomes(system, correction)).toMatchObject({ stored: 0, touched: [firstWindow] });
    expect(await events.counts(system)).toMatchObject({ outcomes: 2, joined: 1 });
  });

  it("know windows by event time of the prediction, whatever the time of the outcome", async () => {
    const system = await fresh(bench, "late-outcome");
    const time = Date.parse("2025-12-31T23:59:59.999Z");
    await store(bench, system, samplePrediction("a", { time }));
    const receipt = await bench().events.storeOutcomes(system, blocksOf(outcomeOf("a", true, time + 400 * hourMs)));
    expect(receipt.touched.map(isoOf)).toEqual(["2025-12-31T23:00:00.000Z"]);
  });
}
