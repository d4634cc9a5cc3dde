import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChannelDeclaration, ChannelKind } from "../domain/notification/channel-declaration.ts";
import type { Channel, Notification } from "../domain/notification/notification.ts";

import { createChannels } from "./channels.ts";
import { isPublicAddress } from "./webhook/public-address.ts";
import { signMessage } from "./webhook/sign-message.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = Date.parse("2001-06-01T12:00:00.900Z");
const notification: Notification = {
  id: "n-17-opened",
  kind: "incident.opened",
  about: "incident-17",
  incident: 17,
  system: "flight-delay",
  severity: "critical",
  owner: "ml",
  message: {
    title: "Input drift at LAX",
    headline: "Incident 17 opened: Input drift at LAX",
    sentence: "PSI of distance is 0.41.",
    facts: [{ label: "Where", text: "origin in LAX" }],
    next: "Ask the vendor.",
    links: [{ label: "Incident 17", href: "http://127.0.0.1:7300/incidents/17" }],
  },
  at: now - 5_000,
};

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly url: string;
  readonly body: string;
}
let server: Server;
let port: number;
const received: Received[] = [];
let respond: (response: ServerResponse) => void;
const lines: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, url: request.url ?? "", body: Buffer.concat(chunks).toString() });
      respond(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  received.length = 0;
  lines.length = 0;
  respond = (response) => response.writeHead(204).end();
});

const usual = {
  declared: { get: async () => undefined },
  writeLine: (line: string) => lines.push(line),
  timeoutMs: 400,
  variables: Object.fromEntries(
    [
      ["HOOK", secret],
      ["EMPTY", ""],
    ].map(([name, value]) => [`HOMEOSTAT_SECRET_${name}`, value]),
  ),
  installation: "4f0c",
  mailHosts: [],
};
const open = createChannels({ ...usual, allowPrivate: true });
const guarded = createChannels({ ...usual, allowPrivate: false });
const context = { now, thread: undefined };
const webhookTo = (url: string, channels = open): Promise<Channel> =>
  channels.create({ channel: "webhook", url, secret });
const here = (path = "/hook"): string => `http://127.0.0.1:${port}${path}`;

async function outcomeOf(channel: Channel): Promise<string> {
  const result = await channel.send(notification, context);
  return result.kind === "sent" ? result.detail : result.kind;
}

const answering =
  (status: number, headers: Record<string, string> = {}) =>
  (): Promise<Channel> => {
    respond = (response) => response.writeHead(status, headers).end("thanks");
    return webhookTo(here());
  };

async function closedPort(): Promise<number> {
  const taken = createTcpServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port: free } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, "close");
  return free;
}

/** A channel of every kind that speaks HTTP, at this receiver; each of its answers in the order of its retry table. */
const http = {
  webhook: (url) => ({ channel: "webhook", url, secret }),
  slack: (url) => ({ channel: "slack", url }),
  "slack-bot": (url) => ({ channel: "slack-bot", url, token: "xoxb", to: "C1" }),
  pagerduty: (url) => ({ channel: "pagerduty", url, routingKey: "key" }),
  opsgenie: (url) => ({ channel: "opsgenie", url, apiKey: "key", teams: [] }),
  alertmanager: (url) => ({ channel: "alertmanager", url }),
} satisfies { readonly [K in Exclude<ChannelKind, "console" | "email">]: (url: string) => ChannelDeclaration };

type Answer = readonly [status: number, outcome: string, body: string];
const usually: readonly Answer[] = [
  [202, "answered 202", '{"ok":true}'],
  [301, "never", ""],
  [400, "never", ""],
  [401, "never", ""],
  [403, "never", ""],
  [408, "again", ""],
  [422, "never", ""],
  [429, "again", ""],
  [500, "again", ""],
  [503, "again", ""],
];
const answers: { readonly [K in keyof typeof http]: readonly Answer[] } = {
  webhook: [...usually, [200, "answered 200", ""], [204, "answered 204", ""], [404, "never", ""], [410, "gone", ""]],
  slack: [...usually, [200, "answered 200", "ok"], [404, "gone", "no_service"], [410, "gone", "channel_is_archived"]],
  "slack-bot": [
    ...usually.slice(1),
    [200, "answered 200 ok", '{"ok":true,"ts":"1.2","channel":"C1"}'],
    [200, "again", '{"ok":false,"error":"ratelimited"}'],
    [200, "never", '{"ok":false,"error":"invalid_auth"}'],
    [200, "gone", '{"ok":false,"error":"token_revoked"}'],
    [200, "never", "<html>"],
  ],
  pagerduty: [...usually, [404, "never", ""], [410, "never", ""]],
  opsgenie: [...usually, [404, "never", ""], [410, "never", ""]],
  alertmanager: [...usually, [404, "never", ""], [410, "gone", ""]],
};

describe.each(Object.keys(http) as (keyof typeof http)[])("%s", (kind) => {
  const create = (channels = open): Promise<Channel> => channels.create(http[kind](here("/base")));

  it.each(answers[kind])("takes the answer %s as: %s", async (status, outcome, body) => {
    respond = (response) => response.writeHead(status, { location: "/elsewhere" }).end(body);
    expect(await outcomeOf(await create())).toBe(outcome);
    expect(received).toHaveLength(1);
  });

  it("tries again where there is no answer: a time-out, a cut connection; and waits as long as the receiver asks", async () => {
    respond = () => undefined;
    expect(await (await create()).send(notification, context)).toEqual({
      kind: "again",
      reason: "no answer within 400 ms",
    });
    respond = (response) => response.destroy();
    expect(await outcomeOf(await create())).toBe("again");
    respond = (response) => response.writeHead(429, { "retry-after": "30" }).end();
    expect(await (await create()).send(notification, context)).toMatchObject({ kind: "again", afterMs: 30_000 });
  });

  it("does not reach this machine's network unless that is allowed, and shows no secret where it leads", async () => {
    expect(await (await create(guarded)).send(notification, context)).toMatchObject({ kind: "never" });
    expect(received).toEqual([]);
    const { where, key, pausesMs } = await create();
    expect(`${where} ${key}`).not.toMatch(/whsec|xoxb|\/base/);
    expect(pausesMs.length).toBeGreaterThan(5);
  });

  it("sends the same key at every attempt", async () => {
    const channel = await create();
    for (const later of [0, 60_000]) await channel.send(notification, { ...context, now: now + later });
    const [first, second] = received.map(({ body, headers }) => body + String(headers["webhook-id"]));
    expect(first).toBe(second);
    expect(first).toMatch(/n-17-opened-4f0c|homeostat-4f0c-incident-17|^\{"text"/);
  });
});

describe("a receiver that is hard to reach", () => {
  it.each([
    ["a closed port", async () => `http://127.0.0.1:${await closedPort()}/`],
    ["a name that does not exist", async () => "http://no-such-host.invalid/"],
  ])("is tried again: %s", async (_, url) => {
    expect(await outcomeOf(await webhookTo(await url()))).toBe("again");
  });

  it("is not waited for when its answer never ends", async () => {
    respond = (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(drip));
    };
    expect(await outcomeOf(await webhookTo(here()))).toBe("answered 200");
  });
});

describe("the webhook", () => {
  it("sends what happened as JSON, signed so that the receiver can prove it", async () => {
    await (await webhookTo(here("/hook?x=1"))).send(notification, context);
    const [message] = received;
    expect(message?.url).toBe("/hook?x=1");
    expect(JSON.parse(message?.body ?? "")).toEqual({
      type: "incident.opened",
      timestamp: "2001-06-01T11:59:55.900Z",
      data: {
        about: "homeostat-4f0c-incident-17",
        incident: 17,
        system: "flight-delay",
        severity: "critical",
        owner: "ml",
        title: "Input drift at LAX",
        text: "PSI of distance is 0.41.; Where: origin in LAX",
        link: "http://127.0.0.1:7300/incidents/17",
        sentence: notification.message.sentence,
        facts: notification.message.facts,
        next: notification.message.next,
        links: notification.message.links,
      },
    });
    const id = message?.headers["webhook-id"];
    const at = message?.headers["webhook-timestamp"];
    expect([id, at]).toEqual(["n-17-opened-4f0c", "991396800"]);
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const proof = createHmac("sha256", key)
      .update(`${String(id)}.${String(at)}.${message?.body}`)
      .digest("base64");
    expect(message?.headers["webhook-signature"]).toBe(`v1,${proof}`);
    expect(JSON.stringify(message)).not.toContain(secret);
  });

  it("signs as the standard's published example", () => {
    const signed = signMessage([secret], {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestampSeconds: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(signed["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("follows no redirect", async () => {
    await outcomeOf(await answering(302, { location: here("/elsewhere") })());
    expect(received.map(({ url }) => url)).toEqual(["/hook"]);
  });

  it("has a key of its own per address, without the path", () => {
    const keys = ["https://hooks.example.org/secret-a", "https://hooks.example.org/secret-b"].map((url) =>
      open.keyOf({ channel: "webhook", url, secret }),
    );
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^webhook:hooks\.example\.org:[0-9a-f]{8}$/);
  });

  it("signs with both secrets during a rotation, each of them enough for a receiver", async () => {
    const previousSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const channel = await open.create({ channel: "webhook", url: here(), secret, previousSecret });
    await channel.send(notification, context);
    const [message] = received;
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signatures } = message!.headers;
    const proofs = [secret, previousSecret].map((one) => {
      const key = Buffer.from(one.slice("whsec_".length), "base64");
      return `v1,${createHmac("sha256", key).update(`${id}.${at}.${message!.body}`).digest("base64")}`;
    });
    expect(signatures).toBe(proofs.join(" "));
  });

  it("takes a secret from the server's environment, and waits for one that is not there", async () => {
    const withVariable = (name: string) =>
      open.create({ channel: "webhook", url: here(), secret: `\${env:HOMEOSTAT_SECRET_${name}}` });
    expect((await (await withVariable("HOOK")).send(notification, context)).kind).toBe("sent");
    for (const name of ["EMPTY", "NONE"])
      expect(await (await withVariable(name)).send(notification, context)).toEqual({
        kind: "again",
        reason: `the variable HOMEOSTAT_SECRET_${name} is not set where the server runs`,
      });
    expect(received).toHaveLength(1);
  });

  it.each([
    ["7", 7_000],
    ["Fri, 01 Jun 2001 12:01:00 GMT", 59_100],
    ["Fri, 01 Jun 2001 11:00:00 GMT", 0],
    ["soon", undefined],
  ])("takes Retry-After: %s as %s ms", async (header, afterMs) => {
    const channel = await answering(429, { "retry-after": header })();
    expect(await channel.send(notification, context)).toEqual({
      kind: "again",
      reason: "it answered 429: too many messages (thanks)",
      afterMs,
    });
  });

  it.each([
    "127.0.0.1",
    "localhost",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "2130706433",
    "0x7f.1",
    "127.1",
  ])("does not reach %s, nor connect to it", async (host) => {
    const channel = await webhookTo(`http://${host}:${port}/`, guarded);
    expect(await channel.send(notification, context)).toEqual({
      kind: "never",
      reason: expect.stringContaining("public addresses only"),
    });
    expect(received).toEqual([]);
  });

  it.each([
    ["10.1.2.3", false],
    ["100.64.0.1", false],
    ["169.254.169.254", false],
    ["172.31.255.255", false],
    ["172.32.0.1", true],
    ["192.168.0.1", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["8.8.8.8", true],
    ["::", false],
    ["fd00::1", false],
    ["fe80::1%eth0", false],
    ["64:ff9b::a00:1", false],
    ["2002:7f00:1::", false],
    ["::ffff:8.8.8.8", true],
    ["::ffff:10.0.0.1", false],
    ["::ffff:a9fe:a9fe", false],
    ["2606:4700:4700::1111", true],
    ["example.org", false],
    ["", false],
  ])("takes %s as public: %s", (address, is) => {
    expect(isPublicAddress(address)).toBe(is);
  });
});

describe("the console", () => {
  it("writes one line that outside text can neither break nor colour", async () => {
    const channel = await open.create({ channel: "console" });
    const { message } = notification;
    await channel.send({ ...notification, message: { ...message, title: "a\nFAKE \u001b[31mred\u202e" } }, context);
    expect(lines).toEqual([
      "2001-06-01T11:59:55.900Z CRITICAL incident 17 opened | flight-delay | a FAKE [31mred | PSI of distance is 0.41. | owner ml | http://127.0.0.1:7300/incidents/17",
    ]);
  });
});

describe("docs/channels.md", () => {
  const words = (ms: number): string => {
    const units = [
      ["d", 86_400_000],
      ["h", 3_600_000],
      ["min", 60_000],
      ["s", 1_000],
    ] as const;
    const [unit, size] = units.find(([, one]) => ms >= one) ?? ["ms", 1];
    return `${ms / size} ${unit}`;
  };

  it("says of every kind what its pauses are, and which statuses are tried again", async () => {
    const text = readFileSync(new URL("../../../../docs/channels.md", import.meta.url), "utf8");
    const kinds = Object.keys(http) as (keyof typeof http)[];
    for (const kind of kinds) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${kind}\` | 408, 429, 5xx`));
      const { pausesMs } = await open.create(http[kind](here()));
      expect(row, kind).toMatch(new RegExp(`\\| ${pausesMs.map(words).join(", ")} \\|$`));
    }
    const mail = await open.create({
      channel: "email",
      smtp: { host: "h", port: 25, security: "none" },
      from: "a@b",
      to: ["c@d"],
    });
    expect(text).toContain(`| 5yz is final | ${mail.pausesMs.map(words).join(", ")} |`);
  });
});

describe("a channel by its name", () => {
  const named = createChannels({
    ...usual,
    allowPrivate: true,
    declared: {
      get: async (name) => (name === "line" ? { name, declaration: { channel: "console" } } : undefined),
    },
  });

  it("is what was declared under it, and is refused in words when nobody declared it or it takes no recipient", async () => {
    const send = async (name: string, recipient?: string) =>
      (await named.create({ channel: "named", name, recipient })).send(notification, context);
    expect(await send("line")).toMatchObject({ kind: "sent" });
    expect(await send("nobody")).toEqual({ kind: "never", reason: "no channel is declared by the name nobody" });
    expect(await send("line", "ann")).toMatchObject({ kind: "never", reason: expect.stringContaining("no recipient") });
  });

  it("is known by the name, and by the recipient where there is one", () => {
    expect(named.keyOf({ channel: "named", name: "mail" })).toBe("mail");
    expect(named.keyOf({ channel: "named", name: "mail", recipient: "ann@example.org" })).toBe("mail:ann@example.org");
  });
});
