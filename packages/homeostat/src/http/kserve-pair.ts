import type { InferenceHalf } from "../domain/inference/inference-half.ts";
import { isoOf } from "../domain/instant.ts";
import type { InputField } from "../domain/pipeline/pipeline.ts";
import type { Task } from "../domain/system/task.ts";
import { elementsOf, entriesOf } from "./edit-json.ts";
import type { RowIssue } from "./row-check.ts";

/**
 * A request and its response, as KServe's logger sends them, as texts of prediction rows. Bodies are those of the V1
 * protocol (`instances`, `predictions`) or of the Open Inference Protocol V2 (`inputs`, `outputs`). Values stay text, so
 * that numbers keep their digits; what they are is judged by the door of rows.
 */
export function rowsOfPair(
  request: InferenceHalf,
  response: InferenceHalf,
  fields: readonly InputField[],
  task: Task,
): { readonly rows: readonly string[] } | RowIssue {
  const asked = objectOf(request.payload);
  const answered = objectOf(response.payload);
  if (asked === undefined || answered === undefined)
    return { path: "data", expected: "bodies that are JSON objects", found: "something else" };
  const inputs = asked.has("instances") ? instancesOf(asked, fields) : tensorsOf(asked, fields);
  if ("expected" in inputs) return inputs;
  const outputs = answered.has("predictions") ? listAt(answered, "predictions") : outputsOf(answered, inputs.length);
  if (outputs === undefined)
    return { path: "response", expected: "predictions (V1) or outputs (V2)", found: "neither" };
  if (outputs.length !== inputs.length)
    return {
      path: "response",
      expected: `${inputs.length} answers, one for each row asked`,
      found: String(outputs.length),
    };
  const time = request.time ?? request.receivedAt;
  const release = releaseOf(request, answered);
  const latencyMs = latencyOf(request, response);
  return {
    rows: inputs.map((row, index) => {
      const id = inputs.length === 1 ? request.id : `${request.id}-${index}`;
      const parts = [
        `"id":${JSON.stringify(id)}`,
        `"time":${JSON.stringify(isoOf(time))}`,
        `"release":${JSON.stringify(release)}`,
        `"inputs":${row}`,
        ...outputPart(outputs[index] ?? "null", task),
        ...(latencyMs === undefined ? [] : [`"latencyMs":${latencyMs}`]),
      ];
      return `{${parts.join(",")}}`;
    }),
  };
}

type Body = ReadonlyMap<string, string>;

/** Texts of the values of an object; undefined when the text, which is known to be JSON, is none. */
function objectOf(text: string): Body | undefined {
  if (!text.startsWith("{")) return undefined;
  return new Map(entriesOf(text, 0).entries.map(({ key, valueFrom, to }) => [key, text.slice(valueFrom, to)]));
}

function listAt(body: Body, key: string): readonly string[] | undefined {
  const text = body.get(key);
  return text?.startsWith("[") === true ? elementsOf(text, 0) : undefined;
}

const rowOfValues = (fields: readonly InputField[], values: readonly string[]): string =>
  `{${values.map((value, index) => `${JSON.stringify(fields[index]?.name ?? `column ${index + 1}`)}:${value}`).join(",")}}`;

/** V1: each instance is an object of fields, or a list of values in the order of the contract. */
function instancesOf(body: Body, fields: readonly InputField[]): readonly string[] | RowIssue {
  const instances = listAt(body, "instances");
  if (instances === undefined) return { path: "request.instances", expected: "a list", found: "something else" };
  return instances.map((instance) =>
    instance.startsWith("[") ? rowOfValues(fields, elementsOf(instance, 0)) : instance,
  );
}

interface Tensor {
  readonly name: string;
  readonly data: readonly string[];
  readonly rows: number;
}

/** V2: data are row-major, nested or flat; the first number of the shape counts the rows. */
function tensorOf(text: string): Tensor | undefined {
  const body = objectOf(text);
  const data = body === undefined ? undefined : listAt(body, "data");
  const shape = body === undefined ? undefined : listAt(body, "shape");
  if (body === undefined || data === undefined || shape === undefined) return undefined;
  const name: unknown = JSON.parse(body.get("name") ?? '""');
  return { name: typeof name === "string" ? name : "", data: flat(data), rows: Number(shape[0] ?? 1) };
}

const flat = (elements: readonly string[]): readonly string[] =>
  elements.flatMap((element) => (element.startsWith("[") ? flat(elementsOf(element, 0)) : [element]));

/** A tensor for each field with one value a row, or one tensor with all fields in the order of the contract. */
function tensorsOf(body: Body, fields: readonly InputField[]): readonly string[] | RowIssue {
  const tensors = (listAt(body, "inputs") ?? []).map(tensorOf);
  const [first] = tensors;
  if (first === undefined || tensors.includes(undefined))
    return { path: "request", expected: "instances (V1) or inputs with name, shape and data (V2)", found: "neither" };
  const all = tensors.filter((tensor) => tensor !== undefined);
  const known = new Set(fields.map((field) => field.name));
  if (all.length === 1 && !known.has(first.name) && first.rows > 0 && first.data.length % first.rows === 0) {
    const width = first.data.length / first.rows;
    return Array.from({ length: first.rows }, (_, row) =>
      rowOfValues(fields, first.data.slice(row * width, (row + 1) * width)),
    );
  }
  const uneven = all.find((tensor) => tensor.rows !== first.rows || tensor.data.length !== first.rows);
  if (uneven !== undefined)
    return {
      path: `request.inputs.${uneven.name.slice(0, 80)}`,
      expected: `one value for each of ${first.rows} rows`,
      found: `${uneven.data.length} values`,
    };
  return Array.from(
    { length: first.rows },
    (_, row) => `{${all.map(({ name, data }) => `${JSON.stringify(name)}:${data[row]}`).join(",")}}`,
  );
}

/** The output whose name says what it is, else the first. */
function outputsOf(body: Body, rows: number): readonly string[] | undefined {
  const tensors = (listAt(body, "outputs") ?? []).map(tensorOf).filter((tensor) => tensor !== undefined);
  const chosen = tensors.find(({ name }) => /proba|score/i.test(name)) ?? tensors[0];
  if (chosen === undefined || rows === 0 || chosen.data.length % rows !== 0) return undefined;
  const width = chosen.data.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const values = chosen.data.slice(row * width, (row + 1) * width);
    return width === 1 ? (values[0] ?? "null") : `[${values.join(",")}]`;
  });
}

/** Of probabilities of both classes the last is that of the positive one. An object says by itself what it means. */
function outputPart(answer: string, task: Task): readonly string[] {
  if (answer.startsWith("{")) return [...entriesOf(answer, 0).entries].map(({ from, to }) => answer.slice(from, to));
  const value = answer.startsWith("[") ? (elementsOf(answer, 0).at(-1) ?? "null") : answer;
  switch (task.type) {
    case "binary-classification":
      return [`"probability":${value}`];
    case "regression":
      return [`"value":${value}`];
    case "multiclass-classification":
      return [`"class":${value}`];
  }
}

function releaseOf(request: InferenceHalf, answered: Body): string {
  const text = (key: string): string => {
    const value: unknown = JSON.parse(answered.get(key) ?? "null");
    return typeof value === "string" ? value : "";
  };
  const name = request.service || text("model_name") || "kserve";
  const version = text("model_version");
  return (version === "" ? name : `${name}:${version}`).slice(0, 100);
}

const longestLatencyMs = 3_600_000;

function latencyOf(request: InferenceHalf, response: InferenceHalf): number | undefined {
  if (request.time === undefined || response.time === undefined) return undefined;
  const tookMs = response.time - request.time;
  return tookMs >= 0 && tookMs <= longestLatencyMs ? tookMs : undefined;
}
