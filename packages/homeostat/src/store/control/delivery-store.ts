import type { DeliveryStore } from "../../domain/notification/notification.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Every attempt to reach somebody, oldest first. */
export function createDeliveryStore(database: ControlDatabase): DeliveryStore {
  return {
    record: async ({ notificationId, incident, channel, state, at, detail }) => {
      const row = { notification_id: notificationId, incident, channel, state, at, detail };
      await database.insertInto("deliveries").values(row).execute();
    },
    list: async (incident) => {
      const query = database.selectFrom("deliveries").selectAll().where("incident", "=", incident);
      const rows = await query.orderBy("position").execute();
      return rows.map(({ notification_id, channel, state, at, detail }) => ({
        notificationId: notification_id,
        incident,
        channel,
        state,
        at,
        detail,
      }));
    },
    wasSent: async (notificationId, channel) => {
      const query = database.selectFrom("deliveries").select("position").where("notification_id", "=", notificationId);
      const sent = query.where("channel", "=", channel).where("state", "=", "sent").limit(1);
      return (await sent.executeTakeFirst()) !== undefined;
    },
  };
}
