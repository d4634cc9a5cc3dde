import { createHmac } from "node:crypto";

const prefix = "whsec_";

export interface SignedHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/**
 * Signs a message as Standard Webhooks 1.0 says: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body` under the
 * decoded secret; with several secrets one signature each, so that a receiver may still know the previous one. The
 * timestamp is in whole seconds; receivers refuse old ones, so every attempt is signed anew while the id stays.
 */
export function signMessage(
  secrets: readonly string[],
  message: { readonly id: string; readonly timestampSeconds: number; readonly body: string },
): SignedHeaders {
  const content = `${message.id}.${message.timestampSeconds}.${message.body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, "base64");
    return `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  });
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestampSeconds),
    "webhook-signature": signatures.join(" "),
  };
}
