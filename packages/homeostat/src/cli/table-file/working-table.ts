import { sqlName } from "../../engine/quote-sql.ts";
import type { OpenedFile } from "../private-engine.ts";

/** A table ready to be counted many times. */
export interface WorkingTable {
  readonly file: OpenedFile;
  readonly rows: number;
  /** What stands after FROM. */
  readonly from: string;
  /** Every k-th row of each file, so that about `most` remain: the same ones at every run. A statement. */
  sample(most: number): string;
  /** Statements that together give all rows: one a file where rows are read from the files. */
  each(columns: string): readonly string[];
}

/** Formats of which a statement reads only the columns it names. */
const columnar = new Set(["Parquet"]);

/**
 * Parquet stays where it is, since a statement reads only the columns that it needs. Anything else is read once into a
 * table of the private engine, called `name`. Cost: one pass over text formats.
 */
export async function workingTableOf(file: OpenedFile, name: string): Promise<WorkingTable> {
  if (columnar.has(file.files.format)) {
    const rows = Number(await file.query(`SELECT count() FROM ${file.source}`));
    const isPicked = (most: number): string => `_row_number % ${everyOf(rows, most)} = 0`;
    return {
      file,
      rows,
      from: file.source,
      sample: (most) => file.select("*", isPicked(most)).join(" UNION ALL "),
      each: (columns) => file.select(columns),
    };
  }
  const table = sqlName(name);
  const place = "homeostat_row_number";
  await file.query(
    `CREATE TABLE ${table} ENGINE = MergeTree ORDER BY tuple() AS ${file.select(`*, _row_number AS ${place}`).join(" UNION ALL ")}`,
  );
  const rows = Number(await file.query(`SELECT count() FROM ${table}`));
  const isPicked = (most: number): string => `${place} % ${everyOf(rows, most)} = 0`;
  return {
    file,
    rows,
    from: table,
    sample: (most) => `SELECT * EXCEPT ${place} FROM ${table} WHERE ${isPicked(most)}`,
    each: (columns) => [`SELECT ${columns} FROM ${table}`],
  };
}

const everyOf = (rows: number, most: number): number => Math.max(1, Math.ceil(rows / most));

/** Keeps a sample in memory, to be asked many things. Answers the table's name. One scan. */
export async function sampleTableOf(table: WorkingTable, name: string, most: number): Promise<string> {
  await table.file.query(`CREATE TABLE ${sqlName(name)} ENGINE = Memory AS ${table.sample(most)}`);
  return sqlName(name);
}
