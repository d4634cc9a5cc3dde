import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckedExpression } from "../domain/engine/expression.ts";
import type { FeatureType, FieldType, InputRow, Pipeline } from "../domain/pipeline/pipeline.ts";
import { createFeatureComputer, type EngineFeatureComputer } from "./compute-features.ts";
import { type SupervisedEngine, startEngine } from "./supervise-engine.ts";

let engine: SupervisedEngine;
let computer: EngineFeatureComputer;
let made = 0;

beforeAll(async () => {
  engine = await startEngine({ memoryLimitBytes: 1_000_000_000 });
  computer = createFeatureComputer(engine.expressions);
});

afterAll(async () => {
  await computer.close();
  await engine.stop(5_000);
});

function pipelineOf(
  inputs: Readonly<Record<string, FieldType>>,
  features: readonly (readonly [FeatureType, string])[],
): Pipeline {
  return {
    version: `pl-${made++}`,
    inputs: Object.entries(inputs).map(([name, type]) => ({ name, type, required: false, physicalName: name })),
    features: features.map(([type, expression], index) => ({
      name: `f${index}`,
      type,
      expression: expression as CheckedExpression,
    })),
  };
}

const everything = (): Pipeline =>
  pipelineOf(
    { text: "string", number: "number", integer: "integer", flag: "boolean", at: "timestamp", "we`ird 'n": "number" },
    [
      ["category", "text"],
      ["number", "number"],
      ["category", "toString(integer)"],
      ["number", "flag"],
      ["category", "toString(at)"],
      ["number", "`we\\`ird 'n` * 2"],
    ],
  );

describe("createFeatureComputer", () => {
  it("computes one vector for each row, in order, on a query of either shape", async () => {
    const pipeline = pipelineOf({ n: "integer" }, [["number", "n * 2"]]);
    for (const count of [1, 2, 16, 17, 1_000, 10_000]) {
      const rows = Array.from({ length: count }, (_, n) => ({ n }));
      expect(await computer.compute(pipeline, rows)).toEqual(rows.map(({ n }) => [n * 2]));
    }
  });

  it("keeps values of every type, missing ones too, on a query of either shape", async () => {
    const row = {
      text: "it's \\ \n\t\0 ‘q’ 😀 {x:String} ; --",
      number: -1.5e-300,
      integer: "9223372036854775807",
      flag: true,
      at: "2026-01-02T03:04:05.678+02:00",
      "we`ird 'n": 21,
    };
    const vector = [row.text, -1.5e-300, "9223372036854775807", 1, "2026-01-02 01:04:05.678", 42];
    const none = [null, null, null, null, null, null];
    const pipeline = everything();
    expect(await computer.compute(pipeline, [row, {}])).toEqual([vector, none]);
    const many = await computer.compute(pipeline, [...Array.from({ length: 20 }, () => row), {}]);
    expect(many).toEqual([...Array.from({ length: 20 }, () => vector), none]);
  });

  it.each([
    ["2026-01-02T03:04:05Z", "2026-01-02 03:04:05.000"],
    ["2026-01-02T03:04:05.123456Z", "2026-01-02 03:04:05.123"],
    ["2026-01-02 03:04:05", "2026-01-02 03:04:05.000"],
    ["2026-01-02T03:04-05:30", "2026-01-02 08:34:00.000"],
    ["1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59.999"],
    ["yesterday", null],
    ["2026-13-02T03:04:05Z", null],
  ])("reads the timestamp %s as %s", async (at, expected) => {
    const pipeline = pipelineOf({ at: "timestamp" }, [["category", "toString(at)"]]);
    expect(await computer.compute(pipeline, [{ at }])).toEqual([[expected]]);
    const many = await computer.compute(
      pipeline,
      Array.from({ length: 17 }, () => ({ at })),
    );
    expect(new Set(many.map(([value]) => value))).toEqual(new Set([expected]));
  });

  it("calls a value missing that is not of its field's type", async () => {
    const row: InputRow = { number: "1", integer: 1.5, flag: "true", at: 5, "we`ird 'n": true };
    expect(await computer.compute(everything(), [row])).toEqual([[null, null, null, null, null, null]]);
  });

  it("gives no number for NaN and infinity", async () => {
    const pipeline = pipelineOf({ n: "number" }, [
      ["number", "n / 0"],
      ["number", "log(-n)"],
      ["number", "n"],
    ]);
    expect(await computer.compute(pipeline, [{ n: 1 }])).toEqual([[null, null, 1]]);
  });

  it("does not let one feature stand in for an input of the same name", async () => {
    const pipeline: Pipeline = {
      ...pipelineOf({ a: "number", b: "number" }, []),
      features: [
        { name: "b", type: "number", expression: "a * 10" as CheckedExpression },
        { name: "a", type: "number", expression: "b + a" as CheckedExpression },
      ],
    };
    expect(await computer.compute(pipeline, [{ a: 1, b: 2 }])).toEqual([[10, 3]]);
  });

  it("answers without inputs, without features and without rows", async () => {
    const constant = pipelineOf({ n: "number" }, [["number", "1 + 1"]]);
    expect(await computer.compute(constant, [{ n: 1 }, {}])).toEqual([[2], [2]]);
    expect(
      await computer.compute(
        constant,
        Array.from({ length: 30 }, () => ({})),
      ),
    ).toHaveLength(30);
    expect(await computer.compute(pipelineOf({ n: "number" }, []), [{ n: 1 }, {}])).toEqual([[], []]);
    expect(await computer.compute(constant, [])).toEqual([]);
  });

  it("gives each of many callers at once its own rows", async () => {
    const pipeline = pipelineOf({ n: "integer" }, [["number", "n + 1"]]);
    const calls = Array.from({ length: 300 }, (_, n) =>
      Array.from({ length: 1 + (n % 5) }, (_, m) => ({ n: n * 10 + m })),
    );
    const answers = await Promise.all(calls.map((rows) => computer.compute(pipeline, rows)));
    expect(answers).toEqual(calls.map((rows) => rows.map(({ n }) => [n + 1])));
  });

  it("fails the call with the bad row and no other", async () => {
    const pipeline = pipelineOf({ n: "integer" }, [["number", "intDiv(1000, assumeNotNull(n) - 17)"]]);
    const calls = Array.from({ length: 40 }, (_, n) => computer.compute(pipeline, [{ n }]));
    const settled = await Promise.allSettled(calls);
    settled.forEach((result, n) => {
      if (n === 17) expect(result).toMatchObject({ status: "rejected", reason: { code: "engine-query-failed" } });
      else expect(result).toEqual({ status: "fulfilled", value: [[Math.trunc(1000 / (n - 17))]] });
    });
  });

  it("says when the engine is away", async () => {
    const other = await startEngine({ memoryLimitBytes: 1_000_000_000 });
    const away = createFeatureComputer(other.expressions);
    await other.stop(1_000);
    const pipeline = pipelineOf({ n: "integer" }, [["number", "n"]]);
    await expect(away.compute(pipeline, [{ n: 1 }])).rejects.toMatchObject({
      code: "engine-unavailable",
      retryable: true,
    });
    await away.close();
  });

  it("gives every text and number back as it came, on a query of either shape", async () => {
    const pipeline = pipelineOf({ text: "string", number: "number" }, [
      ["category", "text"],
      ["number", "number"],
    ]);
    const row = fc.record({
      text: fc.string({ unit: "binary", maxLength: 60 }).map((text) => Buffer.from(text).toString()),
      number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        expect(await computer.compute(pipeline, rows)).toEqual(rows.map((one) => [one.text, one.number]));
      }),
      { numRuns: 60 },
    );
  });
});
