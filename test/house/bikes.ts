import { existsSync, readFileSync } from "node:fs";
import type { DeclarationFile } from "./declarations.ts";

const file = new URL("../../../shared/data/tabular/bike_sharing/hour.csv", import.meta.url);

/** Hourly rentals in Washington, 2011 and 2012 (UCI 275, CC BY 4.0): rentals rise by 63 % from one year to the next. */
export const bikesPresent = existsSync(file);

/** One hour of rentals. */
export interface BikeHour {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly inputs: { readonly hour: number; readonly workingday: boolean; readonly weather: string };
  readonly rentals: number;
  /** What a model that knows 2011 by month, hour and working day expects. */
  readonly expected: number;
  /** Weather of the hour after it; undefined where that hour is missing. */
  readonly nextWeather: string | undefined;
}

const weathers = ["clear", "mist", "rain", "rain"];
export const hourMs = 3_600_000;

export function readBikes(): readonly BikeHour[] {
  const rows = readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const cells = line.split(",");
      const time = Date.parse(`${cells[1]}T${(cells[5] ?? "").padStart(2, "0")}:00:00Z`);
      const inputs = {
        hour: Number(cells[5]),
        workingday: cells[8] === "1",
        weather: weathers[Number(cells[9]) - 1] ?? "clear",
      };
      return { id: `h-${cells[0]}`, time, month: Number(cells[4]), year: cells[3], inputs, rentals: Number(cells[16]) };
    });
  const key = (row: (typeof rows)[number]): string => `${row.month} ${row.inputs.hour} ${row.inputs.workingday}`;
  const sums = new Map<string, { rows: number; rentals: number }>();
  for (const row of rows.filter((one) => one.year === "0")) {
    const sum = sums.get(key(row)) ?? { rows: 0, rentals: 0 };
    sums.set(key(row), { rows: sum.rows + 1, rentals: sum.rentals + row.rentals });
  }
  const weatherAt = new Map(rows.map((row) => [row.time, row.inputs.weather]));
  return rows.map((row) => {
    const { id, time, inputs, rentals } = row;
    const known = sums.get(key(row));
    const expected = known === undefined ? 0 : known.rentals / known.rows;
    return { id, time, inputs, rentals, expected, nextWeather: weatherAt.get(time + hourMs) };
  });
}

const contract = `apiVersion: v3.1.0
kind: DataContract
id: bike-feed
name: Rentals by the hour
version: 1.0.0
status: active
schema:
  - name: hours
    logicalType: object
    properties:
      - { name: hour, logicalType: integer, required: true }
      - { name: workingday, logicalType: boolean, required: true }
      - { name: weather, logicalType: string, required: true }
      - { name: rentals, logicalType: number, tags: [outcome] }
      - { name: next_weather, logicalType: string, tags: [outcome] }
`;
const pipeline = `apiVersion: homeostat/v1
kind: Pipeline
features:
  - { name: hour, type: number, expression: hour }
  - { name: weather, type: category, expression: weather }
`;
const owners = `apiVersion: homeostat/v1
kind: Owners
owners:
  - { name: bikes, title: Bike team, contact: bikes@example.com }
`;

/** A system that watches the bikes: `bike-demand` (regression) or `bike-weather` (multiclass). */
function systemOf(name: string, task: string, outcome: string): string {
  return `apiVersion: homeostat/v1
kind: System
name: ${name}
domain: tabular
serving: monitor-only
task: ${task}
contract: ./contract.odcs.yaml
pipeline: ./pipeline.yaml
outcome: { name: known, expression: ${outcome}, maturity: P1D }
segments:
  - { name: working, expression: "if(workingday, 'working day', 'day off')" }
windows: { length: P28D, lateness: PT0S }
owners:
  training-pipeline: bikes
  serving: bikes
  upstream-data: bikes
  production-performance: bikes
  business: bikes
`;
}

/** Both systems with what they refer to. */
export function bikeDeclarations(): DeclarationFile[] {
  return [
    { path: "bikes/demand.yaml", text: systemOf("bike-demand", "{ type: regression, unit: rentals }", "rentals") },
    {
      path: "bikes/weather.yaml",
      text: systemOf(
        "bike-weather",
        "{ type: multiclass-classification, classes: [clear, mist, rain] }",
        "next_weather",
      ),
    },
    { path: "bikes/contract.odcs.yaml", text: contract },
    { path: "bikes/pipeline.yaml", text: pipeline },
    { path: "bikes/owners.yaml", text: owners },
  ];
}
