import type { ChannelStore } from "../../domain/notification/channel-declaration.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Declared channels. Secrets given as values lie here as declared; nothing but the making of a channel reads them. */
export function createChannelStore(database: ControlDatabase): ChannelStore {
  return {
    save: async (channels) => {
      if (channels.length === 0) return;
      const rows = channels.map(({ name, declaration }) => ({ name, body: toBody(declaration) }));
      await database
        .insertInto("channels")
        .values(rows)
        .onConflict((conflict) => conflict.column("name").doUpdateSet((row) => ({ body: row.ref("excluded.body") })))
        .execute();
    },
    get: async (name) => {
      const row = await database.selectFrom("channels").selectAll().where("name", "=", name).executeTakeFirst();
      return row && { name: row.name, declaration: row.body };
    },
    list: async () => {
      const rows = await database.selectFrom("channels").selectAll().orderBy("name").execute();
      return rows.map(({ name, body }) => ({ name, declaration: body }));
    },
  };
}
