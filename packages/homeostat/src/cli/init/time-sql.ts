import type { ColumnFacts } from "../../domain/table/column-facts.ts";
import { sqlName } from "../../engine/quote-sql.ts";

/** Whole numbers below this are seconds since 1970, others milliseconds: the year 5138 against 1973. */
const mostSeconds = 100_000_000_000;

/** The time of a row as Nullable(DateTime64(3, 'UTC')), whatever a column holds it as. */
export function timeSqlOf(column: ColumnFacts, hour: string | undefined): string {
  const name = sqlName(column.name);
  const time = ((): string => {
    if (column.kind === "time") return `toDateTime64(${name}, 3, 'UTC')`;
    if (column.kind === "text") return `parseDateTime64BestEffortOrNull(toString(${name}), 3, 'UTC')`;
    return (column.greatest ?? 0) < mostSeconds
      ? `toDateTime64(${name}, 3, 'UTC')`
      : `fromUnixTimestamp64Milli(toInt64(${name}), 'UTC')`;
  })();
  return hour === undefined ? time : `addHours(${time}, toInt64(${sqlName(hour)}))`;
}
