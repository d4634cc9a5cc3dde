import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Fault } from "../domain/fault.ts";
import type { Channel, Notification } from "../domain/notification/notification.ts";
import type { ChannelDeclaration } from "../domain/system/system.ts";
import { createChannels } from "./channels.ts";
import { isPublicAddress } from "./webhook/public-address.ts";
import { signMessage } from "./webhook/sign-message.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = Date.parse("2001-06-01T12:00:00.900Z");
const notification: Notification = {
  id: "n-17-opened",
  kind: "incident.opened",
  incident: 17,
  system: "flight-delay",
  severity: "critical",
  owner: "ml",
  title: "Input drift at LAX",
  text: "PSI of distance is 0.41",
  link: "http://127.0.0.1:7300/incidents/17",
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

const open = createChannels({ writeLine: (line) => lines.push(line), allowPrivate: true, timeoutMs: 400 });
const guarded = createChannels({ writeLine: (line) => lines.push(line), allowPrivate: false, timeoutMs: 400 });
const webhookTo = (url: string, channels = open): Channel => channels.create({ channel: "webhook", url, secret });
const here = (path = "/hook"): string => `http://127.0.0.1:${port}${path}`;

async function outcomeOf(channel: Channel): Promise<string> {
  try {
    return (await channel.send(notification, now)).detail;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    expect(thrown.code).toBe("notification-failed");
    return thrown.retryable ? "try again" : "never again";
  }
}

const answering =
  (status: number, headers: Record<string, string> = {}) =>
  (): Channel => {
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

/** One table for the whole family: a channel without rows here does not compile. */
const table: Readonly<
  Record<ChannelDeclaration["channel"], readonly (readonly [string, () => Channel | Promise<Channel>, string])[]>
> = {
  console: [["a console that takes lines", () => open.create({ channel: "console" }), "written to the console"]],
  webhook: [
    ["200", answering(200), "answered 200"],
    ["202", answering(202), "answered 202"],
    ["204", answering(204), "answered 204"],
    ["301", answering(301, { location: "/elsewhere" }), "never again"],
    ["307", answering(307, { location: "/elsewhere" }), "never again"],
    ["400", answering(400), "never again"],
    ["401", answering(401), "never again"],
    ["404", answering(404), "never again"],
    ["410", answering(410), "never again"],
    ["422", answering(422), "never again"],
    ["429", answering(429), "try again"],
    ["500", answering(500), "try again"],
    ["502", answering(502), "try again"],
    ["503", answering(503), "try again"],
    ["a closed port", async () => webhookTo(`http://127.0.0.1:${await closedPort()}/`), "try again"],
    ["a name that does not exist", () => webhookTo("http://no-such-host.invalid/"), "try again"],
    [
      "a connection cut in the middle",
      () => {
        respond = (response) => response.destroy();
        return webhookTo(here());
      },
      "try again",
    ],
    [
      "a receiver that never answers",
      () => {
        respond = () => undefined;
        return webhookTo(here());
      },
      "try again",
    ],
    [
      "an answer that never ends",
      () => {
        respond = (response) => {
          response.writeHead(200);
          const drip = setInterval(() => response.write("x"), 20);
          response.on("close", () => clearInterval(drip));
        };
        return webhookTo(here());
      },
      "answered 200",
    ],
  ],
};

describe("whether trying again can help", () => {
  const rows = Object.entries(table).flatMap(([channel, cases]) => cases.map((row) => [channel, ...row] as const));
  it.each(rows)("%s, %s", async (_, __, make, outcome) => {
    expect(await outcomeOf(await make())).toBe(outcome);
  });
});

describe("the webhook", () => {
  it("sends what happened as JSON, signed so that the receiver can prove it", async () => {
    await webhookTo(here("/hook?x=1")).send(notification, now);
    const [message] = received;
    expect(message?.url).toBe("/hook?x=1");
    expect(JSON.parse(message?.body ?? "")).toEqual({
      type: "incident.opened",
      timestamp: "2001-06-01T11:59:55.900Z",
      data: {
        incident: 17,
        system: "flight-delay",
        severity: "critical",
        owner: "ml",
        title: "Input drift at LAX",
        text: "PSI of distance is 0.41",
        link: "http://127.0.0.1:7300/incidents/17",
      },
    });
    const id = message?.headers["webhook-id"];
    const at = message?.headers["webhook-timestamp"];
    expect([id, at]).toEqual(["n-17-opened", "991396800"]);
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const proof = createHmac("sha256", key)
      .update(`${String(id)}.${String(at)}.${message?.body}`)
      .digest("base64");
    expect(message?.headers["webhook-signature"]).toBe(`v1,${proof}`);
    expect(JSON.stringify(message)).not.toContain(secret);
  });

  it("signs as the standard's published example", () => {
    const signed = signMessage(secret, {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestampSeconds: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(signed["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("follows no redirect", async () => {
    await outcomeOf(answering(302, { location: here("/elsewhere") })());
    expect(received.map(({ url }) => url)).toEqual(["/hook"]);
  });

  it("has a name of its own per address, without the path", () => {
    const names = [
      webhookTo("https://hooks.example.org/secret-a"),
      webhookTo("https://hooks.example.org/secret-b"),
    ].map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^webhook:hooks\.example\.org:[0-9a-f]{8}$/);
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
    const channel = webhookTo(`http://${host}:${port}/`, guarded);
    await expect(channel.send(notification, now)).rejects.toMatchObject({
      code: "notification-failed",
      retryable: false,
      message: expect.stringContaining("public addresses only"),
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
    const channel = open.create({ channel: "console" });
    await channel.send({ ...notification, title: "a\nFAKE \u001b[31mred\u202e" }, now);
    expect(lines).toEqual([
      "2001-06-01T11:59:55.900Z CRITICAL incident 17 opened | flight-delay | a FAKE [31mred | PSI of distance is 0.41 | owner ml | http://127.0.0.1:7300/incidents/17",
    ]);
  });
});
