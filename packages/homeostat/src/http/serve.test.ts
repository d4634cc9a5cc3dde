import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openApiDocument, problem, publicErrors, type RouteName, routes } from "@homeostat/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry } from "../domain/audit.ts";
import { Fault, faults } from "../domain/fault.ts";
import { invariant } from "../domain/invariant.ts";
import type { ApiKey, KeyStore, Scope, Session } from "../domain/key/api-key.ts";
import { createAccess, createFirstAccess } from "./access.ts";
import { faultAnswers } from "./answer-fault.ts";
import { type Call, type Handlers, type Reply, refused } from "./handler.ts";
import { readPredictionRows } from "./read-rows.ts";
import { hashOf, newKeySecret } from "./secret.ts";
import { type HttpServer, serve } from "./serve.ts";
import type { LogEntry } from "./server-log.ts";

/** Keeps keys in memory the way the port says a store must. */
class MemoryKeyStore implements KeyStore {
  readonly keys = new Map<string, ApiKey>();
  readonly signIns = new Map<string, number>();
  readonly sessions = new Map<string, Session>();
  lookUps = 0;

  async save(key: ApiKey, secretHash: string): Promise<void> {
    this.keys.set(secretHash, key);
  }
  async byHash(secretHash: string): Promise<ApiKey | undefined> {
    this.lookUps += 1;
    const key = this.keys.get(secretHash);
    return key?.revokedAt === undefined ? key : undefined;
  }
  async list(): Promise<readonly ApiKey[]> {
    return [...this.keys.values()];
  }
  async revoke(id: string, at: number): Promise<ApiKey | undefined> {
    return this.change(id, { revokedAt: at });
  }
  async markUsed(id: string, at: number): Promise<void> {
    this.change(id, { lastUsedAt: at });
  }
  async saveSignInToken(tokenHash: string, expiresAt: number): Promise<void> {
    this.signIns.set(tokenHash, expiresAt);
  }
  async consumeSignInToken(tokenHash: string, at: number): Promise<boolean> {
    const expiresAt = this.signIns.get(tokenHash);
    this.signIns.delete(tokenHash);
    return expiresAt !== undefined && expiresAt > at;
  }
  async saveSession(session: Session, tokenHash: string): Promise<void> {
    this.sessions.set(tokenHash, session);
  }
  async session(tokenHash: string, at: number): Promise<Session | undefined> {
    const session = this.sessions.get(tokenHash);
    return session !== undefined && session.expiresAt > at ? session : undefined;
  }
  async endSession(tokenHash: string): Promise<void> {
    this.sessions.delete(tokenHash);
  }
  private change(id: string, parts: Partial<ApiKey>): ApiKey | undefined {
    for (const [hash, key] of this.keys)
      if (key.id === id) {
        const changed = { ...key, ...parts };
        this.keys.set(hash, changed);
        return changed;
      }
    return undefined;
  }
}

const start = Date.parse("2001-06-01T12:00:00Z");
const clock = {
  at: start,
  now(): number {
    return this.at;
  },
};
const keyStore = new MemoryKeyStore();
const audits: AuditEntry[] = [];
const logs: LogEntry[] = [];
const calls: Call<RouteName>[] = [];
/** What the next call of any route not answered by access does. */
let next: (call: Call<RouteName>) => Promise<Reply<RouteName>>;
const ok = (value: unknown): Reply<RouteName> => ({ kind: "ok", value }) as Reply<RouteName>;
const access = createAccess({
  keyStore,
  clock,
  onMarkFailed: (cause) => logs.push({ level: "warn", message: "mark", cause }),
});
const answer = async (call: Call<RouteName>): Promise<Reply<RouteName>> => {
  calls.push(call);
  return await next(call);
};
const handlers = {
  ...Object.fromEntries(Object.keys(routes).map((name) => [name, answer])),
  ...access.handlers,
} as unknown as Handlers;

let server: HttpServer;
let folder: string;
let webRoot: string;
let admin: string;

async function keyWith(scopes: readonly Scope[], systems?: readonly string[]): Promise<string> {
  const secret = newKeySecret();
  const id = `key-${keyStore.keys.size}`;
  await keyStore.save(
    {
      id,
      name: `key of ${scopes.join()}`,
      scopes,
      systems,
      createdAt: start,
      lastUsedAt: undefined,
      revokedAt: undefined,
    },
    hashOf(secret),
  );
  return secret;
}

const smallLimits = {
  json: { maxBytes: 10_000, idleMs: 400, totalMs: 1_500 },
  rows: { maxBytes: 200_000, idleMs: 400, totalMs: 1_500 },
  file: { maxBytes: 300_000, idleMs: 400, totalMs: 1_500 },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "homeostat-http-"));
  webRoot = join(folder, "web");
  await mkdir(webRoot);
  await writeFile(join(webRoot, "index.html"), "<!doctype html><title>Homeostat</title>");
  await mkdir(join(folder, "uploads"));
  await writeFile(join(folder, "uploads", "upload-0123456789abcdef"), "left by a crash");
  server = await serve({
    handlers,
    access,
    audit: { append: async (entry) => void audits.push(entry) },
    clock,
    log: (entry) => logs.push(entry),
    uploadDirectory: join(folder, "uploads"),
    host: "127.0.0.1",
    port: 0,
    version: "0.1.0",
    webRoot,
    limits: smallLimits,
  });
});

afterAll(async () => {
  await server.close(1_000);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  clock.at = start;
  next = async () => ok({ items: [] });
  calls.length = 0;
  audits.length = 0;
  logs.length = 0;
  admin = await keyWith(["admin"]);
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A plain request over node's own client: nothing is added that the test does not say. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Uint8Array = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: "127.0.0.1", port: server.address.port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    if (body.length > 0 && headers["transfer-encoding"] === undefined)
      outgoing.setHeader("content-length", Buffer.byteLength(body));
    outgoing.end(body);
  });
}

const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
const asJson = (secret: string): Record<string, string> => ({ ...bearer(secret), "content-type": "application/json" });
const asRows = (secret: string): Record<string, string> => ({
  ...bearer(secret),
  "content-type": "application/x-ndjson",
});

/** Every refusal must be a whole problem of the protocol: this is where that is checked. */
function problemIn(answer: Answer): ReturnType<typeof problem.parse> {
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const parsed = problem.parse(JSON.parse(answer.text));
  expect(parsed.status).toBe(answer.status);
  expect(publicErrors[parsed.code].status).toBe(answer.status);
  expect(parsed.requestId).toBe(answer.headers["x-request-id"]);
  return parsed;
}

describe("the door: who may", () => {
  it("answers a call with the route's status, and the handler sees parsed path, query and caller", async () => {
    const answer = await send(
      "GET",
      "/v1/systems/flight-delay/drift?from=2001-01-01T00:00:00Z&segment=origin%3DLAX",
      bearer(admin),
    );
    expect([answer.status, answer.text]).toEqual([200, '{"items":[]}']);
    expect(calls[0]).toMatchObject({
      route: "drift",
      path: { system: "flight-delay" },
      query: { from: "2001-01-01T00:00:00Z", segment: "origin=LAX" },
      caller: { name: "key of admin" },
      receivedAt: start,
    });
  });

  it.each([
    ["nothing", {}],
    ["an unknown key", bearer(`hs_${"x".repeat(43)}`)],
    ["a key of another shape", bearer("hunter2")],
    ["Basic credentials", { authorization: "Basic YTpi" }],
    ["an unknown session", { cookie: "homeostat_session=abc" }],
  ])("answers %s with not-signed-in", async (_, headers) => {
    const answer = await send("GET", "/v1/systems", headers);
    expect(problemIn(answer).code).toBe("not-signed-in");
    expect(answer.headers["www-authenticate"]).toContain("Bearer");
    expect(calls).toEqual([]);
  });

  it("keeps every route to its scope", async () => {
    const held = {
      ingest: await keyWith(["ingest"]),
      read: await keyWith(["read"]),
      operate: await keyWith(["operate"]),
    };
    const may: Record<string, readonly Scope[]> = {
      ingest: ["ingest"],
      read: ["read"],
      operate: ["ingest", "read", "operate"],
    };
    for (const [name, route] of Object.entries(routes)) {
      if (route.scope === "none") continue;
      const path = route.path.replace("{number}", "7").replaceAll(/\{\w+\}/g, "x");
      for (const [holder, secret] of Object.entries(held)) {
        const answer = await send(route.method, path, bearer(secret));
        const allowed = may[holder]!.includes(route.scope);
        expect([name, holder, answer.status === 403]).toEqual([name, holder, !allowed]);
      }
    }
  });

  it("refuses a key in other systems than its own, and cuts lists down to its own", async () => {
    const bound = await keyWith(["operate"], ["flight-delay"]);
    expect((await send("GET", "/v1/systems/flight-delay/counts", bearer(bound))).status).toBe(200);
    for (const path of ["/v1/systems/other/counts", "/v1/changes", "/v1/changes?system=other"])
      expect(problemIn(await send("GET", path, bearer(bound))).code).toBe("not-allowed");
    expect(problemIn(await send("POST", "/v1/apply", asJson(bound), '{"files":[]}')).code).toBe("not-allowed");
    next = async () => ok({ items: [{ name: "flight-delay" }, { name: "other" }] });
    expect((await send("GET", "/v1/systems", bearer(bound))).text).toBe('{"items":[{"name":"flight-delay"}]}');
    next = async () => ok({ number: 3, system: "other" });
    expect(problemIn(await send("GET", "/v1/incidents/3", bearer(bound))).code).toBe("not-found");
    const change = { component: "source:x", kind: "deploy", title: "t", time: "2001-06-01T00:00:00Z" };
    expect(problemIn(await send("POST", "/v1/changes", asJson(bound), JSON.stringify(change))).code).toBe(
      "not-allowed",
    );
    next = async () => ok(change);
    expect(
      (await send("POST", "/v1/changes", asJson(bound), JSON.stringify({ ...change, system: "flight-delay" }))).status,
    ).toBe(201);
  });

  it("honours a revocation at once, although keys are cached", async () => {
    const doomed = await keyWith(["read"]);
    const id = (await keyStore.list()).at(-1)!.id;
    const before = keyStore.lookUps;
    for (let i = 0; i < 5; i += 1) expect((await send("GET", "/v1/systems", bearer(doomed))).status).toBe(200);
    expect(keyStore.lookUps - before).toBe(1);
    expect((await send("DELETE", `/v1/keys/${id}`, bearer(admin))).status).toBe(200);
    expect((await send("GET", "/v1/systems", bearer(doomed))).status).toBe(401);
    expect(problemIn(await send("DELETE", "/v1/keys/none", bearer(admin))).code).toBe("not-found");
  });

  it("shows a new key's secret once and keeps only its hash", async () => {
    const made = await send(
      "POST",
      "/v1/keys",
      asJson(admin),
      '{"name":"ci","scopes":["ingest"],"systems":["flight-delay"]}',
    );
    const { secret, id } = JSON.parse(made.text) as { secret: string; id: string };
    expect(made.status).toBe(201);
    expect(secret).toMatch(/^hs_[A-Za-z0-9_-]{43}$/);
    expect((await send("GET", "/v1/keys", bearer(admin))).text).not.toContain(secret);
    expect(JSON.stringify([...keyStore.keys])).not.toContain(secret);
    expect(audits.find((entry) => entry.act === "createKey")).toMatchObject({
      actor: "key of admin",
      subject: "key ci",
      detail: { outcome: "ok" },
    });
    expect(JSON.stringify([audits, logs])).not.toContain(secret);
    expect(id).toMatch(/^key-/);
    const odd = await send(
      "POST",
      "/v1/keys",
      asJson(admin),
      '{"name":"x","scopes":["admin"],"systems":["flight-delay"]}',
    );
    expect(problemIn(odd).issues[0]?.path).toBe("systems");
  });

  it("never revokes the last admin key", async () => {
    const store = new MemoryKeyStore();
    const first = await createFirstAccess(store, clock);
    const alone = createAccess({ keyStore: store, clock, onMarkFailed: () => undefined });
    const call = { route: "revokeKey", path: { key: first?.keyId }, receivedAt: start } as unknown as Call<"revokeKey">;
    expect(await alone.handlers.revokeKey(call)).toMatchObject({ kind: "refused", code: "not-possible-now" });
  });
});

describe("the page's session", () => {
  async function signIn(): Promise<{ cookie: string; csrf: string; setCookie: string }> {
    const link = JSON.parse((await send("POST", "/v1/sign-in-links", bearer(admin))).text) as { path: string };
    const token = link.path.split("#token=")[1];
    const answer = await send("POST", "/v1/session", { "content-type": "application/json" }, JSON.stringify({ token }));
    expect(answer.status).toBe(201);
    const setCookie = answer.headers["set-cookie"]?.[0] ?? "";
    return {
      cookie: setCookie.split(";")[0]!,
      csrf: (JSON.parse(answer.text) as { csrfToken: string }).csrfToken,
      setCookie,
    };
  }

  it("makes first access once: an admin key and a sign-in link that works one time", async () => {
    const store = new MemoryKeyStore();
    const first = await createFirstAccess(store, clock);
    expect(first?.secret).toMatch(/^hs_[A-Za-z0-9_-]{43}$/);
    expect(first?.signInPath).toMatch(/^\/sign-in#token=[A-Za-z0-9_-]{43}$/);
    expect(await createFirstAccess(store, clock)).toBeUndefined();
    expect([...store.keys.keys()]).toEqual([hashOf(first!.secret)]);
    const own = createAccess({ keyStore: store, clock, onMarkFailed: () => undefined });
    const call = {
      route: "signIn",
      body: { token: first!.signInPath.split("=")[1] },
      receivedAt: start,
    } as unknown as Call<"signIn">;
    expect((await own.handlers.signIn(call)).kind).toBe("ok");
    expect(await own.handlers.signIn(call)).toMatchObject({ kind: "refused", code: "not-signed-in" });
  });

  it("refuses a sign-in link after fifteen minutes", async () => {
    const link = JSON.parse((await send("POST", "/v1/sign-in-links", bearer(admin))).text) as { path: string };
    clock.at = start + 15 * 60_000;
    const body = JSON.stringify({ token: link.path.split("#token=")[1] });
    expect(problemIn(await send("POST", "/v1/session", { "content-type": "application/json" }, body)).code).toBe(
      "not-signed-in",
    );
  });

  it("sets a cookie that scripts and other sites never get, and ends after twelve hours", async () => {
    const { cookie, setCookie } = await signIn();
    expect(setCookie).toMatch(/HttpOnly/);
    expect(setCookie).toMatch(/SameSite=Strict/);
    expect(setCookie).toMatch(/Path=\//);
    expect((await send("GET", "/v1/session", { cookie })).status).toBe(200);
    clock.at = start + 12 * 3_600_000;
    expect((await send("GET", "/v1/session", { cookie })).status).toBe(401);
  });

  it("needs the CSRF token for changes made with the cookie, and not with a key", async () => {
    const { cookie, csrf } = await signIn();
    next = async () => ok({});
    expect(problemIn(await send("POST", "/v1/systems/x/rollback", { cookie })).code).toBe("not-allowed");
    expect(problemIn(await send("POST", "/v1/systems/x/rollback", { cookie, "x-csrf-token": "guess" })).code).toBe(
      "not-allowed",
    );
    expect((await send("POST", "/v1/systems/x/rollback", { cookie, "x-csrf-token": csrf })).status).toBe(200);
    expect((await send("POST", "/v1/systems/x/rollback", bearer(admin))).status).toBe(200);
  });

  it("ends with sign-out, at once", async () => {
    const { cookie, csrf } = await signIn();
    expect((await send("GET", "/v1/session", { cookie })).status).toBe(200);
    const out = await send("DELETE", "/v1/session", { cookie, "x-csrf-token": csrf });
    expect([out.status, out.text]).toEqual([204, ""]);
    expect(out.headers["set-cookie"]?.[0]).toMatch(/^homeostat_session=;/);
    expect((await send("GET", "/v1/session", { cookie })).status).toBe(401);
  });

  it("does not fall back to the cookie when a key came and is not valid", async () => {
    const { cookie } = await signIn();
    expect((await send("GET", "/v1/session", { cookie, ...bearer("wrong") })).status).toBe(401);
  });

  it.each([
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["evil.example@localhost", 403],
    ["localhost", 200],
    ["LOCALHOST:7300", 200],
    ["127.0.0.1:1", 200],
    ["[::1]:7300", 200],
  ])("answers the Host %s with %i, so that a rebound name reads nothing", async (host, status) => {
    expect((await send("GET", "/v1/systems", { ...bearer(admin), host })).status).toBe(status);
    expect((await send("GET", "/", { host })).status).toBe(status);
  });

  it.each([
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://localhost:5555", host: "localhost:7300" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ origin: "http://localhost:7300", host: "localhost:7300" }, 200],
  ])("answers a change with %j with %i", async (headers, status) => {
    next = async () => ok({});
    expect(
      (await send("POST", "/v1/systems/x/rollback", { ...bearer(admin), ...(headers as Record<string, string>) }))
        .status,
    ).toBe(status);
  });
});

describe("the door: what is sent", () => {
  const apply = async (
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<ReturnType<typeof problem.parse>> =>
    problemIn(await send("POST", "/v1/apply", { ...asJson(admin), ...headers }, body));

  it.each([
    ["a broken text", '{"files": [}', 'Line 1, column 12: expected a value, found "}".'],
    ["a prototype", '{"__proto__":{}}', 'Line 1, column 2: the key "__proto__" is not taken.'],
    ["nesting", "[".repeat(9_999), "Line 1, column 33: nested deeper than 32 levels."],
  ])("refuses %s with its place", async (_, body, detail) => {
    expect(await apply(body)).toMatchObject({ code: "malformed-json", detail });
    expect(calls).toEqual([]);
  });

  it("refuses invalid UTF-8", async () => {
    expect(await apply(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toMatchObject({
      code: "malformed-json",
      detail: expect.stringContaining("byte 3"),
    });
  });

  it("names every wrong field by path, with what was expected and found", async () => {
    const body = await apply('{"files":[{"path":"a.yaml","text":5},{"text":""}],"extra":true}');
    expect(body.code).toBe("malformed-body");
    expect(body.issues).toEqual([
      { path: "files[0].text", expected: "text", found: "number 5" },
      { path: "files[1].path", expected: "text", found: "nothing" },
      { path: "extra", expected: "no such key", found: "boolean true" },
    ]);
  });

  it("fills defaults and gives the handler the parsed body", async () => {
    next = async () => ok({});
    const body = { dataset: `ds-${"a".repeat(64)}`, timeColumn: "t", holdoutFrom: "2001-01-01T00:00:00Z" };
    expect((await send("POST", "/v1/systems/x/train", asJson(admin), JSON.stringify(body))).status).toBe(202);
    expect(calls[0]?.body).toEqual({ ...body, maxTrainingRows: 100_000 });
  });

  it("takes no body as an empty one where nothing is needed", async () => {
    next = async () => ok({});
    expect((await send("POST", "/v1/incidents/4/acknowledge", bearer(admin))).status).toBe(200);
    expect(calls[0]).toMatchObject({ body: {}, path: { number: 4 } });
  });

  it.each([
    "text/plain",
    "application/json; charset=latin1",
    "application/x-www-form-urlencoded",
    "nonsense",
    "application/x-ndjson",
  ])("refuses the content type %s where JSON is wanted", async (type) => {
    expect((await apply("{}", { "content-type": type })).code).toBe("unsupported-media-type");
  });

  it("refuses a body without a content type", async () => {
    expect(problemIn(await send("POST", "/v1/apply", bearer(admin), "{}")).code).toBe("unsupported-media-type");
  });

  it("refuses a body that is too large by its announced length, without reading it, and by what arrives", async () => {
    expect((await apply(" ".repeat(10_001))).code).toBe("too-large");
    expect((await apply(" ".repeat(60_000), { "transfer-encoding": "chunked" })).code).toBe("too-large");
  });

  it("takes gzip, bounds what it unpacks to, and refuses damaged data and other encodings", async () => {
    next = async () => ok({});
    const files = JSON.stringify({ files: [{ path: "a.yaml", text: "x" }] });
    const zipped = { ...asJson(admin), "content-encoding": "gzip" };
    expect((await send("POST", "/v1/apply", zipped, gzipSync(files))).status).toBe(200);
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    expect(problemIn(await send("POST", "/v1/systems/x/outcomes", { ...zipped }, bomb)).code).toBe("too-large");
    expect((await apply(files, { "content-encoding": "gzip" })).code).toBe("malformed-body");
    expect((await apply(gzipSync(files).subarray(0, 30), { "content-encoding": "gzip" })).code).toBe("malformed-body");
    expect((await apply(gzipSync(files), { "content-encoding": "zstd" })).code).toBe("malformed-body");
    expect((await apply(gzipSync(files))).code).toBe("malformed-json");
    for (const encoding of ["br", "deflate", "gzip, gzip", "compress", "__proto__", "constructor"])
      expect((await apply(files, { "content-encoding": encoding })).code).toBe("unsupported-media-type");
  });

  it("hands rows over as bytes with their media type", async () => {
    next = async (call) => {
      const { body } = call as unknown as Call<"sendPredictions">;
      if ("path" in body) throw new Error("rows came as a file");
      const reading = readPredictionRows(body, [], { type: "binary-classification", threshold: 0.5 }, clock.now());
      return reading.kind === "refused" ? reading : ok({ accepted: reading.rows.length, refused: [], refusedCount: 0 });
    };
    const row = JSON.stringify({ id: "1", time: "2001-06-01T00:00:00Z", release: "r", inputs: {}, probability: 0.5 });
    const sent = await send("POST", "/v1/systems/x/predictions", asRows(admin), `${row}\n${row}\n`);
    expect([sent.status, sent.text]).toEqual([202, '{"accepted":2,"refused":[],"refusedCount":0}']);
    expect(problemIn(await send("POST", "/v1/systems/x/predictions", asRows(admin), "nope")).code).toBe(
      "malformed-json",
    );
    expect(problemIn(await send("POST", "/v1/systems/x/predict", asRows(admin), row)).code).toBe(
      "unsupported-media-type",
    );
    expect(problemIn(await send("POST", "/v1/systems/x/predictions", asRows(admin), "x".repeat(200_001))).code).toBe(
      "too-large",
    );
    expect(audits).toEqual([]);
  });

  it("streams a dataset to a file that is gone afterwards, whatever happens", async () => {
    const parquet = { ...bearer(admin), "content-type": "application/vnd.apache.parquet" };
    const content = Buffer.alloc(250_000, 7);
    let seen = 0;
    next = async (call) => {
      const file = (call as unknown as Call<"createDataset">).body;
      seen = (await readFile(file.path)).equals(content) ? file.sizeBytes : -1;
      return ok({});
    };
    expect((await send("POST", "/v1/systems/x/datasets", parquet, content)).status).toBe(201);
    expect(
      (await send("POST", "/v1/systems/x/datasets", { ...parquet, "content-encoding": "gzip" }, gzipSync(content)))
        .status,
    ).toBe(201);
    expect(seen).toBe(250_000);
    expect(problemIn(await send("POST", "/v1/systems/x/datasets", parquet, Buffer.alloc(300_001))).code).toBe(
      "too-large",
    );
    expect(
      problemIn(
        await send(
          "POST",
          "/v1/systems/x/datasets",
          { ...parquet, "transfer-encoding": "chunked" },
          Buffer.alloc(400_000),
        ),
      ).code,
    ).toBe("too-large");
    expect(problemIn(await send("POST", "/v1/systems/x/datasets", asJson(admin), "{}")).code).toBe(
      "unsupported-media-type",
    );
    next = async () => {
      throw new Fault("engine-unavailable", { reason: "gone" });
    };
    expect((await send("POST", "/v1/systems/x/datasets", parquet, content)).status).toBe(503);
    expect(await readdir(join(folder, "uploads"))).toEqual([]);
  });

  it("gives up on a body that stops arriving, and says so", async () => {
    const head = `POST /v1/apply HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${admin}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"files"`;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.address.port, "127.0.0.1", () => socket.write(head));
      let got = "";
      socket.on("data", (chunk) => {
        got += chunk.toString();
      });
      socket.on("close", () => resolve(got));
      socket.on("error", reject);
    });
    expect(text).toContain("HTTP/1.1 400");
    expect(text).toContain("connection: close");
    expect(text).toContain("The body stopped arriving");
  });

  it("answers what is not HTTP with a problem as well", async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(server.address.port, "127.0.0.1", () => socket.write("\u0016\u0003\u0001 hello\r\n\r\n"));
      let got = "";
      socket.on("data", (chunk) => {
        got += chunk.toString();
      });
      socket.on("close", () => resolve(got));
    });
    expect(text).toContain("400 Bad Request");
    expect(problem.parse(JSON.parse(text.split("\r\n\r\n")[1] ?? "")).code).toBe("malformed-body");
  });

  it.each([
    ["/v1/systems/x/drift?segmnet=a", "?segmnet"],
    ["/v1/systems?x=1", "?x"],
    ["/v1/incidents?state=closed", "state"],
    ["/v1/systems/x/drift?from=yesterday", "from"],
    ["/v1/systems/x/drift?from=2001-01-01T00:00:00Z&from=2001-01-02T00:00:00Z", "from"],
  ])("refuses the query of %s by name", async (path, where) => {
    expect(problemIn(await send("GET", path, bearer(admin))).issues[0]?.path).toBe(where);
  });

  it.each(["0", "-1", "1.5", "1e3", "99999999999999999999", "x"])("has no incident %s", async (number) => {
    expect(problemIn(await send("GET", `/v1/incidents/${number}`, bearer(admin))).code).toBe("not-found");
  });
});

describe("the door: what is answered", () => {
  it("translates every fault of the catalogue by the table, with a time to wait where trying again helps", async () => {
    for (const code of Object.keys(faults) as (keyof typeof faults)[]) {
      next = async () => {
        throw new Fault(code, { reason: "the disk at /secret/place is full" });
      };
      const answer = await send("GET", "/v1/systems", bearer(admin));
      expect([code, problemIn(answer).code]).toEqual([code, faultAnswers[code].code]);
      expect(answer.headers["retry-after"]).toBe(faultAnswers[code].retryAfterSeconds?.toString());
      if (answer.status === 503 || answer.status === 429)
        expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    }
  });

  it("tells what failed to operators only", async () => {
    next = async () => {
      throw new Fault("spool-unwritable", { path: "/secret/place", reason: "full" });
    };
    expect((await send("GET", "/v1/systems", bearer(await keyWith(["read"])))).text).not.toContain("/secret/place");
    expect((await send("GET", "/v1/systems", bearer(admin))).text).toContain("/secret/place");
  });

  it.each([
    ["a broken invariant", () => invariant(false, "the secret plan failed")],
    ["any other error", () => JSON.parse("the secret plan failed")],
    ["a thrown text", () => Promise.reject("the secret plan failed")],
  ])("answers %s with internal, keeping the message in the log under the request id", async (_, fail) => {
    next = async () => {
      await fail();
      return ok({});
    };
    const answer = await send("GET", "/v1/systems", bearer(admin));
    expect(problemIn(answer).code).toBe("internal");
    expect(answer.text).not.toContain("secret plan");
    expect(logs[0]).toMatchObject({
      level: "error",
      requestId: answer.headers["x-request-id"],
      cause: expect.anything(),
    });
  });

  it("passes on a refusal with its issues and its time to wait", async () => {
    next = async () =>
      refused("rate-limited", "slow down", {
        retryAfterSeconds: 17,
        issues: [{ path: "rows", expected: "less", found: "more" }],
      });
    const answer = await send("GET", "/v1/systems", bearer(admin));
    expect(answer.headers["retry-after"]).toBe("17");
    expect(problemIn(answer).issues).toHaveLength(1);
  });

  it("answers readiness with 503 while a part is not ready, with the parts in the body", async () => {
    next = async () => ok({ ready: false, parts: [{ part: "engine", ready: false, detail: "starting" }] });
    const answer = await send("GET", "/health/ready");
    expect([answer.status, JSON.parse(answer.text).ready]).toEqual([503, false]);
    next = async () => ok({ ready: true, parts: [] });
    expect((await send("GET", "/health/ready")).status).toBe(200);
  });

  it("writes who changed what to the audit log, refusals included, and nothing for reading", async () => {
    next = async () => ok({});
    await send("GET", "/v1/systems", bearer(admin));
    await send("POST", "/v1/systems/flight-delay/rollback", bearer(admin));
    next = async () => refused("not-possible-now", "no earlier release");
    await send("POST", "/v1/incidents/9/resolve", bearer(admin));
    next = async () => {
      throw new Fault("engine-timeout", { limitMs: 5 });
    };
    await send("POST", "/v1/systems/flight-delay/rollback", bearer(admin));
    expect(audits.map(({ act, subject, detail }) => [act, subject, detail.outcome])).toEqual([
      ["rollback", "system:flight-delay", "ok"],
      ["resolve", "incident:9", "not-possible-now"],
      ["rollback", "system:flight-delay", "unavailable"],
    ]);
    expect(audits[0]).toMatchObject({ at: start, actor: "key of admin" });
  });

  it("puts the security headers on every kind of answer", async () => {
    const paths = ["/", "/v1/systems", "/v1/nothing", "/v1/openapi.json", "/health/live", "/%zz"];
    for (const path of paths) {
      const { headers } = await send("GET", path);
      expect([path, headers["x-content-type-options"]]).toEqual([path, "nosniff"]);
      expect(headers["content-security-policy"]).toContain(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
      );
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
      expect(headers["x-request-id"]).toMatch(/^req-[0-9a-f]{16}$/);
    }
  });

  it("says what an address takes when the method is wrong", async () => {
    expect(problemIn(await send("POST", "/v1/systems", bearer(admin))).detail).toBe(
      "There is no POST /v1/systems. This address takes GET.",
    );
    expect(problemIn(await send("GET", "/%zz")).code).toBe("malformed-body");
    expect(problemIn(await send("GET", `/v1/systems/${"x".repeat(300)}`, bearer(admin))).code).toBe("not-found");
  });

  it("publishes the OpenAPI document of the protocol", async () => {
    expect(JSON.parse((await send("GET", "/v1/openapi.json")).text)).toEqual(
      JSON.parse(JSON.stringify(openApiDocument("0.1.0"))),
    );
  });
});

describe("the server", () => {
  it("says that a port is taken", async () => {
    const again = serve({
      handlers,
      access,
      audit: { append: async () => undefined },
      clock,
      log: () => undefined,
      uploadDirectory: join(folder, "uploads"),
      host: "127.0.0.1",
      port: server.address.port,
      version: "0",
    });
    await expect(again).rejects.toMatchObject({ code: "port-in-use", detail: { port: server.address.port } });
  });

  it("finishes what is running before it closes, and cuts off what does not end", async () => {
    const own = await serve({
      handlers,
      access,
      audit: { append: async () => undefined },
      clock,
      log: () => undefined,
      uploadDirectory: join(folder, "own"),
      host: "127.0.0.1",
      port: 0,
      version: "0",
    });
    let release: () => void = () => undefined;
    next = () =>
      new Promise((resolve) => {
        release = () => resolve(ok({ items: [] }));
      });
    const running = fetch(`${own.address.url}/v1/systems`, { headers: bearer(admin) });
    await expect.poll(() => calls.length).toBe(1);
    const closing = own.close(10_000);
    release();
    expect((await running).status).toBe(200);
    await closing;

    const stuck = await serve({
      handlers,
      access,
      audit: { append: async () => undefined },
      clock,
      log: () => undefined,
      uploadDirectory: join(folder, "own"),
      host: "127.0.0.1",
      port: 0,
      version: "0",
    });
    next = () => new Promise(() => undefined);
    const hanging = fetch(`${stuck.address.url}/v1/systems`, { headers: bearer(admin) });
    const ended = expect(hanging).rejects.toThrow();
    await expect.poll(() => calls.length).toBe(2);
    await stuck.close(50);
    await ended;
  });
});
