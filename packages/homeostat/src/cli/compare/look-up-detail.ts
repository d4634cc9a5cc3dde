import type { ColumnDetail, ComparedColumn } from "../../domain/comparison/compared-column.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { newBinOf } from "../../stats/histogram/binning.ts";
import type { WorkingTable } from "../table-file/working-table.ts";
import { jsonLines, readLines } from "./json-lines.ts";

/** Adds to the columns named what a person wants to know of them. One scan of those columns of both tables. */
export async function lookUpDetail(
  reference: WorkingTable,
  current: WorkingTable,
  columns: readonly ComparedColumn[],
  names: ReadonlySet<string>,
): Promise<readonly ComparedColumn[]> {
  const wanted = columns.filter(({ name }) => names.has(name));
  const numeric = wanted.filter(({ binning }) => binning.kind === "numeric").map(({ name }) => name);
  const [before, now] = await Promise.all([numbersOf(reference, numeric), numbersOf(current, numeric)]);
  return Promise.all(
    columns.map(async (column) => {
      if (!names.has(column.name)) return column;
      const was = before.get(column.name);
      const is = now.get(column.name);
      const numbers: ColumnDetail["numbers"] =
        was === undefined || is === undefined
          ? undefined
          : {
              referenceMean: was.mean,
              currentMean: is.mean,
              currentLeast: is.least,
              currentGreatest: is.greatest,
            };
      return { ...column, detail: { newValues: await newValuesOf(current, column), numbers } };
    }),
  );
}

interface Numbers {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

async function numbersOf(
  { file, from }: WorkingTable,
  names: readonly string[],
): Promise<ReadonlyMap<string, Numbers>> {
  if (names.length === 0) return new Map();
  const each = names.map((name) => {
    const value = `ifNull(toFloat64(${sqlName(name)}), nan)`;
    const finite = `isFinite(${value})`;
    return `tuple(countIf(${finite}), sumIf(${value}, ${finite}), minIf(${value}, ${finite}), maxIf(${value}, ${finite}))`;
  });
  const [row = []] = readLines<number[][]>(await file.query(`SELECT ${each.join(", ")} FROM ${from}`, jsonLines));
  return new Map(
    names.flatMap((name, index) => {
      const [count = 0, sum = 0, least = 0, greatest = 0] = row[index] ?? [];
      return count === 0 ? [] : [[name, { mean: sum / count, least, greatest }] as const];
    }),
  );
}

async function newValuesOf(
  { file, from }: WorkingTable,
  { name, binning, cells }: ComparedColumn,
): Promise<ColumnDetail["newValues"]> {
  if (binning.kind !== "categorical" || (cells[0]?.current[newBinOf(binning)] ?? 0) === 0) return [];
  const column = sqlName(name);
  const known = [...binning.categories, ...binning.others].map(sqlString).join(", ");
  const rows = readLines<[string, number]>(
    await file.query(
      `SELECT toString(assumeNotNull(${column})) AS homeostat_v, count() AS homeostat_n FROM ${from}
       WHERE isNotNull(${column}) AND NOT has(CAST([${known}], 'Array(String)'), homeostat_v)
       GROUP BY homeostat_v ORDER BY homeostat_n DESC, homeostat_v LIMIT 10`,
      jsonLines,
    ),
  );
  return rows.map(([value, count]) => ({ value, rows: count }));
}
