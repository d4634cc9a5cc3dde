import type { ExpressionColumn } from "../../domain/engine/expression.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { UsageError } from "../usage-error.ts";

/** Upstream faults that a replay can rehearse. Each changes one column of the source, never the time of the event. */
export const faultKinds = ["none", "time-zone", "null-origin", "distance-km", "airport-renamed"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What is done to whom from when on. */
export interface Fault {
  readonly kind: FaultKind;
  /** The column it changes; the kind's own when absent. */
  readonly column: string | undefined;
  /** Rows from this event time on, ISO 8601. */
  readonly at: string;
  /** Rows whose column has one of these values; every row when absent. */
  readonly where: { readonly column: string; readonly values: readonly string[] } | undefined;
  /** By how much `time-zone` shifts. */
  readonly hours: number;
}

/** A fault as SQL over the file's columns and the event time `homeostat_time`. */
export interface FaultSql {
  readonly column: string;
  /** True for the rows it touches. */
  readonly touches: string;
  /** What the column reads as in a row it touches. */
  readonly value: string;
}

const milesToKilometres = 1.609344;

/** The SQL of a fault; undefined for `none`. @throws UsageError when the file has not the column it would change. */
export function faultSqlOf(
  fault: Fault,
  columns: readonly ExpressionColumn[],
  timeColumn: string,
): FaultSql | undefined {
  if (fault.kind === "none") return undefined;
  const named = fault.column ?? (fault.kind === "time-zone" ? timeColumn : usualColumns[fault.kind]);
  const column = columnNamed(columns, named, "--fault-column");
  const at = `homeostat_time >= toDateTime64(${sqlString(fault.at.replace("T", " ").replace("Z", ""))}, 3, 'UTC')`;
  const among = fault.where === undefined ? "" : ` AND ${amongSql(columns, fault.where)}`;
  return { column: column.name, touches: `ifNull(${at}${among}, 0)`, value: valueSql(fault, column) };
}

const usualColumns = { "null-origin": "origin", "distance-km": "distance", "airport-renamed": "origin" } as const;

function valueSql(fault: Fault, { name, type }: ExpressionColumn): string {
  const column = sqlName(name);
  switch (fault.kind) {
    case "time-zone":
      return `addHours(${column}, ${Math.round(fault.hours)})`;
    case "null-origin":
      return "NULL";
    case "distance-km": {
      const kilometres = `toFloat64(${column}) * ${milesToKilometres}`;
      return /Int\d/.test(type)
        ? `CAST(round(${kilometres}), ${sqlString(type)})`
        : `CAST(${kilometres}, ${sqlString(type)})`;
    }
    case "airport-renamed":
      return `concat('K', ${column})`;
    case "none":
      return column;
  }
}

function amongSql(
  columns: readonly ExpressionColumn[],
  where: { readonly column: string; readonly values: readonly string[] },
): string {
  const column = columnNamed(columns, where.column, "--where");
  return `toString(${sqlName(column.name)}) IN (${where.values.map(sqlString).join(", ")})`;
}

function columnNamed(columns: readonly ExpressionColumn[], name: string, flag: string): ExpressionColumn {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = columns.map((column) => column.name).join(", ");
  throw new UsageError(`${flag}: the file has no column ${name}`, `Its columns are ${names}.`);
}

/** Reads `column=VALUE[,VALUE…]`. */
export function parseWhere(text: string): { readonly column: string; readonly values: readonly string[] } {
  const equals = text.indexOf("=");
  const values = text
    .slice(equals + 1)
    .split(",")
    .map((value) => value.trim())
    .filter(Boolean);
  if (equals < 1 || values.length === 0) {
    throw new UsageError(`--where: "${text}" is not of the form column=VALUE[,VALUE…]`);
  }
  return { column: text.slice(0, equals).trim(), values };
}
