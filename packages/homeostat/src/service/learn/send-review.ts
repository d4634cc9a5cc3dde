import { Fault } from "../../domain/fault.ts";
import type { ChannelFactory, Notification } from "../../domain/notification/notification.ts";
import type { Review } from "../../domain/review/review.ts";
import type { System } from "../../domain/system/system.ts";
import { type QueuePorts, queueNotification } from "../act/queue-notification.ts";

interface SendPorts extends QueuePorts {
  readonly channels: ChannelFactory;
  /** Base address of the page, for the link. */
  pageUrl(): string;
}

/**
 * Tells a system's channels that its review is there: a sentence and a link. A receiver that keeps alerts open is passed
 * over, because a review is nothing to resolve. The same month is told once. Answers the channels it went to.
 */
export async function sendReview(ports: SendPorts, system: System, review: Review): Promise<readonly string[]> {
  const told: string[] = [];
  const notification: Notification = {
    id: `review-${review.system}-${review.month}`,
    kind: "review.written",
    about: `review-${review.system}-${review.month}`,
    incident: undefined,
    system: review.system,
    severity: "info",
    owner: system.owners["production-performance"],
    message: {
      title: `Health review of ${review.system}, ${review.month}`,
      headline: `Health review of ${review.system}, ${review.month}`,
      sentence: `${review.headline}.`,
      facts: [],
      next: "Read it, and do what stands under “What to do next”.",
      links: [{ label: "The review", href: `${ports.pageUrl()}/reviews/${review.system}/${review.month}` }],
    },
    at: review.writtenAt,
  };
  for (const target of system.notify) {
    try {
      if ((await ports.channels.create(target)).keepsAlerts) continue;
    } catch (thrown) {
      // A channel that cannot be made says so where pages are sent; the review stays readable.
      if (thrown instanceof Fault) continue;
      throw thrown;
    }
    told.push((await queueNotification(ports, target, notification)).channel);
  }
  return told;
}
