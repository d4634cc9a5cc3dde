import { execFile } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Client, createClient } from "@homeostat/sdk";
import { describe, expect, it } from "vitest";
import { monitoredElsewhere } from "./house/declarations.ts";
import { copyDirectory, emptyDirectory, jobDone } from "./house/prepared.ts";
import { heldToContract, settled } from "./house/replay.ts";
import { type House, startHouse, temporaryDirectory } from "./house/start.ts";
import { startTableMaker } from "./house/table-maker.ts";
import { until } from "./house/until.ts";

const run = promisify(execFile);
const entry = fileURLToPath(new URL("../packages/homeostat/dist/app/main.js", import.meta.url));
const system = "flight-delay";
const path = { system };
const airports = ["LAX", "SFO", "JFK", "ORD"] as const;

/** Four airports in turn, a row a minute. */
function rowsFrom(first: number, count: number): { id: string; time: string; inputs: object; probability: number }[] {
  return Array.from({ length: count }, (_, n) => {
    const number = first + n;
    const time = new Date(Date.parse("2001-02-09T00:00:00Z") + (number % 4_000) * 60_000).toISOString();
    const origin = airports[number % 4] ?? "LAX";
    return {
      id: `row-${number}`,
      time,
      release: "theirs-1",
      inputs: { departure: time, origin, destination: "DEN", distance: 100 + (number % 50) },
      probability: (number % 10) / 10,
    };
  });
}

async function send(client: Client, rows: ReturnType<typeof rowsFrom>): Promise<void> {
  await client.call("sendPredictions", { path, body: { rows } as never });
}

async function tell(client: Client, rows: ReturnType<typeof rowsFrom>): Promise<void> {
  const outcomes = rows.map(({ id, time }, n) => ({ predictionId: id, time, value: n % 3 === 0 }));
  await client.call("sendOutcomes", { path, body: { rows: outcomes } });
}

async function apply(client: Client, change = "entity: origin\n"): Promise<void> {
  const files = monitoredElsewhere().map((file) => ({
    path: file.path,
    text: file.text.replace("name: flight-delay\n", `name: flight-delay\n${change}`),
  }));
  await client.call("apply", { body: { files } });
}

/** The command line as a person runs it, against a server or without one. */
async function command(house: House | undefined, ...args: readonly string[]) {
  const environment = house === undefined ? {} : { HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key };
  try {
    const { stdout } = await run(process.execPath, [entry, ...args], {
      env: { PATH: process.env.PATH, ...environment },
    });
    return { code: 0, out: stdout, error: "" };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, error: stderr };
  }
}

const dataset = async (house: House): Promise<string> => {
  const made = await command(
    house,
    "dataset",
    "create",
    system,
    "--predictions",
    "--since",
    "2001-02-09",
    "--until",
    "2001-02-20",
    "--json",
  );
  expect(made.code, made.error).toBe(0);
  return (JSON.parse(made.out) as { digest: string }).digest;
};

describe("erasing a subject", () => {
  it("takes the rows out of tables and datasets, leaves tombstones, and holds against rows sent again", async () => {
    await using house = await startHouse({ data: await emptyDirectory() });
    const { client } = house;
    await apply(client);
    const rows = rowsFrom(0, 400);
    await send(client, rows);
    await tell(client, rows.slice(0, 200));
    await settled(client);
    const digest = await dataset(house);
    expect((await command(house, "dataset", "verify", system, digest.slice(0, 12))).out).toContain(
      "ok, 1 parts read again",
    );

    const reader = await client.call("createKey", { body: { name: "operator", scopes: ["operate"] } });
    const operator = createClient({ url: house.url, key: reader.secret });
    await expect(operator.call("erase", { path, body: { entity: "LAX" } })).rejects.toMatchObject({
      problem: { code: "not-allowed" },
    });
    const erased = await command(house, "erase", system, "--entity", "LAX", "--json");
    expect(JSON.parse(erased.out)).toMatchObject({
      predictions: 100,
      outcomes: 50,
      datasets: [{ dataset: digest, rows: 100 }],
    });
    expect(await settled(client)).toMatchObject({ predictions: { stored: 300 }, outcomes: { stored: 150 } });
    const verified = await command(house, "dataset", "verify", system, digest);
    expect(verified.code).toBe(0);
    expect(verified.out).toContain("erased (100)");
    expect(verified.out).not.toContain("corrupt");
    const file = join(temporaryDirectory(), "rows.csv");
    expect((await command(house, "dataset", "export", system, digest, file, "--format", "csv")).code).toBe(0);
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(301);
    expect(readFileSync(file, "utf8")).not.toContain("LAX");

    await send(client, rows);
    await tell(client, rows.slice(0, 200));
    expect(await settled(client)).toMatchObject({ predictions: { stored: 300 }, outcomes: { stored: 150 } });
    const { items } = await client.call("erasures", { path });
    expect(JSON.stringify(items)).not.toContain("LAX");
    const changes = await client.call("changes", { query: { system } });
    expect(changes.items.map(({ title }) => title)).toContain(
      "rows of one subject were erased: 100 predictions, 1 datasets",
    );
    expect(house.errors()).not.toContain('"LAX"');
  });

  it("finds the subject in what was refused, in what is on its way there, and in halves of inferences", async () => {
    await using house = await startHouse({ data: await emptyDirectory() });
    const { client } = house;
    await apply(client);
    const bad = (number: number, origin: string) => {
      const [row] = rowsFrom(number, 1);
      return { ...row, probability: "?", inputs: { ...row?.inputs, origin } };
    };
    const named = ["M\u00fc/1", "SFO"].flatMap((origin, index) =>
      Array.from({ length: 50 }, (_, n) => bad(100 * index + n, origin)),
    );
    // As Python writes it: every character beyond ASCII escaped.
    const ascii = JSON.stringify({ rows: [...rowsFrom(0, 1), ...named] }).replaceAll("\u00fc", "\\u00fc");
    const post = (address: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`${house.url}/v1/systems/${system}/${address}`, {
        method: "POST",
        headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json", ...headers },
        body,
      });
    expect((await post("predictions", ascii)).status).toBe(202);
    const half = JSON.stringify({ instances: [["2001-02-09T00:00:00Z", "M\u00fc/1", "DEN", 337]] });
    const event = { "ce-specversion": "1.0", "ce-id": "i-1", "ce-source": "/k" };
    const type = { "ce-type": "org.kubeflow.serving.inference.request" };
    expect((await post("events", half, { ...event, ...type })).status).toBe(202);
    const erased = await command(house, "erase", system, "--entity", "M\u00fc/1", "--json");
    expect(JSON.parse(erased.out), erased.error).toMatchObject({ predictions: 0, quarantined: 51 });
    const { quarantined, inferenceHalves } = await settled(client);
    expect([quarantined, inferenceHalves]).toEqual([50, 0]);
    const { items } = await client.call("quarantine", { path, query: { limit: 1_000 } });
    expect(items.every(({ preview }) => preview.includes("SFO"))).toBe(true);
  });

  it("is refused where no field is declared to hold the subject", async () => {
    await using house = await startHouse({ data: await emptyDirectory() });
    await house.client.call("apply", { body: { files: monitoredElsewhere() } });
    const refused = await command(house, "erase", system, "--entity", "LAX");
    expect(refused.code).toBe(1);
    expect(refused.error).toContain("entity: <field>");
    await expect(apply(house.client, "entity: distance\n")).rejects.toMatchObject({
      problem: { code: "bad-declaration" },
    });
  });
});

describe("retention", () => {
  it("drops the oldest rows, says so, and closes their windows without counting them again", async () => {
    const data = await emptyDirectory();
    const first = await startHouse({ data });
    await apply(first.client);
    // Rows of one request were received at one moment and go together.
    for (let batch = 0; batch < 6; batch++) await send(first.client, rowsFrom(batch * 500, 500));
    await settled(first.client);
    expect((await first.client.call("retention", { path })).rule).toBeNull();
    const before = await heldToContract(first.client);
    expect(before.length).toBeGreaterThan(1);
    await apply(first.client, "retention: {bytes: 1KB}\n");
    await first.stop();

    await using again = await startHouse({ data });
    const retention = await until("old rows are dropped", async () => {
      const answer = await again.client.call("retention", { path });
      return answer.dropped.length > 0 ? answer : undefined;
    });
    expect(retention).toMatchObject({ rule: { age: null, bytes: 1_000 }, dropped: [{ reason: "bytes" }] });
    expect(retention.kept.predictions).toBeLessThan(3_000);
    expect(retention.kept.predictions + (retention.dropped[0]?.predictions ?? 0)).toBe(3_000);
    expect(retention.dropped[0]?.windows).toBeGreaterThan(0);
    const after = (await again.client.call("windows", { path })).items;
    expect(after.map(({ start, rows }) => [start, rows])).toEqual(before.map(({ start, rows }) => [start, rows]));
    const shown = await command(again, "retention", system);
    expect(shown.out).toContain("Windows closed");
  });
});

describe("backup and restore", () => {
  it("keep tables that are sent meanwhile with the files of their rows, and refuse a folder inside the data directory", async () => {
    const data = await emptyDirectory();
    await using house = await startHouse({ data });
    await using maker = await startTableMaker();
    const { client } = house;
    await apply(client);
    let tables = 0;
    let stop = false;
    const sendTable = async (): Promise<void> => {
      const select = `SELECT concat('t-', toString(number)) AS id, toDateTime64('2001-02-09 00:00:00', 3, 'UTC') AS time, 'theirs' AS release,
        0.25 AS probability, time AS departure, 'LAX' AS origin, 'SFO' AS destination, 337 AS distance FROM numbers(${tables * 10}, 10)`;
      const bytes = await maker.make(select, "Parquet");
      await client.call("sendPredictions", { path, body: { type: "application/vnd.apache.parquet", bytes } });
      tables += 1;
    };
    await sendTable();
    const load = (async () => {
      while (!stop) await sendTable();
    })();
    await until("some tables are acknowledged", () => (tables > 3 ? true : undefined));
    const atLeast = tables;
    const backup = join(temporaryDirectory(), "backup");
    const made = await command(house, "backup", backup, "--json");
    stop = true;
    await load;
    expect(made.code, made.error).toBe(0);
    const inside = await command(house, "backup", join(data, "spool", "b"));
    expect([inside.code, existsSync(join(data, "spool", "b"))]).toEqual([1, false]);
    expect(inside.error).toContain("lies in the data directory");
    await house.stop();

    const restored = join(temporaryDirectory(), "restored");
    expect((await command(undefined, "restore", backup, "--data-dir", restored)).code).toBe(0);
    await using other = await startHouse({ data: restored });
    const counts = await settled(other.client);
    expect(counts.predictions.stored).toBeGreaterThanOrEqual(atLeast * 10);
    expect(counts.predictions.stored).toBeLessThanOrEqual(tables * 10);
    expect(counts.gaps).toEqual([]);
  });

  it("keep every row acknowledged before, once, while rows go on arriving", async () => {
    const data = await emptyDirectory();
    await using house = await startHouse({ data });
    const { client } = house;
    await apply(client);
    await send(client, rowsFrom(0, 2_000));
    await tell(client, rowsFrom(0, 2_000));
    let acknowledged = 2_000;
    let stop = false;
    const load = (async () => {
      while (!stop) {
        await send(client, rowsFrom(acknowledged, 50));
        acknowledged += 50;
      }
    })();
    await until("some rows are acknowledged", () => (acknowledged > 2_300 ? true : undefined));
    const atLeast = acknowledged;
    const backup = join(temporaryDirectory(), "backup");
    const made = await command(house, "backup", backup, "--json");
    stop = true;
    await load;
    const atMost = acknowledged;
    expect(made.code, made.error).toBe(0);
    await house.stop();

    const restored = join(temporaryDirectory(), "restored");
    const answer = await command(undefined, "restore", backup, "--data-dir", restored, "--json");
    expect(answer.code, answer.error).toBe(0);
    await using other = await startHouse({ data: restored });
    const counts = await settled(other.client);
    expect(counts.predictions.stored).toBeGreaterThanOrEqual(atLeast);
    expect(counts.predictions.stored).toBeLessThanOrEqual(atMost);
    const ids = await command(
      other,
      "dataset",
      "create",
      system,
      "--predictions",
      "--since",
      "2001-02-09",
      "--until",
      "2001-02-20",
      "--json",
    );
    const detail = JSON.parse(ids.out) as { rows: number; statistics: { name: string; top: unknown[] }[] };
    expect(detail.rows).toBe(counts.predictions.stored);
    expect(detail.statistics.find(({ name }) => name === "id")?.top[0]).toMatchObject({ rows: 1 });
  });

  it("give back the same counts, windows, datasets, keys and erasures", async () => {
    await using house = await startHouse({ data: await emptyDirectory() });
    await apply(house.client);
    const rows = rowsFrom(0, 800);
    await send(house.client, rows);
    await tell(house.client, rows.slice(0, 300));
    await settled(house.client);
    const digest = await dataset(house);
    await house.client.call("erase", { path, body: { entity: "JFK" } });
    const picture = async (client: Client): Promise<object> => ({
      counts: await settled(client),
      windows: await heldToContract(client),
      findings: (await client.call("findings", { path })).items,
      datasets: (await client.call("datasets", { path })).items,
      erasures: (await client.call("erasures", { path })).items,
      changes: (await client.call("changes")).items,
      systems: (await client.call("systems")).items,
    });
    const before = await picture(house.client);
    const backup = join(temporaryDirectory(), "backup");
    const job = await house.client.call("createBackup", { body: { directory: backup } });
    await jobDone(house.client, job.id);
    const again = await house.client.call("createBackup", { body: { directory: backup } });
    await expect(jobDone(house.client, again.id)).rejects.toThrow(/not empty/);
    await house.stop();

    const restored = join(temporaryDirectory(), "restored");
    expect((await command(undefined, "restore", backup, "--data-dir", restored)).code).toBe(0);
    await using other = await startHouse({ data: restored });
    expect(other.out()).not.toContain("First start");
    const client = createClient({ url: other.url, key: house.key });
    expect(await picture(client)).toEqual(before);
    expect((await command(other, "dataset", "verify", system, digest)).out).toContain("erased (200)");
    // What was erased does not come back in the restored house either.
    await send(client, rows);
    expect(await settled(client)).toMatchObject({ predictions: { stored: 600 } });

    const refusal = async (from: string, to: string): Promise<string> => {
      const refused = await command(undefined, "restore", from, "--data-dir", to);
      expect(refused.code).toBe(1);
      return refused.error;
    };
    const fresh = (): string => join(temporaryDirectory(), "new");
    expect(await refusal(backup, restored)).toContain("not empty");
    const file = readdirSync(join(backup, "engine")).find((name) => name.startsWith("predictions")) ?? "";
    const broken = join(temporaryDirectory(), "broken");
    copyDirectory(backup, broken);
    appendFileSync(join(broken, "engine", file), "x");
    expect(await refusal(broken, fresh())).toContain(file);
    const newer = join(temporaryDirectory(), "newer");
    copyDirectory(backup, newer);
    const manifest = JSON.parse(readFileSync(join(newer, "backup.json"), "utf8")) as object;
    writeFileSync(join(newer, "backup.json"), JSON.stringify({ ...manifest, dataFormat: 99 }));
    expect(await refusal(newer, fresh())).toContain("newer Homeostat");
    mkdirSync(join(newer, "nothing"));
    expect(await refusal(join(newer, "nothing"), fresh())).toContain("no whole backup");
    expect(existsSync(fresh())).toBe(false);
  });
});

describe("a data directory of the first layout", () => {
  it("is brought to this one at the start, and says so", async () => {
    const data = await emptyDirectory();
    writeFileSync(join(data, "format.json"), JSON.stringify({ format: 1 }));
    await using house = await startHouse({ data });
    expect((await house.client.call("ready")).ready).toBe(true);
    expect(JSON.parse(readFileSync(join(data, "format.json"), "utf8"))).toMatchObject({ format: 2 });
  });
});
