import type { Generated } from "kysely";
import type { ChannelDeclaration, NotifyTarget } from "../../../domain/notification/channel-declaration.ts";
import type { DeliveryState } from "../../../domain/notification/delivery.ts";
import type { Notification, NotificationKind } from "../../../domain/notification/notification.ts";
import type { BodyColumn } from "./body-column.ts";

export interface OutboxTable {
  readonly position: Generated<number>;
  readonly notification_id: string;
  readonly channel: string;
  readonly kind: NotificationKind;
  readonly about: string;
  readonly system: string | null;
  readonly incident: number | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly queued_at: number;
  readonly at: number | null;
  readonly next_at: number | null;
  readonly claimed_until: number | null;
  readonly detail: string;
  readonly reference: string | null;
  /** null in rows that an older version sent. */
  readonly body: BodyColumn<{ readonly notification: Notification; readonly target: NotifyTarget }> | null;
}

export interface ChannelsTable {
  readonly name: string;
  readonly body: BodyColumn<ChannelDeclaration>;
}

export interface ChannelHealthTable {
  readonly channel: string;
  readonly paused_until: number | null;
  readonly off_at: number | null;
  readonly off_reason: string | null;
}
