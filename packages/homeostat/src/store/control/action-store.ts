import { sql } from "kysely";
import { deedKey } from "../../domain/action/action-rule.ts";
import type { ActionRun, ActionState, ActionStore } from "../../domain/action/action-run.ts";
import type { HoldStore } from "../../domain/action/serving-hold.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";

/** States in which a deed counts as done to a system. */
const doneStates: readonly ActionState[] = ["running", "done"];

/** Runs of action rules: one for each incident and rule. Those of one deed and system begin one at a time. */
export function createActionStore(database: ControlDatabase): ActionStore {
  return {
    begin: (pair, deed, since, make) =>
      inTransaction(database, async (inside) => {
        const lock = `action ${pair.system} ${deed}`;
        await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(inside);
        const known = await getRun(inside, pair.incident, pair.action);
        if (known !== undefined) return { kind: "known", run: known };
        const run = make(await doneSince(inside, pair.system, deed, since));
        await inside.insertInto("action_runs").values(rowOf(run)).execute();
        return { kind: "begun", run };
      }),
    change: ({ incident, action }, expected, parts) =>
      inTransaction(database, async (inside) => {
        const query = inside.selectFrom("action_runs").select("body").where("incident", "=", incident);
        const row = await query.where("action", "=", action).forUpdate().executeTakeFirst();
        if (row === undefined || row.body.state !== expected) return undefined;
        const run: ActionRun = { ...row.body, ...parts };
        await inside
          .updateTable("action_runs")
          .set({ state: run.state, changed_at: run.changedAt, body: toBody(run) })
          .where("incident", "=", incident)
          .where("action", "=", action)
          .execute();
        return run;
      }),
    get: (incident, action) => getRun(database, incident, action),
    list: async ({ system, incident, state }) => {
      let query = database.selectFrom("action_runs").select("body");
      if (system !== undefined) query = query.where("system", "=", system);
      if (incident !== undefined) query = query.where("incident", "=", incident);
      if (state !== undefined) query = query.where("state", "=", state);
      const rows = await query.orderBy("incident", "desc").orderBy("changed_at", "desc").orderBy("action").execute();
      return rows.map(({ body }) => body);
    },
    doneSince: (system, deed, since) => doneSince(database, system, deed, since),
  };
}

function rowOf(run: ActionRun): {
  readonly incident: number;
  readonly action: string;
  readonly system: string;
  readonly deed: string;
  readonly state: ActionState;
  readonly changed_at: number;
  readonly body: string;
} {
  const { incident, action, system, deed, state, changedAt } = run;
  return { incident, action, system, deed: deedKey(deed), state, changed_at: changedAt, body: toBody(run) };
}

async function getRun(database: ControlDatabase, incident: number, action: string): Promise<ActionRun | undefined> {
  const query = database.selectFrom("action_runs").select("body").where("incident", "=", incident);
  return (await query.where("action", "=", action).executeTakeFirst())?.body;
}

async function doneSince(
  database: ControlDatabase,
  system: string,
  deed: string,
  since: number,
): Promise<readonly ActionRun[]> {
  const query = database.selectFrom("action_runs").select("body").where("system", "=", system).where("deed", "=", deed);
  const recent = query.where("state", "in", [...doneStates]).where("changed_at", ">=", since);
  return (await recent.orderBy("changed_at", "desc").execute()).map(({ body }) => body);
}

/** What keeps the gateway from answering as the live release would. */
export function createHoldStore(database: ControlDatabase): HoldStore {
  return {
    of: async (system) => {
      const query = database.selectFrom("serving_holds").select("body").where("system", "=", system);
      return (await query.orderBy("since").orderBy("incident").execute()).map(({ body }) => body);
    },
    put: async (hold) => {
      const { system, incident, action, since } = hold;
      await database
        .insertInto("serving_holds")
        .values({ system, incident, action, since, body: toBody(hold) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    lift: async (system, incident) => {
      let query = database.deleteFrom("serving_holds").where("system", "=", system);
      if (incident !== undefined) query = query.where("incident", "=", incident);
      return (await query.returning("body").execute()).map(({ body }) => body);
    },
  };
}
