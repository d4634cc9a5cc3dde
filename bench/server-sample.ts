import { readFile } from "node:fs/promises";

const example = new URL("../../examples/flight-delay/", import.meta.url);

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The flight-delay example as it stands, and a system of twenty features whose predictions are made elsewhere. */
export async function declarations(): Promise<readonly TextFile[]> {
  const names = ["contract.odcs.yaml", "owners.yaml", "pipeline.yaml", "system.yaml"];
  const flights = names.map(async (name) => ({
    path: `flights/${name}`,
    text: await readFile(new URL(name, example), "utf8"),
  }));
  return [...(await Promise.all(flights)), ...sensorFiles()];
}

const numberNames = Array.from({ length: 15 }, (_, n) => `n${n}`);
const textNames = Array.from({ length: 5 }, (_, n) => `c${n}`);

function sensorFiles(): readonly TextFile[] {
  const property = (name: string, type: string): string => `      - { name: ${name}, logicalType: ${type} }`;
  const feature = (name: string, type: string): string => `  - { name: ${name}, type: ${type}, expression: ${name} }`;
  const contract = [
    "apiVersion: v3.1.0",
    "kind: DataContract",
    "id: sensor-feed",
    "name: Sensors",
    "version: 1.0.0",
    "status: active",
    "schema:",
    "  - name: readings",
    "    logicalType: object",
    "    properties:",
    ...numberNames.map((name) => property(name, "number")),
    ...textNames.map((name) => property(name, "string")),
    "      - { name: failed, logicalType: number, tags: [outcome] }",
    "team:",
    "  name: bench",
    "  members: [{ username: dana, role: Owner }]",
  ];
  const pipeline = [
    "apiVersion: homeostat/v1",
    "kind: Pipeline",
    "features:",
    ...numberNames.map((name) => feature(name, "number")),
    ...textNames.map((name) => feature(name, "category")),
  ];
  const owners = ["training-pipeline", "serving", "upstream-data", "production-performance", "business"];
  const system = [
    "apiVersion: homeostat/v1",
    "kind: System",
    "name: sensors",
    "domain: tabular",
    "description: Will this sensor fail?",
    "serving: monitor-only",
    "task: { type: binary-classification, threshold: 0.5 }",
    "contract: ./contract.odcs.yaml",
    "pipeline: ./pipeline.yaml",
    "outcome: { name: failed, expression: failed > 0, maturity: PT1H }",
    "segments: [{ name: site, expression: c0, top: 20 }]",
    "windows: { length: P1D, lateness: PT2H, season: none }",
    "owners:",
    ...owners.map((area) => `  ${area}: operations`),
    "notify: [{ channel: console }]",
  ];
  return [
    { path: "sensors/contract.odcs.yaml", text: `${contract.join("\n")}\n` },
    { path: "sensors/pipeline.yaml", text: `${pipeline.join("\n")}\n` },
    { path: "sensors/system.yaml", text: `${system.join("\n")}\n` },
  ];
}

/** A prediction of the sensors as its sender writes it: about 500 bytes. */
export function sensorRow(id: string, n: number, time: string): string {
  const inputs: Record<string, number | string> = {};
  numberNames.forEach((name, at) => {
    inputs[name] = Math.round(Math.sin(n * (at + 3)) * 1e6) / 1e3;
  });
  textNames.forEach((name, at) => {
    inputs[name] = `value ${(n * 7) % (20 + at)}`;
  });
  return JSON.stringify({ id, time, release: "r1", probability: (n % 1_000) / 1_000, inputs });
}

/** Predictions of the sensors as a table of 24 columns; ids from the given number on. */
export function sensorTable(prefix: string, from: number, rows: number, time: string): string {
  const numbers = numberNames.map((name, at) => `round(sin(number * ${at + 3}), 6) * 1000 AS ${name}`);
  const texts = textNames.map((name, at) => `concat('value ', toString((number * 7) % ${20 + at})) AS ${name}`);
  return `SELECT concat('${prefix}-', toString(number), '-0123456789abcdef') AS id,
    toDateTime64('${time.replace("Z", "")}', 3, 'UTC') AS time, 'r1' AS release, (number % 1000) / 1000 AS probability,
    ${[...numbers, ...texts].join(", ")} FROM numbers(${from}, ${rows})`;
}

const airports = Array.from({ length: 200 }, (_, n) => `A${String(n).padStart(2, "0")}`);

/** One question to the gateway about a flight. */
export function flightQuestion(n: number): string {
  const inputs = {
    departure: "2001-02-05T13:05:00.000Z",
    origin: airports[n % 200],
    destination: airports[(n * 7) % 200],
    distance: 100 + ((n * 13) % 2_500),
  };
  return JSON.stringify({ rows: [{ inputs }] });
}

/** Flights to train on, as a statement whose answer is the owner's file. */
export const flightRows = `SELECT toDateTime64('2001-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(number * 86) AS date,
  concat('A', leftPad(toString(cityHash64(number, 1) % 200), 2, '0')) AS origin,
  concat('A', leftPad(toString(cityHash64(number, 2) % 200), 2, '0')) AS destination,
  toFloat64(100 + cityHash64(number, 3) % 2500) AS distance,
  toFloat64(cityHash64(number, 4) % 60) - if(toHour(date) > 15, 25, 40) AS delay
FROM numbers(60000)`;
