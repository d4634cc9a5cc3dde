import { describe, expect, it } from "vitest";
import { referenceLine } from "../baseline/profile-store.ts";
import { outcomeLine, type Prediction, predictionLine } from "./prediction.ts";

const prediction: Prediction = {
  id: "p-1",
  time: 1_700_000_000_000,
  receivedAt: 1_700_000_000_500,
  release: "flight-delay-2",
  model: "m-1",
  pipeline: "pl-1",
  servedBy: "release",
  environment: "production",
  cohort: "",
  caller: "gate",
  latencyMs: 3,
  output: { kind: "probability", probability: 0.25 },
  inputs: { origin: "LAX", distance: 12.5, delayed: null },
  vector: { features: [{ name: "hour" }, { name: "origin" }], values: [17, null] },
};
const line = (parts: Partial<Prediction> = {}): unknown => JSON.parse(predictionLine({ ...prediction, ...parts }));

describe("a line of the prediction spool", () => {
  it("is flat: inputs as i_, the vector as f_ under the features of the pipeline that answered, times in milliseconds", () => {
    expect(line()).toEqual({
      id: "p-1",
      time: 1_700_000_000_000,
      received: 1_700_000_000_500,
      release: "flight-delay-2",
      model: "m-1",
      pipeline: "pl-1",
      served_by: "release",
      environment: "production",
      cohort: "",
      caller: "gate",
      latency_ms: 3,
      probability: 0.25,
      vector_seen: 1,
      i_origin: "LAX",
      i_distance: 12.5,
      i_delayed: null,
      f_hour: 17,
      f_origin: null,
    });
  });

  it("says that the vector was not told, and then holds no feature", () => {
    const told = line({ vector: undefined, latencyMs: undefined }) as Record<string, unknown>;
    expect(told.vector_seen).toBe(0);
    expect(told.latency_ms).toBeNull();
    expect(Object.keys(told).some((name) => name.startsWith("f_"))).toBe(false);
  });

  it("of another task holds a value, or a class with how sure the model was of it", () => {
    expect(line({ output: { kind: "value", value: 12.5 } })).toMatchObject({ value: 12.5 });
    const told = {
      kind: "class",
      class: "cat",
      confidence: undefined,
      probabilities: { cat: 0.75, dog: 0.25 },
    } as const;
    expect(line({ output: told })).toMatchObject({
      class: "cat",
      confidence: 0.75,
      class_probabilities: { cat: 0.75, dog: 0.25 },
    });
    expect(line({ output: { ...told, probabilities: undefined } })).toMatchObject({ confidence: null });
    expect(line({ output: { kind: "value", value: 1 } })).not.toHaveProperty("probability");
  });

  it("is one line whatever the values hold", () => {
    expect(predictionLine({ ...prediction, inputs: { note: 'a\nb"c\u2028' } })).not.toContain("\n");
  });
});

describe("a line of the outcome spool", () => {
  it("holds the outcome as 1 or 0", () => {
    const outcome = {
      predictionId: "p-1",
      time: 5,
      receivedAt: 6,
      kind: "label",
      name: "",
      unit: "",
      value: true,
    } as const;
    expect(JSON.parse(outcomeLine(outcome))).toEqual({ prediction_id: "p-1", time: 5, received: 6, value: 1 });
    expect(JSON.parse(outcomeLine({ ...outcome, value: false }))).toMatchObject({ value: 0 });
  });

  it("holds a number or a text in a column of its own, and says which metric it is of", () => {
    const outcome = { predictionId: "p-1", time: 5, receivedAt: 6, kind: "label", name: "", unit: "" } as const;
    const base = { prediction_id: "p-1", time: 5, received: 6 };
    expect(JSON.parse(outcomeLine({ ...outcome, value: 2.5 }))).toEqual({ ...base, type: "number", number: 2.5 });
    expect(JSON.parse(outcomeLine({ ...outcome, value: "cat" }))).toEqual({ ...base, type: "text", text: "cat" });
    const earned = { ...outcome, kind: "business", name: "revenue", unit: "EUR", value: 9 } as const;
    expect(JSON.parse(outcomeLine(earned))).toEqual({
      ...base,
      kind: "business",
      name: "revenue",
      unit: "EUR",
      type: "number",
      number: 9,
    });
  });
});

describe("a line of a reference", () => {
  it("marks rows that the model was trained on as not scored, and knows unknown outcomes", () => {
    const row = { time: 5, inputs: { distance: 3 }, vector: [3], probability: 0.5, neverTrained: true, outcome: true };
    expect(JSON.parse(referenceLine(row, [{ name: "distance" }]))).toEqual({
      time: 5,
      probability: 0.5,
      scored: 1,
      outcome: 1,
      i_distance: 3,
      f_distance: 3,
    });
    const trained = { ...row, vector: [], neverTrained: false, outcome: undefined };
    expect(JSON.parse(referenceLine(trained, [{ name: "distance" }]))).toMatchObject({
      scored: 0,
      outcome: null,
      f_distance: null,
    });
  });
});
