import { createHmac } from "node:crypto";
import type { Instant } from "../../domain/instant.ts";
import { hashOf, sameSecret } from "../secret.ts";

/** How far the signed time of a Standard Webhook may be from the server's clock, either way. */
const toleranceMs = 5 * 60_000;
const secretPrefix = "whsec_";

export type Headers = Readonly<Record<string, string | undefined>>;

/** Whether a delivery is from whom it says; a reason in words when it is not. All comparisons take constant time. */
type Verdict = { readonly kind: "verified" } | { readonly kind: "refused"; readonly reason: string };

const verified: Verdict = { kind: "verified" };
const refusedFor = (reason: string): Verdict => ({ kind: "refused", reason });

/** GitHub: `X-Hub-Signature-256: sha256=` and the HMAC-SHA256 of the body in hex. */
export function verifyGitHub(headers: Headers, body: Uint8Array, secret: string): Verdict {
  const given = headers["x-hub-signature-256"];
  if (given === undefined) return refusedFor("no X-Hub-Signature-256 came with it: give the webhook its secret");
  const expected = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  return sameSecret(given.toLowerCase(), expected) ? verified : refusedFor("X-Hub-Signature-256 does not fit the body");
}

/** GitLab sends the secret itself, as `X-Gitlab-Token`; only its hash is kept. */
export function verifyGitLab(headers: Headers, hash: string): Verdict {
  const given = headers["x-gitlab-token"];
  if (given === undefined) return refusedFor("no X-Gitlab-Token came with it: give the webhook its secret token");
  return sameSecret(hashOf(given), hash) ? verified : refusedFor("X-Gitlab-Token is not the token of this hook");
}

/**
 * Standard Webhooks 1.0: any of the space-separated `v1,` signatures in `webhook-signature` must be the base64 of
 * HMAC-SHA256 over `id.timestamp.body`, and the time must be near.
 */
export function verifyStandard(headers: Headers, body: Uint8Array, secret: string, now: Instant): Verdict {
  const { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signatures } = headers;
  if (id === undefined || seconds === undefined || signatures === undefined)
    return refusedFor("webhook-id, webhook-timestamp and webhook-signature must come with it");
  if (!/^\d{1,12}$/.test(seconds)) return refusedFor("webhook-timestamp is not a number of seconds");
  if (Math.abs(Number(seconds) * 1_000 - now) > toleranceMs)
    return refusedFor("webhook-timestamp is more than 5 minutes from the server's clock: old messages are not taken");
  const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64");
  const isOurs = signatures.split(" ").some((one) => sameSecret(one, `v1,${expected}`));
  return isOurs ? verified : refusedFor("webhook-signature does not fit the body");
}
