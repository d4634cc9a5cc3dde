import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { employmentPresent, readEmployment } from "../house/employment.ts";
import { cutFlights } from "../house/flights.ts";

export type ProofInputs = Readonly<Record<string, string | number | null>>;

/** One real row: what was asked, what became of it, and when in its day. */
export interface ProofRow {
  /** Rows of one day belong together; days are drawn whole, so that healthy days differ as real ones do. */
  readonly day: number;
  readonly weekday: number;
  readonly secondOfDay: number;
  readonly inputs: ProofInputs;
  readonly outcome: boolean;
}

export interface ProofData {
  readonly name: string;
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
  readonly segments: readonly string[];
  readonly rows: readonly ProofRow[];
}

const shared = new URL("../../../shared/data/", import.meta.url);
const file = (path: string): string => fileURLToPath(new URL(path, shared));
const daySeconds = 86_400;
const dayOf = (time: number): number => Math.floor(time / (daySeconds * 1_000));

/** Which sets are there: flights come with a package, the others lie beside the project. */
export function presentSets(): readonly string[] {
  return [
    "flights",
    ...(existsSync(file("tabular/nyc_taxi_ge/yellow_tripdata_sample_2018-03.csv.gz")) ? ["taxi"] : []),
    ...(existsSync(file("slices/adult.csv")) ? ["adult"] : []),
    ...(employmentPresent ? ["employment"] : []),
  ];
}

export async function readSet(name: string): Promise<ProofData> {
  switch (name) {
    case "flights":
      return flights();
    case "taxi":
      return taxi();
    case "adult":
      return adult();
    default:
      return employment();
  }
}

async function flights(): Promise<ProofData> {
  const cut = await cutFlights({ from: "2001-01-01", to: "2001-03-12", everyNth: 4 });
  const rows = cut.flights.map(({ time, inputs, late }): ProofRow => {
    const at = Date.parse(time);
    return {
      ...placed(at),
      outcome: late,
      inputs: {
        hour: new Date(at).getUTCHours(),
        origin: inputs.origin,
        destination: inputs.destination,
        distance: inputs.distance,
      },
    };
  });
  return {
    name: "flights",
    numbers: ["hour", "distance"],
    categories: ["origin", "destination"],
    segments: ["origin"],
    rows,
  };
}

function placed(at: number): Pick<ProofRow, "day" | "weekday" | "secondOfDay"> {
  const day = dayOf(at);
  return { day, weekday: (day + 4) % 7, secondOfDay: Math.floor(at / 1_000) - day * daySeconds };
}

function taxi(): ProofData {
  const rows = ["2018-03", "2018-04", "2018-05", "2018-06"].flatMap((month) => {
    const text = gunzipSync(readFileSync(file(`tabular/nyc_taxi_ge/yellow_tripdata_sample_${month}.csv.gz`)));
    const [head = "", ...lines] = text.toString("utf8").trim().split("\n");
    const names = head.split(",");
    return lines.flatMap((line): ProofRow[] => {
      const cells = line.split(",");
      const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
      const at = Date.parse(`${cell("pickup_datetime").replace(" ", "T")}Z`);
      if (!cell("pickup_datetime").startsWith(month)) return [];
      return [
        {
          ...placed(at),
          outcome: cell("payment_type") === "1",
          inputs: {
            hour: new Date(at).getUTCHours(),
            distance: Number(cell("trip_distance")),
            fare: Number(cell("fare_amount")),
            passengers: Number(cell("passenger_count")),
            vendor: `vendor ${cell("vendor_id")}`,
            rate: `rate ${cell("rate_code_id")}`,
          },
        },
      ];
    });
  });
  return {
    name: "taxi",
    numbers: ["hour", "distance", "fare", "passengers"],
    categories: ["vendor", "rate"],
    segments: ["vendor"],
    rows,
  };
}

/** Sets without a time are dealt out over days. */
function dealt(index: number): Pick<ProofRow, "day" | "weekday" | "secondOfDay"> {
  const day = (index * 2_654_435_761) % 56;
  return { day, weekday: day % 7, secondOfDay: (index * 40_503) % daySeconds };
}

function adult(): ProofData {
  const [head = "", ...lines] = readFileSync(file("slices/adult.csv"), "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  const rows = lines.map((line, index): ProofRow => {
    const cells = line.split(",").map((one) => one.trim());
    const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
    return {
      ...dealt(index),
      outcome: cell("income") === ">50K",
      inputs: {
        age: Number(cell("age")),
        education: Number(cell("education_num")),
        hours: Number(cell("hours_per_week")),
        marital: cell("marital_status"),
        occupation: cell("occupation"),
        sex: cell("sex"),
      },
    };
  });
  return {
    name: "adult",
    numbers: ["age", "education", "hours"],
    categories: ["marital", "occupation", "sex"],
    segments: ["marital", "sex"],
    rows,
  };
}

async function employment(): Promise<ProofData> {
  const people = await readEmployment(7);
  const rows = people.map(
    ({ inputs, employed }, index): ProofRow => ({
      ...dealt(index),
      outcome: employed,
      inputs: { age: inputs.age, school: inputs.school, sex: inputs.sex },
    }),
  );
  return { name: "employment", numbers: ["age"], categories: ["school", "sex"], segments: ["sex"], rows };
}
