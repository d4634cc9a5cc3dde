import Table from "cli-table3";
import { type Colors, widthOf } from "./terminal.ts";

export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
  /** Prose: may be wrapped. Other columns (names, numbers, times) are always shown whole on one line. */
  readonly wraps?: boolean;
}

const gap = 2;
const narrowestProse = 12;

/**
 * A table without frames that fits into `width` columns: prose is wrapped, and where even that does not fit, each row
 * becomes a small list. Nothing is ever cut off. Ends with a newline.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  place: { readonly width: number; readonly colors: Colors },
): string {
  const widths = fittingWidths(columns, rows, place.width);
  if (widths === undefined) return renderList(columns, rows, place.colors);
  const table = new Table({
    // cli-table3 counts padding as part of a column; the last column needs none.
    colWidths: widths.map((width, index) => width + (index === widths.length - 1 ? 0 : gap)),
    colAligns: columns.map((column) => column.align ?? "left"),
    chars: noFrame,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  const heads = columns.map((column) => place.colors.bold(column.head));
  for (const row of [heads, ...rows]) {
    table.push(
      row.map((content, index) => ({
        content: wrapped(content, widths[index] ?? place.width),
        style: { "padding-left": 0, "padding-right": index === row.length - 1 ? 0 : gap },
      })),
    );
  }
  return `${linesOf(table.toString())}\n`;
}

const noFrame = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

function linesOf(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Column widths that fit, or undefined where they cannot. */
function fittingWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] | undefined {
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.head), ...rows.map((row) => longestLine(row[index] ?? ""))),
  );
  let excess = natural.reduce((sum, each) => sum + each, 0) + gap * (columns.length - 1) - width;
  const widths = [...natural];
  while (excess > 0) {
    const widest = widestProse(columns, widths);
    if (widest === undefined) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function widestProse(columns: readonly Column[], widths: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const [index, column] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (column.wraps !== true || width <= Math.max(narrowestProse, widthOf(column.head))) continue;
    if (best === undefined || width > (widths[best] ?? 0)) best = index;
  }
  return best;
}

const longestLine = (text: string): number => Math.max(...text.split("\n").map(widthOf));

/** Wraps prose at spaces; a word longer than the column is broken, so that nothing is lost. */
export function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, width))
    .join("\n");
}

function wrapLine(line: string, width: number): readonly string[] {
  if (widthOf(line) <= width) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ").flatMap((each) => pieces(each, width))) {
    const joined = current === "" ? word : `${current} ${word}`;
    if (widthOf(joined) <= width) {
      current = joined;
      continue;
    }
    lines.push(current);
    current = word;
  }
  return [...lines, current];
}

function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const letters = [...word];
  const count = Math.ceil(letters.length / width);
  return Array.from({ length: count }, (_, index) => letters.slice(index * width, (index + 1) * width).join(""));
}

function renderList(columns: readonly Column[], rows: readonly (readonly string[])[], colors: Colors): string {
  const labelWidth = Math.max(...columns.map((column) => widthOf(column.head)));
  const blocks = rows.map((row) =>
    columns.map((column, index) => `${colors.bold(column.head.padEnd(labelWidth))}  ${row[index] ?? ""}`).join("\n"),
  );
  return `${blocks.join("\n\n")}\n`;
}

/** `label   value` lines, values wrapped under themselves. Ends with a newline. */
export function renderFacts(
  facts: readonly (readonly [string, string])[],
  place: { readonly width: number; readonly colors: Colors },
): string {
  const labelWidth = Math.max(0, ...facts.map(([label]) => widthOf(label)));
  const indent = " ".repeat(labelWidth + gap);
  return facts
    .map(([label, value]) => {
      const lines = wrapped(value, Math.max(narrowestProse, place.width - labelWidth - gap)).split("\n");
      const padded = label.padEnd(labelWidth + gap);
      return `${place.colors.dim(padded)}${lines.join(`\n${indent}`)}\n`;
    })
    .join("");
}
