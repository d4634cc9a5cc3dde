import type { PlannedColumn } from "../../domain/comparison/plan-comparison.ts";
import { sqlName } from "../../engine/quote-sql.ts";
import type { Binning } from "../../stats/histogram/binning.ts";
import { CATEGORICAL_LIMITS, categoricalBinningOf } from "../../stats/histogram/categorical-binning.ts";
import { FINE_BINS, numericBinningOfSummary } from "../../stats/histogram/numeric-binning.ts";
import { withRange } from "../../stats/histogram/with-range.ts";
import type { WorkingTable } from "../table-file/working-table.ts";
import { jsonLines, readLines } from "./json-lines.ts";

/** Bins of a column, and of a number the range that the sample has. */
export interface ColumnBins {
  readonly binning: Binning;
  /** undefined for categories, and where the sample has no finite number. */
  readonly range: { readonly least: number; readonly greatest: number } | undefined;
}

/**
 * Bins of every column from the reference alone: what the current table holds never moves them. Numbers from the sample,
 * so that bins are only nearly equal while counting stays exact; categories from every row.
 */
export async function chooseBins(
  reference: WorkingTable,
  sample: string,
  columns: readonly PlannedColumn[],
): Promise<ReadonlyMap<string, ColumnBins>> {
  const of = (kind: PlannedColumn["kind"]): readonly string[] =>
    columns.filter((column) => column.kind === kind).map(({ name }) => name);
  return new Map([
    ...(await numberBins(reference, sample, of("number"))),
    ...(await categoryBins(reference, of("category"))),
  ]);
}

type Named = readonly (readonly [string, ColumnBins])[];

/** A finite number, or NULL. Adding zero makes one value of 0 and -0. */
const finiteOf = (name: string): string =>
  `if(isFinite(ifNull(toFloat64(${sqlName(name)}), nan)), toFloat64(${sqlName(name)}) + 0, NULL)`;

async function numberBins({ file }: WorkingTable, sample: string, names: readonly string[]): Promise<Named> {
  if (names.length === 0) return [];
  const ranges = names.map((name) => `tuple(min(${finiteOf(name)}), max(${finiteOf(name)}))`).join(", ");
  const [found = []] = readLines<(readonly [number | null, number | null])[]>(
    await file.query(`SELECT ${ranges} FROM ${sample}`, jsonLines),
  );
  const heavy = await heavyValues(file.query, sample, names);
  const quantiles = await lightQuantiles(file.query, sample, names, heavy);
  return names.map((name, index) => {
    const [least, greatest] = found[index] ?? [];
    const binning = numericBinningOfSummary({ heavy: heavy[index] ?? [], quantiles: quantiles[index] ?? [] });
    if (least === null || least === undefined || greatest === null || greatest === undefined)
      return [name, { binning, range: undefined }];
    return [name, { binning: withRange(binning, least, greatest), range: { least, greatest } }];
  });
}

interface HeavyValue {
  readonly value: number;
  readonly count: number;
}

type Query = WorkingTable["file"]["query"];

/** Single values that hold at least one part in 64 of the sampled numbers. */
async function heavyValues(
  query: Query,
  sample: string,
  names: readonly string[],
): Promise<readonly (readonly HeavyValue[])[]> {
  const each = names.map(
    (name, index) =>
      `SELECT ${index} AS c, assumeNotNull(${finiteOf(name)}) AS homeostat_v, count() AS n FROM ${sample}
       WHERE isNotNull(${finiteOf(name)}) GROUP BY homeostat_v
       HAVING n * ${FINE_BINS} >= (SELECT count(${finiteOf(name)}) FROM ${sample})`,
  );
  const found: HeavyValue[][] = names.map(() => []);
  for (const [column, value, count] of readLines<[number, number, number]>(
    await query(each.join(" UNION ALL "), jsonLines),
  ))
    found[column]?.push({ value, count });
  return found;
}

async function lightQuantiles(
  query: Query,
  sample: string,
  names: readonly string[],
  heavy: readonly (readonly HeavyValue[])[],
): Promise<readonly (readonly number[])[]> {
  const levels = Array.from({ length: FINE_BINS }, (_, level) => level / FINE_BINS).join(", ");
  const each = names.map((name, index) => {
    const value = finiteOf(name);
    const points = `CAST([${(heavy[index] ?? []).map((entry) => entry.value).join(", ")}], 'Array(Float64)')`;
    const isLight = `isNotNull(${value}) AND NOT has(${points}, assumeNotNull(${value}))`;
    return `if(countIf(${isLight}) = 0, [], quantilesExactIf(${levels})(assumeNotNull(${value}), ${isLight}))`;
  });
  const [found = []] = readLines<number[][]>(await query(`SELECT ${each.join(", ")} FROM ${sample}`, jsonLines));
  return found;
}

/** Every value of a category is counted, not sampled: a value that the reference has is never called new. */
async function categoryBins({ file, from }: WorkingTable, names: readonly string[]): Promise<Named> {
  const most = CATEGORICAL_LIMITS.named + CATEGORICAL_LIMITS.remembered + 1;
  return Promise.all(
    names.map(async (name) => {
      const column = sqlName(name);
      const counts = readLines<[string, number]>(
        await file.query(
          `SELECT toString(${column}) AS homeostat_v, count() AS homeostat_n FROM ${from} WHERE isNotNull(${column})
           GROUP BY homeostat_v ORDER BY homeostat_n DESC, homeostat_v LIMIT ${most}`,
          jsonLines,
        ),
      );
      return [name, { binning: categoricalBinningOf(counts, counts.length < most), range: undefined }] as const;
    }),
  );
}
