import { describe, expect, it } from "vitest";
import type { InferenceHalf } from "../domain/inference/inference-half.ts";
import type { InputField } from "../domain/pipeline/pipeline.ts";
import type { Task } from "../domain/system/task.ts";
import { rowsOfPair } from "./kserve-pair.ts";

const field = (name: string, type: InputField["type"]): InputField => ({
  name,
  type,
  required: false,
  physicalName: name,
});
const fields = [field("stops", "integer"), field("carrier", "string")];
const binary: Task = { type: "binary-classification", threshold: 0.5 };
const half = (which: InferenceHalf["half"], payload: string, time?: number): InferenceHalf => ({
  ...{
    id: "e",
    half: which,
    receivedAt: Date.parse("2001-06-01T11:00:00Z"),
    time,
    caller: "k",
    service: "flights",
    payload,
  },
});
function pair(request: string, response: string, task = binary) {
  const rows = rowsOfPair(half("request", request, 1_000), half("response", response, 1_012), fields, task);
  return "rows" in rows ? rows.rows.map((row) => JSON.parse(row) as Record<string, unknown>) : rows;
}

describe("a request and its response of a model server", () => {
  it("are rows in the V1 protocol: objects by field or lists in the order of the contract", () => {
    expect(pair('{"instances":[{"stops":1,"carrier":"AA"},[2,"UA"]]}', '{"predictions":[0.25,[0.9,0.1]]}')).toEqual([
      {
        id: "e-0",
        time: "1970-01-01T00:00:01.000Z",
        release: "flights",
        inputs: { stops: 1, carrier: "AA" },
        probability: 0.25,
        latencyMs: 12,
      },
      {
        id: "e-1",
        time: "1970-01-01T00:00:01.000Z",
        release: "flights",
        inputs: { stops: 2, carrier: "UA" },
        probability: 0.1,
        latencyMs: 12,
      },
    ]);
    expect(
      pair('{"instances":[[1]]}', '{"predictions":[{"value":3.5}]}', { type: "regression", unit: "min" }),
    ).toMatchObject([{ id: "e", value: 3.5 }]);
  });

  it("are rows in the V2 protocol: a tensor for each field or one for all, nested or flat", () => {
    const outputs =
      '{"model_name":"m","model_version":"7","outputs":[{"name":"label","shape":[2],"datatype":"INT64","data":[0,1]},{"name":"probabilities","shape":[2,2],"datatype":"FP64","data":[[0.8,0.2],[0.1,0.9]]}]}';
    const named =
      '{"inputs":[{"name":"stops","shape":[2,1],"datatype":"INT64","data":[[1],[2]]},{"name":"carrier","shape":[2],"datatype":"BYTES","data":["AA","UA"]}]}';
    expect(pair(named, outputs)).toMatchObject([
      { release: "flights:7", inputs: { stops: 1, carrier: "AA" }, probability: 0.2 },
      { inputs: { stops: 2, carrier: "UA" }, probability: 0.9 },
    ]);
    const matrix = '{"inputs":[{"name":"input-0","shape":[2,2],"datatype":"FP64","data":[1,5,2,6]}]}';
    expect(pair(matrix, outputs)).toMatchObject([
      { inputs: { stops: 1, carrier: 5 } },
      { inputs: { stops: 2, carrier: 6 } },
    ]);
  });

  it("keep every digit", () => {
    const rows = rowsOfPair(
      half("request", '{"instances":[{"stops":9223372036854775807}]}'),
      half("response", '{"predictions":[1]}'),
      fields,
      binary,
    );
    expect("rows" in rows && rows.rows[0]).toContain('"stops":9223372036854775807');
  });

  it.each([
    ["other bodies", '{"text":"hi"}', '{"predictions":[1]}', "request"],
    ["lists", "[1]", "[2]", "data"],
    ["answers that are none", '{"instances":[[1]]}', '{"error":"x"}', "response"],
    ["fewer answers than rows", '{"instances":[[1],[2]]}', '{"predictions":[1]}', "response"],
    [
      "tensors of uneven length",
      '{"inputs":[{"name":"stops","shape":[2],"data":[1]}]}',
      '{"predictions":[1,2]}',
      "request.inputs.stops",
    ],
    ["a shape that is none", '{"inputs":[{"name":"x","shape":[0],"data":[]}]}', '{"predictions":[1]}', "response"],
  ])("that are %s are refused by name", (_, request, response, path) => {
    expect(pair(request, response)).toMatchObject({ path });
  });
});
