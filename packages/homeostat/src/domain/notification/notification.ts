import type { Instant } from "../instant.ts";
import type { NotifyTarget } from "./channel-declaration.ts";
import type { Message } from "./message.ts";

/**
 * What a message does to the alert that it is about, for receivers that keep alerts: opens or repeats it, adds to it,
 * takes it over, ends it.
 */
export type AlertAct = "raise" | "update" | "acknowledge" | "resolve";

/**
 * Why somebody is told, with the word for it and what it does to an alert. `escalated`: the same problem, told to the next
 * or told again because nobody answered. `updated`: more findings since. `oncall.nobody`: a schedule had nobody for it,
 * which is an alert of its own.
 */
export const notificationKinds = {
  "incident.opened": { word: "opened", act: "raise", isTest: false },
  "incident.escalated": { word: "escalated", act: "raise", isTest: false },
  "incident.diagnosed": { word: "diagnosed", act: "update", isTest: false },
  "incident.updated": { word: "has more findings", act: "update", isTest: false },
  "incident.acknowledged": { word: "acknowledged", act: "acknowledge", isTest: false },
  "incident.resolved": { word: "resolved", act: "resolve", isTest: false },
  "oncall.nobody": { word: "found nobody on call", act: "raise", isTest: false },
  "review.written": { word: "review", act: "update", isTest: false },
  "channel.test": { word: "test", act: "raise", isTest: true },
  "channel.test-over": { word: "test is over", act: "resolve", isTest: true },
} as const satisfies Record<string, { readonly word: string; readonly act: AlertAct; readonly isTest: boolean }>;

export type NotificationKind = keyof typeof notificationKinds;

/** One message, the same for every channel. */
export interface Notification {
  /** Stable over retries and restarts: receivers drop what they have seen. */
  readonly id: string;
  readonly kind: NotificationKind;
  /** Messages about the same thing are one alert and one thread at the receiver, e.g. `incident-17`. */
  readonly about: string;
  readonly incident: number | undefined;
  readonly system: string | undefined;
  readonly severity: "info" | "warning" | "critical";
  readonly owner: string | undefined;
  readonly message: Message;
  readonly at: Instant;
  /** When what it is about began for us; undefined where nothing did. */
  readonly since?: Instant | undefined;
  /** The person it is for; undefined: a channel that nobody in particular reads. */
  readonly recipient?: string | undefined;
  /** Why this recipient and now, e.g. `on call in data-weekly, step 1 of 2`. */
  readonly reason?: string | undefined;
}

/** What a receiver answered. */
export type SendResult =
  | {
      readonly kind: "sent";
      readonly detail: string;
      /** What later messages about the same thing must name, where the receiver has threads. */
      readonly reference?: string | undefined;
    }
  /** The same message may get through later; not before `afterMs` where the receiver said so. */
  | { readonly kind: "again"; readonly reason: string; readonly afterMs?: number | undefined }
  /** This message will never be taken; others may be. */
  | { readonly kind: "never"; readonly reason: string }
  /** The receiver says that it is gone for good: the channel is switched off. */
  | { readonly kind: "gone"; readonly reason: string };

export interface SendContext {
  readonly now: Instant;
  /** The reference of the first message about the same thing that this channel took. */
  readonly thread: string | undefined;
}

/** A way to reach people. Every member of the family is one folder and one line in the registry. */
export interface Channel {
  /** Stable; tells channels apart in the record of deliveries. Holds no secret. */
  readonly key: string;
  /** Where it leads, in words without secrets: a host, addresses. */
  readonly where: string;
  /** Pauses before the second, third … attempt; after the last one the message is given up. */
  readonly pausesMs: readonly number[];
  /** Whether the receiver keeps alerts that stay open until they are resolved. */
  readonly keepsAlerts: boolean;
  send(notification: Notification, context: SendContext): Promise<SendResult>;
}

export interface ChannelFactory {
  /** The key of the channel without making it: the same for the same target, whatever its secrets are. */
  keyOf(target: NotifyTarget): string;
  create(target: NotifyTarget): Promise<Channel>;
}
