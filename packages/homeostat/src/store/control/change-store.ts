import type { ChangeStore } from "../../domain/change/change.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** The log of changes; the same id recorded again is the same change. `from` is inclusive, `to` exclusive. */
export function createChangeStore(database: ControlDatabase): ChangeStore {
  return {
    record: async (change) => {
      const { id, system, time } = change;
      await database
        .insertInto("changes")
        .values({ id, system: system ?? null, time, body: toBody(change) })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    },
    list: async ({ from, to, system }) => {
      let query = database.selectFrom("changes").select("body");
      if (from !== undefined) query = query.where("time", ">=", from);
      if (to !== undefined) query = query.where("time", "<", to);
      if (system !== undefined)
        query = query.where((is) => is.or([is("system", "=", system), is("system", "is", null)]));
      const rows = await query.orderBy("time").orderBy("id").execute();
      return rows.map((row) => row.body);
    },
  };
}
