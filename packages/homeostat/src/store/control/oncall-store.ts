import type { SpentLinkStore } from "../../domain/oncall/act-link.ts";
import type { Escalation, EscalationStore } from "../../domain/oncall/escalation.ts";
import type { EscalationPolicyStore } from "../../domain/oncall/escalation-policy.ts";
import type { Silence, SilenceStore } from "../../domain/oncall/mute.ts";
import type { ScheduleStore, ScheduleVersion } from "../../domain/oncall/schedule.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";

/** Schedules by version, and overrides in the order in which they were made. */
export function createScheduleStore(database: ControlDatabase): ScheduleStore {
  const versions = async (inside: ControlDatabase, name?: string): Promise<readonly ScheduleVersion[]> => {
    let query = inside.selectFrom("schedule_versions").select(["since", "body"]).orderBy("position");
    if (name !== undefined) query = query.where("name", "=", name);
    return (await query.execute()).map(({ since, body }) => ({ schedule: body, since }));
  };
  return {
    save: (schedule, since) =>
      inTransaction(database, async (inside) => {
        const newest = (await versions(inside, schedule.name)).at(-1);
        if (newest !== undefined && canonical(newest.schedule) === canonical(schedule)) return "known";
        const row = { name: schedule.name, since, body: toBody(schedule) };
        await inside.insertInto("schedule_versions").values(row).execute();
        return "saved";
      }),
    list: async () => {
      const newest = new Map((await versions(database)).map((version) => [version.schedule.name, version]));
      return [...newest.values()].sort((left, right) => (left.schedule.name < right.schedule.name ? -1 : 1));
    },
    versions: (name) => versions(database, name),
    addOverrides: async (overrides) => {
      if (overrides.length === 0) return;
      const rows = overrides.map((one) => ({
        id: one.id,
        schedule: one.schedule,
        swap: one.swap ?? null,
        body: toBody(one),
      }));
      await database.insertInto("oncall_overrides").values(rows).execute();
    },
    overrides: async (schedule) => {
      const query = database.selectFrom("oncall_overrides").select("body").where("schedule", "=", schedule);
      return (await query.orderBy("position").execute()).map(({ body }) => body);
    },
    removeOverride: async (id) => {
      const removed = await database
        .deleteFrom("oncall_overrides")
        .where((where) => where.or([where("id", "=", id), where("swap", "=", id)]))
        .returning("body")
        .execute();
      return removed.map(({ body }) => body);
    },
  };
}

/** Policies and people, replaced by name. */
export function createEscalationPolicyStore(database: ControlDatabase): EscalationPolicyStore {
  const save = async (
    table: "escalation_policies" | "people",
    nouns: readonly { readonly name: string }[],
  ): Promise<void> => {
    if (nouns.length === 0) return;
    const rows = nouns.map((noun) => ({ name: noun.name, body: toBody(noun) }));
    await database
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) => conflict.column("name").doUpdateSet((row) => ({ body: row.ref("excluded.body") })))
      .execute();
  };
  return {
    savePolicies: (policies) => save("escalation_policies", policies),
    policies: async () =>
      (await database.selectFrom("escalation_policies").select("body").orderBy("name").execute()).map(
        ({ body }) => body,
      ),
    savePeople: (people) => save("people", people),
    people: async () =>
      (await database.selectFrom("people").select("body").orderBy("name").execute()).map(({ body }) => body),
  };
}

/** Silences; none is deleted, an ended one stays to be looked up. */
export function createSilenceStore(database: ControlDatabase): SilenceStore {
  const fromRow = (row: { readonly body: Silence; readonly expired_at: number | null }): Silence => ({
    ...row.body,
    expiredAt: row.expired_at ?? undefined,
  });
  return {
    add: async (silence) => {
      const row = { id: silence.id, expired_at: silence.expiredAt ?? null, body: toBody(silence) };
      await database.insertInto("silences").values(row).execute();
    },
    list: async () => {
      const query = database.selectFrom("silences").select(["body", "expired_at"]);
      return (await query.orderBy("position", "desc").execute()).map(fromRow);
    },
    expire: async (id, at) => {
      await database
        .updateTable("silences")
        .set({ expired_at: at })
        .where("id", "=", id)
        .where("expired_at", "is", null)
        .execute();
      const row = await database
        .selectFrom("silences")
        .select(["body", "expired_at"])
        .where("id", "=", id)
        .executeTakeFirst();
      return row && fromRow(row);
    },
  };
}

/** How far telling about each incident has come. */
export function createEscalationStore(database: ControlDatabase): EscalationStore {
  return {
    ofIncident: async (incident) => {
      const query = database.selectFrom("escalations").select("body").where("incident", "=", incident);
      return (await query.orderBy("position").forUpdate().execute()).map(({ body }) => body);
    },
    save: async (escalation: Escalation) => {
      const { incident, policy } = escalation;
      const parts = { next_at: escalation.nextAt ?? null, body: toBody(escalation) };
      await database
        .insertInto("escalations")
        .values({ incident, policy: policy.name, ...parts })
        .onConflict((conflict) => conflict.columns(["incident", "policy"]).doUpdateSet(parts))
        .execute();
    },
    due: async (now) => {
      const query = database.selectFrom("escalations").select("incident").distinct().where("next_at", "<=", now);
      return (await query.orderBy("incident").execute()).map(({ incident }) => incident);
    },
  };
}

/** Which links were used. */
export function createSpentLinkStore(database: ControlDatabase): SpentLinkStore {
  return {
    spend: async (id, at) => {
      const spent = await database
        .insertInto("spent_links")
        .values({ id, at })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .returning("id")
        .executeTakeFirst();
      return spent === undefined ? "spent-before" : "spent";
    },
    isSpent: async (id) =>
      (await database.selectFrom("spent_links").select("id").where("id", "=", id).executeTakeFirst()) !== undefined,
  };
}

/** JSON with sorted keys: `jsonb` gives the keys of an object back in another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
