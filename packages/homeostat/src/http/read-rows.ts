import type { Instant } from "../domain/instant.ts";
import type { Feature, InputField } from "../domain/pipeline/pipeline.ts";
import type { Task } from "../domain/system/task.ts";
import { type Refusal, type RowBytes, refused } from "./handler.ts";
import { markLongIntegers, mayHoldLongIntegers, unmark } from "./long-integers.ts";
import { type OutcomeRow, readOutcomeRow } from "./outcome-shape.ts";
import { readJson } from "./read-json.ts";
import { readText } from "./read-text.ts";
import type { ReadRow, RowContext, RowIssue } from "./row-check.ts";
import { type PredictionRow, type PredictRow, readPredictionRow, readPredictRow } from "./row-shape.ts";
import { eachLine, eachRowOfDocument, malformedAt } from "./row-text.ts";

/** A row that was not taken: its number from 1 (blank lines not counted) and the first thing wrong with it. */
interface RefusedRow extends RowIssue {
  readonly row: number;
}

/** A row that was not taken, with its text. */
export interface RejectedRow extends RefusedRow {
  readonly reason: "not-json" | "shape";
  readonly text: string;
}

/** Rows in their order. Refused rows are named up to the hundredth and counted all. */
interface RowsRead<R> {
  readonly kind: "read";
  readonly rows: readonly R[];
  readonly refused: readonly RefusedRow[];
  readonly refusedCount: number;
  /** The refused rows with their texts, up to the ten thousandth. */
  readonly rejected: readonly RejectedRow[];
  /** Newest time among rows taken and refused; undefined when none told one. */
  readonly newestTime: Instant | undefined;
}

/** A refusal when the body as a whole cannot be read, holds no row, or holds not one good row. */
export type RowReading<R> =
  | RowsRead<R>
  | (Refusal & { readonly rejected?: readonly RejectedRow[]; readonly newestTime?: Instant | undefined });

const mostNamed = 100;
const mostKept = 10_000;
const mostPredictRows = 10_000;

class Batch<R> {
  readonly rows: R[] = [];
  readonly named: RefusedRow[] = [];
  readonly rejected: RejectedRow[] = [];
  count = 0;
  refusedCount = 0;
  /** Rows whose text was JSON at all. */
  parsedCount = 0;
  firstMalformed: { readonly text: string; readonly offset: number } | undefined;
  private readonly read: ReadRow<R>;
  private readonly context: RowContext;

  constructor(read: ReadRow<R>, context: RowContext) {
    this.read = read;
    this.context = context;
  }

  readonly take = (text: string, colons: number, offset: number): void => {
    this.count += 1;
    const value = colons < 0 ? undefined : this.parsed(text);
    if (value === undefined) {
      this.firstMalformed ??= { text, offset };
      const reading = readJson(text, "any");
      const why =
        reading.kind === "malformed"
          ? `${reason(reading.reason)} at column ${reading.column}`
          : "text that is not JSON";
      this.refuse({ path: "", expected: "one JSON object", found: why }, "not-json", text);
      return;
    }
    this.parsedCount += 1;
    const result = this.read(value, colons, this.context);
    if ("row" in result) this.rows.push(result.row);
    else this.refuse(result, "shape", text);
  };

  private parsed(text: string): unknown {
    if (!this.context.hasLongIntegers) return parsed(text);
    const value = parsed(markLongIntegers(text));
    const inputs = typeof value === "object" && value !== null && "inputs" in value ? value.inputs : undefined;
    unmark(value, inputs);
    return value;
  }

  private refuse(issue: RowIssue, reason: RejectedRow["reason"], text: string): void {
    this.refusedCount += 1;
    if (this.rejected.length < mostKept) this.rejected.push({ row: this.count, ...issue, reason, text });
    if (this.named.length < mostNamed) this.named.push({ row: this.count, ...issue });
  }
}

const reason = (text: string): string => text.slice(0, 120);

/** undefined when it is no JSON; JSON itself has no undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed<R>(batch: Batch<R>, text: string): Refusal | undefined {
  const first = batch.firstMalformed;
  if (first === undefined) return undefined;
  const reading = readJson(first.text, "any");
  return reading.kind === "malformed"
    ? malformedAt(text, first.offset + reading.offset, reading.reason)
    : malformedAt(text, first.offset, "this is not JSON");
}

function nothingTaken(named: readonly RefusedRow[], refusedCount: number): Refusal {
  const issues = named.map(({ row, path, expected, found }) => ({
    path: path === "" ? `rows[${row - 1}]` : `rows[${row - 1}].${path}`,
    expected,
    found,
  }));
  const [first] = issues;
  return refused(
    "malformed-body",
    `${refusedCount} of ${refusedCount} rows are not as expected; the first at ${first?.path}: expected ${first?.expected}, found ${first?.found}.`,
    { issues },
  );
}

function readRows<R>(
  body: RowBytes,
  fields: readonly InputField[],
  task: Task,
  now: Instant,
  read: ReadRow<R>,
  features: readonly Feature[] = [],
): RowReading<R> {
  const decoded = readText(body.bytes);
  if (decoded.kind === "refused") return decoded;
  const { text } = decoded;
  const newest: { time: Instant | undefined } = { time: undefined };
  const noteTime = (time: Instant): void => {
    if (newest.time === undefined || time > newest.time) newest.time = time;
  };
  const hasSurrogateEscapes = text.includes("\\u") && /\\u[dD]/.test(text);
  const batch = new Batch(read, {
    fields,
    task,
    features,
    now,
    hasSurrogateEscapes,
    hasLongIntegers: mayHoldLongIntegers(text),
    noteTime,
  });
  if (body.mediaType === "application/x-ndjson") {
    eachLine(text, batch.take);
    // single broken lines are refused by number; when no line is JSON the sender speaks another format
    const broken = batch.parsedCount === 0 ? malformed(batch, text) : undefined;
    if (broken !== undefined) return broken;
  } else {
    const broken = eachRowOfDocument(text, batch.take) ?? malformed(batch, text);
    if (broken !== undefined) return broken;
  }
  if (batch.count === 0)
    return refused("malformed-body", "The body holds no rows.", {
      issues: [{ path: "rows", expected: "at least one row", found: "none" }],
    });
  const { rows, named, refusedCount, rejected } = batch;
  const newestTime = newest.time;
  if (rows.length === 0) return { ...nothingTaken(named, refusedCount), rejected, newestTime };
  return { kind: "read", rows, refused: named, refusedCount, rejected, newestTime };
}

/**
 * Reads a batch of predictions made elsewhere, JSON `{"rows": [...]}` or newline-delimited. Good rows are taken, bad
 * ones named; `now` bounds how far in the future an event may lie. Equivalent to the protocol's `predictionEvent` per
 * row plus the contract's fields and, where the vector is told, the pipeline's `features`. Cost: see `bench`; one decode, one scan, one `JSON.parse` per row, no schema.
 */
export function readPredictionRows(
  body: RowBytes,
  fields: readonly InputField[],
  task: Task,
  now: Instant,
  features: readonly Feature[] = [],
): RowReading<PredictionRow> {
  // A missing value breaks the contract and is kept, marked and counted; it is the gateway that cannot answer without it.
  const optional = fields.map((field) => ({ ...field, required: false }));
  return readRows(body, optional, task, now, readPredictionRow, features);
}

/** Reads a batch of outcomes, as `readPredictionRows` does. */
export function readOutcomeRows(body: RowBytes, task: Task, now: Instant): RowReading<OutcomeRow> {
  return readRows(body, [], task, now, readOutcomeRow);
}

/** Questions hold no answer, so the threshold is never looked at. */
const gatewayTask: Task = { type: "binary-classification", threshold: 0.5 };

/**
 * Reads questions to the gateway: all or nothing, because answers are matched to questions by their order. At most
 * 10,000 rows.
 */
export function readPredictRows(
  body: RowBytes,
  fields: readonly InputField[],
  now: Instant,
): { readonly kind: "read"; readonly rows: readonly PredictRow[] } | Refusal {
  const reading = readRows(body, fields, gatewayTask, now, readPredictRow);
  if (reading.kind === "refused") return reading;
  if (reading.rows.length + reading.refusedCount > mostPredictRows)
    return refused("malformed-body", "Too many rows in one question.", {
      issues: [
        {
          path: "rows",
          expected: `at most ${mostPredictRows} rows`,
          found: String(reading.rows.length + reading.refusedCount),
        },
      ],
    });
  if (reading.refusedCount === 0) return { kind: "read", rows: reading.rows };
  const issues = reading.refused.map(({ row, path, expected, found }) => ({
    path: `rows[${row - 1}]${path === "" ? "" : `.${path}`}`,
    expected,
    found,
  }));
  return refused("malformed-body", `${reading.refusedCount} rows are not as expected; none was answered.`, { issues });
}
