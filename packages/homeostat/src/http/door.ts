import { rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { type Answer, type RouteName, routes } from "@homeostat/protocol";
import type { AuditLog } from "../domain/audit.ts";
import type { Clock, Instant } from "../domain/instant.ts";
import { allows } from "../domain/key/api-key.ts";
import type { Access } from "./access.ts";
import { refusalOfThrown } from "./answer-problem.ts";
import { boundAnswer, boundKeyRefusal, reaches } from "./bound-key.ts";
import { type Call, type Caller, type Handler, type Handlers, type Refusal, type Reply, refused } from "./handler.ts";
import { bodyKindOf, type DoorLimits, readBody, readPath, readQuery } from "./read-call.ts";
import { newId, sameSecret } from "./secret.ts";
import type { Log } from "./server-log.ts";

export interface DoorOptions {
  readonly handlers: Handlers;
  readonly access: Access;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly log: Log;
  /** Where large bodies are put while their handler works. */
  readonly uploadDirectory: string;
  readonly limits: DoorLimits;
}

/** What the door needs of a request, whatever server brought it. */
export interface DoorRequest {
  readonly id: string;
  readonly raw: IncomingMessage;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly sessionCookie: string | undefined;
}

type AnyReply = Reply<RouteName>;

const nobody: Caller = { name: "anonymous", scopes: [], systems: undefined, credential: { kind: "anonymous" } };

/** Measured before the body is read, which may take its time to come. */
function clockAheadOf(request: IncomingMessage, beganAt: Instant): number | undefined {
  const sentAt = Date.parse(headerOf(request, "date") ?? "");
  return Number.isNaN(sentAt) ? undefined : sentAt - beganAt;
}

/** Rows are too many to write an entry for each batch, and a plan changes nothing. */
const unaudited: ReadonlySet<RouteName> = new Set<RouteName>([
  "predict",
  "sendPredictions",
  "sendOutcomes",
  "sendEvents",
  "plan",
  "simulatePaging",
  "readLink",
  "sendLineage",
  "sendLineageBatch",
  // Written with the change itself, under the hook's name.
  "deliverHook",
  "enqueueChange",
]);

/** Rows that leave the house are noted, though nothing changes. */
const auditedReads: ReadonlySet<RouteName> = new Set<RouteName>(["exportDataset"]);

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

function csrfRefusal(name: RouteName, caller: Caller, request: IncomingMessage): Refusal | undefined {
  if (routes[name].method === "GET" || caller.credential.kind !== "session") return undefined;
  const token = headerOf(request, "x-csrf-token");
  if (token !== undefined && sameSecret(token, caller.credential.csrfToken)) return undefined;
  return refused("not-allowed", "A change made with a session needs the session's token in the header x-csrf-token.");
}

function subjectOf(call: Call<RouteName>): string {
  const named = Object.entries(call.path as Readonly<Record<string, string | number>>);
  if (named.length > 0)
    return named.map(([name, value]) => `${name === "number" ? "incident" : name}:${value}`).join(" ");
  if (call.route === "createKey") return `key ${(call as unknown as Call<"createKey">).body.name}`;
  if (call.route === "createHook") return `hook ${(call as unknown as Call<"createHook">).body.name}`;
  if (call.route === "recordChange") return (call as unknown as Call<"recordChange">).body.component;
  if (call.route === "apply") return `${(call as unknown as Call<"apply">).body.files.length} files`;
  return routes[call.route].path;
}

/**
 * Makes the one path every API request takes: who are you, may you, read and check, act, write the audit log. Refusals
 * are values; whatever is thrown becomes an answer here and nowhere else.
 */
export function createDoor(options: DoorOptions): (name: RouteName, request: DoorRequest) => Promise<AnyReply> {
  const { handlers, access, audit, clock, log } = options;

  async function admit(name: RouteName, request: DoorRequest): Promise<Caller | Refusal> {
    const scope = routes[name].scope;
    if (scope === "none") return nobody;
    const authorization = headerOf(request.raw, "authorization");
    const caller = await access.authenticate({ authorization, cookie: request.sessionCookie });
    if (caller === undefined) {
      const came = authorization !== undefined || request.sessionCookie !== undefined;
      return refused(
        "not-signed-in",
        came
          ? "The key or session is not valid: unknown, revoked or over."
          : "No key and no session came with the request.",
      );
    }
    if (!allows(caller.scopes, scope))
      return refused(
        "not-allowed",
        `This needs the scope \`${scope}\`; ${caller.name} has ${caller.scopes.join(", ")}.`,
      );
    return csrfRefusal(name, caller, request.raw) ?? caller;
  }

  function boundRefusal(
    name: RouteName,
    caller: Caller,
    parts: Pick<Call<RouteName>, "path" | "query" | "body">,
  ): Refusal | undefined {
    if (caller.systems === undefined) return undefined;
    const reason = boundKeyRefusal(name, caller.systems, parts);
    return reason === undefined ? undefined : refused("not-allowed", reason);
  }

  async function read(
    name: RouteName,
    request: DoorRequest,
    caller: Caller,
    uploadPath: string,
  ): Promise<Call<RouteName> | Refusal> {
    const path = readPath(request.parameters);
    if (path.kind === "refused") return path;
    const query = readQuery(name, request.query);
    if (query.kind === "refused") return query;
    const known = { path: path.value, query: query.value, body: undefined } as unknown as Call<RouteName>;
    // a key that may not send here must not make us take its body first
    const early = reaches[name] === "body" ? undefined : boundRefusal(name, caller, known);
    if (early !== undefined) return early;
    const beganAt = clock.now();
    const body = await readBody(name, request.raw, options.limits, uploadPath);
    if (body.kind === "refused") return body;
    const call = {
      ...known,
      route: name,
      body: body.value,
      caller,
      requestId: request.id,
      receivedAt: clock.now(),
      clockAheadMs: clockAheadOf(request.raw, beganAt),
      accept: headerOf(request.raw, "accept"),
    } as unknown as Call<RouteName>;
    return boundRefusal(name, caller, call) ?? call;
  }

  async function act(call: Call<RouteName>): Promise<AnyReply> {
    const handler = handlers[call.route] as unknown as Handler<RouteName>;
    const reply = await handler(call);
    if (reply.kind === "refused" || call.caller.systems === undefined) return reply;
    const value = boundAnswer(call.route, call.caller.systems, reply.value);
    return value === undefined
      ? refused("not-found", "There is nothing here for this key.")
      : { ...reply, value: value as Answer<RouteName> };
  }

  async function write(call: Call<RouteName>, outcome: string): Promise<void> {
    const changes = routes[call.route].method !== "GET" && !unaudited.has(call.route);
    if (!changes && !auditedReads.has(call.route)) return;
    const { credential, name } = call.caller;
    const by = credential.kind === "key" ? { keyId: credential.keyId } : { by: credential.kind };
    const entry = {
      at: call.receivedAt,
      actor: name,
      act: call.route,
      subject: subjectOf(call),
      detail: { requestId: call.requestId, outcome, ...by },
    };
    // the act is done: losing its answer as well would make the caller do it twice. The log keeps what the audit log could not.
    await audit.append(entry).catch((cause: unknown) =>
      log({
        level: "error",
        message: "the audit log did not take an entry",
        requestId: call.requestId,
        detail: { actor: name, act: call.route, subject: entry.subject, outcome },
        cause,
      }),
    );
  }

  function answerThrown(thrown: unknown, name: RouteName, request: DoorRequest, caller: Caller | undefined): Refusal {
    const refusal = refusalOfThrown(thrown, caller);
    const level = refusal.code === "internal" ? "error" : "warn";
    log({ level, message: `${name} failed`, requestId: request.id, detail: { code: refusal.code }, cause: thrown });
    return refusal;
  }

  async function pass(name: RouteName, request: DoorRequest, uploadPath: string): Promise<AnyReply> {
    let caller: Caller | undefined;
    try {
      const admitted = await admit(name, request);
      if ("kind" in admitted) return admitted;
      caller = admitted;
      const call = await read(name, request, caller, uploadPath);
      if ("kind" in call) return call;
      const reply = await act(call).catch((thrown: unknown) => answerThrown(thrown, name, request, call.caller));
      await write(call, reply.kind === "ok" ? "ok" : reply.code);
      return reply;
    } catch (thrown) {
      return answerThrown(thrown, name, request, caller);
    }
  }

  return async (name, request) => {
    if (bodyKindOf(name, request.raw.headers["content-type"]) !== "file") return await pass(name, request, "");
    const uploadPath = join(options.uploadDirectory, newId("upload"));
    try {
      return await pass(name, request, uploadPath);
    } finally {
      await rm(uploadPath, { force: true });
    }
  };
}
