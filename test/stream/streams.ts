import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { dayMs, hourMs, minuteMs } from "../../packages/homeostat/src/domain/instant.ts";
import { gridModel, type Numbers } from "./grid-model.ts";
import type { Stream, StreamRow } from "./stream-bench.ts";

const data = fileURLToPath(new URL("../../../shared/data/tabular", import.meta.url));

/** Whether the real data sets lie beside the project. */
export const streamsPresent = existsSync(`${data}/lobo_synthetic/ground_truth.json`);

type Cells = readonly string[];

function readTable(path: string): { readonly head: Cells; readonly rows: readonly Cells[] } {
  const bytes = readFileSync(`${data}/${path}`);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const [head = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.replaceAll('"', "").split(","));
  return { head, rows };
}

const start = Date.UTC(2024, 0, 1);
const binary = { type: "binary-classification", threshold: 0.5 } as const;

/** One row a minute; windows of 500 rows. The model knows the first 2,000 rows, the next 7,000 are the baseline. */
export function conceptStream(
  kind: "sea" | "stagger",
  until: number,
): Stream & { readonly timeOf: (row: number) => number } {
  const file = kind === "sea" ? "sea_0123_abrupto_noise_0.2" : "stagger_0120_abrupto";
  const { rows } = readTable(`lobo_synthetic/${file}.csv.gz`);
  const all = rows.map((cells) => ({ columns: cells.slice(0, 3).map(Number), label: Number(cells[3]) }));
  const score = gridModel(all.slice(0, trained), kind === "sea" ? [8, 8, 1] : [3, 3, 3], 2);
  const timeOf = (row: number): number => start + row * minuteMs;
  const numbers = kind === "sea" ? ["x1", "x2", "x3"] : [];
  const categories = kind === "sea" ? [] : ["x1", "x2", "x3"];
  return {
    name: kind,
    task: binary,
    windows: { lengthMs: 500 * minuteMs, latenessMs: 0, season: "none" },
    numbers,
    categories,
    segments: [],
    liveFrom: alignedUp(timeOf(trained + 7_000), 500 * minuteMs),
    maturityMs: minuteMs,
    timeOf,
    rows: all.slice(trained, until).map(({ columns, label }, index): StreamRow => {
      const inputs = columns.map(
        (value, column) => [`x${column + 1}`, kind === "sea" ? value : String(value)] as const,
      );
      return {
        time: timeOf(trained + index),
        inputs: Object.fromEntries(inputs),
        output: { kind: "probability", probability: score(columns) },
        label: label === 1,
      };
    }),
  };
}

const trained = 2_000;
const alignedUp = (time: number, lengthMs: number): number => Math.ceil(time / lengthMs) * lengthMs;

const occupancyColumns = ["temperature", "humidity", "light", "co2", "ratio"];

/**
 * Minutes of a room: model and baseline from the file of training (door closed), then the file with the door opened. Six
 * days are too few to know how days differ, so the minutes of each file are dealt in turn to its windows.
 */
export function occupancyStream(): Stream {
  const read = (name: string): readonly { columns: Numbers; label: number }[] =>
    readTable(`occupancy/${name}.csv`).rows.map((cells) => ({
      columns: cells.slice(2, 7).map(Number),
      label: Number(cells[7]),
    }));
  const training = read("datatraining");
  const light = (columns: Numbers): Numbers => [columns[2] ?? 0];
  const isLearned = (index: number): boolean => index % 2 === 0;
  const score = gridModel(
    training.filter((_, index) => isLearned(index)).map(({ columns, label }) => ({ columns: light(columns), label })),
    [12],
  );
  const dealt = (rows: typeof training, from: number, windows: number): readonly StreamRow[] =>
    rows.map(({ columns, label }, index) => ({
      time: from + (index % windows) * hourMs + Math.floor(index / windows) * 5_000,
      inputs: Object.fromEntries(occupancyColumns.map((name, column) => [name, columns[column] ?? null])),
      output: { kind: "probability", probability: score(light(columns)) },
      label: label === 1,
    }));
  const baseline = training.filter((_, index) => !isLearned(index));
  const live = read("datatest2").filter((_, index) => index % 4 === 0);
  return {
    name: "occupancy",
    task: binary,
    windows: { lengthMs: hourMs, latenessMs: 0, season: "none" },
    numbers: occupancyColumns,
    categories: [],
    segments: [],
    liveFrom: start + 12 * hourMs,
    maturityMs: minuteMs,
    rows: [...dealt(baseline, start, 12), ...dealt(live, start + 12 * hourMs, 7)].sort(
      (left, right) => left.time - right.time,
    ),
  };
}

/** Hours of bikes for hire: the model is the mean of the hour of working days and others in even weeks of 2011. */
export function bikeStream(): Stream {
  const { head, rows } = readTable("bike_sharing/hour.csv");
  const at = (cells: Cells, name: string): number => Number(cells[head.indexOf(name)]);
  const all = rows.map((cells) => ({
    time: Date.parse(`${cells[1]}T${String(at(cells, "hr")).padStart(2, "0")}:00:00Z`),
    columns: [at(cells, "hr"), at(cells, "workingday"), at(cells, "temp")],
    inputs: { temp: at(cells, "temp"), hum: at(cells, "hum"), windspeed: at(cells, "windspeed") },
    label: at(cells, "cnt"),
  }));
  const live = Date.UTC(2012, 0, 1);
  const score = gridModel(
    all.filter(({ time }) => time < live && Math.floor(time / dayMs) % 2 === 0),
    [24, 2, 4],
    2,
  );
  return {
    name: "bikes",
    task: { type: "regression", unit: "bikes" },
    windows: { lengthMs: dayMs, latenessMs: 0, season: "none" },
    numbers: ["temp", "hum", "windspeed"],
    categories: ["daytime"],
    segments: ["daytime"],
    liveFrom: live,
    maturityMs: hourMs,
    rows: all
      .filter(({ time }) => time >= live || Math.floor(time / dayMs) % 2 === 1)
      .map(({ time, columns, inputs, label }) => ({
        time,
        inputs: { ...inputs, daytime: (columns[0] ?? 0) < 7 ? "night" : (columns[0] ?? 0) < 19 ? "day" : "evening" },
        output: { kind: "value", value: score(columns) },
        label,
      })),
  };
}

const housingColumns = [
  "MedInc",
  "HouseAge",
  "AveRooms",
  "AveBedrms",
  "Population",
  "AveOccup",
  "Latitude",
  "Longitude",
];

/** Districts of California with somebody's model: the rows go through the state, so that the place moves with time. */
export function housingStream(): Stream {
  const reference = readTable("nannyml/california_housing_reference.csv");
  const analysis = readTable("nannyml/california_housing_analysis.csv");
  const targets = new Map(
    readTable("nannyml/california_housing_analysis_gt.csv").rows.map(([id = "", label = ""]) => [id, label]),
  );
  const rowOf = (head: Cells, cells: Cells): StreamRow => {
    const value = (name: string): string => cells[head.indexOf(name)] ?? "";
    return {
      time: Date.parse(`${value("timestamp").replace(" ", "T")}Z`),
      inputs: Object.fromEntries(housingColumns.map((name) => [name.toLowerCase(), Number(value(name))])),
      output: { kind: "probability", probability: Number(value("y_pred_proba")) },
      label: (head.includes("clf_target") ? value("clf_target") : targets.get(value("id"))) === "1",
    };
  };
  const rows = [
    ...reference.rows.map((cells) => rowOf(reference.head, cells)),
    ...analysis.rows.map((cells) => rowOf(analysis.head, cells)),
  ];
  const live = rows[reference.rows.length]?.time ?? 0;
  return {
    name: "housing",
    task: binary,
    windows: { lengthMs: 10 * dayMs, latenessMs: 0, season: "none" },
    numbers: housingColumns.map((name) => name.toLowerCase()),
    categories: [],
    segments: [],
    liveFrom: alignedUp(live, 10 * dayMs),
    maturityMs: hourMs,
    rows,
  };
}
