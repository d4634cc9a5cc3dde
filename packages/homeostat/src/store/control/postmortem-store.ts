import { sql } from "kysely";
import type { Postmortem, PostmortemStore } from "../../domain/postmortem/postmortem.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";

/** Versions of postmortems. A new one makes the incident's trace old. */
export function createPostmortemStore(database: ControlDatabase): PostmortemStore {
  return {
    save: (postmortem) =>
      inTransaction(database, async (inside) => {
        const { incident, version, system, state, at, by } = postmortem;
        const kept = await inside
          .insertInto("postmortems")
          .values({ incident, version, system, state, at, author: by, body: toBody(postmortem) })
          .onConflict((conflict) => conflict.doNothing())
          .returning("version")
          .executeTakeFirst();
        if (kept === undefined) return "taken";
        await inside.updateTable("incident_traces").set({ entries: -1 }).where("incident", "=", incident).execute();
        return "saved";
      }),
    get: async (incident, version) => {
      let query = database.selectFrom("postmortems").select("body").where("incident", "=", incident);
      if (version !== undefined) query = query.where("version", "=", version);
      return (await query.orderBy("version", "desc").limit(1).executeTakeFirst())?.body;
    },
    versions: async (incident) => {
      const query = database.selectFrom("postmortems").select(["version", "state", "at", "author"]);
      const rows = await query.where("incident", "=", incident).orderBy("version").execute();
      return rows.map(({ version, state, at, author }) => ({ version, state, at: Number(at), by: author }));
    },
    list: async (system): Promise<readonly Postmortem[]> => {
      let query = database.selectFrom("postmortems").distinctOn("incident").select("body");
      if (system !== undefined) query = query.where("system", "=", system);
      const rows = await query.orderBy("incident", "desc").orderBy(sql`version desc`).execute();
      return rows.map(({ body }) => body);
    },
  };
}
