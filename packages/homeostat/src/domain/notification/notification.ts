import type { Instant } from "../instant.ts";
import type { ChannelDeclaration } from "../system/system.ts";

/**
 * Why somebody is told. `escalated`: the same problem, told to the next or told again because nobody answered. `updated`:
 * more findings since. `oncall.nobody`: a schedule had nobody for it, which is an alert of its own.
 */
export type NotificationKind =
  | "incident.opened"
  | "incident.diagnosed"
  | "incident.escalated"
  | "incident.updated"
  | "incident.acknowledged"
  | "incident.resolved"
  | "oncall.nobody";

/** What is said about an incident, the same for every channel. */
export interface Notification {
  /** Stable over retries: receivers drop what they have seen. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly incident: number;
  readonly system: string;
  readonly severity: "warning" | "critical";
  readonly owner: string;
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly at: Instant;
  /** The person it is for; undefined: a channel that nobody in particular reads. */
  readonly recipient?: string | undefined;
  /** Why this recipient and now, e.g. `on call in data-weekly, step 1 of 2`. */
  readonly reason?: string | undefined;
  /** Acknowledges after one confirmation, without signing in; signed, once, expiring. */
  readonly acknowledgeLink?: string | undefined;
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
