import { type Dispatcher, request } from "undici";
import { reasonOf } from "../domain/fault.ts";
import type { SendResult } from "../domain/notification/notification.ts";
import { ClosedAddressError, checkLiteralAddress } from "./webhook/guarded-agent.ts";

/** What a receiver answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** At most the first 64 KiB. */
  readonly text: string;
}

interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts JSON; `failed` where there was no answer, with what follows from it. */
export type PostJson = (
  post: Post,
) => Promise<
  | { readonly kind: "answered"; readonly answer: HttpAnswer }
  | { readonly kind: "failed"; readonly result: Extract<SendResult, { readonly kind: "again" | "never" }> }
>;

/** How much of an answer is taken in before the connection is cut. */
const answerLimitBytes = 65_536;

/**
 * The one way in which channels speak HTTP: JSON, no redirect followed, public addresses only unless `allowPrivate`, the
 * whole exchange bounded in time, the answer in size.
 */
export function createPostJson(options: {
  readonly agent: Dispatcher;
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
}): PostJson {
  const { agent, allowPrivate, timeoutMs } = options;
  return async ({ url, headers, body }) => {
    try {
      const address = new URL(url);
      if (!allowPrivate) checkLiteralAddress(address.hostname);
      const response = await request(address, {
        method: "POST",
        dispatcher: agent,
        headers: { "content-type": "application/json; charset=utf-8", "user-agent": "homeostat", ...headers },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const retryAfter = response.headers["retry-after"];
      const text = await beginningOf(response.body);
      return {
        kind: "answered",
        answer: {
          status: response.statusCode,
          retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
          text,
        },
      };
    } catch (thrown) {
      return { kind: "failed", result: failureOf(thrown, timeoutMs) };
    }
  };
}

/** The fields of an answer that is a JSON object; none where it is something else. */
export function fieldsOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer.text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= answerLimitBytes) break;
    }
  } catch {
    // The status is known; an answer whose body never ends or breaks off has still been given.
  }
  return Buffer.concat(chunks).subarray(0, answerLimitBytes).toString("utf8");
}

function failureOf(thrown: unknown, timeoutMs: number): Extract<SendResult, { readonly kind: "again" | "never" }> {
  const inner = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (inner instanceof ClosedAddressError) return { kind: "never", reason: inner.message };
  const isTimeout = thrown instanceof Error && thrown.name === "TimeoutError";
  return { kind: "again", reason: isTimeout ? `no answer within ${timeoutMs} ms` : reasonOf(thrown) };
}
