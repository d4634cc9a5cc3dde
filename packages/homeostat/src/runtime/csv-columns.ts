import { Fault } from "../domain/fault.ts";
import type { FeatureType } from "../domain/pipeline/pipeline.ts";
import { type CsvCells, readCsvRows } from "./csv-rows.ts";

/** A feature as the trainer needs it: its name and whether it is counted or only compared. */
export interface TrainingFeature {
  readonly name: string;
  readonly type: FeatureType;
}

/** Columns by name: numbers with `NaN` for missing, texts with `""` for missing, the label as `"true"` or `"false"`. */
export interface TrainingTable {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly number[] | readonly string[]>>;
}

type Column = { readonly kind: "number"; readonly values: number[] } | TextColumn;
type TextColumn = { readonly kind: "text"; readonly values: string[]; readonly interned: Map<string, string> };

/**
 * Reads training rows from a CSV file into columns, with the types that the pipeline declares.
 *
 * Types are declared and never guessed: YDF's own CSV reader takes a category of digits for a number and a number that
 * is only ever 0 or 1 for a boolean, and ends the process on a value that does not fit its guess.
 * Format: RFC 4180 with a header, as ClickHouse writes it: an unquoted empty field or `\N` is missing, and so are `nan`
 * and the infinities. Cost: one pass, memory for the columns; equal texts are kept once.
 * @throws Fault `training-failed` naming row and column of a value that does not fit.
 */
export async function readTrainingTable(
  csvPath: string,
  features: readonly TrainingFeature[],
  labelColumn: string,
): Promise<TrainingTable> {
  const expected = [...features.map((feature) => feature.name), labelColumn];
  const columns = [...features.map(columnFor), textColumn()];
  let row = -1;
  const ending = await readCsvRows(csvPath, (cells) => {
    row++;
    if (row === 0) return checkHeader(cells, expected);
    if (cells.length !== expected.length) refuse(`row ${row} has ${cells.length} values, not ${expected.length}`);
    for (const [index, column] of columns.entries()) append(column, cells[index] ?? null, row, expected[index] ?? "");
    checkLabel(cells.at(-1) ?? null, row);
  });
  if (ending === "inside-quotes") refuse("the training file ends inside a quoted value");
  if (row < 1) refuse("the training file holds no rows");
  return { rows: row, columns: Object.fromEntries(columns.map((column, index) => [expected[index], column.values])) };
}

function columnFor(feature: TrainingFeature): Column {
  return feature.type === "number" ? { kind: "number", values: [] } : textColumn();
}

function textColumn(): TextColumn {
  return { kind: "text", values: [], interned: new Map([["", ""]]) };
}

function append(column: Column, cell: string | null, row: number, name: string): void {
  if (column.kind === "number") {
    column.values.push(numberOf(cell, row, name));
    return;
  }
  const text = cell ?? "";
  let kept = column.interned.get(text);
  if (kept === undefined) {
    // A copy: a slice would keep the whole chunk of the file it was cut from alive.
    kept = Buffer.from(text).toString();
    column.interned.set(kept, kept);
  }
  column.values.push(kept);
}

function numberOf(cell: string | null, row: number, name: string): number {
  if (cell === null || /^[+-]?(nan|inf|infinity)$/i.test(cell)) return Number.NaN;
  const value = Number(cell);
  if (cell.trim() === "" || Number.isNaN(value)) refuse(`row ${row}: "${cell}" is not a number for ${name}`);
  return Number.isFinite(value) ? value : Number.NaN;
}

function checkHeader(cells: CsvCells, expected: readonly string[]): void {
  if (cells.length === expected.length && cells.every((cell, index) => cell === expected[index])) return;
  refuse(`the training file has the columns ${cells.join(", ")}, not ${expected.join(", ")}`);
}

function checkLabel(cell: string | null, row: number): void {
  if (cell !== "true" && cell !== "false") refuse(`row ${row}: the label is "${cell ?? ""}", not true or false`);
}

function refuse(reason: string): never {
  throw new Fault("training-failed", { reason });
}
