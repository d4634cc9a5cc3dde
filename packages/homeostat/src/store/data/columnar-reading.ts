import type { FieldType } from "../../domain/pipeline/pipeline.ts";

/** What the engine's type of a column amounts to. */
export type TypeClass = "text" | "integer" | "float" | "bool" | "time" | "map" | "other";

/** What a JSON row may hold too: see `row-shape.ts` at the door. */
export const longest = { id: 200, name: 100, text: 10_000, class: 200, unit: 50, feedback: 500 } as const;
export const longestLatencyMs = 3_600_000;
const mostClasses = 100;

export const quoted = (name: string): string => `f.\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
export const literal = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

export function classOf(type: string): TypeClass {
  const base = /^(?:LowCardinality|Nullable)\((.*)\)$/.exec(type)?.[1];
  if (base !== undefined) return classOf(base);
  if (/^(String|FixedString|Enum)/.test(type)) return "text";
  if (/^U?Int(8|16|32|64)$/.test(type)) return "integer";
  if (/^(Float|BFloat|Decimal)/.test(type)) return "float";
  if (type === "Bool") return "bool";
  if (/^(DateTime|DateTime64|Date|Date32)(\(|$)/.test(type)) return "time";
  const entry = /^Map\((String|LowCardinality\(String\)|FixedString\(\d+\)), (.*)\)$/.exec(type);
  const isNumeric = ["float", "integer"].includes(classOf(entry?.[2] ?? ""));
  return entry !== null && isNumeric ? "map" : "other";
}

/** A value of a column in one of the contract's types, and when it is one. NULL where the column holds none. */
export interface Reading {
  readonly takes: readonly TypeClass[];
  readonly words: string;
  readonly expected: string;
  value(column: string, type: TypeClass): string;
  holds(column: string, type: TypeClass): string;
}

const instantPattern = "^\\\\d{4}-\\\\d{2}-\\\\d{2}T\\\\d{2}:\\\\d{2}:\\\\d{2}(\\\\.\\\\d+)?(Z|[+-]\\\\d{2}:\\\\d{2})$";

function instantValue(column: string, type: TypeClass): string {
  const text = `CAST(toString(${column}) AS Nullable(String))`;
  return type === "text"
    ? `if(match(ifNull(${text}, ''), '${instantPattern}'), parseDateTime64BestEffortOrNull(${text}, 3, 'UTC'), NULL)`
    : `CAST(${column} AS Nullable(DateTime64(3, 'UTC')))`;
}

/** NaN is how many a table says that a number is missing. */
const known = (column: string, type: TypeClass): string =>
  type === "float" ? `if(isNaN(ifNull(toFloat64(${column}), 0)), NULL, ${column})` : column;

export const text = (from: number, to: number): Reading => ({
  takes: ["text"],
  words: "text",
  expected: from === 0 ? `text of at most ${to} characters` : `text of ${from} to ${to} characters`,
  value: (column) => `CAST(toString(${column}) AS Nullable(String))`,
  holds: (column) =>
    `isNull(${column}) OR (isValidUTF8(ifNull(toString(${column}), '')) AND lengthUTF8(ifNull(toString(${column}), '')) BETWEEN ${from} AND ${to})`,
});

export const number = (low?: number, high?: number): Reading => ({
  takes: ["integer", "float"],
  words: "numbers",
  expected: low === undefined ? "a finite number" : `a number from ${low} to ${high}`,
  value: (column, type) => `CAST(toFloat64(${known(column, type)}) AS Nullable(Float64))`,
  holds: (column, type) => {
    const value = `ifNull(toFloat64(${known(column, type)}), ${low ?? 0})`;
    return `isFinite(${value})${low === undefined ? "" : ` AND ${value} BETWEEN ${low} AND ${high}`}`;
  },
});

export const instant: Reading = {
  takes: ["time", "text"],
  words: "instants, or text of instants with their zone",
  expected: "an instant between 1900 and 2299, as text with its zone",
  value: instantValue,
  holds: (column, type) =>
    `isNull(${column}) OR ifNull(toYear(${instantValue(column, type)}) BETWEEN 1900 AND 2299, 0)`,
};

export const boolean: Reading = {
  takes: ["bool", "integer"],
  words: "true and false, or 1 and 0",
  expected: "true or false",
  value: (column) => `CAST(accurateCastOrNull(${column}, 'UInt8') AS Nullable(Bool))`,
  holds: (column) => `isNull(${column}) OR ifNull(accurateCastOrNull(${column}, 'UInt8') IN (0, 1), 0)`,
};

const integer: Reading = {
  takes: ["integer", "float"],
  words: "whole numbers",
  expected: "a whole number of 64 bits",
  value: (column, type) => `CAST(accurateCastOrNull(${known(column, type)}, 'Int64') AS Nullable(Int64))`,
  holds: (column, type) =>
    `isNull(${known(column, type)}) OR isNotNull(accurateCastOrNull(${known(column, type)}, 'Int64'))`,
};

export const readings: Readonly<Record<FieldType, Reading>> = {
  string: text(0, longest.text),
  number: number(),
  integer,
  boolean,
  timestamp: instant,
};

/** Probabilities by class. */
export function sharesOf(classes: "open" | readonly string[]): Reading {
  const isClass =
    classes === "open"
      ? `lengthUTF8(toString(class)) BETWEEN 1 AND ${longest.class} AND isValidUTF8(toString(class))`
      : `has([${classes.map(literal).join(", ")}], toString(class))`;
  return {
    takes: ["map"],
    words: "maps from text to numbers",
    expected: `at most ${mostClasses} numbers from 0 to 1 by class, each class once`,
    value: (column) =>
      `CAST(mapApply((class, share) -> (toString(class), ifNull(toFloat64(share), nan)), ${column}), 'Map(String, Float64)')`,
    holds: (column) =>
      `length(${column}) <= ${mostClasses} AND length(arrayDistinct(mapKeys(${column}))) = length(${column})
       AND arrayAll(class -> ${isClass}, mapKeys(${column}))
       AND arrayAll(share -> ifNull(toFloat64(share) BETWEEN 0 AND 1, 0), mapValues(${column}))`,
  };
}
