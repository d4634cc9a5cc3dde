import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bikeDeclarations } from "./house/bikes.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { type House, startHouse, temporaryDirectory } from "./house/start.ts";
import { startTableMaker, type TableMaker } from "./house/table-maker.ts";
import { until } from "./house/until.ts";

const run = promisify(execFile);
const entry = fileURLToPath(new URL("../packages/homeostat/dist/app/main.js", import.meta.url));
const weathers = ["clear", "mist", "rain"] as const;
const hours = 60;

interface Hour {
  readonly id: string;
  readonly time: string;
  readonly release: string;
  readonly inputs: { readonly hour: number; readonly workingday: boolean; readonly weather: string };
  readonly class: string;
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Numbers that no shorter text gives back exactly. */
const rows: readonly Hour[] = Array.from({ length: hours }, (_, n) => {
  const weather = weathers[n % 3] ?? "clear";
  const sure = 0.5 + (n % 7) / 15;
  return {
    id: `h 'é😀-${n}`,
    time: new Date(Date.parse("2012-01-01T00:00:00Z") + n * 3_600_000 + 123).toISOString(),
    release: "2011",
    inputs: { hour: n % 24, workingday: n % 2 === 0, weather },
    class: weather,
    confidence: sure,
    probabilities: { clear: (1 - sure) / 3, mist: (1 - sure) / 1.5, rain: sure },
  };
});

const sqlText = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const tableOf = (some: readonly Hour[]): string => {
  const flat = some.map(({ inputs, ...row }) => ({ ...row, ...inputs }));
  const shape = `id String, time String, release String, class String, confidence Float64, probabilities Map(String, Float64),
    hour Int64, workingday Bool, weather String`;
  return `SELECT * FROM format(JSONEachRow, ${sqlText(shape)}, ${sqlText(flat.map((row) => JSON.stringify(row)).join("\n"))})`;
};

let house: House;
let maker: TableMaker;
beforeAll(async () => {
  maker = await startTableMaker();
  house = await startHouse({ data: await emptyDirectory() });
  await house.client.call("apply", { body: { files: bikeDeclarations() } });
});
afterAll(async () => {
  await house?.killGroup();
  await maker?.[Symbol.asyncDispose]();
});

async function post(
  system: string,
  address: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  encoding?: string,
) {
  const answer = await fetch(`${house.url}/v1/systems/${system}/${address}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${house.key}`,
      "content-type": type,
      ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    },
    body,
  });
  return [answer.status, (await answer.json()) as { accepted: number; refusedCount: number }] as const;
}

const settledCounts = (system: string) =>
  until("everything is stored", async () => {
    const counts = await house.client.call("counts", { path: { system } });
    return counts.predictions.pendingInSpool + counts.outcomes.pendingInSpool === 0 ? counts : undefined;
  });

/** A system of the same declaration under another name. */
async function another(name: string): Promise<void> {
  const files = bikeDeclarations().map((file) => ({
    path: file.path.replace("weather.yaml", `${name}.yaml`),
    text: file.text.replace("name: bike-weather", `name: ${name}`),
  }));
  await house.client.call("apply", { body: { files } });
}

/** What the store holds, to the last digit, without when it came. */
async function heldBy(system: string): Promise<string> {
  const command = (...args: readonly string[]) =>
    run(process.execPath, [entry, "dataset", ...args], {
      env: { PATH: process.env.PATH, HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key },
    });
  const stretch = ["--predictions", "--since", "2012-01-01", "--until", "2012-02-01", "--json"];
  const made = await command("create", system, ...stretch);
  const { digest } = JSON.parse(made.stdout) as { digest: string };
  const file = join(temporaryDirectory(), "rows.ndjson");
  await command("export", system, digest, file, "--format", "ndjson");
  return readFileSync(file, "utf8");
}

const parquet = "application/vnd.apache.parquet";
const arrow = "application/vnd.apache.arrow.stream";

describe("the same rows", () => {
  it("come to the same dataset, digit by digit, through every format", async () => {
    const events = rows.map(({ id, time, ...data }) => ({
      ...{ specversion: "1.0", id, time, source: "/gate", type: "io.homeostat.prediction", data },
    }));
    const ways: Readonly<Record<string, () => ReturnType<typeof post>>> = {
      "by-json": () => post("by-json", "predictions", "application/json", JSON.stringify({ rows })),
      "by-ndjson": () =>
        post(
          "by-ndjson",
          "predictions",
          "application/x-ndjson",
          new Uint8Array(gzipSync(rows.map((row) => JSON.stringify(row)).join("\n"))),
          "gzip",
        ),
      "by-parquet": async () => post("by-parquet", "predictions", parquet, await maker.make(tableOf(rows), "Parquet")),
      "by-arrow": async () => post("by-arrow", "predictions", arrow, await maker.make(tableOf(rows), "ArrowStream")),
      "by-events": () => post("by-events", "events", "application/cloudevents-batch+json", JSON.stringify(events)),
    };
    const held = new Map<string, string>();
    for (const [name, send] of Object.entries(ways)) {
      await another(name);
      expect(await send(), name).toMatchObject([202, { accepted: hours, refusedCount: 0 }]);
      expect((await settledCounts(name)).predictions, name).toMatchObject({ stored: hours, duplicates: 0 });
      held.set(name, await heldBy(name));
    }
    expect([...new Set(held.values())]).toHaveLength(1);

    expect(held.get("by-json")?.trim().split("\n")).toHaveLength(hours);

    // And what came one way is known the other ways.
    const again = await maker.make(tableOf(rows), "Parquet");
    await post("by-json", "predictions", parquet, again);
    await post("by-json", "predictions", "application/json", JSON.stringify({ rows: rows.slice(0, 7) }));
    expect((await settledCounts("by-json")).predictions).toMatchObject({ stored: hours, duplicates: hours + 7 });
    expect(await heldBy("by-json")).toBe(held.get("by-json"));
  });

  it("of a table may be refused for a probability or a class that is none", async () => {
    const wrong = tableOf(rows.slice(0, 4)).replace(
      "SELECT *",
      `SELECT * REPLACE (multiIf(id LIKE '%-1', map('clear', 1.5), id LIKE '%-2', map('snow', 0.5), id LIKE '%-3', map('clear', nan), probabilities) AS probabilities)`,
    );
    const [status, receipt] = await post("bike-weather", "predictions", parquet, await maker.make(wrong, "Parquet"));
    expect([status, receipt]).toMatchObject([
      202,
      { accepted: 1, refused: [2, 3, 4].map((row) => ({ row, path: "probabilities" })) },
    ]);
  });
});

describe("replay", () => {
  const replay = async (system: string, ...options: readonly string[]) => {
    const file = join(temporaryDirectory(), "hours.csv");
    const lines = rows.map(
      ({ time, inputs, confidence }, n) =>
        `${time.replace("T", " ").slice(0, 19)},${inputs.hour},${n % 2},${inputs.weather},${100 + n},${90 + n / 4},${confidence}`,
    );
    writeFileSync(file, ["at,hour,workingday,weather,rentals,said,sure", ...lines].join("\n"));
    const shared = [
      "--since",
      "2012-01-01",
      "--until",
      "2012-02-01",
      "--inputs",
      "hour,workingday=CAST(workingday AS Bool),weather",
    ];
    const environment = { PATH: process.env.PATH, HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key };
    const args = [entry, "replay", system, "--from", file, ...shared, "--release", "2011", "--json", ...options];
    return await run(process.execPath, args, { env: environment }).then(
      ({ stdout }) => ({ code: 0, out: JSON.parse(stdout) as object, error: "" }),
      (thrown: { code: number; stderr: string }) => ({ code: thrown.code, out: {}, error: thrown.stderr }),
    );
  };

  it("sends values and numbers to a system for regression", async () => {
    const done = await replay("bike-demand", "--outcome", "rentals", "--value", "said");
    expect(done, done.error).toMatchObject({
      out: { predictions: { accepted: hours, refused: 0 }, outcomes: { accepted: hours, refused: 0 } },
    });
    expect(await settledCounts("bike-demand")).toMatchObject({ predictions: { stored: hours }, joined: hours });
  });

  it("sends classes and texts to a system for several classes, and names what is missing", async () => {
    await another("replayed");
    const wanted = ["--outcome", "weather", "--class", "weather", "--confidence", "sure"];
    const done = await replay("replayed", ...wanted);
    expect(done, done.error).toMatchObject({
      out: { predictions: { accepted: hours }, outcomes: { accepted: hours } },
    });
    expect(await settledCounts("replayed")).toMatchObject({ predictions: { stored: hours }, joined: hours });
    const lacking = await replay("replayed", "--outcome", "weather");
    expect([lacking.code, lacking.error]).toEqual([2, expect.stringContaining("need --release and --class")]);
    const odd = await replay("replayed", ...wanted, "--probability", "0.5");
    expect([odd.code, odd.error]).toEqual([2, expect.stringContaining("--probability is nothing that")]);
  });

  it("is seen by window for all rows and every segment at once", async () => {
    const path = { system: "bike-demand" };
    const labels = await house.client.call("labels", { path, query: { segment: "*" } });
    const named = labels.coverage.map(({ segment, rows: n }) => [segment?.value ?? "all", n]);
    expect(named).toContainEqual(["all", hours]);
    expect(named).toContainEqual(["day off", hours / 2]);
    expect(labels.lags.map(({ segment }) => segment?.value ?? "all")).toContain("working day");
    const outcome = {
      predictionId: "2012-01-01-000001",
      time: "2012-01-02T00:00:00Z",
      kind: "business",
      name: "revenue",
      value: 5,
      unit: "USD",
    };
    await house.client.call("sendOutcomes", { path, body: { rows: [outcome] as never } });
    await settledCounts("bike-demand");
    const { items } = await house.client.call("outcomes", { path, query: { segment: "*" } });
    expect(items.map(({ segment, sum }) => [segment?.name ?? "all", sum])).toEqual([
      ["all", 5],
      ["working", 5],
    ]);
  });
});
