import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value to hold: at most for times. */
  readonly budget?: number;
}

interface EncodedRows {
  readonly columns: readonly Uint8Array[];
  readonly loss: Uint8Array;
  readonly period: Uint8Array;
  readonly half: Uint8Array;
}
interface SearchRoom {
  searchSlices(
    rows: EncodedRows,
    options?: object,
  ): { readonly kind: string; readonly tested?: number; readonly degraded?: readonly object[] };
  readonly defaultSliceSearchOptions: object;
}
interface WeakRoom {
  findWeakSlices(rows: Pick<EncodedRows, "columns" | "loss">, options?: object): { readonly kind: string };
}
interface RandomRoom {
  createXoshiro(seed: number): { next(): number };
}
interface AdultGolden {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly edges?: readonly number[];
    readonly categories?: readonly string[];
  }[];
  readonly errors: { readonly logistic: string };
}

const root = new URL("../../", import.meta.url);
const room = new URL("packages/homeostat/dist/stats/", root);
const adult = new URL("../shared/data/slices/adult.csv", root);

/**
 * Claims of docs/statistics.md: exact search of all conjunctions of up to three conditions on one thread, on Adult
 * (32,561 rows of 14 columns, weak slices) and on a million rows of 14 columns over two periods (degraded slices, tested,
 * chosen and confirmed). Medians; the first call of each, which the compiler has not warmed up, is reported apart.
 */
export async function benchSliceSearch(): Promise<readonly BenchRow[]> {
  return [...(await benchAdult()), ...(await benchMillion())];
}

async function benchAdult(): Promise<readonly BenchRow[]> {
  if (!existsSync(adult)) {
    console.log("slice search on Adult not measured: ../shared/data/slices/adult.csv is absent");
    return [];
  }
  const { findWeakSlices } = (await import(new URL("slice/find-weak-slices.js", room).href)) as WeakRoom;
  const rows = await readAdult();
  const times = Array.from({ length: 9 }, () => timeMs(() => findWeakSlices(rows)));
  return [
    { name: "slices: Adult 32,561 x 14, three conditions, first call", value: times[0] ?? Number.NaN, unit: "ms" },
    { name: "slices: Adult 32,561 x 14, three conditions", value: median(times.slice(1)), unit: "ms", budget: 100 },
  ];
}

async function benchMillion(): Promise<readonly BenchRow[]> {
  const { searchSlices, defaultSliceSearchOptions } = (await import(
    new URL("slice/search-slices.js", room).href
  )) as SearchRoom;
  const rows = await syntheticRows(1_000_000, 14, 10);
  const wholeHalf = { ...rows, half: new Uint8Array(rows.half.length) };
  const fine = { ...defaultSliceSearchOptions, minimumShare: 0.0005 };
  const split = Array.from({ length: 3 }, () => timeMs(() => searchSlices(rows)));
  const every = timeMs(() => searchSlices(wholeHalf, fine));
  const tested = searchSlices(wholeHalf, fine).tested ?? Number.NaN;
  return [
    {
      name: "slices: 1 M x 14, two periods, found and confirmed on halves",
      value: median(split),
      unit: "ms",
      budget: 7000,
    },
    { name: "slices: 1 M x 14, every row searched, support .05 %", value: every, unit: "ms", budget: 7000 },
    { name: "slices: 1 M x 14, slices tested at support .05 %", value: tested, unit: "slices" },
  ];
}

function timeMs(act: () => unknown): number {
  const startedMs = performance.now();
  act();
  return performance.now() - startedMs;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function readAdult(): Promise<Pick<EncodedRows, "columns" | "loss">> {
  const goldenFile = new URL("packages/homeostat/src/stats/golden/slice-adult.json", root);
  const golden = JSON.parse(await readFile(goldenFile, "utf8")) as AdultGolden;
  const [header = "", ...lines] = (await readFile(adult, "utf8")).trim().split(/\r?\n/);
  const names = header.split(",");
  const cells = lines.map((line) => line.split(",").map((cell) => cell.trim()));
  const bits = Buffer.from(golden.errors.logistic, "base64");
  const columns = golden.columns.map(({ name, edges = [], categories }) => {
    const at = names.indexOf(name);
    const codeOf = (cell: string): number =>
      categories ? 1 + categories.indexOf(cell) : 1 + edges.filter((edge) => edge <= Number(cell)).length;
    return Uint8Array.from(cells, (row) => codeOf(row[at] ?? ""));
  });
  const loss = Uint8Array.from({ length: golden.rows }, (_, i) => ((bits[i >> 3] ?? 0) >> (i & 7)) & 1);
  return { columns, loss };
}

/** Uniform codes, a tenth of the rows wrong, and one pair of conditions that got worse by twelve points. */
async function syntheticRows(rows: number, columnCount: number, codes: number): Promise<EncodedRows> {
  const { createXoshiro } = (await import(new URL("random/xoshiro.js", room).href)) as RandomRoom;
  const random = createXoshiro(1);
  const columns = Array.from({ length: columnCount }, () => new Uint8Array(rows));
  const loss = new Uint8Array(rows);
  const period = new Uint8Array(rows);
  const half = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    for (const column of columns) column[i] = 1 + Math.floor(random.next() * codes);
    period[i] = random.next() < 0.5 ? 0 : 1;
    half[i] = random.next() < 0.5 ? 0 : 1;
    const planted = period[i] === 1 && columns[2]?.[i] === 3 && columns[5]?.[i] === 4;
    loss[i] = random.next() < (planted ? 0.22 : 0.1) ? 1 : 0;
  }
  return { columns, loss, period, half };
}
