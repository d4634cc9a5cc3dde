import type { IncidentState } from "../incident/incident.ts";
import { hourMs, type Instant } from "../instant.ts";
import type { ClaimedDelivery, DeliveryOutcome } from "./delivery.ts";
import { notificationKinds, type SendResult } from "./notification.ts";

/** A receiver that asks for more patience than this is asked again after it all the same. */
const longestPauseMs = hourMs;
/** Pauses are longer by up to this share, so that senders that failed together do not come back together. */
const jitterShare = 0.2;

export interface Settlement {
  readonly outcome: DeliveryOutcome;
  /** Nothing is sent through the channel before: the receiver asked for it. */
  readonly pauseUntil: Instant | undefined;
  /** The receiver is gone: the channel is switched off, for this reason. */
  readonly off: string | undefined;
}

/**
 * What follows from a receiver's answer: sent, tried again after a pause, or given up. `pausesMs` are the pauses before
 * the second, third … attempt; `chance` in [0, 1) spreads them. A test is tried once. Pure.
 */
export function settleAttempt(
  result: SendResult,
  claim: Pick<ClaimedDelivery, "attempts" | "notification">,
  { pausesMs, now, chance }: { readonly pausesMs: readonly number[]; readonly now: Instant; readonly chance: number },
): Settlement {
  const plain = { pauseUntil: undefined, off: undefined };
  switch (result.kind) {
    case "sent":
      return { ...plain, outcome: { state: "sent", detail: result.detail, reference: result.reference } };
    case "never":
      return { ...plain, outcome: { state: "failed", detail: result.reason } };
    case "gone":
      return {
        ...plain,
        outcome: { state: "failed", detail: `${result.reason}; the channel is switched off` },
        off: result.reason,
      };
    case "again": {
      const isTest = notificationKinds[claim.notification.kind].isTest;
      const pauseMs = isTest ? undefined : pausesMs[claim.attempts - 1];
      const asked = result.afterMs === undefined ? undefined : Math.min(result.afterMs, longestPauseMs);
      const pauseUntil = asked === undefined ? undefined : now + asked;
      if (pauseMs === undefined) {
        const given = isTest ? "a test is tried once" : `given up after ${claim.attempts} attempts`;
        return { outcome: { state: "failed", detail: `${result.reason}; ${given}` }, pauseUntil, off: undefined };
      }
      const nextAt = Math.round(now + Math.max(pauseMs * (1 + jitterShare * chance), asked ?? 0));
      return { outcome: { state: "waiting", detail: result.reason, nextAt }, pauseUntil, off: undefined };
    }
  }
}

/**
 * Why a claimed message is not sent at all; undefined when it is. `state` is the incident's now: a message that asks for an
 * answer is not sent when somebody answered while it waited.
 */
export function reasonToDrop(
  claim: Pick<ClaimedDelivery, "isOver" | "notification">,
  state: IncidentState | undefined,
): string | undefined {
  const { act } = notificationKinds[claim.notification.kind];
  if (claim.isOver && act !== "resolve") return "not sent: this channel was told before that it is over";
  if (act === "raise" && (state === "acknowledged" || state === "resolved"))
    return `not sent: the incident was ${state} while it waited`;
  return undefined;
}
