import { describeValue } from "@homeostat/protocol";
import { type Instant, isoOf } from "../domain/instant.ts";
import type { InputField, InputRow } from "../domain/pipeline/pipeline.ts";
import {
  futureToleranceMs,
  type Prediction,
  type PredictionOutput,
  type ToldState,
} from "../domain/prediction/prediction.ts";
import type { Task } from "../domain/system/task.ts";
import { readMarked } from "./long-integers.ts";
import { readInstant } from "./read-instant.ts";
import {
  asObject,
  issue,
  isText,
  longestId,
  longestName,
  type RawRow,
  type ReadRow,
  type RowContext,
  type RowIssue,
} from "./row-check.ts";
import { readFeatures } from "./row-features.ts";
import { readState, stateKeys } from "./row-state.ts";

/**
 * The shapes of rows, checked by hand: what `predictionEvent` and `predictRow` of the protocol say
 * (a property test holds the two together), plus the contract's fields, plus what a store can keep.
 */

/** A prediction made elsewhere. Timestamps among the inputs are UTC with milliseconds. */
export interface PredictionRow {
  readonly id: string;
  readonly time: Instant;
  readonly release: string;
  readonly inputs: InputRow;
  readonly output: PredictionOutput;
  readonly cohort: string | undefined;
  readonly latencyMs: number | undefined;
  readonly environment: string | undefined;
  /** What the model saw; undefined where the sender did not tell it. */
  readonly vector: Prediction["vector"];
  readonly told: ToldState | undefined;
}

/** One question to the gateway. */
export interface PredictRow {
  readonly id: string | undefined;
  readonly time: Instant | undefined;
  readonly inputs: InputRow;
  readonly cohort: string | undefined;
}

const longestText = 10_000;
/** Longest name of a class. */
const longestClass = 200;
const mostClasses = 100;
const longestLatencyMs = 3_600_000;
/** What the engine's DateTime64(3) can hold: 1900-01-01 to 2299-12-31. */
const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2300, 0, 1) - 1;

const instantWords = "an ISO 8601 instant with zone, e.g. 2001-02-01T13:05:00Z, between 1900 and 2299";
const ways: Readonly<Record<InputField["type"], string>> = {
  string: `text of at most ${longestText} characters`,
  number: "a finite number",
  integer: "a whole number of 64 bits",
  boolean: "true or false",
  timestamp: instantWords,
};

function storedInstant(value: unknown): Instant | undefined {
  const instant = typeof value === "string" ? readInstant(value) : undefined;
  return instant === undefined || instant < earliest || instant > latest ? undefined : instant;
}

export function eventTime(value: unknown, path: string, context: RowContext): Instant | RowIssue {
  const instant = storedInstant(value);
  if (instant === undefined) return issue(path, instantWords, value);
  context.noteTime(instant);
  if (instant > context.now + futureToleranceMs)
    return issue(
      path,
      `a time not more than ${futureToleranceMs / 60_000} minutes ahead of the server's clock (${isoOf(context.now)})`,
      value,
    );
  return instant;
}

function hasType(value: unknown, type: InputField["type"], context: RowContext): boolean {
  switch (type) {
    case "string":
      return isText(value, 0, longestText, context);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "timestamp":
      return storedInstant(value) !== undefined;
  }
}

const canonicalLength = "2001-02-01T13:05:00.000Z".length;

/** Brings a timestamp to the one form the engine reads without a setting. The row came out of JSON.parse: it is ours to change. */
function normalizeTimestamp(inputs: Record<string, unknown>, name: string): void {
  const text = inputs[name] as string;
  if (text.length === canonicalLength && text.endsWith("Z")) return;
  inputs[name] = isoOf(readInstant(text) ?? Number.NaN);
}

function unknownField(inputs: RawRow, fields: readonly InputField[]): RowIssue {
  const known = new Set(fields.map((field) => field.name));
  const name = Object.keys(inputs).find((key) => !known.has(key)) ?? "";
  return {
    path: `inputs.${name.slice(0, 80)}`,
    expected: "a field of the contract",
    found: "a field it does not have",
  };
}

/** A whole number of 64 bits that JavaScript cannot hold: it travels on as its digits, which the engine reads. */
const isDigits = (value: unknown): value is { readonly digits: string } =>
  typeof value === "object" && value !== null && "digits" in value;

/** What is wrong with one input; undefined when nothing is. Brings timestamps to their one form. */
function checkInput(inputs: Record<string, unknown>, field: InputField, context: RowContext): RowIssue | undefined {
  const { name, type, required } = field;
  const found = context.hasLongIntegers ? readMarked(inputs[name], type) : inputs[name];
  if (isDigits(found)) {
    inputs[name] = found.digits;
    return undefined;
  }
  if (context.hasLongIntegers && name in inputs) inputs[name] = found;
  if (found === undefined || found === null) return required ? issue(`inputs.${name}`, ways[type], found) : undefined;
  if (!hasType(found, type, context))
    return issue(`inputs.${name}`, required ? ways[type] : `${ways[type]}, or null`, found);
  if (type === "timestamp") normalizeTimestamp(inputs, name);
  return undefined;
}

/** Number of keys of the inputs, or what is wrong with them. */
function checkInputs(value: unknown, context: RowContext): number | RowIssue {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return issue("inputs", "an object of values by contract field", value);
  const inputs = value as Record<string, unknown>;
  let present = 0;
  for (const field of context.fields) {
    if (inputs[field.name] !== undefined) present += 1;
    const wrong = checkInput(inputs, field, context);
    if (wrong !== undefined) return wrong;
  }
  return Object.keys(inputs).length === present ? present : unknownField(inputs, context.fields);
}

/** Whether a row has exactly the keys it may have, each once. `keys`: how many known ones are present, nested ones included. */
export function checkKeys(
  row: RawRow,
  known: readonly string[],
  nestedKeys: number,
  colons: number,
): RowIssue | undefined {
  const names = Object.keys(row);
  const present = known.reduce((count, name) => (row[name] === undefined ? count : count + 1), 0);
  if (names.length !== present) {
    const name = names.find((key) => !known.includes(key)) ?? "";
    return { path: name.slice(0, 80), expected: "no such key", found: describeValue(row[name]) };
  }
  return colons === names.length + nestedKeys
    ? undefined
    : { path: "", expected: "each key once", found: "a key that stands twice" };
}

const predictionKeys = ["id", "time", "release", "inputs", "features", "cohort", "latencyMs", ...stateKeys];
const outputKeys: Readonly<Record<Task["type"], readonly string[]>> = {
  "binary-classification": [...predictionKeys, "probability"],
  regression: [...predictionKeys, "value"],
  "multiclass-classification": [...predictionKeys, "class", "confidence", "probabilities"],
};
const predictKeys = ["id", "time", "inputs", "cohort"];

export const idWords = `text of 1 to ${longestId} characters`;

function checkCohort(cohort: unknown, context: RowContext): RowIssue | undefined {
  return cohort === undefined || isText(cohort, 0, longestName, context)
    ? undefined
    : issue("cohort", `text of at most ${longestName} characters`, cohort);
}

const isShare = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1;
const shareWords = "a number from 0 to 1";

/** What is wrong with the text of a class; undefined when nothing is. */
export function checkClass(value: unknown, path: string, context: RowContext): RowIssue | undefined {
  if (!isText(value, 1, longestClass, context)) return issue(path, `text of 1 to ${longestClass} characters`, value);
  const { task } = context;
  if (task.type !== "multiclass-classification" || task.classes === "open" || task.classes.includes(value))
    return undefined;
  return issue(path, `one of the declared classes ${task.classes.slice(0, 10).join(", ")}`, value);
}

function checkProbabilities(value: unknown, context: RowContext): RowIssue | undefined {
  if (value === undefined) return undefined;
  const probabilities = asObject(value);
  const names = probabilities === undefined ? [] : Object.keys(probabilities);
  if (probabilities === undefined || names.length > mostClasses)
    return issue("probabilities", `an object of at most ${mostClasses} numbers by class`, value);
  for (const name of names) {
    const path = `probabilities.${name.slice(0, 80)}`;
    const wrong = checkClass(name, path, context);
    if (wrong !== undefined) return wrong;
    if (!isShare(probabilities[name])) return issue(path, shareWords, probabilities[name]);
  }
  return undefined;
}

function readClass(row: RawRow, context: RowContext): PredictionOutput | RowIssue {
  const { class: said, confidence, probabilities } = row;
  const wrong = checkClass(said, "class", context);
  if (wrong !== undefined) return wrong;
  if (confidence !== undefined && !isShare(confidence)) return issue("confidence", shareWords, confidence);
  return (
    checkProbabilities(probabilities, context) ?? {
      kind: "class",
      class: said as string,
      confidence,
      probabilities: probabilities as Readonly<Record<string, number>> | undefined,
    }
  );
}

/** What the model said, in the shape of the task. */
function readOutput(row: RawRow, context: RowContext): PredictionOutput | RowIssue {
  switch (context.task.type) {
    case "binary-classification":
      return isShare(row.probability)
        ? { kind: "probability", probability: row.probability }
        : issue("probability", shareWords, row.probability);
    case "regression":
      return typeof row.value === "number" && Number.isFinite(row.value)
        ? { kind: "value", value: row.value }
        : issue("value", "a finite number", row.value);
    case "multiclass-classification":
      return readClass(row, context);
  }
}

function checkLatency({ latencyMs }: RawRow): RowIssue | undefined {
  return latencyMs === undefined || (typeof latencyMs === "number" && latencyMs >= 0 && latencyMs <= longestLatencyMs)
    ? undefined
    : issue("latencyMs", `a number from 0 to ${longestLatencyMs}`, latencyMs);
}

/** Reads one row of `sendPredictions`. */
export const readPredictionRow: ReadRow<PredictionRow> = (value, colons, context) => {
  const row = asObject(value);
  if (row === undefined) return issue("", "an object", value);
  const { id, release, cohort } = row;
  if (!isText(id, 1, longestId, context)) return issue("id", idWords, id);
  const time = eventTime(row.time, "time", context);
  if (typeof time === "object") return time;
  if (!isText(release, 1, longestName, context))
    return issue("release", `text of 1 to ${longestName} characters`, release);
  const inputs = checkInputs(row.inputs, context);
  if (typeof inputs === "object") return inputs;
  const output = readOutput(row, context);
  if (!("kind" in output)) return output;
  const state = readState(row, context);
  if ("path" in state) return state;
  const features = readFeatures(row, context);
  if ("path" in features) return features;
  const classes = Object.keys(asObject(row.probabilities) ?? {}).length;
  const nested = inputs + features.nestedKeys + classes + state.nestedKeys;
  const keys = outputKeys[context.task.type];
  const wrong = checkLatency(row) ?? checkCohort(cohort, context) ?? checkKeys(row, keys, nested, colons);
  if (wrong !== undefined) return wrong;
  return {
    row: {
      id,
      time,
      release,
      inputs: row.inputs as InputRow,
      output,
      cohort: cohort as string | undefined,
      latencyMs: row.latencyMs as number | undefined,
      environment: state.environment,
      vector: features.vector,
      told: state.told,
    },
  };
};

/** Reads one row of `predict`. */
export const readPredictRow: ReadRow<PredictRow> = (value, colons, context) => {
  const row = asObject(value);
  if (row === undefined) return issue("", "an object", value);
  const { id, cohort } = row;
  if (id !== undefined && !isText(id, 1, longestId, context)) return issue("id", idWords, id);
  const time = row.time === undefined ? undefined : eventTime(row.time, "time", context);
  if (typeof time === "object") return time;
  const inputs = checkInputs(row.inputs, context);
  if (typeof inputs === "object") return inputs;
  const wrong = checkCohort(cohort, context) ?? checkKeys(row, predictKeys, inputs, colons);
  if (wrong !== undefined) return wrong;
  return { row: { id, time, inputs: row.inputs as InputRow, cohort: cohort as string | undefined } };
};
