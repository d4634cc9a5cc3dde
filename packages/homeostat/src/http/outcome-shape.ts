import type { Instant } from "../domain/instant.ts";
import type { OutcomeKind } from "../domain/prediction/prediction.ts";
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
import { checkClass, checkKeys, eventTime, idWords } from "./row-shape.ts";

/** One outcome: what `outcomeEvent` of the protocol says (a property test holds the two together), and the task's type. */
export interface OutcomeRow {
  readonly predictionId: string;
  readonly time: Instant;
  readonly kind: OutcomeKind;
  /** Empty for the label. */
  readonly name: string;
  /** Empty but for a business metric. */
  readonly unit: string;
  readonly value: boolean | number | string;
}

const longestUnit = 50;
const longestFeedback = 500;
const labelKeys = ["predictionId", "time", "kind", "value"];
const keysOf: Readonly<Record<OutcomeKind, readonly string[]>> = {
  label: labelKeys,
  business: [...labelKeys, "name", "unit"],
  feedback: [...labelKeys, "name"],
};

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function checkLabel(value: unknown, context: RowContext): RowIssue | undefined {
  switch (context.task.type) {
    case "binary-classification":
      return typeof value === "boolean" ? undefined : issue("value", "true or false", value);
    case "regression":
      return isNumber(value) ? undefined : issue("value", "a finite number", value);
    case "multiclass-classification":
      return checkClass(value, "value", context);
  }
}

function checkBusiness({ value, unit }: RawRow, context: RowContext): RowIssue | undefined {
  if (!isNumber(value)) return issue("value", "a finite number", value);
  return isText(unit, 1, longestUnit, context)
    ? undefined
    : issue("unit", `text of 1 to ${longestUnit} characters`, unit);
}

function checkFeedback({ value }: RawRow, context: RowContext): RowIssue | undefined {
  return typeof value === "boolean" || isNumber(value) || isText(value, 1, longestFeedback, context)
    ? undefined
    : issue("value", `true or false, a number, or text of 1 to ${longestFeedback} characters`, value);
}

function checkValue(kind: OutcomeKind, row: RawRow, context: RowContext): RowIssue | undefined {
  if (kind === "label") return checkLabel(row.value, context);
  if (!isText(row.name, 1, longestName, context))
    return issue("name", `text of 1 to ${longestName} characters`, row.name);
  return kind === "business" ? checkBusiness(row, context) : checkFeedback(row, context);
}

/** Reads one row of `sendOutcomes`. Without `kind` it is the label. */
export const readOutcomeRow: ReadRow<OutcomeRow> = (parsed, colons, context) => {
  const row = asObject(parsed);
  if (row === undefined) return issue("", "an object", parsed);
  const { predictionId, kind = "label", name = "", unit = "", value } = row;
  if (!isText(predictionId, 1, longestId, context)) return issue("predictionId", idWords, predictionId);
  const time = eventTime(row.time, "time", context);
  if (typeof time === "object") return time;
  if (kind !== "label" && kind !== "business" && kind !== "feedback")
    return issue("kind", "label, business or feedback", kind);
  const wrong = checkValue(kind, row, context) ?? checkKeys(row, keysOf[kind], 0, colons);
  if (wrong !== undefined) return wrong;
  return {
    row: {
      predictionId,
      time,
      kind,
      name: name as string,
      unit: unit as string,
      value: value as boolean | number | string,
    },
  };
};
