import type { z } from "zod";

export type Dialect = "3.0" | "3.1";

const optionKeys: Readonly<Record<string, string>> = {
  string: "minLength maxLength pattern format",
  date: "format minimum maximum exclusiveMinimum exclusiveMaximum",
  timestamp: "format minimum maximum exclusiveMinimum exclusiveMaximum timezone defaultTimezone",
  time: "format minimum maximum exclusiveMinimum exclusiveMaximum timezone defaultTimezone",
  integer: "format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum",
  number: "format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum",
  object: "minProperties maxProperties required",
  array: "minItems maxItems uniqueItems",
  boolean: "",
};
const formats: Readonly<Record<string, readonly string[]>> = {
  integer: ["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"],
  number: ["f32", "f64"],
};

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isNameList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string");

function isPattern(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    new RegExp(value, "u");
    return true;
  } catch {
    return false;
  }
}

type Wanted = readonly [is: (value: unknown) => boolean, words: string];
const text: Wanted = [(value) => typeof value === "string", "text"];
const number: Wanted = [(value) => typeof value === "number", "a number"];
const flag: Wanted = [(value) => typeof value === "boolean", "true or false"];
const count: Wanted = [isCount, "a whole number from 0"];

/** Options that hold the same whatever the type. All others are text. */
const options: Readonly<Record<string, Wanted>> = {
  minLength: count,
  maxLength: count,
  minProperties: count,
  maxProperties: count,
  minItems: count,
  maxItems: count,
  multipleOf: [(value) => typeof value === "number" && value > 0, "a number above 0"],
  uniqueItems: flag,
  timezone: flag,
  required: [isNameList, "a list of names"],
  pattern: [isPattern, "a regular expression as of ECMA-262"],
};

/** What an option must hold. */
function wantedOf(dialect: Dialect, type: string, key: string): Wanted {
  const isNumeric = type === "integer" || type === "number";
  if (key === "minimum" || key === "maximum") return isNumeric ? number : text;
  if (key === "exclusiveMinimum" || key === "exclusiveMaximum")
    return dialect === "3.0" ? flag : isNumeric ? number : text;
  const known = key === "format" ? formats[type] : undefined;
  if (known !== undefined) return [(value) => known.includes(String(value)), `one of ${known.join(", ")}`];
  return options[key] ?? text;
}

interface TypedPart {
  readonly logicalType?: string | undefined;
  readonly logicalTypeOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly properties?: unknown;
  readonly items?: unknown;
}

/** Holds the options of a type, and what may stand inside of it, to what the standard says of that type. */
export function checkTyped(dialect: Dialect, part: TypedPart, context: z.RefinementCtx): void {
  const type = part.logicalType;
  const known = type === undefined ? undefined : (optionKeys[type] ?? "").split(" ");
  for (const [key, value] of Object.entries(part.logicalTypeOptions ?? {})) {
    const path = ["logicalTypeOptions", key];
    if (type === undefined || known === undefined) continue;
    if (!known.includes(key))
      context.addIssue({ code: "unrecognized_keys", path: ["logicalTypeOptions"], keys: [key], input: { ...part } });
    else {
      const [is, words] = wantedOf(dialect, type, key);
      if (!is(value)) context.addIssue({ code: "custom", path, message: words });
    }
  }
  const forbids = (key: "properties" | "items", of: string): void => {
    if (part[key] !== undefined && type !== undefined && type !== of)
      context.addIssue({ code: "unrecognized_keys", keys: [key], input: { ...part } });
  };
  forbids("properties", "object");
  forbids("items", "array");
}
