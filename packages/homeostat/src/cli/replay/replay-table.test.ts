import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenedFile, openFile, timeColumnOf } from "../private-engine.ts";
import type { FaultKind } from "./fault.ts";
import { parseAssignments } from "./parse-assignments.ts";
import { createReplayTable, type ReplayOrder } from "./replay-table.ts";

interface Sent {
  readonly id: string;
  readonly time: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Twelve flights on two days, out of order, two at the same minute, one without a time, one without an outcome. */
const flights = [
  "date,delay,distance,origin,destination",
  "2001-02-02 10:00:00,40,500,LAX,SEA",
  "2001-02-01 09:00:00,-5,300,LAX,SFO",
  "2001-02-01 08:00:00,20,700,ORD,LGA",
  "2001-02-01 08:00:00,1,100,ATL,SAV",
  "2001-02-01 23:30:00,16,2000,SFO,JFK",
  "2001-02-02 00:00:00,0,250,LAX,SAN",
  "2001-02-02 12:00:00,15,900,ATL,ORD",
  "2001-02-02 18:00:00,\\N,400,LAX,PHX",
  "\\N,3,400,LAX,PHX",
  "2001-02-03 07:00:00,9,400,LAX,PHX",
].join("\n");

const usual: ReplayOrder = {
  since: "2001-02-01T00:00:00.000Z",
  until: "2001-02-03T00:00:00.000Z",
  timeColumn: "date",
  inputs: parseAssignments("departure=date,origin,distance", "--inputs"),
  outcome: "delay > 15",
  outcomeTime: "date + toIntervalMinute(60 + greatest(delay, 0))",
  id: undefined,
  fault: { kind: "none", column: undefined, at: "2001-02-01T00:00:00.000Z", where: undefined, hours: 8 },
  batchRows: 3,
  task: "binary-classification",
  elsewhere: undefined,
};

let directory: string;
let path: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeostat-replay-"));
  path = join(directory, "flights.csv");
  await writeFile(path, `${flights}\n`);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function opened<T>(use: (file: OpenedFile) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function read(order: Partial<ReplayOrder>) {
  return opened(async (file) => {
    const table = await createReplayTable(file, { ...usual, ...order });
    const linesOf = (bytes: Buffer): string[] => bytes.toString("utf8").split("\n").filter(Boolean);
    const predictions = table.predictions();
    const outcomes = table.outcomesInOrder();
    const parsed = {
      table,
      predictions: linesOf((await predictions.take(1_000)).bytes).map((line) => JSON.parse(line) as Sent),
      outcomes: linesOf((await outcomes.take(1_000)).bytes).map(
        (line) => JSON.parse(line) as { predictionId: string; time: string; value: boolean },
      ),
    };
    await predictions.close();
    await outcomes.close();
    return parsed;
  });
}

const faulted = async (kind: FaultKind, more: Partial<ReplayOrder["fault"]> = {}) =>
  read({
    fault: {
      ...usual.fault,
      kind,
      at: "2001-02-02T00:00:00.000Z",
      where: { column: "origin", values: ["LAX", "ATL"] },
      ...more,
    },
  });

describe("the rows of a replay", () => {
  it("come in the order of their time, with ids that are their place in their day", async () => {
    const { predictions, table } = await read({});
    expect(predictions.map(({ id, time, inputs }) => [id, time, inputs.origin])).toEqual([
      ["2001-02-01-000001", "2001-02-01T08:00:00.000Z", "ATL"],
      ["2001-02-01-000002", "2001-02-01T08:00:00.000Z", "ORD"],
      ["2001-02-01-000003", "2001-02-01T09:00:00.000Z", "LAX"],
      ["2001-02-01-000004", "2001-02-01T23:30:00.000Z", "SFO"],
      ["2001-02-02-000001", "2001-02-02T00:00:00.000Z", "LAX"],
      ["2001-02-02-000002", "2001-02-02T10:00:00.000Z", "LAX"],
      ["2001-02-02-000003", "2001-02-02T12:00:00.000Z", "ATL"],
      ["2001-02-02-000004", "2001-02-02T18:00:00.000Z", "LAX"],
    ]);
    expect(predictions[0]?.inputs).toEqual({ departure: "2001-02-01T08:00:00.000Z", origin: "ATL", distance: 100 });
    expect({ rows: table.rows, untimed: table.untimed }).toEqual({ rows: 8, untimed: 1 });
  });

  it("keep their ids when the replay begins in the middle of a day", async () => {
    const { predictions } = await read({ since: "2001-02-02T09:00:00.000Z" });
    expect(predictions.map(({ id }) => id)).toEqual(["2001-02-02-000002", "2001-02-02-000003", "2001-02-02-000004"]);
  });

  it("may have ids of their own", async () => {
    const { predictions } = await read({ id: "concat(origin, '-', toString(distance))" });
    expect(predictions[0]?.id).toBe("ATL-100");
  });

  it("bring each outcome at the time it was known; a row without one brings none", async () => {
    const { outcomes, table } = await read({});
    expect(outcomes).toHaveLength(7);
    expect(outcomes.slice(0, 3)).toEqual([
      { predictionId: "2001-02-01-000001", time: "2001-02-01T09:01:00.000Z", value: false },
      { predictionId: "2001-02-01-000002", time: "2001-02-01T09:20:00.000Z", value: true },
      { predictionId: "2001-02-01-000003", time: "2001-02-01T10:00:00.000Z", value: false },
    ]);
    // Three batches end at 09:00, at 10:00 of the second day and at 18:00: outcomes known by then.
    expect(table.slices.map(({ rows, outcomes: known }) => [rows, known])).toEqual([
      [3, 0],
      [3, 5],
      [2, 2],
    ]);
    expect(table.lateOutcomes).toBe(0);
  });

  it("carry release and probability where they were made elsewhere", async () => {
    const { predictions } = await read({
      elsewhere: { release: "r 'one'", outputs: [{ name: "probability", expression: "distance / 4000" }] },
    });
    expect(predictions[0]).toMatchObject({ release: "r 'one'", probability: 0.025 });
  });

  it("carry values and numbers for regression, classes and texts for several classes", async () => {
    const value = [{ name: "value" as const, expression: "distance * 2" }];
    const numbers = await read({ task: "regression", outcome: "delay", elsewhere: { release: "r", outputs: value } });
    expect(numbers.predictions[0]).toMatchObject({ release: "r", value: 200 });
    expect(numbers.outcomes.map((row) => row.value)).toContain(-5);
    const said = [
      { name: "class" as const, expression: "destination" },
      { name: "confidence" as const, expression: "0.5" },
    ];
    const task = "multiclass-classification" as const;
    const classes = await read({ task, outcome: "origin", elsewhere: { release: "r", outputs: said } });
    expect(classes.predictions[0]).toMatchObject({ class: "SAV", confidence: 0.5 });
    expect(classes.outcomes.map((row) => row.value)).toContain("ATL");
    await expect(read({ task: "regression", outcome: "origin" })).rejects.toThrow("--outcome gives");
    const wrong = [{ name: "value" as const, expression: "origin" }];
    await expect(read({ task: "regression", elsewhere: { release: "r", outputs: wrong } })).rejects.toThrow("--value");
  });
});

describe("a fault", () => {
  it("changes nothing when there is none", async () => {
    expect((await faulted("none")).predictions).toEqual((await read({})).predictions);
  });

  it("time-zone shifts the input of the rows it names from its day on, and never the time of the event", async () => {
    const [healthy, shifted] = [await read({}), await faulted("time-zone")];
    expect(shifted.predictions.map(({ id, time }) => [id, time])).toEqual(
      healthy.predictions.map(({ id, time }) => [id, time]),
    );
    expect(shifted.outcomes).toEqual(healthy.outcomes);
    expect(shifted.predictions.map(({ inputs }) => inputs.departure)).toEqual([
      "2001-02-01T08:00:00.000Z",
      "2001-02-01T08:00:00.000Z",
      "2001-02-01T09:00:00.000Z",
      "2001-02-01T23:30:00.000Z",
      "2001-02-02T08:00:00.000Z",
      "2001-02-02T18:00:00.000Z",
      "2001-02-02T20:00:00.000Z",
      "2001-02-03T02:00:00.000Z",
    ]);
    expect(shifted.table.slices.map(({ touched }) => touched)).toEqual([0, 2, 2]);
    expect(shifted.table.slices[1]?.firstTouchedTime).toBe(Date.parse("2001-02-02T00:00:00Z"));
  });

  it("null-origin loses the value", async () => {
    const { predictions } = await faulted("null-origin");
    expect(predictions.map(({ inputs }) => inputs.origin)).toEqual([
      "ATL",
      "ORD",
      "LAX",
      "SFO",
      null,
      null,
      null,
      null,
    ]);
  });

  it("distance-km changes the unit and keeps the type", async () => {
    const { predictions } = await faulted("distance-km");
    expect(predictions.slice(4).map(({ inputs }) => inputs.distance)).toEqual([402, 805, 1448, 644]);
  });

  it("airport-renamed changes the code, of every row where no condition is given", async () => {
    const { predictions } = await faulted("airport-renamed", { where: undefined });
    expect(predictions.map(({ inputs }) => inputs.origin)).toEqual([
      "ATL",
      "ORD",
      "LAX",
      "SFO",
      "KLAX",
      "KLAX",
      "KATL",
      "KLAX",
    ]);
  });

  it("may change another column of the kind", async () => {
    const { predictions } = await faulted("null-origin", { column: "distance" });
    expect(predictions.at(-1)?.inputs).toMatchObject({ origin: "LAX", distance: null });
  });

  it("refuses a column that the file has not", async () => {
    await expect(faulted("null-origin", { column: "nowhere" })).rejects.toThrow("no column nowhere");
  });
});

describe("what people write", () => {
  it.each([
    [{ outcome: "delay" }, /--outcome gives/],
    [{ outcome: "(SELECT 1)" }, /--outcome: .*subquery/],
    [{ outcome: "nowhere > 1" }, /--outcome: .*nowhere/],
    [{ outcomeTime: "delay" }, /--outcome-time gives/],
    [{ inputs: [{ name: "x", expression: "sum(delay)" }] }, /--inputs, field x/],
    [{ id: "file('/etc/passwd')" }, /--id/],
  ])("is refused with its place: %j", async (order, words) => {
    await expect(read(order)).rejects.toThrow(words);
  });
});

describe("opening a file", () => {
  it("finds the only column of times, and refuses to guess between several", async () => {
    await opened(async (file) => {
      expect(timeColumnOf(file, undefined, "departure")).toBe("date");
      expect(timeColumnOf(file, "delay", undefined)).toBe("delay");
      expect(() => timeColumnOf(file, "nowhere", undefined)).toThrow("no column nowhere");
    });
  });

  it.each([
    ["notes.txt", /names no format/],
    ["missing.parquet", /cannot be read/],
  ])("%s is refused in words", async (name, words) => {
    await expect(openFile(join(directory, name))).rejects.toThrow(words);
  });

  it("names a file that is not what its ending says", async () => {
    const broken = join(directory, "broken.parquet");
    await writeFile(broken, "this is not Parquet");
    await expect(openFile(broken)).rejects.toThrow(/broken\.parquet is not readable as Parquet/);
  });
});
