import type { ContractType } from "../domain/contract/contract.ts";
import { type ColumnProfile, largestDomain } from "../domain/contract/infer-contract.ts";

/** One row that says everything an inference needs to know of one column; `text` is the value as Nullable(String). */
export function profileSql(text: string): string {
  const not = (condition: string): string => `countIf(isNotNull(${text}) AND NOT ${condition})`;
  return [
    `count() AS rows`,
    `countIf(isNull(${text})) AS missing`,
    `${not(`isNotNull(toInt64OrNull(${text}))`)} AS not_integer`,
    `${not(`isFinite(ifNull(toFloat64OrNull(${text}), nan))`)} AS not_number`,
    `${not(`(lower(${text}) IN ('true', 'false'))`)} AS not_boolean`,
    `${not(`(match(${text}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}') AND isNotNull(parseDateTime64BestEffortOrNull(${text}, 3, 'UTC')))`)} AS not_timestamp`,
    `${not(`match(${text}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')`)} AS not_date`,
    `uniq(${text}) AS distinct_values`,
    `groupUniqArray(${largestDomain + 1})(${text}) AS domain`,
    `min(toFloat64OrNull(${text})) AS smallest`,
    `max(toFloat64OrNull(${text})) AS largest`,
  ].join(", ");
}

/** The row of {@link profileSql} as JSON gives it back. */
export interface ProfileRow {
  readonly rows: string | number;
  readonly missing: string | number;
  readonly not_integer: string | number;
  readonly not_number: string | number;
  readonly not_boolean: string | number;
  readonly not_timestamp: string | number;
  readonly not_date: string | number;
  readonly distinct_values: string | number;
  readonly domain: readonly string[];
  readonly smallest: number | null;
  readonly largest: number | null;
}

function typeOf(row: ProfileRow): ContractType {
  if (Number(row.rows) === Number(row.missing)) return "string";
  const order: readonly (readonly [string | number, ContractType])[] = [
    [row.not_boolean, "boolean"],
    [row.not_integer, "integer"],
    [row.not_number, "number"],
    [row.not_timestamp, "timestamp"],
    [row.not_date, "date"],
  ];
  return order.find(([not]) => Number(not) === 0)?.[1] ?? "string";
}

/** `known` is the type that the file itself says; text files say none. */
export function columnProfileOf(name: string, row: ProfileRow, known: ContractType | undefined): ColumnProfile {
  const type = known ?? typeOf(row);
  const isComplete = row.domain.length <= largestDomain;
  return {
    name,
    type,
    rows: Number(row.rows),
    missing: Number(row.missing),
    values: isComplete ? row.domain : undefined,
    distinct: isComplete ? row.domain.length : Number(row.distinct_values),
    minimum: row.smallest ?? undefined,
    maximum: row.largest ?? undefined,
  };
}
