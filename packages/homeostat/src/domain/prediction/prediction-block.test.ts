import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldType, InputField, InputRow } from "../pipeline/pipeline.ts";
import { ByteReader, ByteWriter, utf8Of } from "./block-bytes.ts";
import { type Prediction, type PredictionOutput, predictionLine } from "./prediction.ts";
import { blockHead, isPredictionBlock, linesOfBlock, predictionBlock } from "./prediction-block.ts";

const text = fc.string({ unit: "binary", maxLength: 200 });
const values: Readonly<Record<FieldType, fc.Arbitrary<string | number | boolean>>> = {
  string: text,
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  integer: fc.oneof(
    fc.maxSafeInteger(),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .filter((value) => !Number.isSafeInteger(Number(value)))
      .map(String),
  ),
  boolean: fc.boolean(),
  timestamp: fc
    .date({ min: new Date("1900-01-01T00:00:00Z"), max: new Date("2299-12-31T00:00:00Z"), noInvalidDate: true })
    .map((date) => date.toISOString()),
};
const field = (name: string, type: FieldType): InputField => ({ name, type, required: false, physicalName: name });
const fields = (Object.keys(values) as FieldType[]).map((type) => field(`a_${type}`, type));
const inputs: fc.Arbitrary<InputRow> = fc.record(
  Object.fromEntries(fields.map(({ name, type }) => [name, fc.option(values[type], { nil: null })])),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const outputs: readonly fc.Arbitrary<PredictionOutput>[] = [
  share.map((probability) => ({ kind: "probability", probability })),
  values.number.map((value) => ({ kind: "value", value: value as number })),
  fc.record({
    kind: fc.constant("class" as const),
    class: text,
    confidence: fc.option(share, { nil: undefined }),
    probabilities: fc.constant(undefined),
  }),
];
const batchOf = (output: fc.Arbitrary<PredictionOutput>): fc.Arbitrary<readonly Prediction[]> =>
  fc.array(
    fc.record({
      id: text,
      time: fc.integer({ min: -2_208_988_800_000, max: 10_413_791_999_999 }),
      receivedAt: fc.integer({ min: 0, max: 10_413_791_999_999 }),
      release: text,
      model: fc.constant(""),
      pipeline: fc.constant(""),
      servedBy: fc.constant("elsewhere" as const),
      environment: text,
      cohort: fc.constantFrom("", "a"),
      caller: text,
      latencyMs: fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined }),
      output,
      inputs,
      vector: fc.constant(undefined),
      told: fc.constant(undefined),
    }),
    { minLength: 16, maxLength: 40 },
  );
const batch = fc.oneof(...outputs.map(batchOf));

const one: Prediction = {
  id: "p",
  time: 1_700_000_000_000,
  receivedAt: 1_700_000_000_500,
  release: "r1",
  model: "",
  pipeline: "",
  servedBy: "elsewhere",
  environment: "production",
  cohort: "",
  caller: "gate",
  latencyMs: undefined,
  output: { kind: "probability", probability: 0.25 },
  inputs: {},
  vector: undefined,
};
const many = (parts: Partial<Prediction> = {}): readonly Prediction[] =>
  Array.from({ length: 20 }, (_, n) => ({ ...one, id: `p-${n}`, ...parts }));

/** A line without what staging fills in by itself. */
const told = (line: string): unknown =>
  Object.fromEntries(
    Object.entries(JSON.parse(line) as Record<string, unknown>).filter(
      ([, value]) => value !== null && value !== "" && value !== 0 && JSON.stringify(value) !== "{}",
    ),
  );

describe("a block of predictions", () => {
  it("says of every row what its line would say", () => {
    fc.assert(
      fc.property(batch, (rows) => {
        const block = predictionBlock(fields, rows);
        expect(block).toBeDefined();
        const lines = linesOfBlock(block ?? new Uint8Array());
        expect(lines.map(told)).toEqual(rows.map((row) => told(predictionLine(row))));
      }),
      { numRuns: 100 },
    );
  });

  it("names its columns and counts its rows without being read", () => {
    const block = predictionBlock([field("fare", "number")], many()) ?? new Uint8Array();
    expect(isPredictionBlock(block)).toBe(true);
    const { columns, rows } = blockHead(block);
    expect(rows).toBe(20);
    expect(columns.map(({ name }) => name)).toEqual([
      "id",
      "time",
      "received",
      "release",
      "served_by",
      "environment",
      "caller",
      "probability",
      "i_fare",
    ]);
    expect(isPredictionBlock(new TextEncoder().encode(predictionLine(one)))).toBe(false);
  });

  it("is not made of few rows, of vectors that were seen, of state that was told", () => {
    expect(predictionBlock([], many().slice(0, 15))).toBeUndefined();
    expect(predictionBlock([], many({ vector: { features: [], values: [] } }))).toBeUndefined();
    const state = { state: { seed: "1" }, costUsd: undefined, featureAges: {} };
    expect(predictionBlock([], [...many(), { ...one, told: state }])).toBeUndefined();
    const probabilities = { kind: "class", class: "a", confidence: 1, probabilities: { a: 1 } } as const;
    expect(predictionBlock([], many({ output: probabilities }))).toBeUndefined();
  });
});

describe("texts and lengths of a block", () => {
  it("are the UTF-8 that the platform writes, and come back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (value) => {
        expect([...utf8Of(value)]).toEqual([...new TextEncoder().encode(value)]);
        const writer = new ByteWriter(1);
        writer.text(value);
        expect(new ByteReader(writer.take()).text()).toBe(value);
      }),
    );
    expect([...utf8Of("a\ud800b")]).toEqual([...new TextEncoder().encode("a\ud800b")]);
  });

  it("are LEB128", () => {
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1]) {
      const writer = new ByteWriter(1);
      writer.length(value);
      expect(new ByteReader(writer.take()).length()).toBe(value);
    }
  });
});
