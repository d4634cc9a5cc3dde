import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChannelDeclaration } from "../domain/notification/channel-declaration.ts";
import type { Notification, NotificationKind } from "../domain/notification/notification.ts";
import { createChannels } from "./channels.ts";

/** One server that speaks the APIs of the receivers, and keeps what they would show. */
interface Shown {
  readonly key: string;
  state: string;
  readonly notes: string[];
}
let server: Server;
let base: string;
const shown = new Map<string, Shown>();
const posts: { readonly path: string; readonly auth: string; readonly body: Record<string, never> }[] = [];
let asked = 0;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** PagerDuty: one alert per dedup_key; what has no open alert is dropped; after a resolve the key opens a new one. */
function pagerDuty(event: { event_action: string; dedup_key: string }): { status: number; body: object } {
  const open = shown.get(event.dedup_key);
  if (event.event_action === "trigger" && (open === undefined || open.state === "resolved"))
    shown.set(event.dedup_key, { key: event.dedup_key, state: "triggered", notes: [] });
  else if (open !== undefined && open.state !== "resolved" && event.event_action !== "trigger")
    open.state = event.event_action === "resolve" ? "resolved" : "acknowledged";
  return { status: 202, body: { status: "success", message: "Event processed", dedup_key: event.dedup_key } };
}

function opsgenie(path: string, body: { alias?: string; note?: string }): { status: number; body: object } {
  const [, alias, act] = /^\/v2\/alerts(?:\/([^/]+)\/(\w+))?/.exec(path) ?? [];
  const key = body.alias ?? decodeURIComponent(alias ?? "");
  const open = shown.get(key);
  if (act === undefined && open === undefined) shown.set(key, { key, state: "open", notes: [] });
  if (open !== undefined && act === "notes") open.notes.push(body.note ?? "");
  if (open !== undefined && act === "acknowledge") open.state = "acknowledged";
  if (open !== undefined && act === "close") open.state = "closed";
  return { status: 202, body: { result: "Request will be processed", requestId: "r" } };
}

function slack(body: { channel: string; thread_ts?: string; metadata: { event_payload: { id: string } } }): object {
  asked += 1;
  const { id } = body.metadata.event_payload;
  const thread = body.thread_ts === undefined ? undefined : shown.get(body.thread_ts);
  if (thread !== undefined) thread.notes.push(id);
  else shown.set(`${asked}.0001`, { key: id, state: body.channel, notes: [] });
  return { ok: true, ts: `${asked}.0001`, channel: "C0RESOLVED" };
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Record<string, never>;
    const path = request.url ?? "";
    posts.push({ path, auth: request.headers.authorization ?? "", body });
    const answer = path.startsWith("/v2/enqueue")
      ? pagerDuty(body as never)
      : path.startsWith("/v2/alerts")
        ? opsgenie(path, body)
        : { status: 200, body: path.startsWith("/api/") ? slack(body as never) : {} };
    response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  shown.clear();
  posts.length = 0;
});

const at = Date.parse("2001-06-01T12:00:00Z");
const channels = createChannels({
  declared: { get: async () => undefined },
  writeLine: () => undefined,
  allowPrivate: true,
  variables: {},
  installation: "4f0c",
  mailHosts: [],
});
const notification = (kind: NotificationKind, text = "PSI of distance is 0.41."): Notification => ({
  id: `${kind}-17`,
  kind,
  about: "incident-17",
  incident: 17,
  system: "flight-delay",
  severity: "critical",
  owner: "ml",
  since: at - 60_000,
  at,
  message: {
    title: "Input drift at LAX",
    headline: "Incident 17 opened: Input drift at LAX",
    sentence: text,
    facts: [{ label: "Where", text: "origin in LAX" }],
    next: "Ask the vendor.",
    links: [{ label: "Incident 17", href: "http://page/incidents/17" }],
  },
});

/** Sends kinds in their order, each twice, as after a crash between sending and recording. */
async function life(declaration: ChannelDeclaration, ...kinds: readonly NotificationKind[]): Promise<void> {
  const channel = await channels.create(declaration);
  let thread: string | undefined;
  for (const kind of kinds)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const result = await channel.send(notification(kind), { now: at, thread });
      expect(result.kind).toBe("sent");
      if (result.kind === "sent") thread ??= result.reference;
    }
}
const whole = ["incident.opened", "incident.diagnosed", "incident.acknowledged", "incident.resolved"] as const;

describe("PagerDuty", () => {
  const declaration = () => ({ channel: "pagerduty", routingKey: "R0", url: base }) as const;

  it("shows one alert however often it is told, acknowledged and resolved with it", async () => {
    await life(declaration(), ...whole.slice(0, 3));
    expect([...shown.values()]).toEqual([{ key: "homeostat-4f0c-incident-17", state: "acknowledged", notes: [] }]);
    await life(declaration(), "incident.resolved");
    expect([...shown.values()]).toMatchObject([{ state: "resolved" }]);
  });

  it("gets the event as Events API v2 has it", async () => {
    await life(declaration(), "incident.opened");
    expect(posts[0]).toMatchObject({ path: "/v2/enqueue" });
    expect(posts[0]?.body).toEqual({
      routing_key: "R0",
      event_action: "trigger",
      dedup_key: "homeostat-4f0c-incident-17",
      payload: {
        summary: "Incident 17 opened: Input drift at LAX",
        source: "flight-delay",
        severity: "critical",
        timestamp: "2001-06-01T12:00:00.000Z",
        component: "flight-delay",
        group: "ml",
        class: "incident.opened",
        custom_details: {
          "What is wrong": "PSI of distance is 0.41.",
          Where: "origin in LAX",
          "What to do next": "Ask the vendor.",
        },
      },
      links: [{ href: "http://page/incidents/17", text: "Incident 17" }],
      client: "Homeostat",
      client_url: "http://page/incidents/17",
    });
  });

  it("gets no more than it takes: 1,024 characters of summary, and a note in place of details over 512 KB", async () => {
    const channel = await channels.create(declaration());
    const huge = notification("incident.opened", "é".repeat(300_000));
    await channel.send(
      { ...huge, message: { ...huge.message, headline: "h".repeat(2_000) } },
      { now: at, thread: undefined },
    );
    const [post] = posts;
    const { payload } = post!.body as unknown as { payload: { summary: string; custom_details: object } };
    expect(payload.summary).toHaveLength(1_024);
    expect(payload.custom_details).toEqual({
      note: "The details are larger than PagerDuty takes; they are on the page of the incident.",
    });
  });
});

describe("an alert API as Opsgenie's", () => {
  it("shows one alert, with notes, acknowledged, closed", async () => {
    await life({ channel: "opsgenie", apiKey: "K", url: base, teams: ["ml"] }, ...whole);
    expect([...shown.values()]).toEqual([
      { key: "homeostat-4f0c-incident-17", state: "closed", notes: [expect.any(String), expect.any(String)] },
    ]);
    expect(posts[0]).toMatchObject({
      auth: "GenieKey K",
      body: {
        message: "Incident 17 opened: Input drift at LAX",
        priority: "P1",
        responders: [{ name: "ml", type: "team" }],
        details: { Where: "origin in LAX", incident: "17" },
      },
    });
  });
});

describe("Slack by a bot", () => {
  it("has one thread per incident, and tells a message sent twice by its id", async () => {
    await life({ channel: "slack-bot", token: "xoxb", to: "C1", url: `${base}/api` }, ...whole);
    const [thread, ...others] = [...shown.values()];
    expect(others).toEqual([]);
    expect(new Set(thread?.notes)).toEqual(new Set(whole.map((kind) => `${kind}-17-4f0c`)));
    expect(posts[0]).toMatchObject({ path: "/api/chat.postMessage", auth: "Bearer xoxb", body: { channel: "C1" } });
    expect(posts[2]).toMatchObject({ body: { channel: "C0RESOLVED", thread_ts: "1.0001", reply_broadcast: false } });
    expect(posts[6]).toMatchObject({ body: { reply_broadcast: true } });
  });
});

describe("a receiver of Alertmanager's webhook", () => {
  it("gets version 4: one alert by its fingerprint, firing until it is resolved", async () => {
    await life({ channel: "alertmanager", url: `${base}/hook`, token: "T" }, "incident.opened", "incident.resolved");
    const bodies = posts.map(
      ({ body }) => body as unknown as Record<string, never> & { alerts: [Record<string, never>] },
    );
    expect(posts[0]?.auth).toBe("Bearer T");
    expect(bodies[0]).toMatchObject({
      version: "4",
      groupKey: "homeostat-4f0c-incident-17",
      truncatedAlerts: 0,
      status: "firing",
      receiver: "homeostat",
      groupLabels: { alertname: "HomeostatIncident" },
      commonLabels: { system: "flight-delay", severity: "critical", owner: "ml", incident: "17" },
      externalURL: "http://page/incidents/17",
      alerts: [{ status: "firing", startsAt: "2001-06-01T11:59:00.000Z", endsAt: "0001-01-01T00:00:00Z" }],
    });
    expect(bodies.at(-1)).toMatchObject({
      status: "resolved",
      alerts: [{ status: "resolved", endsAt: "2001-06-01T12:00:00.000Z" }],
    });
    expect(new Set(bodies.map(({ alerts: [alert] }) => alert.fingerprint)).size).toBe(1);
  });
});
