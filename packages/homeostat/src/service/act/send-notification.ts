import { Fault, reasonOf } from "../../domain/fault.ts";
import type { Clock } from "../../domain/instant.ts";
import type { ChannelFactory, DeliveryStore, Notification } from "../../domain/notification/notification.ts";
import type { ChannelDeclaration } from "../../domain/system/system.ts";

export interface SendPorts {
  readonly deliveries: DeliveryStore;
  readonly channels: ChannelFactory;
  readonly clock: Clock;
}

/** `failed`: not taken; the fault says whether trying again can help. */
type Sent =
  | { readonly kind: "sent" | "known"; readonly channel: string }
  | { readonly kind: "failed"; readonly channel: string; readonly fault: Fault };

/**
 * One message through one channel, at least once: what is recorded as sent is not sent again, and a crash between sending
 * and recording sends it again with the same id. Every attempt is recorded.
 */
export async function sendNotification(
  ports: SendPorts,
  declaration: ChannelDeclaration,
  notification: Notification,
): Promise<Sent> {
  const channel = ports.channels.create(declaration);
  const { name } = channel;
  if (await ports.deliveries.wasSent(notification.id, name)) return { kind: "known", channel: name };
  const at = ports.clock.now();
  const delivery = { notificationId: notification.id, incident: notification.incident, channel: name, at };
  try {
    const { detail } = await channel.send(notification, at);
    await ports.deliveries.record({ ...delivery, state: "sent", detail });
    return { kind: "sent", channel: name };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const state = thrown.retryable ? "retrying" : "failed";
    await ports.deliveries.record({ ...delivery, state, detail: reasonOf(thrown) });
    return { kind: "failed", channel: name, fault: thrown };
  }
}
