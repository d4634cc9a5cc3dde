import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import fastifyCookie from "@fastify/cookie";
import { openApiDocument, type Route, type RouteName, routes } from "@homeostat/protocol";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Fault, reasonOf } from "../domain/fault.ts";
import { sessionCookie } from "./access.ts";
import { problemOf, problemType } from "./answer-problem.ts";
import { createDoor, type DoorOptions } from "./door.ts";
import { createOriginGuard } from "./guard-origin.ts";
import { type Refusal, type Reply, refused } from "./handler.ts";
import type { ServerMeter } from "./metrics/server-meter.ts";
import { discardRest } from "./read-body.ts";
import { type DoorLimits, usualLimits } from "./read-call.ts";
import { newId } from "./secret.ts";
import { sendPage, serveWeb, wantsPage } from "./serve-web.ts";

export interface ServeOptions extends Omit<DoorOptions, "limits"> {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly version: string;
  /** Folder of the built page; without it only the API is served. */
  readonly webRoot?: string;
  /** Names under which a reverse proxy presents this server. */
  readonly allowedHosts?: readonly string[];
  readonly limits?: DoorLimits;
  /** Told of every answered request. */
  readonly meter?: Pick<ServerMeter, "observe">;
}

export interface HttpServer {
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  /** Stops listening, lets running requests finish up to the limit, then cuts them off. */
  close(limitMs: number): Promise<void>;
}

const securityHeaders = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

const jsonType = "application/json; charset=utf-8";
const headersTimeoutMs = 15_000;
/** Longer than the longest body may take, which has its own clock. */
const requestTimeoutMs = 660_000;
/** Longer than the idle time of common proxies (60 s), so that they close first. */
const keepAliveTimeoutMs = 65_000;
const connectionCheckMs = 5_000;
/** How much of a refused body is still taken in, so that the client gets to read why. */
const discardLimits = { maxBytes: 64 * 1_048_576, maxMs: 2_000 };
const longestParameter = 200;

/** Puts on every answer what every answer carries; refusals of the framework come before any hook. */
function dress(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders).header("x-request-id", request.id);
}

async function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  dress(request, reply);
  const complete = await discardRest(request.raw, discardLimits);
  const problem = problemOf(refusal, request.id);
  if (!complete) reply.header("connection", "close");
  if (problem.retryAfterSeconds !== undefined) reply.header("retry-after", String(problem.retryAfterSeconds));
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="homeostat"');
  return reply
    .code(problem.status)
    .header("content-type", problemType)
    .header("cache-control", "no-store")
    .send(problem.body);
}

function sendSession(reply: FastifyReply, session: (Reply<RouteName> & { readonly kind: "ok" })["session"]): void {
  const attributes = { path: "/", httpOnly: true, sameSite: "strict" } as const;
  if (session?.kind === "begin")
    reply.setCookie(sessionCookie, session.token, { ...attributes, maxAge: session.maxAgeSeconds });
  if (session?.kind === "end") reply.clearCookie(sessionCookie, attributes);
}

/** Not being ready is an answer of its own for people, and 503 for the machines that ask only for the status. */
function statusOf(name: RouteName, value: unknown): number {
  const notReady = name === "ready" && (value as { readonly ready: boolean }).ready === false;
  return notReady ? 503 : routes[name].status;
}

/** The file is deleted when it was sent, or when whoever asked went away. */
async function sendFile(
  file: NonNullable<(Reply<RouteName> & { readonly kind: "ok" })["file"]>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { size } = await stat(file.path);
  const stream = createReadStream(file.path);
  stream.once("close", () => void rm(file.path, { force: true }));
  return reply
    .header("content-type", file.mediaType)
    .header("content-length", String(size))
    .header("content-disposition", `attachment; filename="${file.name}"`)
    .header("cache-control", "no-store")
    .send(stream);
}

function bindRoutes(app: FastifyInstance, options: DoorOptions): void {
  const pass = createDoor(options);
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      handler: async (request, reply) => {
        const answer = await pass(name, {
          id: request.id,
          raw: request.raw,
          parameters: request.params as Readonly<Record<string, string>>,
          query: request.query,
          sessionCookie: request.cookies[sessionCookie],
        });
        if (answer.kind === "refused") return await sendRefusal(answer, request, reply);
        if (answer.file !== undefined) return await sendFile(answer.file, reply);
        if (answer.text !== undefined)
          return reply
            .header("content-type", answer.text.mediaType)
            .header("cache-control", "no-store")
            .send(answer.text.body);
        sendSession(reply, answer.session);
        reply.code(statusOf(name, answer.value)).header("cache-control", "no-store");
        return route.status === 204
          ? reply.send()
          : reply.header("content-type", jsonType).send(JSON.stringify(answer.value));
      },
    });
  }
}

const templates = Object.values(routes).map((route: Route) => ({
  method: route.method,
  pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

function notFound(request: FastifyRequest): Refusal {
  const path = request.url.split("?")[0] ?? "/";
  const methods = templates.filter((template) => template.pattern.test(path)).map((template) => template.method);
  const others = methods.length === 0 ? "" : ` This address takes ${methods.join(", ")}.`;
  return refused("not-found", `There is no ${request.method} ${path.slice(0, 200)}.${others}`);
}

/** What the framework itself could not read: an address that does not decode, a header that is none. */
function refusalOfFramework(error: unknown): Refusal {
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status === 404) return refused("not-found", "There is nothing at this address.");
  if (status === 415) return refused("unsupported-media-type", "The Content-Type header is not a media type.");
  if (status >= 400 && status < 500)
    return refused("malformed-body", `The request cannot be read: ${reasonOf(error)}.`);
  return refused("internal", "An unexpected error; the server's log has it under this request id.");
}

/** Answers bytes that are not HTTP, or headers that never end, with a problem as well. */
function answerBrokenClient(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newId("req");
  const { body } = problemOf(
    refused("malformed-body", `The request is not valid HTTP (${error.code ?? "unknown"}).`),
    requestId,
  );
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function bindEdges(app: FastifyInstance, options: ServeOptions): void {
  const guard = createOriginGuard(options.host, options.allowedHosts ?? []);
  app.addHook("onRequest", async (request, reply) => {
    dress(request, reply);
    const { host, origin } = request.headers;
    const fetchSite = request.headers["sec-fetch-site"];
    const refusal = guard({
      method: request.method,
      host,
      origin,
      fetchSite: typeof fetchSite === "string" ? fetchSite : undefined,
    });
    if (refusal !== undefined) await sendRefusal(refusal, request, reply);
  });
  app.addHook("onResponse", async (request, reply) => {
    const path = request.routeOptions.url;
    const route = path === undefined ? "none" : path.replaceAll(/:(\w+)/g, "{$1}");
    options.meter?.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1_000);
  });
  const openApi = JSON.stringify(openApiDocument(options.version));
  app.get("/v1/openapi.json", async (_, reply) =>
    reply.header("content-type", jsonType).header("cache-control", "no-cache").send(openApi),
  );
  app.setNotFoundHandler(async (request, reply) => {
    if (options.webRoot !== undefined && wantsPage(request)) return sendPage(reply);
    return await sendRefusal(notFound(request), request, reply);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const refusal = refusalOfFramework(error);
    if (refusal.code === "internal")
      options.log({
        level: "error",
        message: "a request failed outside its handler",
        requestId: request.id,
        cause: error,
      });
    return await sendRefusal(refusal, request, reply);
  });
}

function createApp(): FastifyInstance {
  const app = Fastify({
    genReqId: () => newId("req"),
    logger: false,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: connectionCheckMs },
    routerOptions: { maxParamLength: longestParameter },
    clientErrorHandler: answerBrokenClient,
    frameworkErrors: (error, request, reply) => {
      void sendRefusal(refusalOfFramework(error), request, reply as FastifyReply);
    },
  });
  // bodies are read by `read-body.ts`, route by route, after the caller is known
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  return app;
}

/** Uploads whose process died are of no use to anybody. */
async function clearUploads(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const left = (await readdir(directory)).filter((name) => /^upload-[0-9a-f]{16}$/.test(name));
  await Promise.all(left.map((name) => rm(join(directory, name), { force: true })));
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    await app.close();
    if ((thrown as NodeJS.ErrnoException).code === "EADDRINUSE") throw new Fault("port-in-use", { host, port }, thrown);
    throw thrown;
  }
}

/**
 * Serves every route of the protocol, the OpenAPI document and, if given, the page. Binding is total: a route without a
 * handler does not compile.
 * @throws Fault `port-in-use`; the system's own error when the address cannot be listened on at all.
 */
export async function serve(options: ServeOptions): Promise<HttpServer> {
  await clearUploads(options.uploadDirectory);
  const app = createApp();
  await app.register(fastifyCookie);
  bindEdges(app, options);
  bindRoutes(app, { ...options, limits: options.limits ?? usualLimits });
  if (options.webRoot !== undefined) await serveWeb(app, options.webRoot);
  await listen(app, options.host, options.port);
  const bound = app.server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : options.port;
  const shown = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    address: { host: options.host, port, url: `http://${shown}:${port}` },
    async close(limitMs) {
      const cut = setTimeout(() => app.server.closeAllConnections(), limitMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}
