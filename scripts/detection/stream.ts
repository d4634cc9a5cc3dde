import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createEngineHttp } from "../../packages/homeostat/src/engine/engine-http.ts";
import { startEngine } from "../../packages/homeostat/src/engine/supervise-engine.ts";
import { createXoshiro } from "../../packages/homeostat/src/stats/random/xoshiro.ts";

/** One column of a stream; a number that is missing is NaN, a category that is missing is null. */
export type StreamColumn =
  | { readonly name: string; readonly kind: "number"; readonly values: readonly number[] }
  | { readonly name: string; readonly kind: "category"; readonly values: readonly (string | null)[] };

/** Real rows in the order of time, cut into windows; the first windows are the reference. */
export interface Stream {
  readonly name: string;
  readonly columns: readonly StreamColumn[];
  readonly outcomes: readonly boolean[];
  /** The window of every row, ascending. */
  readonly windows: readonly number[];
  readonly windowCount: number;
  readonly referenceWindows: number;
  /** Start of the first window and length of every one. */
  readonly firstStart: number;
  readonly windowMs: number;
  readonly season: "none" | "day-of-week";
  /** The column by which segments are cut. */
  readonly segment: string;
  /** Values of it kept apart. */
  readonly mostValues: number;
}

const root = new URL("../../../", import.meta.url);
const directories = {
  flights: fileURLToPath(new URL("../../node_modules/vega-datasets/data", import.meta.url)),
  tabular: fileURLToPath(new URL("shared/data/tabular", root)),
  slices: fileURLToPath(new URL("shared/data/slices", root)),
};

/** The streams whose data are there; those that are absent are named by the caller. */
export async function readStreams(): Promise<readonly Stream[]> {
  const present = Object.values(directories).filter(existsSync);
  const engine = await startEngine({ memoryLimitBytes: 1024 ** 3, fileRoots: present });
  const http = createEngineHttp(engine.shipper, 1);
  const settings = { default_format: "JSONCompactEachRow", output_format_json_quote_64bit_integers: 0 };
  const read = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await http.query({ sql, settings }))
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown[]);
  try {
    return [
      await flights(read),
      ...(existsSync(directories.tabular) ? [await taxi(read), await employment(read)] : []),
      ...(existsSync(directories.slices) ? [await adult(read)] : []),
    ];
  } finally {
    await http.close();
    await engine.stop(2_000);
  }
}

type Read = (sql: string) => Promise<readonly (readonly unknown[])[]>;

const dayMs = 86_400_000;

/** Four months of ten airports, one flight in four: days as windows, January as the reference. */
async function flights(read: Read): Promise<Stream> {
  const rows = await read(
    `SELECT toUnixTimestamp(assumeNotNull(date)), toHour(assumeNotNull(date), 'UTC'), assumeNotNull(distance), origin, destination, delay > 15
     FROM file('${directories.flights}/flights-3m.parquet', 'Parquet')
     WHERE date < '2001-05-01' AND origin IN ('ORD', 'DFW', 'ATL', 'LAX', 'PHX', 'STL', 'DTW', 'LAS', 'DEN', 'SFO')
       AND cityHash64(date, origin, destination, distance) % 4 = 0
     ORDER BY date, origin, destination, distance, delay`,
  );
  const firstStart = Date.parse("2001-01-01T00:00:00Z");
  return {
    name: "flights",
    columns: [
      number("hour", rows, 1),
      number("distance", rows, 2),
      category("origin", rows, 3),
      category("destination", rows, 4),
    ],
    outcomes: rows.map((row) => row[5] === 1),
    windows: rows.map((row) => Math.floor((Number(row[0]) * 1_000 - firstStart) / dayMs)),
    windowCount: 120,
    referenceWindows: 31,
    firstStart,
    windowMs: dayMs,
    season: "day-of-week",
    segment: "origin",
    mostValues: 50,
  };
}

/** Twelve months of taxi rides, a thousand rides a window, in the order of time; a generous tip is the outcome. */
async function taxi(read: Read): Promise<Stream> {
  const types = `vendor_id Int32, pickup_datetime DateTime, dropoff_datetime DateTime, passenger_count Int32, trip_distance Float64,
    rate_code_id Int32, store_and_fwd_flag String, pickup_location_id Int32, dropoff_location_id Int32, payment_type Int32,
    fare_amount Float64, extra Float64, mta_tax Float64, tip_amount Float64`;
  const months = Array.from({ length: 12 }, (_, month) => {
    const file = `${directories.tabular}/nyc_taxi_ge/yellow_tripdata_sample_2018-${String(month + 1).padStart(2, "0")}.csv.gz`;
    return `SELECT * FROM file('${file}', 'CSVWithNames', '${types}')`;
  });
  const rows = await read(
    `SELECT toHour(pickup_datetime), trip_distance, fare_amount, passenger_count, toString(vendor_id), toString(payment_type),
       toString(pickup_location_id), tip_amount > 0.2 * fare_amount
     FROM (${months.join(" UNION ALL ")}) WHERE toYear(pickup_datetime) = 2018 ORDER BY pickup_datetime, trip_distance`,
  );
  return {
    name: "taxi",
    columns: [
      number("hour", rows, 0),
      number("distance", rows, 1),
      number("fare", rows, 2),
      number("passengers", rows, 3),
      category("vendor", rows, 4),
      category("payment", rows, 5),
      category("pickup", rows, 6),
    ],
    outcomes: rows.map((row) => row[7] === 1),
    ...byCount(rows.length, 1_000, 40),
    segment: "vendor",
    mostValues: 50,
  };
}

/** Massachusetts 2015 to 2018: the reference is 2015, in which two thousand persons are a window. */
async function employment(read: Read): Promise<Stream> {
  const file = (name: string): string =>
    `file('${directories.tabular}/nannyml/employment_MA_${name}.parquet', 'Parquet')`;
  const columns =
    "id, toFloat64(AGEP), toString(SCHL), toString(MAR), toString(SEX), toString(DIS), toString(MIL), toString(NATIVITY), toString(RAC1P)";
  const reference = await read(`SELECT ${columns}, employed FROM ${file("reference")} ORDER BY cityHash64(id)`);
  const analysis = await read(
    `SELECT ${columns}, t.employed FROM ${file("analysis")} AS a INNER JOIN ${file("analysis_target")} AS t ON a.id = t.id ORDER BY year, cityHash64(a.id)`,
  );
  const rows = [...reference, ...analysis];
  const size = 2_000;
  return {
    name: "employment",
    columns: [
      number("age", rows, 1),
      ...["school", "marital", "sex", "disability", "military", "nativity", "race"].map((name, index) =>
        category(name, rows, index + 2),
      ),
    ],
    outcomes: rows.map((row) => Number(row[9]) === 1),
    ...byCount(rows.length, size, Math.floor(reference.length / size)),
    segment: "marital",
    mostValues: 50,
  };
}

/** Adult in an order drawn once: independent rows, so every window is healthy by construction. */
async function adult(read: Read): Promise<Stream> {
  const names = [
    "age",
    "workclass",
    "education",
    "marital_status",
    "occupation",
    "race",
    "sex",
    "hours_per_week",
    "capital_gain",
  ];
  const rows = await read(
    `SELECT age, workclass, education, marital_status, occupation, race, sex, hours_per_week, capital_gain, income = '>50K'
     FROM file('${directories.slices}/adult.csv', 'CSVWithNames') ORDER BY cityHash64(toString(tuple(*)))`,
  );
  return {
    name: "adult",
    columns: names.map((name, index) =>
      ["age", "hours_per_week", "capital_gain"].includes(name)
        ? number(name, rows, index)
        : category(name, rows, index),
    ),
    outcomes: rows.map((row) => Number(row[9]) === 1),
    ...byCount(rows.length, 600, 20),
    segment: "education",
    mostValues: 50,
  };
}

function byCount(
  rows: number,
  size: number,
  referenceWindows: number,
): Pick<Stream, "windows" | "windowCount" | "referenceWindows" | "firstStart" | "windowMs" | "season"> {
  return {
    windows: Array.from({ length: rows }, (_, row) => Math.floor(row / size)),
    windowCount: Math.floor(rows / size),
    referenceWindows,
    firstStart: Date.parse("2024-01-01T00:00:00Z"),
    windowMs: dayMs,
    season: "none",
  };
}

const number = (name: string, rows: readonly (readonly unknown[])[], place: number): StreamColumn => ({
  name,
  kind: "number",
  values: rows.map((row) => (row[place] === null ? Number.NaN : Number(row[place]))),
});

const category = (name: string, rows: readonly (readonly unknown[])[], place: number): StreamColumn => ({
  name,
  kind: "category",
  values: rows.map((row) => (row[place] === null || row[place] === "" ? null : String(row[place]))),
});

/** A stream of `windows` further windows, each of real rows drawn with replacement in runs of `run` neighbours. */
export function resampled(stream: Stream, windows: number, rowsInWindow: number, run: number, seed: number): Stream {
  const random = createXoshiro(seed);
  const all = stream.outcomes.length;
  const picked: number[] = [];
  for (let window = 0; window < windows; window++)
    for (let taken = 0; taken < rowsInWindow; taken += run) {
      const from = Math.floor(random.next() * (all - run));
      for (let offset = 0; offset < run; offset++) picked.push(from + offset);
    }
  return {
    ...stream,
    columns: stream.columns.map((column) =>
      column.kind === "number"
        ? { ...column, values: picked.map((row) => column.values[row] ?? Number.NaN) }
        : { ...column, values: picked.map((row) => column.values[row] ?? null) },
    ),
    outcomes: picked.map((row) => stream.outcomes[row] ?? false),
    windows: picked.map((_, index) => Math.floor(index / (Math.ceil(rowsInWindow / run) * run))),
    windowCount: windows,
    season: "none",
  };
}
