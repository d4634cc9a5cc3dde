import type { Instant } from "../instant.ts";
import type { NotifyTarget } from "./channel-declaration.ts";
import type { Notification, NotificationKind } from "./notification.ts";

/** `waiting`: to be tried, again or for the first time. `dropped`: not sent, because what it says was over already. */
export type DeliveryState = "waiting" | "sent" | "failed" | "dropped";

/** One message on its way to one channel. */
export interface Delivery {
  readonly notificationId: string;
  readonly kind: NotificationKind;
  /** The channel's key. */
  readonly channel: string;
  readonly about: string;
  readonly system: string | undefined;
  readonly incident: number | undefined;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly queuedAt: Instant;
  /** When it was last tried or settled; undefined before the first attempt. */
  readonly at: Instant | undefined;
  /** Not tried before this; undefined when it is settled. */
  readonly nextAt: Instant | undefined;
  /** The last answer or error in words. */
  readonly detail: string;
}

/** A message to be delivered. */
export interface DeliveryOrder {
  readonly notification: Notification;
  readonly target: NotifyTarget;
  /** The key of the target's channel. */
  readonly channel: string;
}

/** A delivery that one process tries now. Nobody else tries it before the claim ends. */
export interface ClaimedDelivery extends DeliveryOrder {
  readonly position: number;
  /** With this one; also what tells this claim from later ones. */
  readonly attempts: number;
  readonly queuedAt: Instant;
  /** The reference of the first message about the same thing that this channel took. */
  readonly thread: string | undefined;
  /** Whether this channel was told already that it is over. */
  readonly isOver: boolean;
}

/** How an attempt ended. */
export type DeliveryOutcome =
  | { readonly state: "sent"; readonly detail: string; readonly reference: string | undefined }
  | { readonly state: "failed" | "dropped"; readonly detail: string }
  | { readonly state: "waiting"; readonly detail: string; readonly nextAt: Instant };

/** What holds for all messages of a channel: after a rate limit it pauses; a receiver that is gone switches it off. */
export interface ChannelHealth {
  readonly pausedUntil: Instant | undefined;
  readonly off: { readonly at: Instant; readonly reason: string } | undefined;
}

interface DeliveryFilter {
  readonly incident?: number | undefined;
  readonly system?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly channel?: string | undefined;
  /** Newest first, at most so many. */
  readonly limit?: number | undefined;
}

/** The outbox: what is to be told to whom, and what became of it. */
export interface DeliveryStore {
  /** Puts a message into the outbox; `known` when this channel has one of that id already. */
  queue(order: DeliveryOrder, now: Instant): Promise<"queued" | "known">;
  /**
   * Claims the oldest message of a channel that is due and not behind an unsettled one about the same thing, until
   * `now + leaseMs`. undefined: none is due, or the channel pauses.
   */
  claim(channel: string, now: Instant, leaseMs: number): Promise<ClaimedDelivery | undefined>;
  /** Claims one message by its id, due or not, while nobody else holds it. */
  claimOne(
    notificationId: string,
    channel: string,
    now: Instant,
    leaseMs: number,
  ): Promise<ClaimedDelivery | undefined>;
  /** Records how a claimed attempt ended; `lost` when the claim had ended and somebody else has it now. */
  settle(claim: ClaimedDelivery, outcome: DeliveryOutcome, now: Instant): Promise<"settled" | "lost">;
  /** Channels with a message that is due and held by nobody. */
  due(now: Instant): Promise<readonly string[]>;
  /** Newest first. */
  list(filter: DeliveryFilter): Promise<readonly Delivery[]>;
  pause(channel: string, until: Instant): Promise<void>;
  switchOff(channel: string, at: Instant, reason: string): Promise<void>;
  switchOn(channel: string): Promise<void>;
  /** Of every channel that pauses or is off; a pause may be over. */
  health(): Promise<ReadonlyMap<string, ChannelHealth>>;
}
