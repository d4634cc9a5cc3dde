import { sql } from "kysely";
import type { ChangeStore } from "../../domain/change/change.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** The log of changes; the same id recorded again is the same change. `from` is inclusive, `to` exclusive. */
export function createChangeStore(database: ControlDatabase): ChangeStore {
  return {
    record: async (change) => {
      const { id, system, time } = change;
      const result = await database
        .insertInto("changes")
        .values({ id, system: system ?? null, time, body: toBody(change) })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirst();
      return (result.numInsertedOrUpdatedRows ?? 0n) > 0n ? "recorded" : "known";
    },
    get: async (id) => {
      const row = await database.selectFrom("changes").select("body").where("id", "=", id).executeTakeFirst();
      return row?.body;
    },
    list: async ({ from, to, system, component, kind }) => {
      let query = database.selectFrom("changes").select("body");
      if (from !== undefined) query = query.where("time", ">=", from);
      if (to !== undefined) query = query.where("time", "<", to);
      if (system !== undefined)
        query = query.where((is) => is.or([is("system", "=", system), is("system", "is", null)]));
      if (component !== undefined) query = query.where(sql`body->>'component'`, "=", component);
      if (kind !== undefined) query = query.where(sql`body->>'kind'`, "=", kind);
      const rows = await query.orderBy("time").orderBy("id").execute();
      return rows.map((row) => row.body);
    },
  };
}
