import type { Instant } from "../instant.ts";

export const scopes = ["ingest", "read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** A caller's credential. Only the SHA-256 of the secret is kept. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** undefined: every system. */
  readonly systems: readonly string[] | undefined;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revokedAt: Instant | undefined;
}

export interface Session {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly csrfToken: string;
  readonly expiresAt: Instant;
}

/** `admin` includes everything, `operate` includes `read` and `ingest`; `read` and `ingest` include nothing else. */
export function allows(held: readonly Scope[], needed: Scope): boolean {
  if (held.includes("admin") || held.includes(needed)) return true;
  return held.includes("operate") && (needed === "read" || needed === "ingest");
}

export interface KeyStore {
  save(key: ApiKey, secretHash: string): Promise<void>;
  /** Unrevoked key by the hash of its secret. */
  byHash(secretHash: string): Promise<ApiKey | undefined>;
  list(): Promise<readonly ApiKey[]>;
  revoke(id: string, at: Instant): Promise<ApiKey | undefined>;
  markUsed(id: string, at: Instant): Promise<void>;
  /** One-time tokens of the sign-in link: consumed by the first use, refused after expiry. */
  saveSignInToken(tokenHash: string, expiresAt: Instant): Promise<void>;
  consumeSignInToken(tokenHash: string, at: Instant): Promise<boolean>;
  saveSession(session: Session, tokenHash: string): Promise<void>;
  session(tokenHash: string, at: Instant): Promise<Session | undefined>;
  endSession(tokenHash: string): Promise<void>;
}
