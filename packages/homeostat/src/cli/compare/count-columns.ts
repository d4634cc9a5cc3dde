import type { ComparedCell, ComparedColumn } from "../../domain/comparison/compared-column.ts";
import type { PlannedColumn } from "../../domain/comparison/plan-comparison.ts";
import { invariant } from "../../domain/invariant.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { type Binning, binCountOf, newBinOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { edgeCellsOf } from "../../stats/histogram/edge-cells.ts";
import type { WorkingTable } from "../table-file/working-table.ts";
import type { ColumnBins } from "./choose-bins.ts";
import { partsOf, rowGroupsOf, type SegmentColumn, segmentAt } from "./group-rows.ts";
import { jsonLines, readLines } from "./json-lines.ts";

interface Counting {
  readonly columns: readonly PlannedColumn[];
  readonly bins: ReadonlyMap<string, ColumnBins>;
  readonly segments: readonly SegmentColumn[];
  /** The share of the work that is done. */
  onProgress(share: number): void;
}

/** Columns in one counting statement. */
const columnsInStatement = 8;
/** More rows than this are kept on disk, not in memory, while they are counted. */
const mostRowsInMemory = 20_000_000;
const belowAll = "-1.7e308";

/**
 * Counts both tables over the same bins and parts. Each is read once: every value becomes the number of its bin, one
 * byte, and those bytes are then counted in as many ways as there are parts. Memory: a byte a value while counting.
 */
export async function countColumns(
  reference: WorkingTable,
  current: WorkingTable,
  counting: Counting,
): Promise<readonly ComparedColumn[]> {
  const before = await countTable(reference, { ...counting, onProgress: (share) => counting.onProgress(share / 2) });
  const now = await countTable(current, { ...counting, onProgress: (share) => counting.onProgress(0.5 + share / 2) });
  const parts = partsOf(counting.segments);
  return counting.columns.map(({ name, role }, index): ComparedColumn => {
    const { binning, range } = binsOf(counting, name);
    const countsOf = (counted: TableCounts, part: number, place: number): readonly number[] =>
      counted.get(`${index}/${part}/${place}`) ?? emptyCounts(binning);
    const cells = parts.map(
      ([part, place]): ComparedCell => ({
        segment: segmentAt(counting.segments, part, place),
        reference: countsOf(before, part, place),
        current: countsOf(now, part, place),
      }),
    );
    const beyond = (counts: readonly number[] = []): number =>
      range === undefined ? 0 : outsideRows(binning, range, counts);
    const outside =
      range === undefined
        ? undefined
        : { ...range, rows: beyond(cells[0]?.current), referenceRows: beyond(cells[0]?.reference) };
    return { name, role, binning, cells, outside, detail: undefined };
  });
}

const emptyCounts = (binning: Binning): number[] => new Array<number>(binCountOf(binning)).fill(0);

function binsOf({ bins }: Counting, name: string): ColumnBins {
  const found = bins.get(name);
  invariant(found !== undefined, `bins were chosen for ${name}`);
  return found;
}

/** Rows in the bins below the smallest number of the range and above its greatest. */
function outsideRows(
  binning: Binning,
  { least, greatest }: { readonly least: number; readonly greatest: number },
  counts: readonly number[],
): number {
  if (binning.kind !== "numeric") return 0;
  const { edges } = binning;
  return counts.reduce((sum, count, bin) => {
    if (bin > edges.length) return sum;
    const isBelow = bin === 0 || (edges[bin - 1] ?? 0) < least;
    const isAbove = bin > 0 && (edges[bin - 1] ?? 0) > greatest;
    return isBelow || isAbove ? sum + count : sum;
  }, 0);
}

/** Counts by bin of `column/part/place`. */
type TableCounts = ReadonlyMap<string, number[]>;

async function countTable(table: WorkingTable, counting: Counting): Promise<TableCounts> {
  const { columns, segments } = counting;
  const groups = rowGroupsOf(segments);
  const codes = columns.map(
    ({ name }, index) => `${binCode(name, binsOf(counting, name).binning)} AS homeostat_b${index}`,
  );
  const store = table.rows > mostRowsInMemory ? "MergeTree ORDER BY tuple()" : "Memory";
  const wanted = [...codes, ...groups.keys].join(", ") || "1 AS homeostat_none";
  const [first = "", ...rest] = table.each(wanted);
  try {
    await table.file.query(`CREATE TABLE homeostat_codes ENGINE = ${store} AS ${first}`);
    for (const [index, part] of rest.entries()) {
      counting.onProgress((0.8 * (index + 1)) / (rest.length + 1));
      await table.file.query(`INSERT INTO homeostat_codes ${part}`);
    }
    counting.onProgress(0.8);
    return await countCodes(table, counting);
  } finally {
    await table.file.query("DROP TABLE IF EXISTS homeostat_codes");
  }
}

async function countCodes(table: WorkingTable, counting: Counting): Promise<TableCounts> {
  const { columns, segments } = counting;
  const groups = rowGroupsOf(segments);
  const counted = new Map<string, number[]>();
  for (let first = 0; first < columns.length; first += columnsInStatement) {
    const statements = columns.slice(first, first + columnsInStatement).map((_, offset) => {
      const bin = `homeostat_b${first + offset}`;
      return `SELECT ${first + offset} AS c, ${groups.part} AS part, ${groups.place} AS place, ${bin} AS bin, count() AS n
        FROM homeostat_codes GROUP BY GROUPING SETS (${groups.sets(bin)})`;
    });
    const answer = await table.file.query(statements.join(" UNION ALL "), jsonLines);
    for (const [column, part, place, bin, rows] of readLines<readonly number[]>(answer)) {
      const name = columns[column ?? 0]?.name ?? "";
      const key = `${column}/${part}/${place}`;
      const counts = counted.get(key) ?? emptyCounts(binsOf(counting, name).binning);
      counts[bin ?? 0] = (counts[bin ?? 0] ?? 0) + (rows ?? 0);
      counted.set(key, counts);
    }
    counting.onProgress(0.8 + (0.2 * Math.min(columns.length, first + columnsInStatement)) / columns.length);
  }
  return counted;
}

/** The number of a value's bin as a byte: the twin of `binOf` in the statistics room. */
function binCode(name: string, binning: Binning): string {
  const nulls = nullBinOf(binning);
  const column = sqlName(name);
  if (binning.kind === "categorical") {
    const other = binning.categories.length;
    const unknown = binning.othersComplete ? newBinOf(binning) : other;
    const known = [...binning.categories, ...binning.others].map(sqlString).join(", ");
    const ids = [...binning.categories.map((_, bin) => bin), ...binning.others.map(() => other)].join(", ");
    const found = `transform(toString(assumeNotNull(${column})), CAST([${known}], 'Array(String)'), CAST([${ids}], 'Array(UInt8)'), toUInt8(${unknown}))`;
    return `if(isNull(${column}), toUInt8(${nulls}), ${found})`;
  }
  const value = `ifNull(toFloat64(${column}), nan)`;
  return `if(isFinite(${value}), ${edgeCode(value, binning.edges)}, toUInt8(${nulls}))`;
}

/** The number of edges at or below a number: the twin of `edgesReached`, or a binary search where a table does not pay. */
function edgeCode(value: string, edges: readonly number[]): string {
  const table = edgeCellsOf(edges);
  if (table === undefined) {
    const steps = numbers("Float64", [belowAll, ...edges]);
    const ids = numbers("UInt8", [0, ...edges.map((_, edge) => edge + 1)]);
    return `transform(roundDown(${value}, ${steps}), ${steps}, ${ids}, toUInt8(0))`;
  }
  const { first, scale, cells, before, layers } = table;
  const cell = `toUInt16(least(greatest((${value} - toFloat64(${first})) * toFloat64(${scale}), 0), ${cells - 1})) + 1`;
  const reached = layers.map((layer) => `(${value} >= ${numbers("Float64", layer)}[${cell}])`);
  return `toUInt8(${[`${numbers("UInt8", before)}[${cell}]`, ...reached].join(" + ")})`;
}

const numbers = (type: "Float64" | "UInt8", values: readonly (number | string)[]): string =>
  `CAST([${values.map((value) => (Number.isNaN(value) ? "nan" : value)).join(", ")}], 'Array(${type})')`;
