import type { Finding } from "../../packages/homeostat/src/domain/finding/finding.ts";
import type { Random } from "../../packages/homeostat/src/stats/random/random.ts";
import type { StreamColumn } from "./stream.ts";
import type { WindowRows } from "./watched-system.ts";

/** What goes wrong, in a share of the slice's rows. */
export interface Fault {
  readonly name: string;
  /** Whether it can strike this column; a fault of the rows themselves strikes none. */
  fits(column: StreamColumn | undefined): boolean;
  /** A value as the fault leaves it; undefined for faults of rows or outcomes. */
  readonly value?: (value: number | string | null, column: StreamColumn) => number | string | null;
  readonly row?: "lost" | "outcome-turned";
  /** Whether a finding is about this fault. */
  isFoundBy(finding: Finding, column: string | undefined): boolean;
}

const ofColumn = (finding: Finding, column: string | undefined): boolean => finding.feature === column;
const isNumber = (column: StreamColumn | undefined): boolean => column?.kind === "number";
const isCategory = (column: StreamColumn | undefined): boolean => column?.kind === "category";

/** The failure modes of rows that profiles can show, as faults of real columns. */
export const faults: readonly Fault[] = [
  {
    name: "values go missing",
    fits: (column) => column !== undefined,
    value: (_, column) => (column.kind === "number" ? Number.NaN : null),
    isFoundBy: ofColumn,
  },
  { name: "a category nobody has seen", fits: isCategory, value: () => "NEW-1", isFoundBy: ofColumn },
  {
    name: "another unit (miles to km)",
    fits: (column) => isNumber(column) && ["distance", "fare", "capital_gain"].includes(column?.name ?? ""),
    value: (value) => Number(value) * 1.609,
    isFoundBy: ofColumn,
  },
  {
    name: "clock turned by eight hours",
    fits: (column) => column?.name === "hour",
    value: (value) => (Number(value) + 8) % 24,
    isFoundBy: ofColumn,
  },
  { name: "a default in place of the value (-1)", fits: isNumber, value: () => -1, isFoundBy: ofColumn },
  { name: "a stuck value", fits: isNumber, value: (_, column) => medianOf(column), isFoundBy: ofColumn },
  {
    name: "categories swapped",
    fits: isCategory,
    value: (value, column) => swapped(value, column),
    isFoundBy: ofColumn,
  },
  {
    name: "rows are lost",
    fits: (column) => column === undefined,
    row: "lost",
    isFoundBy: (finding) => finding.monitor === "volume",
  },
  {
    name: "the same inputs mean something else",
    fits: (column) => column === undefined,
    row: "outcome-turned",
    isFoundBy: (finding) => finding.layer === "outcome" || finding.monitor === "performance",
  },
];

const medians = new WeakMap<StreamColumn, number>();

function medianOf(column: StreamColumn): number {
  const known = medians.get(column);
  if (known !== undefined) return known;
  const sorted = (column.values as readonly number[]).filter(Number.isFinite).sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  medians.set(column, median);
  return median;
}

const orders = new WeakMap<StreamColumn, readonly string[]>();

/** The most frequent category becomes the third, the second the fourth, and back. */
function swapped(value: number | string | null, column: StreamColumn): string | null {
  let order = orders.get(column);
  if (order === undefined) {
    const counts = new Map<string, number>();
    for (const name of column.values as readonly (string | null)[])
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
    order = [...counts]
      .sort(([, n], [, m]) => m - n)
      .map(([name]) => name)
      .slice(0, 4);
    orders.set(column, order);
  }
  const place = order.indexOf(String(value));
  if (value === null || place < 0) return value as string | null;
  return order[(place + Math.ceil(order.length / 2)) % order.length] ?? String(value);
}

export interface Injection {
  readonly fault: Fault;
  /** The column it strikes, of the whole stream, for its medians and orders. */
  readonly column: StreamColumn | undefined;
  /** Rows it may strike: those with this value of the segment column; undefined: all. */
  readonly slice: { readonly column: string; readonly value: string } | undefined;
  readonly share: number;
}

/** The rows of a window after the fault. Which rows are struck follows from `random` alone, so a larger share strikes more of the same. */
export function inject(rows: WindowRows, { fault, column, slice, share }: Injection, random: Random): WindowRows {
  const size = rows.outcomes.length;
  const marks = rows.columns.find(({ name }) => name === slice?.column)?.values;
  const struck = Array.from({ length: size }, (_, row) => {
    const draw = random.next();
    return (slice === undefined || String(marks?.[row]) === slice.value) && draw < share;
  });
  if (fault.row === "lost") return keep(rows, (row) => struck[row] !== true);
  if (fault.row === "outcome-turned")
    return { ...rows, outcomes: rows.outcomes.map((outcome, row) => (struck[row] === true ? !outcome : outcome)) };
  const { value } = fault;
  if (value === undefined || column === undefined) return rows;
  return {
    ...rows,
    columns: rows.columns.map((own): StreamColumn => {
      if (own.name !== column.name) return own;
      const values = own.values.map((before, row) => (struck[row] === true ? value(before, column) : before));
      return own.kind === "number"
        ? { ...own, values: values as readonly number[] }
        : { ...own, values: values as readonly (string | null)[] };
    }),
  };
}

function keep(rows: WindowRows, isKept: (row: number) => boolean): WindowRows {
  const of = <T>(values: readonly T[]): T[] => values.filter((_, row) => isKept(row));
  return {
    columns: rows.columns.map((column) =>
      column.kind === "number" ? { ...column, values: of(column.values) } : { ...column, values: of(column.values) },
    ),
    outcomes: of(rows.outcomes),
  };
}
