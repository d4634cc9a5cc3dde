import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";

const secretBytes = 32;

/** A new API key: `hs_` and 43 characters of base64url, 256 bits of randomness. Shown once. */
export function newKeySecret(): string {
  return `hs_${newToken()}`;
}

/** 43 characters of base64url: session, sign-in and CSRF tokens. */
export function newToken(): string {
  return randomBytes(secretBytes).toString("base64url");
}

/** `req-`, `key-` … and 16 hex digits: a name, not a secret. */
export function newId(prefix: string): string {
  // From a stock of random bytes; `randomBytes` would ask the kernel, twice for every request.
  return `${prefix}-${randomUUID().replaceAll("-", "").slice(-16)}`;
}

/**
 * SHA-256 in hex. A plain digest is enough for secrets of 256 random bits: there is nothing to guess, so the slowness
 * that passwords need would only cost every request.
 */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Comparison in constant time; texts of different length are different. */
export function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(left)), Buffer.from(hashOf(right)));
}
