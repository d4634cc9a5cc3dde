import { fileURLToPath } from "node:url";
import { createEngineHttp } from "../../packages/homeostat/src/engine/engine-http.ts";
import { startEngine } from "../../packages/homeostat/src/engine/supervise-engine.ts";

const directory = fileURLToPath(new URL("../../node_modules/vega-datasets/data", import.meta.url));
const source = `file('${directory}/flights-3m.parquet', 'Parquet')`;
const airports = ["ORD", "DFW", "ATL", "LAX", "PHX", "STL", "DTW", "LAS", "DEN", "SFO"];

/** One flight as the tests send it. */
export interface Flight {
  readonly id: string;
  readonly time: string;
  readonly inputs: {
    readonly departure: string;
    readonly origin: string;
    readonly destination: string;
    readonly distance: number;
  };
  readonly late: boolean;
}

export interface Flights {
  /** January's rows of ten airports, one in `everyNth`, as the airline's own file: Parquet bytes. */
  readonly training: Uint8Array<ArrayBuffer>;
  /** The days after it, in the order of departure. */
  readonly flights: readonly Flight[];
}

/** Cuts a small, always identical part out of the 3 million flights: one in `everyNth` of ten airports. */
export async function cutFlights(span: {
  readonly from: string;
  readonly to: string;
  readonly everyNth: number;
}): Promise<Flights> {
  const engine = await startEngine({ memoryLimitBytes: 1024 ** 3, fileRoots: [directory] });
  const http = createEngineHttp(engine.shipper, 1);
  const query = (sql: string, format: string): Promise<Buffer> =>
    http.query({ sql, settings: { default_format: format, max_execution_time: 0 } });
  const sampled = `origin IN (${airports.map((name) => `'${name}'`).join(", ")})
    AND cityHash64(date, origin, destination, distance) % ${span.everyNth} = 0`;
  try {
    const training = await query(`SELECT * FROM ${source} WHERE date < '2001-02-01' AND ${sampled}`, "Parquet");
    const rows = await query(
      `SELECT formatDateTime(assumeNotNull(date), '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS departure, origin, destination,
         distance, delay > 15 AS late
       FROM ${source} WHERE date >= '${span.from}' AND date < '${span.to}' AND ${sampled}
       ORDER BY date, origin, destination, distance, delay`,
      "JSONCompactEachRow",
    );
    return { training: new Uint8Array(training), flights: flightsOf(rows.toString("utf8")) };
  } finally {
    await http.close();
    await engine.stop(2_000);
  }
}

function flightsOf(text: string): readonly Flight[] {
  return text
    .trim()
    .split("\n")
    .map((line, index): Flight => {
      const [departure, origin, destination, distance, late] = JSON.parse(line) as [
        string,
        string,
        string,
        string,
        number,
      ];
      return {
        id: `${departure.slice(0, 10)}-${origin}-${index}`,
        time: departure,
        inputs: { departure, origin, destination, distance: Number(distance) },
        late: late === 1,
      };
    });
}

const hourMs = 3_600_000;

/** What a data vendor's "time zone fix" does: from a moment on, the departures of some airports are hours late. The event itself stays where it was. */
export function withTimeZoneFault(
  flights: readonly Flight[],
  fault: { readonly from: string; readonly origins: readonly string[]; readonly hours: number },
): readonly Flight[] {
  return flights.map((flight) => {
    if (flight.time < fault.from || !fault.origins.includes(flight.inputs.origin)) return flight;
    const departure = new Date(Date.parse(flight.inputs.departure) + fault.hours * hourMs).toISOString();
    return { ...flight, inputs: { ...flight.inputs, departure } };
  });
}
