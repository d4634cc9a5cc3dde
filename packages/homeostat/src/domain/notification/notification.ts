import type { Instant } from "../instant.ts";
import type { ChannelDeclaration } from "../system/system.ts";

/** What is said about an incident, the same for every channel. */
export interface Notification {
  /** Stable over retries: receivers drop what they have seen. */
  readonly id: string;
  readonly kind: "incident.opened" | "incident.diagnosed" | "incident.acknowledged" | "incident.resolved";
  readonly incident: number;
  readonly system: string;
  readonly severity: "warning" | "critical";
  readonly owner: string;
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly at: Instant;
}

/** A way to reach people. Every member of the family is one folder and one line in the registry. */
export interface Channel {
  readonly name: string;
  /** @throws Fault `notification-failed`, saying whether trying again can help. */
  send(notification: Notification, now: Instant): Promise<{ readonly detail: string }>;
}

export interface ChannelFactory {
  create(declaration: ChannelDeclaration): Channel;
}

export interface Delivery {
  readonly notificationId: string;
  readonly incident: number;
  readonly channel: string;
  readonly state: "sent" | "failed" | "retrying";
  readonly at: Instant;
  readonly detail: string;
}

export interface DeliveryStore {
  record(delivery: Delivery): Promise<void>;
  list(incident: number): Promise<readonly Delivery[]>;
  /** Whether this notification already reached this channel. */
  wasSent(notificationId: string, channel: string): Promise<boolean>;
}
