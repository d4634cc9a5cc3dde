import { createHash } from "node:crypto";
import { type Dispatcher, request } from "undici";
import { Fault, reasonOf } from "../../domain/fault.ts";
import { isoOf } from "../../domain/instant.ts";
import type { Channel, Notification } from "../../domain/notification/notification.ts";
import { type Again, notificationFault } from "../notification-fault.ts";
import { ClosedAddressError, checkLiteralAddress } from "./guarded-agent.ts";
import { signMessage } from "./sign-message.ts";

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  readonly agent: Dispatcher;
  readonly allowPrivate: boolean;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

/** How much of an answer is taken in before the connection is cut. */
const answerLimitBytes = 65_536;

/** Two webhooks of one system are two channels. The path stays out of the name: with some receivers it is the secret. */
function nameOf(url: URL): string {
  return `webhook:${url.host}:${createHash("sha256").update(url.href).digest("hex").slice(0, 8)}`;
}

function bodyOf(notification: Notification): string {
  const { kind, at, id: _, ...data } = notification;
  return JSON.stringify({ type: kind, timestamp: isoOf(at), data });
}

/** What a status means for trying again; undefined when the message was taken. */
function verdictOf(status: number): { readonly again: Again; readonly reason: string } | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 429 || status >= 500) return { again: "can-help", reason: `it answered ${status}` };
  if (status === 410)
    return { again: "cannot-help", reason: "it answered 410: the receiver is gone; take it out of the declaration" };
  if (status >= 300 && status < 400)
    return { again: "cannot-help", reason: `it answered ${status}; redirects are not followed` };
  return { again: "cannot-help", reason: `it answered ${status}` };
}

function faultOf(name: string, thrown: unknown, timeoutMs: number): Fault {
  if (thrown instanceof Fault) return thrown;
  if (thrown instanceof ClosedAddressError) return notificationFault(name, thrown.message, "cannot-help", thrown);
  const isTimeout = thrown instanceof Error && thrown.name === "TimeoutError";
  const reason = isTimeout ? `no answer within ${timeoutMs} ms` : reasonOf(thrown);
  return notificationFault(name, reason, "can-help", thrown);
}

/**
 * Posts notifications as Standard Webhooks: signed, without following redirects, to public addresses only unless
 * `allowPrivate`. 2xx is taken; 429, 5xx and a silent network may be tried again; everything else may not.
 */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const url = new URL(options.url);
  const name = nameOf(url);

  async function post(notification: Notification, timestampSeconds: number): Promise<number> {
    if (!options.allowPrivate) checkLiteralAddress(url.hostname);
    const body = bodyOf(notification);
    const signed = signMessage(options.secret, { id: notification.id, timestampSeconds, body });
    const response = await request(url, {
      method: "POST",
      dispatcher: options.agent,
      headers: { "content-type": "application/json; charset=utf-8", "user-agent": "homeostat", ...signed },
      body,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    await response.body.dump({ limit: answerLimitBytes });
    return response.statusCode;
  }

  return {
    name,
    async send(notification, now) {
      const status = await post(notification, Math.floor(now / 1_000)).catch((thrown: unknown) => {
        throw faultOf(name, thrown, options.timeoutMs);
      });
      const verdict = verdictOf(status);
      if (verdict !== undefined) throw notificationFault(name, verdict.reason, verdict.again);
      return { detail: `answered ${status}` };
    },
  };
}
