import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../packages/homeostat/src/cli/program.ts";
import { monitoredElsewhere } from "./house/declarations.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };
const good = {
  id: "p-1",
  time: "2001-02-09T10:00:00Z",
  release: "r1",
  inputs: { departure: "2001-02-09T10:00:00Z", origin: "LAX", destination: "SFO", distance: 337 },
  probability: 0.3,
};
const lateText = { ...good, id: "p-late", inputs: { ...good.inputs, distance: "337 miles" } };

let house: House;
beforeAll(async () => {
  house = await startHouse({ data: await emptyDirectory() });
  await house.client.call("apply", { body: { files: monitoredElsewhere() } });
});
afterAll(() => house?.killGroup());

async function homeostat(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await runProgram(
    {
      version: "0",
      up: async () => 1,
      env: { HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key, NO_COLOR: "1" },
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      now: Date.now,
    },
    args,
  );
  return { code, out, err };
}

const post = (lines: readonly string[], query: { quarantine?: "false" } = {}) =>
  house.client.call("sendPredictions", {
    path,
    query,
    body: { type: "application/x-ndjson", bytes: lines.join("\n") },
  });
const open = async () => (await house.client.call("quarantine", { path })).items;
const opened = (count: number) =>
  until(`${count} rows are in quarantine`, async () => {
    const items = await open();
    return items.length === count ? items : undefined;
  });

describe("a row that cannot be stored", () => {
  it("is kept with its payload and reason while the rows beside it are taken", async () => {
    expect((await homeostat("quarantine", "list", "flight-delay")).out).toContain("is empty");
    const receipt = await post([JSON.stringify(good), JSON.stringify(lateText), "{not json"]);
    expect(receipt).toMatchObject({ accepted: 1, refusedCount: 2, quarantined: 2 });
    const items = await opened(2);
    const shape = items.find((item) => item.reason === "shape");
    expect(shape).toMatchObject({
      path: "inputs.distance",
      found: 'text "337 miles"',
      stream: "predictions",
      state: "open",
    });
    const entry = await house.client.call("quarantineEntry", { path: { ...path, entry: shape?.id ?? "" } });
    expect(entry.payload).toBe(JSON.stringify(lateText));
    expect(await settled(house.client)).toMatchObject({ quarantined: 2, predictions: { stored: 1 } });
  });

  it("is one entry however often it is sent, and also when its whole batch is refused", async () => {
    await expect(post([JSON.stringify(lateText)])).rejects.toMatchObject({
      problem: { code: "malformed-body", detail: expect.stringContaining("1 of them are kept in quarantine") },
    });
    await post([JSON.stringify(good), JSON.stringify(lateText)]);
    await until("nothing is on its way", async () => {
      const { quarantinePending } = await house.client.call("counts", { path });
      return quarantinePending === 0 ? true : undefined;
    });
    expect(await open()).toHaveLength(2);
  });

  it("is not kept when the sender says so", async () => {
    const receipt = await post([JSON.stringify(good), '{"id":"gone"}'], { quarantine: "false" });
    expect(receipt).toMatchObject({ refusedCount: 1, quarantined: 0 });
  });

  it("is found by what stands in it, put right and replayed from the command line, once", async () => {
    const found = await homeostat("quarantine", "list", "flight-delay", "--text", "337 MILES", "--json", "--exit-code");
    expect(found.code).toBe(4);
    const { items } = JSON.parse(found.out) as { items: { id: string }[] };
    const id = items[0]?.id ?? "";
    expect(items).toHaveLength(1);
    const again = await homeostat("quarantine", "replay", "flight-delay", id);
    expect([again.code, again.out]).toEqual([1, expect.stringContaining("refused again")]);
    const worse = await homeostat("quarantine", "fix", "flight-delay", id, "--set", "inputs.distance=far");
    expect(worse.out).toContain("Still wrong at inputs.distance: expected a ");
    const fixed = await homeostat("quarantine", "fix", "flight-delay", id, "--set", "inputs.distance=337", "--replay");
    expect([fixed.code, fixed.out]).toEqual([0, "1 row replayed and durable.\n"]);
    expect((await homeostat("quarantine", "replay", "flight-delay", id)).out).toContain("had been replayed");
    expect((await settled(house.client)).predictions.stored).toBe(2);
    expect((await homeostat("quarantine", "show", "flight-delay", id)).out).toContain("replayed");
  });

  it("is discarded for good", async () => {
    const refused = await homeostat("quarantine", "discard", "flight-delay");
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("--all")]);
    expect((await homeostat("quarantine", "discard", "flight-delay", "--all")).out).toBe("1 row discarded.\n");
    expect(await open()).toEqual([]);
    expect((await homeostat("quarantine", "list", "flight-delay", "--state", "discarded")).out).toContain("not-json");
    const { out } = await homeostat("status", "flight-delay");
    expect(out).toMatch(/Quarantine +empty/);
  });
});

describe("a row that only the engine refuses", () => {
  it("goes to quarantine as the spool held it while the rest of its block is stored, and does not block what follows", async () => {
    const years = (id: string, departure: string) => ({ ...good, id, inputs: { ...good.inputs, departure } });
    const { quarantined } = await house.client.call("counts", { path });
    expect(quarantined).toBe(0);
    // The door takes the row; the line in the spool is then made impossible, as a damaged writer would.
    await house.stop();
    const { openSpool } = await import("../packages/homeostat/src/spool/open-spool.ts");
    const spool = await openSpool({
      directory: `${house.data}/spool`,
      limitBytes: 1e9,
      segmentBytes: 1e7,
      clock: Date,
    });
    const line = (id: string, distance: unknown) => ({
      ...{
        id,
        time: 981_712_800_000,
        received: 981_712_900_000,
        release: "r1",
        model: "",
        pipeline: "",
        served_by: "elsewhere",
      },
      ...{ environment: "production", cohort: "", caller: "till", latency_ms: null, probability: 0.5, vector_seen: 0 },
      ...{ i_departure: "2001-02-09T10:00:00.000Z", i_origin: "LAX", i_destination: "SFO", i_distance: distance },
    });
    const lines = [line("e-1", 1), line("e-2", { not: "a number" }), line("e-3", 3)];
    const bytes = Buffer.from(`${lines.map((one) => JSON.stringify(one)).join("\n")}\n`);
    await spool.append("predictions:flight-delay", { rows: 3, bytes, receivedAt: Date.now() });
    await spool.close();
    house = await startHouse({ data: house.data });
    const [item] = await opened(1);
    expect(item).toMatchObject({ reason: "engine", form: "line", caller: "till" });
    expect((await settled(house.client)).predictions.stored).toBe(4);
    await post([JSON.stringify(years("after", "2001-02-09T11:00:00Z"))]);
    expect((await settled(house.client)).predictions.stored).toBe(5);
    const { code } = await homeostat(
      "quarantine",
      "fix",
      "flight-delay",
      item?.id ?? "",
      "--set",
      "i_distance=2",
      "--replay",
    );
    expect(code).toBe(0);
    expect((await settled(house.client)).predictions.stored).toBe(6);
  });
});

describe("senders with a wrong clock", () => {
  it("are seen by their Date header and by events that have not happened yet", async () => {
    const ahead = new Date(Date.now() + 120_000);
    const answer = await fetch(`${house.url}/v1/systems/flight-delay/predictions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${house.key}`,
        "content-type": "application/x-ndjson",
        date: ahead.toUTCString(),
      },
      body: JSON.stringify({ ...good, id: "ahead", time: ahead.toISOString() }),
    });
    expect(answer.status).toBe(202);
    const { clockSkew } = await house.client.call("status");
    expect(clockSkew.map(({ basis, samples }) => [basis, samples])).toContainEqual(["event-time", 1]);
    for (const skew of clockSkew.filter((one) => one.basis === "date-header" || one.samples === 1))
      expect(Math.abs(skew.aheadMs - 120_000)).toBeLessThan(60_000);
    const { out } = await homeostat("status");
    expect(out).toMatch(/ahead of the server by the time of\s+its events/);
  });
});

it("leaves the server without an error of its own", () => {
  expect(house.errors()).not.toContain('"internal"');
  expect(readFileSync(`${house.data}/format.json`, "utf8")).toContain("format");
});
