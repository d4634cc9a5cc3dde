/// <reference path="./ydf.d.ts" />
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { query } from "chdb";
import JSZip from "jszip";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import createYdfTraining from "ydf-training";
import { Fault } from "../domain/fault.ts";
import type { TrainingResult } from "../domain/model/model.ts";
import type { Feature, FeatureVector } from "../domain/pipeline/pipeline.ts";
import { containHooks } from "./contain-hooks.ts";
import { readTrainingTable } from "./csv-columns.ts";
import { createForestRuntime } from "./forest-runtime.ts";
import { createForestTrainer } from "./train-forest.ts";

const require = createRequire(import.meta.url);
const datasets = require.resolve("vega-datasets");
const flights = join(dirname(datasets), "..", "data", "flights-3m.parquet");
const features = [
  feature("departure_hour", "number"),
  feature("day_of_week", "number"),
  feature("distance", "number"),
  feature("origin", "category"),
  feature("destination", "category"),
];
const never = new AbortController().signal;
const trainer = createForestTrainer();
const runtime = createForestRuntime();
let folder: string;
let csvPath: string;
let artifactPath: string;
let trained: TrainingResult;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "homeostat-forest-"));
  csvPath = join(folder, "flights.csv");
  artifactPath = join(folder, "forest.zip");
  await writeFile(csvPath, flightsCsv(5_000));
  trained = await trainer.train({ csvPath, labelColumn: "late", features, artifactPath }, never);
});

afterAll(() => rm(folder, { recursive: true }));

describe("training a forest", () => {
  it("gives the same digest and the same bytes for the same rows", async () => {
    const again = join(folder, "again.zip");
    const result = await trainer.train({ csvPath, labelColumn: "late", features, artifactPath: again }, never);
    expect(result.artifactDigest).toBe(trained.artifactDigest);
    expect(sha256(await readFile(again))).toBe(sha256(await readFile(artifactPath)));
  });

  it("gives another digest when one label differs", async () => {
    const other = join(folder, "other.csv");
    const text = (await readFile(csvPath, "utf8")).split("\n");
    text[1] = text[1]!.endsWith('"true"')
      ? text[1]!.replace('"true"', '"false"')
      : text[1]!.replace('"false"', '"true"');
    await writeFile(other, text.join("\n"));
    const request = { csvPath: other, labelColumn: "late", features, artifactPath: join(folder, "other.zip") };
    expect((await trainer.train(request, never)).artifactDigest).not.toBe(trained.artifactDigest);
  });

  it("says how many trees it grew and describes the forest", () => {
    expect(trained.trees).toBeGreaterThan(0);
    expect(trained.description).toContain(`Number of trees: ${trained.trees}`);
    expect(trained.description).toContain("departure_hour");
    expect(trained.trainingMs).toBeGreaterThan(0);
  });

  it("takes nothing random or dated into the artifact", async () => {
    const zip = await JSZip.loadAsync(await readFile(artifactPath));
    const header = await zip.file("header.pb")!.async("string");
    // The metadata names the framework beside the creation time and the identifier.
    expect(header).not.toContain("Yggdrasil");
  });

  it("leaves the process as it found it", () => {
    const listeners = () => [process.listenerCount("uncaughtException"), process.listenerCount("unhandledRejection")];
    const before = listeners();
    return createForestRuntime()
      .load("m-0", artifactPath, features)
      .then((model) => {
        model.unload();
        expect(listeners()).toEqual(before);
      });
  });

  it("fails with the learner's own sentence when every label is the same", async () => {
    const same = join(folder, "same.csv");
    await writeFile(same, (await readFile(csvPath, "utf8")).replaceAll('"true"', '"false"'));
    const request = { csvPath: same, labelColumn: "late", features, artifactPath: join(folder, "same.zip") };
    await expect(trainer.train(request, never)).rejects.toMatchObject({
      code: "training-failed",
      message: expect.stringContaining("categorical label with a single unique value"),
    });
    expect(await readdir(folder)).not.toContain("same.zip");
  });

  it("fails with row and column when a value is no number", async () => {
    const broken = join(folder, "broken.csv");
    const lines = (await readFile(csvPath, "utf8")).split("\n");
    lines[7] = `"soon",${lines[7]!.split(",").slice(1).join(",")}`;
    await writeFile(broken, lines.join("\n"));
    const request = { csvPath: broken, labelColumn: "late", features, artifactPath: join(folder, "broken.zip") };
    await expect(trainer.train(request, never)).rejects.toThrow('row 7: "soon" is not a number for departure_hour');
  });

  it("fails when the file is not there", async () => {
    const request = { csvPath: join(folder, "none.csv"), labelColumn: "late", features, artifactPath };
    await expect(trainer.train(request, never)).rejects.toThrow(/ENOENT/);
  });

  it("fails when the columns are not those of the pipeline", async () => {
    const request = { csvPath, labelColumn: "late", features: features.slice(1), artifactPath };
    await expect(trainer.train(request, never)).rejects.toThrow("the training file has the columns departure_hour");
  });

  it("stops when the signal is aborted and leaves no artifact", async () => {
    const big = join(folder, "big.csv");
    await writeFile(big, flightsCsv(100_000));
    const controller = new AbortController();
    const request = { csvPath: big, labelColumn: "late", features, artifactPath: join(folder, "big.zip") };
    const training = trainer.train(request, controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(training).rejects.toThrow("stopped before it was done");
    await expect(trainer.train(request, controller.signal)).rejects.toThrow("stopped before it was done");
    expect((await readdir(folder)).filter((name) => name.startsWith("big.zip"))).toEqual([]);
  });
});

describe("scoring with a forest", () => {
  it("answers what the trainer's own prediction answers on the same rows", async () => {
    const table = await readTrainingTable(csvPath, features, "late");
    Object.assign(globalThis, { JSZip });
    const quiet = { print: () => {}, printErr: () => {} };
    const ydf = await containHooks(() => createYdfTraining(quiet));
    const log = vi.spyOn(console, "log").mockReturnValue();
    const forest = new ydf.GradientBoostedTreesLearner("late", "CLASSIFICATION").train(table.columns);
    log.mockRestore();
    expect(forest.getLabelClasses()).toEqual(["false", "true"]);
    const expected = forest.predict(table.columns);
    const vectors = vectorsOf(table.columns, table.rows);
    const model = await runtime.load("m-1", artifactPath, features);
    expect(model.score(vectors)).toEqual(expected);
    // One by one is the same as all at once.
    expect(vectors.slice(0, 50).map((vector) => model.score([vector])[0])).toEqual(expected.slice(0, 50));
    model.unload();
  });

  it("ranks late flights above the others", async () => {
    const table = await readTrainingTable(csvPath, features, "late");
    const model = await runtime.load("m-1", artifactPath, features);
    const scores = model.score(vectorsOf(table.columns, table.rows));
    const labels = table.columns.late as readonly string[];
    const mean = (label: string) => {
      const own = scores.filter((_, index) => labels[index] === label);
      return own.reduce((sum, score) => sum + score, 0) / own.length;
    };
    expect(mean("true")).toBeGreaterThan(mean("false") + 0.03);
    model.unload();
  });

  it("answers the probability of true also when true is the more frequent label", async () => {
    const swapped = join(folder, "swapped.csv");
    const lines = (await readFile(csvPath, "utf8")).split("\n");
    const flipped = lines.map((line) =>
      line.endsWith('"true"') ? line.replace(/"true"$/, '"false"') : line.replace(/"false"$/, '"true"'),
    );
    await writeFile(swapped, flipped.join("\n"));
    const path = join(folder, "swapped.zip");
    await trainer.train({ csvPath: swapped, labelColumn: "late", features, artifactPath: path }, never);
    const model = await runtime.load("m-2", path, features);
    const table = await readTrainingTable(swapped, features, "late");
    const scores = model.score(vectorsOf(table.columns, table.rows));
    const share = (table.columns.late as readonly string[]).filter((label) => label === "true").length / table.rows;
    expect(share).toBeGreaterThan(0.6);
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeCloseTo(share, 1);
    model.unload();
  });

  it("takes missing values, NaN and the infinities as missing, and unseen categories as unknown", async () => {
    const model = await runtime.load("m-1", artifactPath, features);
    const at = (vector: FeatureVector) => model.score([vector])[0];
    const missing = at([null, 3, 500, "ATL", "LAX"]);
    expect(missing).toBeGreaterThan(0);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(at([odd, 3, 500, "ATL", "LAX"])).toBe(missing);
    }
    expect(at([12, 3, 500, "", "LAX"])).toBe(at([12, 3, 500, null, "LAX"]));
    expect(at([12, 3, 500, "XXX", "LAX"])).toBe(at([12, 3, 500, "YYY", "LAX"]));
    expect(at([null, null, null, null, null])).toBeGreaterThan(0);
    model.unload();
  });

  it("puts the mean of the training rows in the place of a missing number", async () => {
    const path = join(folder, "holes.csv");
    // Known waits are 1, 2 and 3, so the mean is 2; zero would be on the other side.
    const rows = Array.from({ length: 2_000 }, (_, index) => (index % 4 === 0 ? '\\N,"true"' : `${index % 4},"false"`));
    await writeFile(path, `"wait","late"\n${rows.join("\n")}\n`);
    const wait = [feature("wait", "number")];
    const zip = join(folder, "holes.zip");
    await trainer.train({ csvPath: path, labelColumn: "late", features: wait, artifactPath: zip }, never);
    const model = await runtime.load("m-3", zip, wait);
    const [missing, one, two, three] = model.score([[null], [1], [2], [3]]) as [number, number, number, number];
    expect(missing).toBe(two);
    expect(missing).toBeGreaterThan(0.4);
    expect(Math.max(one, three)).toBeLessThan(0.1);
    model.unload();
  });

  it("keeps a category of digits a category and a number of zeros and ones a number", async () => {
    const path = join(folder, "digits.csv");
    const rows = Array.from({ length: 3_000 }, (_, index) => {
      const code = [7, 8, 9][index % 3];
      return `"${code}",${index % 2},"${code === 8}"`;
    });
    await writeFile(path, `"code","flag","late"\n${rows.join("\n")}\n`);
    const two = [feature("code", "category"), feature("flag", "number")];
    const zip = join(folder, "digits.zip");
    await trainer.train({ csvPath: path, labelColumn: "late", features: two, artifactPath: zip }, never);
    const model = await runtime.load("m-4", zip, two);
    const [seven, eight, nine] = model.score([
      ["7", 0],
      ["8", 1],
      ["9", 2],
    ]) as [number, number, number];
    expect(eight).toBeGreaterThan(0.9);
    expect(Math.max(seven, nine)).toBeLessThan(0.1);
    model.unload();
  });

  it("answers nothing for no vectors", async () => {
    const model = await runtime.load("m-1", artifactPath, features);
    expect(model.score([])).toEqual([]);
    model.unload();
  });

  it("refuses to score after it was unloaded", async () => {
    const model = await runtime.load("m-1", artifactPath, features);
    model.unload();
    model.unload();
    expect(() => model.score([[1, 1, 1, "ATL", "LAX"]])).toThrow(Fault);
    expect(() => model.score([[1, 1, 1, "ATL", "LAX"]])).toThrow("has been unloaded");
  });

  it("keeps two loaded models apart", async () => {
    const [first, second] = await Promise.all([
      runtime.load("m-1", artifactPath, features),
      runtime.load("m-1", artifactPath, features),
    ]);
    const vector = [[17, 5, 800, "ORD", "LGA"]] as const;
    const score = second.score(vector);
    first.unload();
    expect(second.score(vector)).toEqual(score);
    second.unload();
  });
});

describe("loading an artifact", () => {
  it("says that it cannot be read when it is not there", async () => {
    await expect(runtime.load("m-5", join(folder, "none.zip"), features)).rejects.toMatchObject({
      code: "artifact-unreadable",
    });
  });

  it("refuses a damaged artifact", async () => {
    const path = join(folder, "damaged.zip");
    const bytes = await readFile(artifactPath);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    await expect(runtime.load("m-5", path, features)).rejects.toMatchObject({ code: "model-unavailable" });
    const empty = new JSZip().file("header.pb", "nonsense");
    await writeFile(path, await empty.generateAsync({ type: "nodebuffer" }));
    await expect(runtime.load("m-5", path, features)).rejects.toMatchObject({ code: "model-unavailable" });
  });

  it("refuses a forest that needs a feature the pipeline lacks or types differently", async () => {
    await expect(runtime.load("m-5", artifactPath, features.slice(1))).rejects.toThrow("needs departure_hour");
    const other = features.map((each) => (each.name === "origin" ? feature("origin", "number") : each));
    await expect(runtime.load("m-5", artifactPath, other)).rejects.toThrow("was trained on origin as a category");
  });
});

describe("reading training rows", () => {
  it("reads quotes, doubled quotes, line ends inside quotes and CRLF", async () => {
    const path = join(folder, "quotes.csv");
    await writeFile(path, '"a","b","y"\r\n1,"x ""1"", and\nmore","true"\r\n2,\\N,"false"\r\n,"\\N","true"');
    const table = await readTrainingTable(path, [feature("a", "number"), feature("b", "category")], "y");
    expect(table.rows).toBe(3);
    expect(table.columns.a).toEqual([1, 2, Number.NaN]);
    expect(table.columns.b).toEqual(['x "1", and\nmore', "", "\\N"]);
    expect(table.columns.y).toEqual(["true", "false", "true"]);
  });

  it("reads nan and the infinities as missing", async () => {
    const path = join(folder, "nan.csv");
    await writeFile(path, '"a","y"\nnan,"true"\n-inf,"true"\ninf,"true"\n1e400,"true"\n-1.5e3,"true"\n');
    const table = await readTrainingTable(path, [feature("a", "number")], "y");
    const nan = Number.NaN;
    expect(table.columns.a).toEqual([nan, nan, nan, nan, -1500]);
  });

  it("refuses a file that is cut off, empty or without a label", async () => {
    const path = join(folder, "cut.csv");
    const read = async (text: string) => {
      await writeFile(path, text);
      return readTrainingTable(path, [feature("a", "number")], "y");
    };
    await expect(read('"a","y"\n1,"tru')).rejects.toThrow("inside a quoted value");
    await expect(read("")).rejects.toThrow("no rows");
    await expect(read('"a","y"\n')).rejects.toThrow("no rows");
    await expect(read('"a","y"\n1\n')).rejects.toThrow("row 1 has 1 values, not 2");
    await expect(read('"a","y"\n1,\\N\n')).rejects.toThrow('row 1: the label is "", not true or false');
  });
});

function feature(name: string, type: Feature["type"]): Feature {
  return { name, type, expression: name as Feature["expression"] };
}

function flightsCsv(rows: number): string {
  return query(
    `SELECT toHour(date) AS departure_hour, toDayOfWeek(date) AS day_of_week, distance, origin, destination,
            if(delay > 15, 'true', 'false') AS late
     FROM file('${flights}', 'Parquet')
     ORDER BY cityHash64(date, origin, destination, delay, distance) LIMIT ${rows}`,
    "CSVWithNames",
  );
}

function vectorsOf(columns: Readonly<Record<string, readonly unknown[]>>, rows: number): FeatureVector[] {
  return Array.from({ length: rows }, (_, row) =>
    features.map(({ name }) => columns[name]![row] as number | string | null),
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
