import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../packages/homeostat/src/cli/program.ts";
import { monitoredElsewhere } from "./house/declarations.ts";
import { jobDone, liveDirectory } from "./house/prepared.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };
const received: { readonly type: string; readonly job: string; readonly key: string | undefined }[] = [];
let refusals = 1;
let collector: Server;
let house: House;

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      refusals -= 1;
      const event = JSON.parse(body) as { eventType: string; job: { name: string } };
      if (refusals < 0 && request.url === "/api/v1/lineage")
        received.push({ type: event.eventType, job: event.job.name, key: request.headers.authorization });
      response.writeHead(refusals >= 0 ? 503 : 201).end();
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  house = await startHouse({
    data: await liveDirectory(),
    environment: {
      HOMEOSTAT_OPENLINEAGE_URL: `http://127.0.0.1:${port}`,
      HOMEOSTAT_OPENLINEAGE_KEY: "token",
      HOMEOSTAT_WEBHOOK_ALLOW_PRIVATE: "1",
    },
  });
});
afterAll(async () => {
  await house?.killGroup();
  collector?.close();
});

async function homeostat(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await runProgram(
    {
      version: "0",
      up: async () => 1,
      env: { HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key, NO_COLOR: "1" },
      stdout: { write: (text) => (out += text), columns: 200 },
      stderr: { write: (text) => (err += text) },
      now: Date.now,
    },
    args,
  );
  return { code, out, err };
}

describe("lineage of a system that was declared, trained and released", () => {
  it("leads up from the system to the contract and down from the source to the system, as a tree", async () => {
    const up = await homeostat("lineage", "system:flight-delay", "--up");
    expect(up.code, up.err).toBe(0);
    for (const name of [
      /release:flight-delay\/flight-delay-1/,
      /model:m-/,
      /dataset:ds-/,
      /baseline:b-/,
      /pipeline:pl-/,
      /feature:flight-delay\/\w+/,
      /source:airline-feed \(\d/,
      /contract:airline-feed@/,
    ])
      expect(up.out).toMatch(name);
    const down = await homeostat("lineage", "source:airline-feed", "--down");
    expect(down.out).toContain("system:flight-delay");
    expect(down.out).toMatch(/feature:flight-delay\/\w+ {2}\[[a-z_, ]+\]/);
    expect(down.out).not.toContain("contract:");
  });

  it("names the fields that each feature reads, as the engine's own parser saw them", async () => {
    const { edges } = await house.client.call("lineage", {
      query: { node: "source:airline-feed", direction: "down", depth: 1 },
    });
    const { features } = await house.client.call("system", { path });
    for (const feature of features) {
      const edge = edges.find((one) => one.to === `feature:flight-delay/${feature.name}`);
      const fields = new Set(edge?.columns.map((step) => step.from));
      expect(fields.size, feature.name).toBeGreaterThan(0);
      for (const field of fields) expect(feature.expression).toContain(field);
    }
  });

  it("says what it does not know, with names that are near", async () => {
    const unknown = await homeostat("lineage", "source:airline");
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain("source:airline-feed");
    expect((await homeostat("lineage", "find", "contract:")).out).toMatch(/^contract:airline-feed@\S+\n$/);
    expect((await homeostat("lineage")).code).toBe(2);
  });
});

describe("one prediction", () => {
  it("is followed back to its source: values, expressions, versions, ages, and what is not known", async () => {
    const inputs = { departure: "2001-02-13T22:00:00Z", origin: "LAX", destination: "SFO", distance: 337 };
    await house.client.call("predict", { path, body: { rows: [{ id: "p-1", time: inputs.departure, inputs }] } });
    await house.client.call("sendOutcomes", {
      path,
      body: { rows: [{ predictionId: "p-1", time: "2001-02-14T02:00:00Z", value: true }] },
    });
    await settled(house.client);
    const lineage = await house.client.call("predictionLineage", { path: { ...path, prediction: "p-1" } });
    expect(lineage).toMatchObject({
      vector: "told",
      prediction: { servedBy: "release", environment: "production", output: { probability: expect.any(Number) } },
      release: { id: "flight-delay-1", number: 1 },
      model: { dataset: expect.stringMatching(/^ds-/) },
      source: { component: "source:airline-feed" },
      outcomes: [{ kind: "label", value: true }],
      contractCheck: { state: "no-breach", breaches: [] },
    });
    expect(lineage.inputs.find((input) => input.name === "distance")?.value).toBe(337);
    for (const feature of lineage.features) {
      expect(feature.age).toBe("unknown");
      expect(feature.reads?.length).toBeGreaterThan(0);
    }
    const told = await homeostat("lineage", "--prediction", "p-1", "--system", "flight-delay");
    expect(told.code, told.err).toBe(0);
    expect(told.out).toContain("unknown");
    expect(told.out).toContain(lineage.model?.version);
    const missing = await homeostat("lineage", "--prediction", "p-0", "--system", "flight-delay");
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("no stored prediction") });
  });
});

describe("events of OpenLineage", () => {
  const raw = { namespace: "postgres://db:5432", name: "public.raw_flights" };
  const event = (eventType: string, facets = {}) => ({
    eventType,
    eventTime: "2026-03-01T12:00:00Z",
    producer: "whoever",
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    run: { runId: "01890a5d-ac96-774b-bcce-b302099a8057", facets },
    job: { namespace: "airflow", name: "export" },
    inputs: [{ namespace: "sftp://carrier", name: "flights.csv" }],
    outputs: [raw],
  });

  it("join what a source is made of to what is made of it", async () => {
    const { client } = house;
    await client.call("sendLineage", { body: event("START", { nominalTime: { a: 1 } }) });
    for (const _ of [1, 2]) await client.call("sendLineage", { body: event("COMPLETE", { custom: { b: 2 } }) });
    const table = `dataset:${raw.namespace}/${raw.name}`;
    expect((await homeostat("lineage", "link", table, "source:airline-feed")).out).toContain("is made from");
    const { nodes } = await client.call("lineage", { query: { node: "system:flight-delay", direction: "up" } });
    const names = nodes.map((node) => node.name);
    expect(names).toEqual(expect.arrayContaining([table, "job:airflow/export", "dataset:sftp://carrier/flights.csv"]));
    const run = await client.call("lineageRun", { path: { run: event("START").run.runId } });
    expect(run).toMatchObject({ state: "COMPLETE", facets: { nominalTime: { a: 1 }, custom: { b: 2 } } });
  });

  it("come in batches, of which the good ones are taken and the others named", async () => {
    const job = { eventTime: "2026-03-01T12:00:00Z", job: { namespace: "n", name: "designed" } };
    const batch = [job, { ...event("COMPLETE"), eventTime: "noon" }, { ...event("COMPLETE"), run: {} }];
    expect(await house.client.call("sendLineageBatch", { body: batch })).toEqual({
      status: "partial_success",
      summary: { received: 3, successful: 1, failed: 2, retriable: 0, non_retriable: 2 },
      failed_events: [
        { index: 1, reason: expect.stringContaining("eventTime"), retriable: false },
        { index: 2, reason: expect.stringContaining("run.runId"), retriable: false },
      ],
    });
    expect((await homeostat("lineage", "find", "n/designed")).out).toBe("job:n/designed\n");
    await expect(house.client.call("sendLineage", { body: { eventTime: "noon" } })).rejects.toMatchObject({
      problem: { code: "malformed-body", issues: [{ path: "eventTime" }] },
    });
  });
});

describe("what changed between then and now", () => {
  it("is nothing at first, then the new release, the state that predictions told, and the change upstream", async () => {
    const { client } = house;
    const before = new Date().toISOString();
    const same = await homeostat(
      "diff-state",
      "flight-delay",
      "--from",
      "2001-02-13T00:00:00Z",
      "--to",
      "2001-02-13T06:00:00Z",
    );
    expect(same.out).toContain("Nothing changed");
    const { items } = await client.call("models", { path });
    const job = await client.call("createRelease", { path, body: { model: items[0]?.version ?? "" } });
    await jobDone(client, job.id);
    await client.call("recordChange", {
      body: { component: "job:airflow/export", kind: "library", title: "exporter 2", time: new Date().toISOString() },
    });
    await client.call("recordChange", {
      body: { component: "library:elsewhere", kind: "library", title: "no matter", time: new Date().toISOString() },
    });
    const difference = await client.call("diffState", { path, query: { from: before } });
    const releases = difference.entries.filter((entry) => entry.part === "release");
    expect(releases).toMatchObject([{ before: "flight-delay-1", after: "flight-delay-2" }]);
    expect(difference.changes.map((change) => change.title)).toEqual([
      expect.stringContaining("went live"),
      "exporter 2",
    ]);
    expect(difference.changesElsewhere).toBe(1);
    const told = await homeostat("diff-state", "flight-delay", "--from", before);
    expect(told.out).toContain("flight-delay-2");
    expect((await homeostat("diff-state", "flight-delay", "--from", "2030-01-01T00:00:00Z")).code).toBe(1);
  });

  it("tells prompt versions, arms and environments of a system that is served elsewhere", async () => {
    const { client } = house;
    const files = monitoredElsewhere().map(({ path: file, text }) => ({
      path: file,
      text: text.replace("name: flight-delay\n", "name: watched\n"),
    }));
    await client.call("apply", { body: { files } });
    const inputs = { departure: "2001-02-13T22:00:00Z", origin: "LAX", destination: "SFO", distance: 337 };
    const row = (n: number, day: string, arm: string, environment: string) => ({
      id: `w-${day}-${n}`,
      time: `${day}T10:00:${String(n).padStart(2, "0")}Z`,
      release: "theirs-1",
      inputs,
      probability: 0.5,
      environment,
      costUsd: 0.002,
      featureAges: { distance: 90 },
      state: { promptVersion: day, arm, seed: n, sourceTime: `${day}T09:00:00Z` },
    });
    const rows = Array.from({ length: 20 }, (_, n) => [
      row(n, "2001-02-05", "a", "production"),
      row(n, "2001-02-06", n < 10 ? "a" : "b", n < 10 ? "production" : "staging"),
    ]).flat();
    const system = { system: "watched" };
    await client.call("sendPredictions", { path: system, body: { rows } });
    await until("all are stored", async () =>
      (await client.call("counts", { path: system })).predictions.stored === 40 ? true : undefined,
    );
    const { predictions } = await client.call("diffState", {
      path: system,
      query: { from: "2001-02-06T00:00:00Z", to: "2001-02-07T00:00:00Z", over: "P1D" },
    });
    expect(predictions).toMatchObject({ before: { rows: 20 }, after: { rows: 20 } });
    const shift = (key: string, value: string) =>
      predictions.shifts.find((one) => one.key === key && one.value === value);
    expect(shift("state.arm", "b")).toMatchObject({ kind: "new", shareBefore: 0, shareAfter: 0.5 });
    expect(shift("state.arm", "a")).toMatchObject({ kind: "share", shareBefore: 1, shareAfter: 0.5 });
    expect(shift("state.promptVersion", "2001-02-05")).toMatchObject({ kind: "gone" });
    expect(shift("environment", "staging")).toMatchObject({ kind: "new", first: "2001-02-06T10:00:10.000Z" });
    expect(shift("caller", "command line of this machine")).toBeUndefined();

    const lineage = await client.call("predictionLineage", { path: { ...system, prediction: "w-2001-02-06-3" } });
    expect(lineage).toMatchObject({
      vector: "computed",
      model: null,
      prediction: { environment: "production", costUsd: 0.002, state: { arm: "a", seed: "3" } },
    });
    const ages = new Map(lineage.features.map((feature) => [feature.name, [feature.age, feature.ageSeconds]]));
    expect([...ages.values()]).toContainEqual(["source-time", 3_603]);
    if (ages.has("distance")) expect(ages.get("distance")).toEqual(["told", 90]);

    const window = await until("the window of the day before was held to the contract", async () => {
      const day = { ...system, prediction: "w-2001-02-05-3" };
      return (await client.call("predictionLineage", { path: day })).contractCheck.window ?? undefined;
    });
    expect(window.start).toBe("2001-02-05T00:00:00.000Z");
    expect(window.results.find((result) => result.rule === "origin.nullValues")).toMatchObject({
      state: "passed",
      rows: 20,
    });
    const shown = await homeostat("lineage", "--prediction", "w-2001-02-05-3", "--system", "watched");
    expect(shown.out).toMatch(/Its window.*rules kept/);

    const beforeNext = new Date().toISOString();
    const next = files.map((file) => ({
      ...file,
      text: file.text.replace("mustBeLessThan: 1\n", "mustBeLessThan: 5\n"),
    }));
    await client.call("apply", { body: { files: next, allowBreaking: true } });
    const { contractChanges } = await client.call("diffState", { path: system, query: { from: beforeNext } });
    expect(contractChanges).toMatchObject([{ field: "origin", breaking: true, consumers: ["watched"] }]);
    const text = (await homeostat("diff-state", "watched", "--from", beforeNext)).out;
    expect(text).toMatch(/breaking +origin +the promise/);
  });
});

describe("our own runs", () => {
  it("are sent to the collector, again where it was busy, and can be read as events", async () => {
    await until("both events of the release have arrived", () => (received.length >= 2 ? true : undefined));
    expect(received).toEqual(
      expect.arrayContaining([
        { type: "START", job: "release/flight-delay", key: "Bearer token" },
        { type: "COMPLETE", job: "release/flight-delay", key: "Bearer token" },
      ]),
    );
    const { items } = await house.client.call("openLineageEvents", { path });
    expect(new Set(items.map((event) => event.job.name))).toEqual(
      new Set(["dataset/flight-delay", "train/flight-delay", "release/flight-delay"]),
    );
  });
});
