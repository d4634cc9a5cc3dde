import { type Instant, isoOf } from "../domain/instant.ts";
import type { InputField, InputRow } from "../domain/pipeline/pipeline.ts";
import { futureToleranceMs } from "../domain/prediction/prediction.ts";
import { readInstant } from "./read-instant.ts";
import { describe } from "./schema-issue.ts";

/**
 * The shapes of rows, checked by hand: what `predictionEvent`, `predictRow` and `outcomeEvent` of the protocol say
 * (a property test holds the two together), plus the contract's fields, plus what a store can keep.
 */

/** What is wrong with a row: the first thing found. */
export interface RowIssue {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export interface RowContext {
  readonly fields: readonly InputField[];
  readonly now: Instant;
  /** Whether the batch holds escapes that may be halves of surrogate pairs: texts are then looked at one by one. */
  readonly hasSurrogateEscapes: boolean;
}

/** A prediction made elsewhere. Timestamps among the inputs are UTC with milliseconds. */
export interface PredictionRow {
  readonly id: string;
  readonly time: Instant;
  readonly release: string;
  readonly inputs: InputRow;
  readonly probability: number;
  readonly cohort: string | undefined;
  readonly latencyMs: number | undefined;
}

/** One question to the gateway. */
export interface PredictRow {
  readonly id: string | undefined;
  readonly time: Instant | undefined;
  readonly inputs: InputRow;
  readonly cohort: string | undefined;
}

export interface OutcomeRow {
  readonly predictionId: string;
  readonly time: Instant;
  readonly value: boolean;
}

type RawRow = Readonly<Record<string, unknown>>;
/** Reads a parsed row whose text held so many colons outside texts. */
export type ReadRow<R> = (row: unknown, colons: number, context: RowContext) => { readonly row: R } | RowIssue;

const longestText = 10_000;
const longestId = 200;
const longestName = 100;
const longestLatencyMs = 3_600_000;
/** What the engine's DateTime64(3) can hold: 1900-01-01 to 2299-12-31. */
const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2300, 0, 1) - 1;

const instantWords = "an ISO 8601 instant with zone, e.g. 2001-02-01T13:05:00Z, between 1900 and 2299";
const ways: Readonly<Record<InputField["type"], string>> = {
  string: `text of at most ${longestText} characters`,
  number: "a finite number",
  integer: "a whole number within ±9007199254740991",
  boolean: "true or false",
  timestamp: instantWords,
};

const issue = (path: string, expected: string, found: unknown): RowIssue => ({
  path,
  expected,
  found: describe(found),
});

const isWhole = (text: string, context: RowContext): boolean =>
  !context.hasSurrogateEscapes || !/\p{Surrogate}/u.test(text);

function isText(value: unknown, from: number, to: number, context: RowContext): value is string {
  return typeof value === "string" && value.length >= from && value.length <= to && isWhole(value, context);
}

function storedInstant(value: unknown): Instant | undefined {
  const instant = typeof value === "string" ? readInstant(value) : undefined;
  return instant === undefined || instant < earliest || instant > latest ? undefined : instant;
}

function eventTime(value: unknown, path: string, context: RowContext): Instant | RowIssue {
  const instant = storedInstant(value);
  if (instant === undefined) return issue(path, instantWords, value);
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

/** What is wrong with one input; undefined when nothing is. Brings timestamps to their one form. */
function checkInput(inputs: Record<string, unknown>, field: InputField, context: RowContext): RowIssue | undefined {
  const { name, type, required } = field;
  const found = inputs[name];
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
function checkKeys(row: RawRow, known: readonly string[], nestedKeys: number, colons: number): RowIssue | undefined {
  const names = Object.keys(row);
  const present = known.reduce((count, name) => (row[name] === undefined ? count : count + 1), 0);
  if (names.length !== present) {
    const name = names.find((key) => !known.includes(key)) ?? "";
    return { path: name.slice(0, 80), expected: "no such key", found: describe(row[name]) };
  }
  return colons === names.length + nestedKeys
    ? undefined
    : { path: "", expected: "each key once", found: "a key that stands twice" };
}

function asObject(row: unknown): RawRow | undefined {
  return typeof row === "object" && row !== null && !Array.isArray(row) ? (row as RawRow) : undefined;
}

const predictionKeys = ["id", "time", "release", "inputs", "probability", "cohort", "latencyMs"];
const predictKeys = ["id", "time", "inputs", "cohort"];
const outcomeKeys = ["predictionId", "time", "value"];

const idWords = `text of 1 to ${longestId} characters`;

function checkCohort(cohort: unknown, context: RowContext): RowIssue | undefined {
  return cohort === undefined || isText(cohort, 0, longestName, context)
    ? undefined
    : issue("cohort", `text of at most ${longestName} characters`, cohort);
}

function checkMeasured(row: RawRow): RowIssue | undefined {
  const { probability, latencyMs } = row;
  if (!(typeof probability === "number" && probability >= 0 && probability <= 1))
    return issue("probability", "a number from 0 to 1", probability);
  if (latencyMs !== undefined && !(typeof latencyMs === "number" && latencyMs >= 0 && latencyMs <= longestLatencyMs))
    return issue("latencyMs", `a number from 0 to ${longestLatencyMs}`, latencyMs);
  return undefined;
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
  const wrong = checkMeasured(row) ?? checkCohort(cohort, context) ?? checkKeys(row, predictionKeys, inputs, colons);
  if (wrong !== undefined) return wrong;
  return {
    row: {
      id,
      time,
      release,
      inputs: row.inputs as InputRow,
      probability: row.probability as number,
      cohort: cohort as string | undefined,
      latencyMs: row.latencyMs as number | undefined,
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

/** Reads one row of `sendOutcomes`. */
export const readOutcomeRow: ReadRow<OutcomeRow> = (value, colons, context) => {
  const row = asObject(value);
  if (row === undefined) return issue("", "an object", value);
  const { predictionId, value: truth } = row;
  if (!isText(predictionId, 1, longestId, context)) return issue("predictionId", idWords, predictionId);
  const time = eventTime(row.time, "time", context);
  if (typeof time === "object") return time;
  if (typeof truth !== "boolean") return issue("value", "true or false", truth);
  const wrong = checkKeys(row, outcomeKeys, 0, colons);
  return wrong ?? { row: { predictionId, time, value: truth } };
};
