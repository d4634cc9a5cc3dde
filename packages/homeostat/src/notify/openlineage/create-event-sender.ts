import { request } from "undici";
import { reasonOf } from "../../domain/fault.ts";
import { notificationFault } from "../notification-fault.ts";
import { ClosedAddressError, checkLiteralAddress, createGuardedAgent } from "../webhook/guarded-agent.ts";

export interface EventSender {
  /** @throws Fault `notification-failed`, retryable where trying again may help. */
  send(event: object): Promise<void>;
}

const timeoutMs = 10_000;
const answerLimitBytes = 65_536;
const channel = "openlineage";

/** The address to post to: what is configured is the base, as OpenLineage clients have it, or the whole address. */
function eventAddress(configured: string): URL {
  const url = new URL(configured);
  if (!url.pathname.endsWith("/lineage")) url.pathname = `${url.pathname.replace(/\/$/, "")}/api/v1/lineage`;
  return url;
}

/**
 * Posts events to a collector of OpenLineage: without following redirects, to public addresses only unless `allowPrivate`.
 * 2xx is taken; 408, 429, 5xx and a silent network may be tried again; everything else may not.
 */
export function createEventSender(options: {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly key: string | undefined;
  readonly allowPrivate: boolean;
}): EventSender {
  const url = eventAddress(options.url);
  const agent = createGuardedAgent(options.allowPrivate, timeoutMs);

  async function post(event: object): Promise<number> {
    if (!options.allowPrivate) checkLiteralAddress(url.hostname);
    const response = await request(url, {
      method: "POST",
      dispatcher: agent,
      headers: {
        "content-type": "application/json",
        "user-agent": "homeostat",
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body.dump({ limit: answerLimitBytes });
    return response.statusCode;
  }

  return {
    send: async (event) => {
      const status = await post(event).catch((thrown: unknown) => {
        const again = thrown instanceof ClosedAddressError ? "cannot-help" : "can-help";
        throw notificationFault(channel, reasonOf(thrown), again, thrown);
      });
      if (status >= 200 && status < 300) return;
      const again = status === 408 || status === 429 || status >= 500 ? "can-help" : "cannot-help";
      throw notificationFault(channel, `it answered ${status}`, again);
    },
  };
}
