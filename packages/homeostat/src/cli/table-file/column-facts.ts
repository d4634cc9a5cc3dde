import type { ColumnFacts, ColumnKind } from "../../domain/table/column-facts.ts";
import { sqlName } from "../../engine/quote-sql.ts";
import type { OpenedFile } from "../private-engine.ts";
import { plainColumnType } from "./common-column-type.ts";

/** What kind of values the engine's type holds. */
export function columnKindOf(type: string): ColumnKind {
  const plain = plainColumnType(type);
  if (/^U?Int\d+$/.test(plain)) return "whole";
  if (/^(Float|BFloat|Decimal)/.test(plain)) return "fraction";
  if (/^Date/.test(plain)) return "time";
  if (plain === "Bool") return "yes-no";
  if (/^(String|FixedString|Enum|UUID|IPv)/.test(plain)) return "text";
  return "other";
}

/** Facts of every column of a table, over the rows of `from`: all of them, or a sample. One scan. */
export async function columnFactsOf(file: OpenedFile, from: string): Promise<readonly ColumnFacts[]> {
  const kinds = file.columns.map(({ type }) => columnKindOf(type));
  const parts = file.columns.map(({ name }, index) => factsSql(sqlName(name), kinds[index] ?? "other"));
  const answer = await file.query(`SELECT count(), ${parts.join(", ")} FROM ${from}`, {
    default_format: "JSONCompactEachRow",
    output_format_json_quote_64bit_integers: 0,
  });
  const [rows = 0, ...facts] = JSON.parse(answer.toString("utf8")) as [number, ...Numbers[]];
  return file.columns.map(({ name }, index): ColumnFacts => {
    const [present = 0, distinct = 0, least, greatest, readable = 0, withinDays = 0] = facts[index] ?? [];
    const known = present > 0;
    return {
      name,
      kind: kinds[index] ?? "other",
      rows,
      present,
      distinct,
      least: known ? (least ?? undefined) : undefined,
      greatest: known ? (greatest ?? undefined) : undefined,
      timeShare: known ? readable / present : 0,
      wholeDays: kinds[index] === "time" && known && withinDays === 0,
    };
  });
}

type Numbers = readonly (number | null)[] & readonly [number, number, number | null, number | null, number, number];

/** present, distinct, least, greatest, readable as times, times within a day. */
function factsSql(column: string, kind: ColumnKind): string {
  const counts = `count(${column}), uniqExact(${column})`;
  const none = "CAST(NULL AS Nullable(Float64))";
  switch (kind) {
    case "whole":
    case "fraction": {
      const number = `toFloat64(${column})`;
      return `tuple(${counts}, minIf(${number}, isFinite(${number})), maxIf(${number}, isFinite(${number})), 0, 0)`;
    }
    case "time": {
      const time = `toFloat64(toUnixTimestamp64Milli(toDateTime64(${column}, 3, 'UTC')))`;
      return `tuple(${counts}, min(${time}), max(${time}), count(${column}), countIf(ifNull(${time}, 0) % 86400000 != 0))`;
    }
    case "text": {
      const text = `toString(${column})`;
      // A bare number can be read as a time of some kind; nobody means that.
      const readable = `isNotNull(parseDateTime64BestEffortOrNull(${text}, 3, 'UTC')) AND match(ifNull(${text}, ''), '[-:/]')`;
      return `tuple(${counts}, ${none}, ${none}, countIf(${readable}), 0)`;
    }
    case "yes-no":
      return `tuple(${counts}, ${none}, ${none}, 0, 0)`;
    case "other":
      return `tuple(count(), 0, ${none}, ${none}, 0, 0)`;
  }
}
