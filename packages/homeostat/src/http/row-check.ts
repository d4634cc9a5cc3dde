import { describeValue } from "@homeostat/protocol";
import type { Instant } from "../domain/instant.ts";
import type { Feature, InputField } from "../domain/pipeline/pipeline.ts";
import type { Task } from "../domain/system/task.ts";

/** What checking rows by hand is made of. */

/** What is wrong with a row: the first thing found. */
export interface RowIssue {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export interface RowContext {
  readonly fields: readonly InputField[];
  readonly task: Task;
  /** Of the system's pipeline: what a sender may tell as the vector that the model saw. */
  readonly features: readonly Feature[];
  readonly now: Instant;
  /** Whether the batch holds escapes that may be halves of surrogate pairs: texts are then looked at one by one. */
  readonly hasSurrogateEscapes: boolean;
  /** Whether long whole numbers among the inputs come as marked texts: see `long-integers.ts`. */
  readonly hasLongIntegers: boolean;
  /** Told every event time that is one, also one too far ahead. */
  readonly noteTime: (time: Instant) => void;
}

export type RawRow = Readonly<Record<string, unknown>>;
/** Reads a parsed row whose text held so many colons outside texts. */
export type ReadRow<R> = (row: unknown, colons: number, context: RowContext) => { readonly row: R } | RowIssue;

export const longestId = 200;
export const longestName = 100;

export const issue = (path: string, expected: string, found: unknown): RowIssue => ({
  path,
  expected,
  found: describeValue(found),
});

const isWhole = (text: string, context: RowContext): boolean =>
  !context.hasSurrogateEscapes || !/\p{Surrogate}/u.test(text);

export function isText(value: unknown, from: number, to: number, context: RowContext): value is string {
  return typeof value === "string" && value.length >= from && value.length <= to && isWhole(value, context);
}

export function asObject(row: unknown): RawRow | undefined {
  return typeof row === "object" && row !== null && !Array.isArray(row) ? (row as RawRow) : undefined;
}
