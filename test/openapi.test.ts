import { join } from "node:path";
import { problem, type Route, type RouteName, routes } from "@homeostat/protocol";
import { createClient } from "@homeostat/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availabilityObjective, monitoredElsewhere, probed } from "./house/declarations.ts";
import { flightsToWatch, preparedFlights, troubledDirectory, watchedDirectory } from "./house/prepared.ts";
import { elsewhere, settled } from "./house/replay.ts";
import { type House, startHouse, temporaryDirectory } from "./house/start.ts";
import { until } from "./house/until.ts";

interface Call {
  /** Path parameters and query, in place. */
  readonly address: string;
  readonly body?: unknown;
  readonly bytes?: { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> };
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the refusal, where only a message that was sent holds what is needed; the answer itself is tested elsewhere. */
  readonly refused?: number;
}

/** The example as somebody else serves it, with an objective. */
const watchedFiles = () => [
  ...monitoredElsewhere().map(({ path, text }) => ({
    path,
    text: text.replace("name: flight-delay\n", "name: watched\nentity: origin\n"),
  })),
  { path: "slo.yaml", text: availabilityObjective("watched") },
];

const troubled = "/v1/systems/flight-delay";
const elsewhereSystem = "/v1/systems/watched";

const aroundTheClock = `apiVersion: homeostat/v1
kind: Owners
owners: [{ name: someone, title: Someone, contact: someone@example.com }]
people: [{ name: anna, notify: [{ channel: console }] }]
---
apiVersion: homeostat/v1
kind: Schedule
name: around-the-clock
zone: Europe/Berlin
layers: [{ name: daily, starts: 2001-01-01T09:00, turn: daily, people: [anna] }]
`;

let house: House;
let document: Record<string, never> & {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const known = { entry: "", dataset: "", model: "", job: "", key: "", cookie: "", csrf: "" };

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

beforeAll(async () => {
  await watchedDirectory();
  house = await startHouse({ data: await troubledDirectory() });
  const { client } = house;
  await client.call("apply", { body: { files: watchedFiles() } });
  const files = monitoredElsewhere().map(({ path, text }) => ({
    path,
    text: text.replace("name: flight-delay\n", "name: watched\nentity: origin\n"),
  }));
  await client.call("apply", { body: { files: [...files, { path: "oncall.yaml", text: aroundTheClock }] } });
  const path = { system: "flight-delay" };
  known.dataset = (await client.call("datasets", { path })).items[0]?.digest ?? "";
  known.model = (await client.call("models", { path })).items[0]?.version ?? "";
  const wrong = { type: "application/x-ndjson", bytes: '{"predictionId":"one-more","value":"late"}' } as const;
  await client.call("sendOutcomes", { path: { system: "watched" }, body: wrong }).catch(() => undefined);
  known.entry = await until("the refused row is in quarantine", async () => {
    const { items } = await client.call("quarantine", { path: { system: "watched" } });
    return items[0]?.id;
  });
  known.key = (await client.call("createKey", { body: { name: "to be revoked", scopes: ["read"] } })).id;
});

afterAll(() => house?.killGroup());

const [flight] = [{ id: "one-more", time: "2001-02-13T22:00:00Z" }];
const inputs = { departure: "2001-02-13T22:00:00Z", origin: "LAX", destination: "SFO", distance: 337 };
const span = "from=2001-02-09T00:00:00Z&to=2001-02-13T00:00:00Z";

const aRun = (runId: string) => ({
  eventType: "COMPLETE",
  eventTime: "2001-02-13T22:00:00Z",
  run: { runId },
  job: { namespace: "airflow", name: "export" },
  outputs: [{ namespace: "postgres://db:5432", name: "raw.flights" }],
});
const contractText = (): string =>
  (monitoredElsewhere().find(({ path }) => path.endsWith("contract.odcs.yaml"))?.text ?? "").replace("1.0.0", "1.0.1");

/** How each route is asked so that it answers as declared. A route that is missing here does not compile. */
const calls: { readonly [N in RouteName]: () => Call | Promise<Call> } = {
  live: () => ({ address: "/health/live" }),
  ready: () => ({ address: "/health/ready" }),
  metrics: () => ({ address: "/metrics" }),
  status: () => ({ address: "/v1/status" }),
  signIn: async () => {
    const { path } = await house.client.call("signInLink");
    return { address: "/v1/session", body: { token: path.split("#token=")[1] }, headers: { authorization: "" } };
  },
  currentSession: () => ({ address: "/v1/session", headers: { authorization: "", cookie: known.cookie } }),
  signOut: () => ({
    address: "/v1/session",
    headers: { authorization: "", cookie: known.cookie, "x-csrf-token": known.csrf },
  }),
  plan: () => ({ address: "/v1/plan", body: { files: monitoredElsewhere() } }),
  apply: () => ({
    address: "/v1/apply",
    body: { files: watchedFiles() },
  }),
  systems: () => ({ address: "/v1/systems" }),
  system: () => ({ address: troubled }),
  counts: () => ({ address: `${troubled}/counts` }),
  predict: () => ({ address: `${troubled}/predict`, body: { rows: [{ ...flight, inputs }] } }),
  sendPredictions: () => ({
    address: `${elsewhereSystem}/predictions`,
    body: {
      rows: flightsToWatch()
        .slice(0, 20)
        .map((one) => ({ ...elsewhere(one), release: "theirs-1" })),
    },
  }),
  sendOutcomes: () => ({
    address: `${elsewhereSystem}/outcomes`,
    body: { rows: [{ predictionId: "one-more", time: "2001-02-13T23:00:00Z", value: true }] },
  }),
  sendEvents: () => ({
    address: `${elsewhereSystem}/events`,
    bytes: {
      type: "application/cloudevents+json",
      bytes: new TextEncoder().encode(
        JSON.stringify({
          ...{ specversion: "1.0", id: "e-1", source: "/test", type: "io.homeostat.outcome" },
          data: { predictionId: "by-event", time: "2001-02-13T23:00:00Z", value: true },
        }),
      ),
    },
  }),
  sources: () => ({ address: "/v1/sources" }),
  source: () => ({ address: "/v1/sources/airline-feed" }),
  addSource: () => ({ address: "/v1/sources", body: { text: contractText(), allowBreaking: true } }),
  diffSource: () => ({ address: "/v1/sources/airline-feed/diff", body: { text: contractText() } }),
  sourceWindows: () => ({ address: "/v1/sources/airline-feed/windows" }),
  checkSource: () => ({ address: `/v1/sources/airline-feed/check?${span}` }),
  quarantine: () => ({ address: `${elsewhereSystem}/quarantine?text=late` }),
  quarantineEntry: () => ({ address: `${elsewhereSystem}/quarantine/${known.entry}` }),
  fixQuarantined: () => ({
    address: `${elsewhereSystem}/quarantine/${known.entry}/fix`,
    body: { set: [{ path: "time", json: '"2001-02-13T23:00:00Z"' }] },
  }),
  replayQuarantined: () => ({ address: `${elsewhereSystem}/quarantine/replay`, body: {} }),
  discardQuarantined: () => ({ address: `${elsewhereSystem}/quarantine/discard`, body: { ids: [known.entry] } }),
  createDataset: () => ({
    address: `${troubled}/datasets`,
    bytes: { type: "application/vnd.apache.parquet", bytes: preparedFlights().training },
  }),
  datasets: () => ({ address: `${troubled}/datasets` }),
  erase: () => ({ address: `${elsewhereSystem}/erase`, body: { entity: "XXX" } }),
  skew: () => ({ address: `${troubled}/skew?limit=2` }),
  separations: () => ({ address: `${troubled}/separations` }),
  examine: () => ({ address: `${troubled}/examinations`, body: { what: "replay", rows: 50 } }),
  probes: () => ({ address: `${troubled}/probes` }),
  runProbes: async () => {
    await house.client.call("apply", { body: { files: probed() } });
    return { address: "/v1/systems/probed/probes" };
  },
  erasures: () => ({ address: `${elsewhereSystem}/erasures` }),
  retention: () => ({ address: `${elsewhereSystem}/retention` }),
  createBackup: () => ({ address: "/v1/backups", body: { directory: join(temporaryDirectory(), "backup") } }),
  uploadRows: () => ({
    address: `${troubled}/uploads`,
    bytes: { type: "application/vnd.apache.parquet", bytes: preparedFlights().training },
  }),
  buildDataset: () => ({
    address: `${troubled}/datasets/build`,
    body: { predictions: { since: "2001-02-09T00:00:00Z", until: "2001-02-10T00:00:00Z" } },
  }),
  dataset: () => ({ address: `${troubled}/datasets/${known.dataset}` }),
  verifyDataset: () => ({ address: `${troubled}/datasets/${known.dataset}/verify`, body: {} }),
  exportDataset: () => ({ address: `${troubled}/datasets/${known.dataset}/export?format=csv` }),
  train: () => ({
    address: `${troubled}/train`,
    body: {
      dataset: known.dataset,
      timeColumn: "departure",
      holdoutFrom: "2001-01-22T00:00:00Z",
      maxTrainingRows: 1_000,
    },
  }),
  job: () => ({ address: `/v1/jobs/${known.job}` }),
  models: () => ({ address: `${troubled}/models` }),
  createRelease: () => ({ address: `${troubled}/releases`, body: { model: known.model, note: "once more" } }),
  createBaseline: () => ({
    address: `${elsewhereSystem}/baselines`,
    body: { release: "theirs-1", from: "2001-02-09T00:00:00Z", to: "2001-02-10T00:00:00Z" },
  }),
  releases: () => ({ address: `${troubled}/releases` }),
  rollback: async () => {
    await released("flight-delay-2");
    return { address: `${troubled}/rollback`, body: {} };
  },
  windows: () => ({ address: `${troubled}/windows?${span}` }),
  drift: () => ({ address: `${troubled}/drift?${span}&segment=*` }),
  performance: () => ({ address: `${troubled}/performance?${span}&segment=origin%3DLAX` }),
  estimates: () => ({ address: `${troubled}/estimates?${span}&segment=origin%3DLAX` }),
  labels: () => ({ address: `${troubled}/labels?${span}&segment=origin` }),
  outcomes: () => ({ address: `${troubled}/outcomes?${span}` }),
  baseline: () => ({ address: `${troubled}/baselines/live` }),
  monitors: () => ({ address: `${troubled}/monitors` }),
  monitor: () => ({ address: `${troubled}/monitors/input-drift?${span}&segment=all` }),
  tryMonitors: () => ({
    address: `${troubled}/monitors/try`,
    body: { monitors: [{ name: "input-drift", threshold: 0.1 }], from: "2001-02-09T00:00:00Z" },
  }),
  coverage: () => ({ address: `${troubled}/coverage` }),
  findings: () => ({ address: `${troubled}/findings?${span}&segment=*` }),
  slos: () => ({ address: `${elsewhereSystem}/slos` }),
  slo: () => ({ address: `${elsewhereSystem}/slos/answers?at=2001-02-12T00:00:00Z` }),
  changes: () => ({ address: "/v1/changes?system=flight-delay" }),
  recordChange: () => ({
    address: "/v1/changes",
    body: { component: "library:x", kind: "library", title: "x 2", time: "2001-02-13T00:00:00Z", actor: "bot" },
  }),
  lineageRun: async () => {
    await house.client.call("sendLineage", { body: aRun("b2f9a3c0-0000-4000-8000-00000000000a") });
    return { address: "/v1/lineage/runs/b2f9a3c0-0000-4000-8000-00000000000a" };
  },
  sendLineage: () => ({ address: "/api/v1/lineage", body: aRun("b2f9a3c0-0000-4000-8000-00000000000b") }),
  sendLineageBatch: () => ({ address: "/api/v1/lineage/batch", body: [aRun("r-3"), { eventTime: "soon" }] }),
  openLineageEvents: () => ({ address: `${troubled}/openlineage` }),
  predictionLineage: async () => {
    await settled(house.client);
    return { address: `${troubled}/predictions/one-more/lineage` };
  },
  diffState: () => ({ address: `${troubled}/diff-state?from=2001-02-10T00:00:00Z&over=PT6H` }),
  hooks: () => ({ address: "/v1/hooks" }),
  createHook: () => ({ address: "/v1/hooks", body: { name: "deploys", kind: "gitlab" } }),
  revokeHook: async () => {
    const { id } = await house.client.call("createHook", { body: { name: "old", kind: "github" } });
    return { address: `/v1/hooks/${id}` };
  },
  deliverHook: async () => {
    const { path, secret } = await house.client.call("createHook", { body: { name: "gl", kind: "gitlab" } });
    const body = { object_kind: "deployment", status: "success", deployment_id: 1, project: { id: 1 } };
    return { address: path, body, headers: { authorization: "", "x-gitlab-token": secret } };
  },
  enqueueChange: async () => {
    const { path, secret } = await house.client.call("createHook", { body: { name: "pd", kind: "pagerduty" } });
    const body = { routing_key: secret, payload: { summary: "x 3", timestamp: "2001-02-13T00:00:00Z" } };
    return { address: path, body, headers: { authorization: "" } };
  },
  lineage: () => ({ address: "/v1/lineage?node=system:flight-delay&depth=9" }),
  lineageNodes: () => ({ address: "/v1/lineage/nodes?text=feature:" }),
  linkLineage: () => ({
    address: "/v1/lineage/edges",
    body: { from: "dataset:postgres://db:5432/raw.flights", to: "source:airline-feed" },
  }),
  unlinkLineage: () => ({
    address: "/v1/lineage/edges?from=dataset:postgres%3A%2F%2Fdb%3A5432%2Fraw.flights&to=source:airline-feed",
  }),
  incidents: () => ({ address: "/v1/incidents?system=flight-delay" }),
  incident: () => ({ address: "/v1/incidents/1" }),
  repeatStep: () => ({ address: "/v1/incidents/1/steps/4" }),
  diagnose: () => ({ address: `${troubled}/diagnosis` }),
  acknowledge: () => ({ address: "/v1/incidents/1/acknowledge", body: { note: "seen" } }),
  resolve: () => ({ address: "/v1/incidents/1/resolve", body: {} }),
  noteIncident: () => ({ address: "/v1/incidents/1/notes", body: { text: "seen" } }),
  assignIncident: () => ({ address: "/v1/incidents/1/assign", body: { owner: "delay-model" } }),
  markFalseAlarm: () => ({ address: "/v1/incidents/1/false-alarm", body: { reason: "a rehearsal" } }),
  postmortems: () => ({ address: "/v1/postmortems?system=flight-delay" }),
  searchPostmortems: () => ({ address: "/v1/postmortems/search?text=departure" }),
  similarIncidents: () => ({ address: "/v1/incidents/1/similar" }),
  postmortem: async () => {
    await house.client.call("draftPostmortem", { path: { number: 1 }, body: {} });
    return { address: "/v1/incidents/1/postmortem" };
  },
  draftPostmortem: () => ({ address: "/v1/incidents/1/postmortem", body: { again: true } }),
  editPostmortem: async () => {
    const { version } = await house.client.call("postmortem", { path: { number: 1 } });
    return { address: "/v1/incidents/1/postmortem/versions", body: { markdown: "# Learned", basedOn: version } };
  },
  publishPostmortem: () => ({ address: "/v1/incidents/1/postmortem/publish" }),
  makeOfAction: async () => {
    const markdown = "- [ ] A1 @flight-data List the airports (rule)";
    const { version } = await house.client.call("draftPostmortem", { path: { number: 1 }, body: { again: true } });
    await house.client.call("editPostmortem", { path: { number: 1 }, body: { markdown, basedOn: version } });
    return { address: "/v1/incidents/1/postmortem/actions/A1/make", body: { make: "rule", field: "delay" } };
  },
  actions: () => ({ address: "/v1/actions?system=flight-delay&state=waiting" }),
  approveAction: () => ({ address: "/v1/incidents/1/actions/calm/approve" }),
  rejectAction: () => ({ address: "/v1/incidents/1/actions/still/reject" }),
  holds: () => ({ address: `${troubled}/holds` }),
  liftHolds: () => ({ address: `${troubled}/holds/lift`, body: {} }),
  reviews: () => ({ address: "/v1/reviews" }),
  writeReview: () => ({ address: `${troubled}/reviews`, body: { month: "2001-02" } }),
  review: () => ({ address: `${troubled}/reviews/2001-02` }),
  linkCause: () => ({ address: "/v1/incidents/1/cause", body: { component: "source:feed", note: "hours in UTC" } }),
  channels: () => ({ address: "/v1/channels" }),
  testChannel: () => ({ address: "/v1/channels/console/test", body: undefined }),
  deliveries: () => ({ address: "/v1/deliveries?incident=1&limit=5" }),
  schedules: () => ({ address: "/v1/oncall/schedules" }),
  schedule: () => ({ address: "/v1/oncall/schedules/around-the-clock?from=2001-02-01T00:00:00Z" }),
  whoIsOnCall: () => ({ address: "/v1/oncall/who?at=2001-02-01T00:00:00Z" }),
  addOverride: () => ({
    address: "/v1/oncall/schedules/around-the-clock/overrides",
    body: { person: "anna", from: "2001-02-01T00:00:00Z", to: "2001-02-02T00:00:00Z" },
  }),
  addSwap: () => ({
    address: "/v1/oncall/schedules/around-the-clock/swaps",
    body: {
      first: { person: "anna", from: "2001-02-01T00:00:00Z", to: "2001-02-02T00:00:00Z" },
      second: { person: "anna", from: "2001-02-03T00:00:00Z", to: "2001-02-04T00:00:00Z" },
    },
  }),
  removeOverride: async () => {
    const made = await house.client.call("addOverride", {
      path: { schedule: "around-the-clock" },
      body: { person: "anna", from: "2001-02-01T00:00:00Z", to: "2001-02-02T00:00:00Z" },
    });
    return { address: `/v1/oncall/overrides/${made.id}` };
  },
  simulatePaging: () => ({ address: "/v1/oncall/simulate", body: { system: "flight-delay", area: "serving" } }),
  silences: () => ({ address: "/v1/silences?state=active" }),
  addSilence: () => ({
    address: "/v1/silences",
    body: { matchers: ["system=nobody"], to: "2101-01-01T00:00:00Z", reason: "a rehearsal" },
  }),
  expireSilence: async () => {
    const body = { matchers: ["system=nobody"], to: "2101-01-01T00:00:00Z", reason: "a rehearsal" };
    return { address: `/v1/silences/${(await house.client.call("addSilence", { body })).id}` };
  },
  escalations: () => ({ address: "/v1/incidents/1/escalations" }),
  readLink: () => ({ address: "/v1/links/read", body: { token: "forged" }, refused: 401 }),
  useLink: () => ({ address: "/v1/links", body: { token: "forged" }, refused: 401 }),
  keys: () => ({ address: "/v1/keys" }),
  createKey: () => ({ address: "/v1/keys", body: { name: "another", scopes: ["ingest"], systems: ["watched"] } }),
  revokeKey: () => ({ address: `/v1/keys/${known.key}` }),
  signInLink: () => ({ address: "/v1/sign-in-links", body: {} }),
};

async function released(id: string): Promise<void> {
  const { jobDone } = await import("./house/prepared.ts");
  await jobDone(createClient({ url: house.url, key: house.key }), known.job);
  const { items } = await house.client.call("releases", { path: { system: "flight-delay" } });
  expect(items.find((release) => release.stage === "live")?.id).toBe(id);
}

/** Lists that must hold something here: an empty list has every shape. */
const filled = new Set<RouteName>([
  "systems",
  "datasets",
  "models",
  "releases",
  "windows",
  "drift",
  "performance",
  "monitors",
  "monitor",
  "tryMonitors",
  "coverage",
  "findings",
  "changes",
  "incidents",
  "keys",
]);

describe("the OpenAPI document", () => {
  beforeAll(async () => {
    document = (await (await fetch(`${house.url}/v1/openapi.json`)).json()) as typeof document;
  });

  it("is served to everybody, as version 3.1", () => {
    expect(document.openapi).toBe("3.1.0");
  });

  it("describes every route and no other", () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    );
    const expected = Object.entries(routes).map(([name, { method, path }]) => `${name} ${method} ${path}`);
    expect(described.sort()).toEqual(expected.sort());
  });

  // Those that end a session or take a release back come after those that look at it.
  const order = Object.keys(routes) as RouteName[];
  const last: readonly RouteName[] = ["signOut", "rollback"];
  it.each([...order.filter((name) => !last.includes(name)), ...last])("is true of %s", async (name) => {
    const { address, body, bytes, headers, refused } = await calls[name]();
    const { method } = routes[name];
    const status = refused ?? routes[name].status;
    const sent = new Headers({ authorization: `Bearer ${house.key}`, ...headers });
    if (sent.get("authorization") === "") sent.delete("authorization");
    if (method !== "GET") sent.set("origin", house.url);
    if (body !== undefined) sent.set("content-type", "application/json");
    if (bytes !== undefined) sent.set("content-type", bytes.type);
    const payload = bytes?.bytes ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await fetch(`${house.url}${address}`, {
      method,
      headers: sent,
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await answer.text();
    expect(answer.status, text.slice(0, 1_000)).toBe(status);

    const operation = document.paths[routes[name].path]?.[method.toLowerCase()];
    if (refused !== undefined) {
      // Refusals are described once for every status.
      expect(Object.keys(operation?.responses.default?.content ?? {})).toEqual(["application/problem+json"]);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(problem.parse(JSON.parse(text))).toEqual(JSON.parse(text));
      return;
    }
    expect(Object.keys(operation?.responses ?? {})).toContain(String(status));
    if (status === 204) {
      expect(text).toBe("");
      return;
    }
    const { download } = routes[name] as Route;
    if (download !== undefined) {
      const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
      expect(download).toContain(type);
      expect(Object.keys(operation?.responses[String(status)]?.content ?? {})).toContain(type);
      expect(text.length).toBeGreaterThan(0);
      return;
    }
    expect(answer.headers.get("content-type")).toContain("application/json");
    const value: unknown = JSON.parse(text);
    // Parsing drops what the schema does not know: nothing undeclared may be sent.
    expect(routes[name].answer.parse(value)).toEqual(value);
    expect(operation?.responses[String(status)]?.content?.["application/json"]?.schema).toBeTypeOf("object");
    if (filled.has(name)) expect((value as { items: unknown[] }).items.length).toBeGreaterThan(0);
    remember(name, value, answer.headers);
  });
});

function remember(name: RouteName, value: unknown, headers: Headers): void {
  if (name === "train" || name === "createRelease") known.job = (value as { id: string }).id;
  if (name !== "signIn") return;
  known.csrf = (value as { csrfToken: string }).csrfToken;
  known.cookie = (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}
