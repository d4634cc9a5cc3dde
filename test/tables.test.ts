import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { monitoredElsewhere } from "./house/declarations.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { signal } from "./house/processes.ts";
import { refusalOf } from "./house/refusal.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse, temporaryDirectory } from "./house/start.ts";
import { startTableMaker, type TableMaker } from "./house/table-maker.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };
const types = {
  Parquet: "application/vnd.apache.parquet",
  ArrowStream: "application/vnd.apache.arrow.stream",
  Arrow: "application/vnd.apache.arrow.file",
} as const;

let house: House;
let maker: TableMaker;
beforeAll(async () => {
  maker = await startTableMaker();
  house = await startHouse({ data: await emptyDirectory() });
  await house.client.call("apply", { body: { files: monitoredElsewhere() } });
});
afterAll(async () => {
  await house?.killGroup();
  await maker?.[Symbol.asyncDispose]();
});

/** Predictions `from` to `from + rows`; one a minute. */
const rowsOf = (from: number, rows: number, distance = "toInt32(337)"): string =>
  `SELECT concat('t-', toString(number)) AS id, toDateTime64('2001-02-09 00:00:00', 3, 'UTC') + toIntervalSecond(number) AS time,
     'theirs' AS release, 0.25 AS probability, time AS departure, 'LAX' AS origin, 'SFO' AS destination, ${distance} AS distance
   FROM numbers(${from}, ${rows})`;
const send = async (select: string, format: keyof typeof types = "Parquet") =>
  house.client.call("sendPredictions", {
    path,
    body: { type: types[format], bytes: await maker.make(select, format) },
  });
const filesLeft = () => readdirSync(join(house.data, "spool", "files"));

describe("a table of rows", () => {
  it.each(["Parquet", "ArrowStream", "Arrow"] as const)(
    "is taken as %s, durable when acknowledged, stored once",
    async (format) => {
      const from = Object.keys(types).indexOf(format) * 10_000;
      const before = (await settled(house.client)).predictions.stored;
      expect(await send(rowsOf(from, 5_000), format)).toEqual({
        accepted: 5_000,
        refused: [],
        refusedCount: 0,
        quarantined: 0,
      });
      await send(rowsOf(from, 5_000), format);
      expect((await settled(house.client)).predictions.stored - before).toBe(5_000);
      expect(filesLeft()).toEqual([]);
    },
  );

  it("may be packed with gzip, and holds outcomes as well", async () => {
    const bytes = await maker.make(
      "SELECT concat('t-', toString(number)) AS predictionId, toDateTime('2001-02-10 00:00:00') AS time, number % 2 = 0 AS value FROM numbers(100)",
      "Parquet",
    );
    const answer = await fetch(`${house.url}/v1/systems/flight-delay/outcomes`, {
      method: "POST",
      headers: { authorization: `Bearer ${house.key}`, "content-type": types.Parquet, "content-encoding": "gzip" },
      body: new Uint8Array(gzipSync(bytes)),
    });
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { accepted: 100, refused: [], refusedCount: 0, quarantined: 0 },
    ]);
    expect(await settled(house.client)).toMatchObject({ joined: 100, outcomes: { stored: 100 } });
  });

  it("has its bad rows named and kept in quarantine as JSON that can be put right and replayed", async () => {
    const receipt = await send(rowsOf(50_000, 10, "if(number = 50003, inf, toFloat64(number))"));
    expect(receipt).toMatchObject({
      accepted: 9,
      quarantined: 1,
      refused: [{ row: 4, path: "inputs.distance", found: "inf" }],
    });
    const before = (await settled(house.client)).predictions.stored;
    const [entry] = await until("the row is in quarantine", async () => {
      const { items } = await house.client.call("quarantine", { path });
      return items.length === 1 ? items : undefined;
    });
    const at = { ...path, entry: entry?.id ?? "" };
    await house.client.call("fixQuarantined", { path: at, body: { set: [{ path: "inputs.distance", json: "337" }] } });
    expect(await house.client.call("replayQuarantined", { path, body: {} })).toMatchObject({
      replayed: 1,
      refusedCount: 0,
    });
    expect((await settled(house.client)).predictions.stored - before).toBe(1);
  });

  it("that is none, or lacks columns, is refused by name and leaves nothing behind", async () => {
    const call = (bytes: Uint8Array<ArrayBuffer>) =>
      refusalOf(house.client.call("sendPredictions", { path, body: { type: types.Parquet, bytes } }));
    expect(await call(new TextEncoder().encode("PAR1 not a table PAR1"))).toMatchObject({
      code: "malformed-body",
      status: 400,
    });
    const lacking = await call(await maker.make("SELECT 'a' AS id, 1 AS wings", "Parquet"));
    expect(lacking.issues.map((issue) => issue.path)).toEqual(["time", "release", "probability", "wings"]);
    expect(filesLeft()).toEqual([]);
    expect(readdirSync(join(house.data, "uploads"))).toEqual([]);
  });

  const hasCurl = spawnSync("curl", ["--version"]).status === 0;
  it.skipIf(!hasCurl)("goes in by the commands of docs/intake.md as they stand there", async () => {
    const page = readFileSync(new URL("../docs/intake.md", import.meta.url), "utf8");
    const commands = [...page.matchAll(/```sh\n(curl [\s\S]*?)```/g)].map((match) => match[1] ?? "");
    expect(commands).toHaveLength(3);
    const folder = temporaryDirectory();
    writeFileSync(join(folder, "rows.parquet"), await maker.make(rowsOf(900_000, 3), "Parquet"));
    for (const command of commands) {
      const here = command.replace("http://127.0.0.1:7300", house.url);
      const ran = spawnSync("sh", ["-c", here], {
        cwd: folder,
        env: { ...process.env, KEY: house.key },
        encoding: "utf8",
      });
      expect(JSON.parse(ran.stdout), here).toMatchObject({ refusedCount: 0 });
    }
    await settled(house.client);
  });

  it("that was acknowledged survives a kill of everything, and nothing of it is left on disk afterwards", async () => {
    const before = (await settled(house.client)).predictions.stored;
    for (const from of [100_000, 200_000, 300_000]) await send(rowsOf(from, 20_000));
    await house.killGroup();
    house = await startHouse({ data: house.data });
    expect((await settled(house.client)).predictions.stored - before).toBe(60_000);
    await until("the files are gone", () => (filesLeft().length === 0 ? true : undefined));
  });

  it("is taken while the store is down and stored when it is back; without the engine that checks it the caller is told to wait", async () => {
    const before = (await settled(house.client)).predictions.stored;
    signal(house.enginePid("data-engine"), "SIGKILL");
    expect(await send(rowsOf(400_000, 1_000))).toMatchObject({ accepted: 1_000 });
    expect((await settled(house.client)).predictions.stored - before).toBe(1_000);
    const bytes = await maker.make(rowsOf(500_000, 1_000), "Parquet");
    const pid = house.enginePid("compute-engine");
    signal(pid, "SIGSTOP");
    signal(pid, "SIGKILL");
    const answer = await fetch(`${house.url}/v1/systems/flight-delay/predictions`, {
      method: "POST",
      headers: { authorization: `Bearer ${house.key}`, "content-type": types.Parquet },
      body: bytes,
    });
    expect([202, 503]).toContain(answer.status);
    if (answer.status === 503) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    const stored = (await settled(house.client)).predictions.stored - before;
    expect(stored).toBe(answer.status === 202 ? 2_000 : 1_000);
    expect(filesLeft()).toEqual([]);
  });
});
