import type { Clock } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { NotifyTarget } from "../../domain/notification/channel-declaration.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";
import type { ChannelFactory, Notification } from "../../domain/notification/notification.ts";

export interface QueuePorts {
  readonly deliveries: Pick<DeliveryStore, "queue">;
  readonly channels: Pick<ChannelFactory, "keyOf">;
  readonly jobs: Pick<JobQueue, "send">;
  readonly clock: Clock;
}

/** `known`: the channel has a message of that id already, waiting or settled; nothing was done. */
interface Queued {
  readonly kind: "queued" | "known";
  /** The key of the channel, as deliveries name it. */
  readonly channel: string;
}

/**
 * Puts one message for one channel into the outbox and sets its delivery going. From here on it is delivered at least
 * once, whatever is killed when; the same id for the same channel is one message. May stand inside a transaction, with
 * its stores and jobs: then the message exists when the transaction commits.
 */
export async function queueNotification(
  ports: QueuePorts,
  target: NotifyTarget,
  notification: Notification,
): Promise<Queued> {
  const channel = ports.channels.keyOf(target);
  const kind = await ports.deliveries.queue({ notification, target, channel }, ports.clock.now());
  await ports.jobs.send("deliver", { channel }, { singleton: channel });
  return { kind, channel };
}
