import type { ContractField } from "../domain/contract/contract.ts";
import { ruleColumnType } from "../domain/contract/read-contract.ts";

/** A column of a file as a contract sees it: its value in the field's type, whether that could be read, and what stood there. */
export interface TypedColumn {
  readonly value: string;
  readonly broken: string;
  readonly raw: string;
}

const bare = (type: string): string => type.replaceAll(/LowCardinality\(|Nullable\(|\)+$/g, "");

/** Reading a text as a type, or NULL. */
function parsed(text: string, type: ContractField["type"]): string {
  switch (type) {
    case "number":
      return `toFloat64OrNull(${text})`;
    case "integer":
      return `toInt64OrNull(${text})`;
    case "boolean":
      return `multiIf(lower(${text}) IN ('true', '1', 't', 'yes'), true, lower(${text}) IN ('false', '0', 'f', 'no'), false, NULL)`;
    case "timestamp":
      return `parseDateTime64BestEffortOrNull(${text}, 3, 'UTC')`;
    case "string":
    case "date":
    case "time":
    case "object":
    case "array":
      return text;
  }
}

type Conversion = (column: string) => string;
const asText: Conversion = (column) => `toString(${column})`;
const asJson: Conversion = (column) => `toJSONString(${column})`;
const asFlag: Conversion = (column) => `if(isNull(${column}), NULL, ${column} != 0)`;
const asInstant: Conversion = (column) => `toDateTime64(${column}, 3, 'UTC')`;
const asWhole: Conversion = (column) => `accurateCastOrNull(${column}, 'Int64')`;

/** Which columns of typed files can hold which fields, and how. The first line that fits counts. */
const conversions: Readonly<Record<ContractField["type"], readonly (readonly [RegExp, Conversion])[]>> = {
  number: [[/^(U?Int\d+$|Float|BFloat|Decimal)/, (column) => `toFloat64(${column})`]],
  integer: [
    [/^U?Int\d+$/, asWhole],
    // A whole number may be written as a fraction of nothing: 3.0 is 3, 3.5 is not.
    [/^(Float|BFloat|Decimal)/, (column) => `if(${column} = floor(${column}), ${asWhole(column)}, NULL)`],
  ],
  boolean: [[/^(Bool|U?Int\d+)$/, asFlag]],
  timestamp: [[/^Date/, asInstant]],
  date: [[/^Date/, (column) => `toString(toDate32(${column}))`]],
  time: [[/^Time/, asText]],
  string: [[/^(Enum|UUID|FixedString|IPv)/, asText]],
  object: [[/^(Tuple|Map|JSON|Object)/, asJson]],
  array: [[/^Array/, asJson]],
};

/** `column` is quoted already; `physical` is the engine's type of it. In text, an empty value is a missing one. */
export function typedColumn(column: string, physical: string, field: ContractField): TypedColumn {
  const kind = bare(physical);
  const wanted = ruleColumnType(field.type);
  if (kind === "String") {
    const text = `nullIf(CAST(${column} AS Nullable(String)), '')`;
    const value = `CAST(${parsed(text, field.type)} AS ${wanted})`;
    return { value, broken: `(isNotNull(${text}) AND isNull(${value}))`, raw: text };
  }
  const raw = `CAST(${/^(Array|Tuple|Map)/.test(kind) ? `toJSONString(${column})` : `toString(${column})`} AS Nullable(String))`;
  const value = conversions[field.type].find(([fits]) => fits.test(kind))?.[1](column);
  if (value === undefined)
    return { value: `CAST(NULL AS ${wanted})`, broken: kind === "Nothing" ? "0" : `isNotNull(${raw})`, raw };
  const typed = `CAST(${value} AS ${wanted})`;
  return { value: typed, broken: `(isNotNull(${raw}) AND isNull(${typed}))`, raw };
}
