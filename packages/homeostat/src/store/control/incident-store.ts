import type { Incident, IncidentStore, TimelineEntry } from "../../domain/incident/incident.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction, nextNumber } from "./control-database.ts";

/** Incidents and their timelines: whatever changes an incident also says so in its timeline, or neither happens. */
export function createIncidentStore(database: ControlDatabase): IncidentStore {
  return {
    open: (draft, entry) =>
      inTransaction(database, async (inside) => {
        const incident: Incident = {
          ...draft,
          number: await nextNumber(inside, "incidents"),
          state: "open",
          acknowledgedBy: undefined,
          resolvedAt: undefined,
          diagnosis: undefined,
        };
        const { number, system, state } = incident;
        const row = { number, system, state, entries: 1, body: toBody(incident) };
        await inside.insertInto("incidents").values(row).execute();
        await addEntry(inside, number, 0, entry);
        return incident;
      }),
    get: async (number) => {
      const query = database.selectFrom("incidents").select("body").where("number", "=", number);
      return (await query.executeTakeFirst())?.body;
    },
    list: async ({ system, state }) => {
      let query = database.selectFrom("incidents").select("body");
      if (system !== undefined) query = query.where("system", "=", system);
      if (state !== undefined) query = query.where("state", "=", state);
      return (await query.orderBy("number", "desc").execute()).map((row) => row.body);
    },
    change: (number, parts, entry) =>
      inTransaction(database, async (inside) => {
        const query = inside.selectFrom("incidents").select(["body", "entries"]).where("number", "=", number);
        const row = await query.forUpdate().executeTakeFirst();
        if (row === undefined) return undefined;
        const incident: Incident = { ...row.body, ...parts };
        await inside
          .updateTable("incidents")
          .set({ state: incident.state, entries: row.entries + 1, body: toBody(incident) })
          .where("number", "=", number)
          .execute();
        await addEntry(inside, number, row.entries, entry);
        return incident;
      }),
    timeline: async (number) => {
      const query = database.selectFrom("incident_timeline").select("body").where("incident", "=", number);
      return (await query.orderBy("position").execute()).map((row) => row.body);
    },
  };
}

async function addEntry(
  inside: ControlDatabase,
  incident: number,
  position: number,
  entry: TimelineEntry,
): Promise<void> {
  const row = { incident, position, at: entry.at, body: toBody(entry) };
  await inside.insertInto("incident_timeline").values(row).execute();
}
