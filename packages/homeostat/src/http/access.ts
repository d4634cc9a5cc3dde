import type { ApiKey as WireKey, Session as WireSession } from "@homeostat/protocol";
import { type Clock, hourMs, type Instant, isoOf, minuteMs } from "../domain/instant.ts";
import { type ApiKey, allows, type KeyStore, type Session } from "../domain/key/api-key.ts";
import { AccessCache } from "./access-cache.ts";
import { type AccessRouteName, type Call, type Caller, type Handlers, type Reply, refused } from "./handler.ts";
import { hashOf, newId, newKeySecret, newToken } from "./secret.ts";

export const sessionCookie = "homeostat_session";
const sessionLifeMs = 12 * hourMs;
const signInLifeMs = 15 * minuteMs;
/** How long another replica may honour a key revoked elsewhere. */
const cacheLifeMs = 10_000;
const cacheSize = 1_000;
/** `last used` is told to the minute: one write a minute and key, not one a request. */
const markUsedEveryMs = minuteMs;

/** Who is calling, and the routes by which keys and sessions are made. */
export interface Access {
  /**
   * The caller behind the credentials of a request; undefined when there are none or they are not valid. An
   * Authorization header that is not valid is never passed over in favour of a cookie.
   * @throws Fault of the key store.
   */
  authenticate(credentials: {
    readonly authorization: string | undefined;
    readonly cookie: string | undefined;
  }): Promise<Caller | undefined>;
  readonly handlers: Pick<Handlers, AccessRouteName>;
}

/** The first way in, printed once by the process that made it. */
export interface FirstAccess {
  readonly keyId: string;
  readonly secret: string;
  /** Path of the one-time sign-in link; the token is in the fragment, so that no server log ever holds it. */
  readonly signInPath: string;
  readonly signInExpiresAt: Instant;
}

const bearer = /^Bearer +(hs_[A-Za-z0-9_-]{43})$/i;

const keyToWire = (key: ApiKey): WireKey => ({
  id: key.id,
  name: key.name,
  scopes: [...key.scopes],
  systems: key.systems === undefined ? null : [...key.systems],
  createdAt: isoOf(key.createdAt),
  lastUsedAt: key.lastUsedAt === undefined ? null : isoOf(key.lastUsedAt),
  revokedAt: key.revokedAt === undefined ? null : isoOf(key.revokedAt),
});

async function makeSignInLink(
  keyStore: KeyStore,
  now: Instant,
): Promise<{ readonly path: string; readonly expiresAt: Instant }> {
  const token = newToken();
  const expiresAt = now + signInLifeMs;
  await keyStore.saveSignInToken(hashOf(token), expiresAt);
  return { path: `/sign-in#token=${token}`, expiresAt };
}

/**
 * When no key has ever been made: makes the admin key `first admin` and a one-time sign-in link, and returns both for
 * printing. undefined when there are keys already, revoked ones included: a restart never hands out new access.
 */
export async function createFirstAccess(keyStore: KeyStore, clock: Clock): Promise<FirstAccess | undefined> {
  if ((await keyStore.list()).length > 0) return undefined;
  const now = clock.now();
  const secret = newKeySecret();
  const key: ApiKey = {
    id: newId("key"),
    name: "first admin",
    scopes: ["admin"],
    systems: undefined,
    createdAt: now,
    lastUsedAt: undefined,
    revokedAt: undefined,
  };
  await keyStore.save(key, hashOf(secret));
  const link = await makeSignInLink(keyStore, now);
  return { keyId: key.id, secret, signInPath: link.path, signInExpiresAt: link.expiresAt };
}

const isLiveAdmin = (key: ApiKey): boolean => key.revokedAt === undefined && allows(key.scopes, "admin");

/**
 * Keys and sessions over the key store. Secrets are made here, shown once and kept as SHA-256 only. `onMarkFailed` is
 * told when noting a key's use fails: that never fails the request.
 */
export function createAccess(options: {
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly onMarkFailed: (cause: unknown) => void;
}): Access {
  const { keyStore, clock, onMarkFailed } = options;
  const limits = { size: cacheSize, lifeMs: cacheLifeMs };
  const keys = new AccessCache<ApiKey>(clock, limits);
  const sessions = new AccessCache<Session>(clock, limits);
  const marked = new Map<string, Instant>();

  function markUsed(key: ApiKey): void {
    const now = clock.now();
    if (now - (marked.get(key.id) ?? key.lastUsedAt ?? Number.NEGATIVE_INFINITY) < markUsedEveryMs) return;
    marked.set(key.id, now);
    keyStore.markUsed(key.id, now).catch(onMarkFailed);
  }

  async function callerOfKey(authorization: string): Promise<Caller | undefined> {
    const secret = bearer.exec(authorization)?.[1];
    if (secret === undefined) return undefined;
    const hash = hashOf(secret);
    const key = await keys.get(hash, () => keyStore.byHash(hash));
    if (key === undefined || key.revokedAt !== undefined) return undefined;
    markUsed(key);
    return { name: key.name, scopes: key.scopes, systems: key.systems, credential: { kind: "key", keyId: key.id } };
  }

  async function callerOfSession(token: string): Promise<Caller | undefined> {
    const tokenHash = hashOf(token);
    const now = clock.now();
    const session = await sessions.get(tokenHash, () => keyStore.session(tokenHash, now));
    if (session === undefined || session.expiresAt <= now) return undefined;
    return {
      name: session.name,
      scopes: session.scopes,
      systems: undefined,
      credential: { kind: "session", tokenHash, csrfToken: session.csrfToken },
    };
  }

  async function signIn(call: Call<"signIn">): Promise<Reply<"signIn">> {
    const now = call.receivedAt;
    if (!(await keyStore.consumeSignInToken(hashOf(call.body.token), now)))
      return refused(
        "not-signed-in",
        "This sign-in link was used before or is older than 15 minutes; make a new one with `homeostat keys sign-in-link`.",
      );
    const token = newToken();
    const session: Session = { name: "page", scopes: ["admin"], csrfToken: newToken(), expiresAt: now + sessionLifeMs };
    await keyStore.saveSession(session, hashOf(token));
    const value: WireSession = { name: session.name, scopes: [...session.scopes], csrfToken: session.csrfToken };
    return { kind: "ok", value, session: { kind: "begin", token, maxAgeSeconds: sessionLifeMs / 1_000 } };
  }

  async function currentSession({ caller }: Call<"currentSession">): Promise<Reply<"currentSession">> {
    const csrfToken = caller.credential.kind === "session" ? caller.credential.csrfToken : "";
    return { kind: "ok", value: { name: caller.name, scopes: [...caller.scopes], csrfToken } };
  }

  async function signOut({ caller }: Call<"signOut">): Promise<Reply<"signOut">> {
    if (caller.credential.kind === "session") {
      await keyStore.endSession(caller.credential.tokenHash);
      sessions.clear();
    }
    return { kind: "ok", value: null, session: { kind: "end" } };
  }

  async function createKey({ body, receivedAt }: Call<"createKey">): Promise<Reply<"createKey">> {
    if (body.systems !== undefined && (body.scopes.includes("admin") || body.systems.length === 0))
      return refused("malformed-body", "The key would not do what it seems to say.", {
        issues: [
          {
            path: "systems",
            expected: "at least one system, and no scope `admin`: admin reaches every system",
            found: `scopes ${body.scopes.join(", ")} for ${body.systems.length} systems`,
          },
        ],
      });
    const secret = newKeySecret();
    const key: ApiKey = {
      id: newId("key"),
      name: body.name,
      scopes: body.scopes,
      systems: body.systems,
      createdAt: receivedAt,
      lastUsedAt: undefined,
      revokedAt: undefined,
    };
    await keyStore.save(key, hashOf(secret));
    return { kind: "ok", value: { ...keyToWire(key), secret } };
  }

  async function revokeKey({ path, receivedAt }: Call<"revokeKey">): Promise<Reply<"revokeKey">> {
    const all = await keyStore.list();
    const target = all.find((key) => key.id === path.key);
    if (target === undefined) return refused("not-found", `There is no key with the id ${JSON.stringify(path.key)}.`);
    if (isLiveAdmin(target) && all.filter(isLiveAdmin).length === 1)
      return refused(
        "not-possible-now",
        "This is the last admin key: make another one first, or nobody could make keys again.",
      );
    const revoked = target.revokedAt === undefined ? await keyStore.revoke(target.id, receivedAt) : target;
    keys.clear();
    return revoked === undefined
      ? refused("not-found", `There is no key with the id ${JSON.stringify(path.key)}.`)
      : { kind: "ok", value: keyToWire(revoked) };
  }

  return {
    async authenticate({ authorization, cookie }) {
      if (authorization !== undefined) return await callerOfKey(authorization);
      return cookie === undefined || cookie === "" ? undefined : await callerOfSession(cookie);
    },
    handlers: {
      signIn,
      currentSession,
      signOut,
      createKey,
      revokeKey,
      keys: async () => ({ kind: "ok", value: { items: (await keyStore.list()).map(keyToWire) } }),
      signInLink: async ({ receivedAt }) => {
        const link = await makeSignInLink(keyStore, receivedAt);
        return { kind: "ok", value: { path: link.path, expiresAt: isoOf(link.expiresAt) } };
      },
    },
  };
}
