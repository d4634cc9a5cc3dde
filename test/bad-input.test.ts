import { gzipSync } from "node:zlib";
import { type Problem, problem } from "@homeostat/protocol";
import { createClient } from "@homeostat/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeclarationFile, flightDelay, monitoredElsewhere } from "./house/declarations.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";

const row = {
  id: "p-1",
  time: "2001-02-09T10:00:00Z",
  release: "r1",
  inputs: { departure: "2001-02-09T10:00:00Z", origin: "LAX", destination: "SFO", distance: 337 },
  probability: 0.3,
};
const predictions = "/v1/systems/flight-delay/predictions";
const outcomes = "/v1/systems/flight-delay/outcomes";
const question = "/v1/systems/second/predict";

let house: House;
/** Every answer of these tests: none may be a mistake of the server. */
const statuses: number[] = [];
const secrets: string[] = [];

beforeAll(async () => {
  house = await startHouse({ data: await emptyDirectory() });
  await house.client.call("apply", { body: { files: monitoredElsewhere() } });
  await house.client.call("apply", { body: { files: named("second", flightDelay()) } });
  secrets.push(house.key);
});

afterAll(() => house?.killGroup());

function named(name: string, files: readonly DeclarationFile[]): DeclarationFile[] {
  return files.map(({ path, text }) => ({ path, text: text.replace("name: flight-delay\n", `name: ${name}\n`) }));
}

interface Request {
  readonly method?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(address: string, request: Request = {}): Promise<{ status: number; text: string; type: string }> {
  const headers: Record<string, string> = { ...request.headers };
  if (request.key !== null) headers.authorization = `Bearer ${request.key ?? house.key}`;
  if (request.body !== undefined) headers["content-type"] ??= request.type ?? "application/json";
  const method = request.method ?? (request.body === undefined ? "GET" : "POST");
  const answer = await fetch(`${house.url}${address}`, {
    method,
    headers,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  statuses.push(answer.status);
  return { status: answer.status, text: await answer.text(), type: answer.headers.get("content-type") ?? "" };
}

/** The problem a request is refused with, after checking that it is one as RFC 9457 and the protocol say. */
async function refused(address: string, request: Request = {}): Promise<Problem> {
  const { status, text, type } = await send(address, request);
  expect(type).toContain("application/problem+json");
  const body = problem.parse(JSON.parse(text));
  expect(body.status).toBe(status);
  expect(body.type).toBe(`urn:homeostat:problem:${body.code}`);
  expect(body.detail.length).toBeGreaterThan(10);
  expect(body.next.length).toBeGreaterThan(10);
  expect(body.requestId).not.toBe("");
  return body;
}

const json = (rows: readonly object[]): string => JSON.stringify({ rows });
const without = (key: string): object => Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));

describe("rows that cannot be", () => {
  it.each([
    [
      "a value of the wrong type",
      { ...row, inputs: { ...row.inputs, distance: "far" } },
      "rows[0].inputs.distance",
      /number/,
      /far/,
    ],
    [
      "a field the contract does not have",
      { ...row, inputs: { ...row.inputs, tail: "N1" } },
      "rows[0].inputs.tail",
      /contract/,
      /not/,
    ],
    ["a key that rows do not have", { ...row, colour: "red" }, "rows[0].colour", /no such key/, /red/],
    ["a probability that is none", { ...row, probability: 1.5 }, "rows[0].probability", /0 to 1/, /1\.5/],
    ["a time without a zone", { ...row, time: "2001-02-09T10:00:00" }, "rows[0].time", /zone/, /2001/],
    [
      "a clock far in the future",
      { ...row, time: "2199-01-01T00:00:00Z" },
      "rows[0].time",
      /ahead of the server's clock/,
      /2199/,
    ],
    ["an id that is empty", { ...row, id: "" }, "rows[0].id", /1 to 200/, /""|empty/],
    ["no release", without("release"), "rows[0].release", /text/, /nothing|undefined|missing/],
  ])("are refused by path, expected and found: %s", async (_, wrong, path, expected, found) => {
    const body = await refused(predictions, { body: json([wrong]) });
    expect(body).toMatchObject({ code: "malformed-body", status: 400 });
    expect(body.issues).toHaveLength(1);
    expect(body.issues[0]?.path).toBe(path);
    expect(body.issues[0]?.expected).toMatch(expected);
    expect(body.issues[0]?.found).toMatch(found);
  });

  it("are named one by one among good rows, which are taken", async () => {
    const rows = [
      { ...row, id: "good-1" },
      { ...row, id: "bad", probability: "high" },
      { ...row, id: "good-2" },
    ];
    const { status, text } = await send(predictions, { body: json(rows) });
    expect(status).toBe(202);
    expect(JSON.parse(text)).toMatchObject({
      accepted: 2,
      refusedCount: 1,
      refused: [{ row: 2, path: "probability" }],
    });
  });

  it("are stored once when one batch holds an id twice", async () => {
    const before = await settled(house.client);
    const { status } = await send(predictions, {
      body: json([
        { ...row, id: "twin" },
        { ...row, id: "twin" },
      ]),
    });
    expect(status).toBe(202);
    const after = await settled(house.client);
    expect(after.predictions.stored).toBe(before.predictions.stored + 1);
    expect(after.predictions.duplicates).toBe(before.predictions.duplicates + 1);
  });

  it("fail a question to the gateway as a whole, since answers are matched by order", async () => {
    const { inputs } = row;
    const body = await refused(question, { body: json([{ inputs }, { inputs: { ...inputs, distance: true } }]) });
    expect(body).toMatchObject({ code: "malformed-body" });
    expect(body.issues[0]).toMatchObject({ path: "rows[1].inputs.distance" });
  });

  it("that are outcomes of unknown predictions are kept and counted as waiting", async () => {
    const before = await settled(house.client);
    const outcome = { predictionId: "nobody-knows", time: "2001-02-09T12:00:00Z", value: true };
    expect((await send(outcomes, { body: json([outcome]) })).status).toBe(202);
    expect((await settled(house.client)).outcomesWaiting).toBe(before.outcomesWaiting + 1);
  });

  it("that are outcomes with a value that is no boolean are refused", async () => {
    const outcome = { predictionId: "p-1", time: "2001-02-09T12:00:00Z", value: "late" };
    expect((await refused(outcomes, { body: json([outcome]) })).issues[0]).toMatchObject({ path: "rows[0].value" });
  });
});

describe("bodies that cannot be read", () => {
  it("name the place where malformed JSON breaks", async () => {
    const body = await refused(predictions, { body: '{"rows": [{"id": "a",, }]}' });
    expect(body).toMatchObject({ code: "malformed-json", status: 400 });
    expect(body.detail).toMatch(/line 1.*column \d+|column \d+/);
  });

  it.each([
    ["a text that is no JSON in an apply", "/v1/apply", "files: []"],
    ["a body cut short", "/v1/changes", '{"component": "source:airl'],
    ["nothing at all", "/v1/changes", ""],
  ])("are malformed JSON: %s", async (_, address, text) => {
    expect((await refused(address, { method: "POST", body: text })).code).toMatch(/malformed-(json|body)/);
  });

  it("are refused when they hold no row", async () => {
    expect((await refused(predictions, { body: json([]) })).issues[0]).toMatchObject({ path: "rows" });
  });

  it("are refused in a media type that is not understood", async () => {
    const body = await refused(predictions, { body: "<rows/>", type: "application/xml" });
    expect(body).toMatchObject({ code: "unsupported-media-type", status: 415 });
  });

  it("are refused when they are too large, also when they only become so after decompression", async () => {
    const large = new Uint8Array(80 * 1024 * 1024).fill(0x20);
    const zipped = new Uint8Array(gzipSync(large));
    const body = await refused(predictions, { body: zipped, headers: { "content-encoding": "gzip" } });
    expect(body).toMatchObject({ code: "too-large", status: 413 });
    expect(body.detail).toMatch(/MiB|bytes|times its size/);
  });

  it("are refused when they are said to be Parquet and are not", async () => {
    const body = await refused("/v1/systems/second/datasets", {
      body: "not a Parquet file",
      type: "application/vnd.apache.parquet",
    });
    expect(body).toMatchObject({ code: "malformed-body" });
    expect(body.detail).toMatch(/Parquet/);
  });
});

describe("addresses and names that do not exist", () => {
  it.each([
    ["GET", "/v1/systems/nobody", undefined],
    ["GET", "/v1/systems/nobody/drift", undefined],
    ["POST", "/v1/systems/nobody/predictions", json([row])],
    ["POST", "/v1/systems/nobody/outcomes", json([{ predictionId: "a", time: row.time, value: true }])],
    ["POST", "/v1/systems/nobody/predict", json([{ inputs: row.inputs }])],
    ["POST", "/v1/systems/nobody/rollback", "{}"],
  ])("%s %s is an unknown system", async (method, address, body) => {
    const found = await refused(address, { method, ...(body === undefined ? {} : { body }) });
    expect(found).toMatchObject({ code: "unknown-system", status: 404 });
    expect(found.detail).toContain("nobody");
  });

  it.each(["/v1/incidents/4711", "/v1/incidents/first", "/v1/jobs/not-a-job", "/v1/nothing"])(
    "%s is not found",
    async (address) => {
      expect(await refused(address)).toMatchObject({ code: "not-found", status: 404 });
    },
  );

  it.each([
    ["/v1/systems/flight-delay/windows?from=yesterday", "from"],
    ["/v1/incidents?state=broken", "state"],
  ])("%s names the parameter", async (address, name) => {
    const body = await refused(address);
    expect(body).toMatchObject({ code: "malformed-body", status: 400 });
    expect(body.issues[0]?.path).toContain(name);
  });

  it("a segment that is not declared is refused with those that are", async () => {
    const body = await refused("/v1/systems/flight-delay/drift?segment=colour%3Dred");
    expect(body.issues[0]?.expected).toMatch(/origin.*distance_band/);
  });

  it("a release of a model that does not exist is refused", async () => {
    const body = await refused("/v1/systems/second/releases", { body: JSON.stringify({ model: "m-none" }) });
    expect(body).toMatchObject({ code: "not-found" });
  });

  it("a rollback without an earlier release does not fit the present state", async () => {
    expect(await refused("/v1/systems/second/rollback", { method: "POST", body: "{}" })).toMatchObject({
      code: "not-possible-now",
      status: 409,
    });
  });
});

describe("declarations that cannot be applied", () => {
  type Edits = Parameters<typeof flightDelay>[0];
  const feature =
    (expression: string) =>
    (text: string): string =>
      text.replace("expression: toHour(departure)", `expression: ${JSON.stringify(expression)}`);

  /** Where a text stands in an example's file, as an editor counts. */
  function placeOf(name: string, wanted: string): string {
    const file = flightDelay().find(({ path }) => path.endsWith(`/${name}`));
    const before = file?.text.slice(0, file.text.indexOf(wanted)).split("\n") ?? [];
    return `flight-delay/${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  }

  async function issuesOf(edits: Edits): Promise<Problem["issues"]> {
    const body = JSON.stringify({ files: flightDelay(edits) });
    for (const address of ["/v1/plan", "/v1/apply"]) {
      const found = await refused(address, { body });
      expect(found).toMatchObject({ code: "bad-declaration", status: 422 });
      expect(found.issues.length).toBeGreaterThan(0);
      for (const issue of found.issues) expect(issue.path).toMatch(/^flight-delay\/[\w.]+:\d+:\d+$/);
      if (address === "/v1/apply") return found.issues;
    }
    return [];
  }

  it("name line and column of bad YAML", async () => {
    const [issue] = await issuesOf({ "system.yaml": (text) => text.replace("domain: tabular", "domain: [tabular") });
    expect(issue?.path).toMatch(/^flight-delay\/system\.yaml:\d+:\d+$/);
  });

  it("name line and column of a value that may not be", async () => {
    const [issue] = await issuesOf({ "system.yaml": (text) => text.replace("threshold: 0.5", "threshold: 5") });
    expect(issue?.path).toBe(placeOf("system.yaml", "0.5"));
    expect(issue?.found).toContain("5");
  });

  it("name an owner who is nobody", async () => {
    const [issue] = await issuesOf({
      "system.yaml": (text) => text.replace("business: operations", "business: nobody"),
    });
    expect(`${issue?.expected} ${issue?.found}`).toContain("nobody");
  });

  it("name a feature whose field the contract does not have", async () => {
    const [issue] = await issuesOf({ "pipeline.yaml": feature("toHour(takeoff)") });
    expect(issue?.path).toMatch(/^flight-delay\/pipeline\.yaml:\d+:\d+$/);
    expect(issue?.found).toContain("takeoff");
  });

  it("may not make a feature of what is only known afterwards", async () => {
    const [issue] = await issuesOf({ "pipeline.yaml": feature("delay * 2") });
    expect(issue?.found).toContain("delay");
  });

  it.each([
    ["a subquery", "(SELECT 1)"],
    ["a table function", "(SELECT count() FROM url('http://127.0.0.1/', CSV, 'a String'))"],
    ["a table function in a function's place", "file('/etc/passwd')"],
    ["settings", "1 SETTINGS max_threads = 64"],
    ["several statements", "1; DROP TABLE outcomes"],
    ["an aggregate", "avg(distance)"],
    ["a row multiplied", "arrayJoin([1, 2])"],
    ["a comment that hides the rest", "1 --"],
    ["a statement", "DROP TABLE outcomes"],
    ["the time of day", "now()"],
  ])("hold feature SQL to one scalar expression: %s", async (_, expression) => {
    const issues = await issuesOf({ "pipeline.yaml": feature(expression) });
    expect(issues[0]?.path).toBe(placeOf("pipeline.yaml", "toHour(departure)"));
    expect(issues[0]?.expected.length).toBeGreaterThan(5);
    expect(issues[0]?.found.length).toBeGreaterThan(5);
  });

  it("change nothing: the table of outcomes is still there", async () => {
    expect((await house.client.call("systems")).items.map(({ name }) => name).sort()).toEqual([
      "flight-delay",
      "second",
    ]);
    expect((await settled(house.client)).predictions.stored).toBeGreaterThan(0);
  });
});

describe("keys", () => {
  async function keyWith(scopes: ("ingest" | "read" | "operate" | "admin")[], systems?: string[]): Promise<string> {
    const { secret } = await house.client.call("createKey", {
      body: { name: `for ${scopes.join()}`, scopes, ...(systems === undefined ? {} : { systems }) },
    });
    secrets.push(secret);
    return secret;
  }

  it("are needed by everything but health", async () => {
    for (const address of ["/v1/systems", "/v1/status", "/v1/keys", "/v1/changes"])
      expect(await refused(address, { key: null })).toMatchObject({ code: "not-signed-in", status: 401 });
    expect((await send("/health/live", { key: null })).status).toBe(200);
    expect((await send("/health/ready", { key: null })).status).toBe(200);
  });

  it("that nobody made are refused, and so are revoked ones", async () => {
    expect((await refused("/v1/systems", { key: `hs_${"a".repeat(43)}` })).code).toBe("not-signed-in");
    const made = await house.client.call("createKey", { body: { name: "short-lived", scopes: ["read"] } });
    secrets.push(made.secret);
    expect((await send("/v1/systems", { key: made.secret })).status).toBe(200);
    await house.client.call("revokeKey", { path: { key: made.id } });
    expect((await refused("/v1/systems", { key: made.secret })).code).toBe("not-signed-in");
  });

  it("may do what their scope says and nothing more", async () => {
    const ingest = await keyWith(["ingest"]);
    expect((await send(predictions, { key: ingest, body: json([{ ...row, id: "by-ingest" }]) })).status).toBe(202);
    expect(await refused("/v1/systems", { key: ingest })).toMatchObject({ code: "not-allowed", status: 403 });
    const read = await keyWith(["read"]);
    expect((await send("/v1/systems", { key: read })).status).toBe(200);
    expect((await refused(predictions, { key: read, body: json([row]) })).detail).toContain("ingest");
    const operate = await keyWith(["operate"]);
    expect((await refused("/v1/keys", { key: operate })).code).toBe("not-allowed");
    expect(
      (await refused("/v1/keys", { key: operate, body: JSON.stringify({ name: "me", scopes: ["admin"] }) })).code,
    ).toBe("not-allowed");
  });

  it("that are bound to one system do not reach or see another", async () => {
    const bound = await keyWith(["read", "ingest"], ["second"]);
    expect((await refused(predictions, { key: bound, body: json([row]) })).code).toBe("not-allowed");
    expect((await refused("/v1/systems/flight-delay", { key: bound })).code).toBe("not-allowed");
    const { items } = await createClient({ url: house.url, key: bound }).call("systems");
    expect(items.map(({ name }) => name)).toEqual(["second"]);
  });

  it("never appear in what the server logs or prints, nor does any of these answers turn out a mistake of the server", () => {
    const said = house.errors() + house.out().replace(/First start[\s\S]*/, "");
    for (const secret of secrets) expect(said.includes(secret)).toBe(false);
    expect(statuses.length).toBeGreaterThan(80);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });
});
