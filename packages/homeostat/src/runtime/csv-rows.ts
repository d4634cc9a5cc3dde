import { createReadStream } from "node:fs";

/** The values of one record; `null` stands for an unquoted empty field or `\N`. */
export type CsvCells = readonly (string | null)[];

interface Reading {
  cells: (string | null)[];
  field: string;
  /** Where in a field the last character was; `after-quote` is behind a quote that closes the field or doubles. */
  place: "start" | "plain" | "quoted" | "after-quote";
}

/**
 * Calls back with every record of a CSV file (RFC 4180, UTF-8) in order.
 *
 * Line ends may be LF or CRLF; quoted fields may hold separators, doubled quotes and line ends. `\N` is how ClickHouse
 * writes NULL. Returns how the file ended: `inside-quotes` means that it is cut off. Cost: one pass in constant memory.
 */
export async function readCsvRows(
  csvPath: string,
  onRow: (cells: CsvCells) => void,
): Promise<"complete" | "inside-quotes"> {
  const reading: Reading = { cells: [], field: "", place: "start" };
  for await (const chunk of createReadStream(csvPath, { encoding: "utf8" })) {
    for (const character of chunk as string) take(reading, character, onRow);
  }
  if (reading.place === "quoted") return "inside-quotes";
  if (reading.place !== "start" || reading.cells.length > 0) endRow(reading, onRow);
  return "complete";
}

function take(reading: Reading, character: string, onRow: (cells: CsvCells) => void): void {
  if (reading.place === "quoted") {
    if (character === '"') reading.place = "after-quote";
    else reading.field += character;
  } else if (character === ",") endField(reading);
  else if (character === "\n") endRow(reading, onRow);
  else if (character === '"' && reading.place !== "plain") {
    // The second quote of a doubled pair belongs to the text; the first quote of a field opens it.
    if (reading.place === "after-quote") reading.field += character;
    reading.place = "quoted";
  } else if (reading.place !== "after-quote") {
    reading.place = "plain";
    reading.field += character;
  }
}

function endField(reading: Reading): void {
  const present = reading.place === "after-quote" || (reading.field !== "" && reading.field !== "\\N");
  reading.cells.push(present ? reading.field : null);
  reading.field = "";
  reading.place = "start";
}

function endRow(reading: Reading, onRow: (cells: CsvCells) => void): void {
  if (reading.place === "plain" && reading.field.endsWith("\r")) reading.field = reading.field.slice(0, -1);
  endField(reading);
  onRow(reading.cells);
  reading.cells = [];
}
