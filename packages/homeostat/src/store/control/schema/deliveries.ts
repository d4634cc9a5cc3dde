import type { GeneratedAlways } from "kysely";
import type { Delivery } from "../../../domain/notification/notification.ts";

export interface DeliveriesTable {
  readonly position: GeneratedAlways<number>;
  readonly notification_id: string;
  readonly incident: number;
  readonly channel: string;
  readonly state: Delivery["state"];
  readonly at: number;
  readonly detail: string;
}
