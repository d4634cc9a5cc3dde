import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../packages/homeostat/src/cli/program.ts";
import { createXoshiro } from "../packages/homeostat/src/stats/random/xoshiro.ts";
import { type House, startHouse, temporaryDirectory } from "./house/start.ts";
import { until } from "./house/until.ts";

const dayMs = 86_400_000;
const days = 24;
const rowsADay = 400;
const firstDay = Date.UTC(2026, 2, 2);

let house: House;
let directory: string;
let table: string;

beforeAll(async () => {
  directory = temporaryDirectory();
  table = join(directory, "Scored Loans.csv");
  await writeFile(table, csvText());
  house = await startHouse({ data: join(directory, "data") });
});
afterAll(() => house?.killGroup());

/** What a team has lying about: a CSV with their own column names, and in the last days one region without incomes. */
function csvText(): string {
  const random = createXoshiro(7);
  const lines = ["Loan ID,Requested At,Region,Income (kEUR),Purpose,model_score,Defaulted"];
  for (let row = 0; row < days * rowsADay; row++) {
    const at = new Date(firstDay + ((row + random.next()) * dayMs) / rowsADay).toISOString();
    const region = ["North", "South", "East"][Math.floor(3 * random.next())] ?? "East";
    const isBroken = region === "South" && row >= (days - 6) * rowsADay;
    const income = isBroken ? "" : (20 + 60 * random.next()).toFixed(1);
    const purpose = ["car", "home", "study", "other"][Math.floor(4 * random.next())] ?? "other";
    const score = random.next();
    lines.push(
      [`L-${row}`, at, region, income, purpose, score.toFixed(4), random.next() < score ? "yes" : "no"].join(","),
    );
  }
  return `${lines.join("\n")}\n`;
}

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(
    {
      version: "0",
      up: async () => 0,
      env: { HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key },
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      now: Date.now,
    },
    args,
  );
  return { code, out, err };
}

describe("homeostat init", () => {
  it("makes a system under care of a table: roles, declarations, history, baseline", async () => {
    const out = join(directory, "systems");
    const ran = await run("init", "--from", table, "--name", "loans", "--out", out, "--json");
    expect(ran.err).not.toContain("error");
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({
      system: "loans",
      rows: days * rowsADay,
      outcomes: days * rowsADay,
      leftOut: 0,
      task: "binary-classification",
      positive: "yes",
      roles: {
        time: "Requested At",
        id: "Loan ID",
        score: "model_score",
        outcome: "Defaulted",
        segments: ["Region", "Purpose"],
      },
      sent: { predictions: days * rowsADay, outcomes: days * rowsADay, refused: 0 },
    });
    const contract = await readFile(join(out, "contract.odcs.yaml"), "utf8");
    expect(contract).toContain("physicalName: Income (kEUR)");
    const counts = await house.client.call("counts", { path: { system: "loans" } });
    expect(counts.joined).toBe(days * rowsADay);
  });

  it("watches it at once: the region whose incomes vanished after the baseline is found", async () => {
    const incident = await until("an incident", async () => {
      const { items } = await house.client.call("incidents", { query: { system: "loans" } });
      return items[0];
    });
    const detail = await house.client.call("incident", { path: { number: String(incident.number) } });
    expect(JSON.stringify(detail)).toContain("region=South");
    expect(JSON.stringify(detail)).toContain("income_k_eur");
    const { items } = await house.client.call("findings", { path: { system: "loans" } });
    expect(items.filter((finding) => finding.segment?.value === "North")).toHaveLength(0);
  });

  it("run again counts nothing twice, and says so where the declarations were changed by hand", async () => {
    const out = join(directory, "systems");
    const again = await run("init", "--from", table, "--name", "loans", "--out", out, "--no-apply");
    expect(again.code).toBe(0);
    await writeFile(join(out, "owners.yaml"), "changed: true\n");
    const changed = await run("init", "--from", table, "--name", "loans", "--out", out, "--no-apply");
    expect(changed.code).toBe(2);
    expect(changed.err).toContain("owners.yaml is there already and says something else");
  });

  it("asks nobody in a script: it names the flag that settles a doubt", async () => {
    const unclear = join(directory, "unclear.csv");
    await writeFile(unclear, "created_at,requested_at,score\n2026-01-01,2026-01-02,0.5\n");
    const ran = await run("init", "--from", unclear, "--no-apply");
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/may be the time: created_at, requested_at/);
    expect(ran.err).toContain("--time COLUMN");
  });

  it("asks a person at a terminal, and takes what they answer", async () => {
    const lines = csvText().replace("Requested At", "Requested At,Created At").split("\n");
    const twice = lines.map((line, index) => (index === 0 ? line : line.replace(/,([^,]*Z),/, ",$1,$1,")));
    const path = join(directory, "twice.csv");
    await writeFile(path, twice.join("\n"));
    let asked = "";
    const code = await runProgram(
      {
        version: "0",
        up: async () => 0,
        env: {},
        stdout: { write: () => undefined },
        stderr: { write: (text) => (asked += text), isTTY: true, clearLine: () => true, cursorTo: () => true },
        stdin: (async function* () {
          yield "Created At\n";
        })(),
        now: Date.now,
      } as Parameters<typeof runProgram>[0],
      ["init", "--from", path, "--out", join(directory, "asked"), "--no-apply"],
    );
    expect(asked).toContain("Which column holds the time of the row?");
    expect(code).toBe(0);
    expect(asked).toMatch(/Created At: 2026-03-02/);
  });
});
