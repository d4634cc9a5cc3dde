import { Fault } from "../domain/fault.ts";

/** Whether the same message may get through later: a receiver that is down comes back, one that said no does not. */
export type Again = "can-help" | "cannot-help";

/**
 * The fault of a channel that did not take a message. The catalogue says `retryable` for the code as a whole; here it is
 * known better, per answer of the receiver.
 */
export function notificationFault(channel: string, reason: string, again: Again, cause?: unknown): Fault {
  const fault = new Fault("notification-failed", { channel, reason, again }, cause);
  return Object.assign(fault, { retryable: again === "can-help" });
}
